"""No address under which there are patients is without a guard, nor can a new one be."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tests.contratos.urlconf import direcciones, sin_guarda

PUBLICAS = {
    "aviso-de-privacidad",
    "cuenta:entrar",
    "cuenta:entrar-llave",
    "cuenta:segundo-paso",
    "cuenta:invitacion",
    "cuenta:salir",
    "cuenta:idioma",
    "portal:manifiesto",
    "portal:obrero",
    "portal:sin-conexion",
    "cuenta:inscribirse",
    "cuenta:inscribirse-datos",
    "cuenta:recuperar",
    "cuenta:recuperar-enlace",
    "fhir:metadata",
    "fhir:smart",
    "fhir:llaves",
    "oauth:token",
    "oauth:revocar",
    "oauth:introspeccion",
    "convenios:llaves",
    "esquema",
    "verificar:evidencia",
    "verificar:bitacora",
    "verificar:checkpoint",
    "verificar:checkpoint-de",
    "verificar:llaves",
    "verificar:tesela",
    "verificar:tesela-parcial",
    "verificar:agregar-checkpoint",
    "verificar:atestiguado",
    "verificar:documento",
}
"""What says nothing of anybody."""


def descuidada(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a patient")


def test_every_protected_address_has_a_guard() -> None:
    assert sin_guarda() == []
    assert sum(d.protegida for d in direcciones()) >= 30


def test_an_address_without_a_guard_would_be_found() -> None:
    """The positive control, wherever the address hangs."""
    nuevas = [
        path("clinica/", include([path("nuevo/", descuidada)])),
        path("portal/algo/", descuidada),
        path("api/v2/", include(([path("x", descuidada)], "v2"), namespace="v2")),
        path("fhir/$todo", descuidada),
        path("salud/otra", descuidada),
    ]
    assert sin_guarda(nuevas) == ["clinica/nuevo/", "portal/algo/", "api/v2/x", "fhir/$todo"]


def test_what_is_public_is_a_short_list() -> None:
    assert {d.nombre for d in direcciones() if d.guarda == "publica"} == PUBLICAS
