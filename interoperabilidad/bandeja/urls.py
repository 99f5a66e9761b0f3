from django.urls import path

from interoperabilidad.bandeja import vistas

app_name = "bandeja"
urlpatterns = [
    path("red/<uuid:id>/", vistas.red, name="red"),
    path("", vistas.bandeja, name="bandeja"),
    path("salida/<uuid:id>/", vistas.saliente, name="saliente"),
    path("<uuid:id>/", vistas.mensaje, name="mensaje"),
]
