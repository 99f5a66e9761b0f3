from django.urls import include, path

from ece.web import inicio

urlpatterns = [
    path("", inicio.inicio, name="inicio"),
    path("cuenta/", include("ece.web.cuenta.urls")),
    path("clinica/", include("ece.web.clinica.urls")),
    path("portal/", include("ece.web.portal.urls")),
]
