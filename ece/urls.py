"""Composition root: every address of the server."""

from django.contrib import admin
from django.urls import include, path, re_path

from ece import salud
from ece.web.aplicaciones import autorizar
from ece.web.cuenta import entrada
from interoperabilidad.cda import vistas as cda
from interoperabilidad.fhir import vistas
from interoperabilidad.hl7v2 import vistas as hl7v2
from interoperabilidad.openapi import vistas as openapi

admin.site.login = entrada.de_administrar  # type: ignore[method-assign, assignment]

urlpatterns = [
    # First what machines ask for, by thousands: an address is looked for in this order.
    path("fhir/", include("interoperabilidad.fhir.urls")),
    path("fhir", vistas.raiz),
    path("clinica/bandeja/", include("interoperabilidad.bandeja.urls")),
    path("", include("ece.web.urls")),
    path("oauth/authorize", autorizar.autorizar, name="autorizar-app"),
    path("oauth/", include("interoperabilidad.oauth.urls")),
    path("api/convenios/", include("interoperabilidad.convenios.urls")),
    path("api/esquema/", openapi.esquema, name="esquema"),
    # What nothing above answers to: a machine is told as it is told any failure.
    re_path(r"^fhir/", vistas.desconocida, name="fhir-desconocida"),
    re_path(r"^api/", vistas.desconocida, name="api-desconocida"),
    path("cda/", cda.recibir, name="cda"),
    path("hl7v2/", hl7v2.recibir, name="hl7v2"),
    path("admin/", admin.site.urls),
    path("salud/viva", salud.viva, name="viva"),
    path("salud/lista", salud.lista, name="lista"),
    path("metricas", salud.metricas, name="metricas"),
]
