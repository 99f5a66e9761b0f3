"""Composition root: every address of the server."""

from django.contrib import admin
from django.urls import include, path

from ece import salud
from ece.web.aplicaciones import autorizar
from ece.web.cuenta import entrada
from interoperabilidad.fhir import vistas

admin.site.login = entrada.de_administrar  # type: ignore[method-assign, assignment]

urlpatterns = [
    path("", include("ece.web.urls")),
    path("fhir", vistas.raiz),
    path("fhir/", include("interoperabilidad.fhir.urls")),
    path("oauth/authorize", autorizar.autorizar, name="autorizar-app"),
    path("oauth/", include("interoperabilidad.oauth.urls")),
    path("api/convenios/", include("interoperabilidad.convenios.urls")),
    path("admin/", admin.site.urls),
    path("salud/viva", salud.viva, name="viva"),
    path("salud/lista", salud.lista, name="lista"),
    path("metricas", salud.metricas, name="metricas"),
]
