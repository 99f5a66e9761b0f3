from django.urls import path

from ece.web.verificar import documento, views

app_name = "verificar"
urlpatterns = [
    path("", views.receta, name="receta"),
    path("documento/", documento.documento, name="documento"),
]
