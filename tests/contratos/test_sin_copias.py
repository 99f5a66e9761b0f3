"""No answer behind a guard may be kept by a browser or a proxy."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.contratos.urlconf import direcciones
from tests.elenco import Elenco

pytestmark = pytest.mark.django_db


def test_every_guarded_address_says_no_store(elenco: Elenco) -> None:
    """Whatever it answers: a page, a refusal, or the way to the door."""
    cliente = Client()
    cliente.force_login(elenco.medica)
    vistas = 0
    for direccion in direcciones():
        if not direccion.ruta.startswith(("clinica/", "portal/")) or direccion.guarda == "publica":
            continue
        argumentos = {
            parte.partition(":")[2].rstrip(">"): _valor(parte)
            for parte in direccion.ruta.split("/")
            if parte.startswith("<")
        }
        respuesta = cliente.get(reverse(direccion.nombre, kwargs=argumentos))
        assert "no-store" in respuesta.headers.get("Cache-Control", ""), direccion.nombre
        vistas += 1
    assert vistas > 100


def test_what_says_nothing_of_anybody_may_be_kept() -> None:
    assert "no-store" not in Client().get(reverse("portal:obrero")).headers.get("Cache-Control", "")


def _valor(parte: str) -> object:
    return {"<uuid": uuid4(), "<int": 1}.get(parte.partition(":")[0], "algo")
