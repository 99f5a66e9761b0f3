from django.urls import path

from interoperabilidad.convenios import vistas

app_name = "convenios"
urlpatterns = [
    path("", vistas.lista, name="lista"),
    path("llaves", vistas.llaves, name="llaves"),
    path("<uuid:convenio>", vistas.convenio, name="convenio"),
    path("<uuid:convenio>/terminos", vistas.terminos, name="terminos"),
    path("<uuid:convenio>/firma", vistas.firma, name="firma"),
]
