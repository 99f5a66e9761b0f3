"""Whoever takes a record away, or shares it, proves again who they are."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ece.web.cuenta.sesion import CONFIRMADA
from tests.consentimiento.permisos import cuenta
from tests.elenco import CONTRASENA

pytestmark = pytest.mark.django_db


@pytest.fixture
def hace_rato(paciente: UUID) -> Client:
    """The patient, who signed in ten minutes ago."""
    cliente = Client()
    cliente.force_login(cuenta("paciente", paciente))
    sesion = cliente.session
    sesion[CONFIRMADA] = int(timezone.now().timestamp()) - 600
    sesion.save()
    return cliente


@pytest.mark.parametrize("nombre", ["portal:descargar", "portal:descargar-fhir"])
def test_of_what_is_taken_away(hace_rato: Client, paciente: UUID, nombre: str) -> None:
    direccion = reverse(nombre, args=[paciente])
    respuesta = hace_rato.get(direccion)
    assert respuesta.status_code == 302
    assert respuesta["Location"].startswith("/cuenta/confirmar/")
    hace_rato.post(respuesta["Location"], {"contrasena": CONTRASENA})
    assert hace_rato.get(direccion).status_code == 200


def test_of_a_link_that_shows_the_summary(hace_rato: Client, paciente: UUID) -> None:
    direccion = reverse("portal:compartir", args=[paciente])
    assert hace_rato.get(direccion).status_code == 200  # to look at those there are asks nothing
    respuesta = hace_rato.post(direccion, {"dura": "1"})
    assert respuesta["Location"].startswith("/cuenta/confirmar/")


def test_to_read_asks_nothing_more(hace_rato: Client, paciente: UUID) -> None:
    assert hace_rato.get(reverse("portal:resumen", args=[paciente])).status_code == 200
