from django.urls import include, path

from ece.web import aviso_de_privacidad, inicio

urlpatterns = [
    path("", inicio.inicio, name="inicio"),
    path(
        "aviso-de-privacidad/",
        aviso_de_privacidad.aviso_de_privacidad,
        name="aviso-de-privacidad",
    ),
    path("cuenta/", include("ece.web.cuenta.urls")),
    path("clinica/", include("ece.web.clinica.urls")),
    path("verificar/", include("ece.web.verificar.urls")),
    path("portal/", include("ece.web.portal.urls")),
]
