"""What the database keeps of a session lets nobody in."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from ece.identidad.almacen import SessionStore, huella_de
from ece.identidad.models import Sesion
from tests.elenco import CONTRASENA, Elenco

pytestmark = pytest.mark.django_db


def entrar() -> tuple[Client, str]:
    cliente = Client()
    datos = {"username": "medica", "password": CONTRASENA}
    assert cliente.post("/cuenta/entrar/", datos).status_code == 302
    return cliente, cliente.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_dump_of_sessions_opens_none(elenco: Elenco) -> None:
    cliente, galleta = entrar()
    assert cliente.get("/clinica/").status_code == 200
    guardadas = [
        *Session.objects.values_list("session_key", flat=True),
        *Sesion.objects.values_list("clave", flat=True),
    ]
    assert guardadas == [huella_de(galleta)] * 2
    for clave in guardadas:
        ladron = Client()
        ladron.cookies[settings.SESSION_COOKIE_NAME] = clave
        assert ladron.get("/clinica/").status_code == 302
    with connection.cursor() as cursor:
        for tabla in ("django_session", "identidad_sesion", "auditoria_evento"):
            cursor.execute(
                f"SELECT count(*) FROM {tabla} t WHERE t::text LIKE %s", [f"%{galleta}%"]
            )
            assert cursor.fetchone() == (0,), tabla


def test_it_is_known_kept_listed_and_closed_by_its_key(elenco: Elenco) -> None:
    cliente, galleta = entrar()
    otro, _ = entrar()
    assert b"Esta" in cliente.get("/cuenta/").content
    cliente.post("/cuenta/sesiones/cerrar/")
    assert cliente.get("/clinica/").status_code == 200
    assert otro.get("/clinica/").status_code == 302
    cliente.post("/cuenta/salir/")
    assert not SessionStore().exists(galleta)
    assert not Sesion.objects.exists()


def test_a_key_is_made_anew_when_somebody_signs_in(elenco: Elenco) -> None:
    """No session is fixed beforehand by whoever hands over its cookie."""
    previa = SessionStore()
    previa["algo"] = 1
    previa.create()
    cliente = Client()
    cliente.cookies[settings.SESSION_COOKIE_NAME] = str(previa.session_key)
    cliente.post("/cuenta/entrar/", {"username": "medica", "password": CONTRASENA})
    assert cliente.cookies[settings.SESSION_COOKIE_NAME].value != previa.session_key
    assert not previa.exists(previa.session_key)
