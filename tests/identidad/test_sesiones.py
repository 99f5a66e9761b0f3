"""Sessions: bound to their browser, locked when idle, confirmed again, closed from anywhere."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from ece.identidad import cuentas
from ece.web.cuenta.sesion import CADA
from tests.elenco import CONTRASENA, Elenco

pytestmark = pytest.mark.django_db

INICIO = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
NAVEGADOR = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140"}


def entrar(quien: str = "medica", contrasena: str = CONTRASENA, **cabeceras: str) -> Client:
    cliente = Client(**{**NAVEGADOR, **cabeceras})  # type: ignore[arg-type]
    cliente.post("/cuenta/entrar/", {"username": quien, "password": contrasena})
    return cliente


def dentro(cliente: Client, **cabeceras: str) -> bool:
    return cliente.get("/clinica/", **cabeceras).status_code == 200  # type: ignore[arg-type]


def eventos(tipo: TipoDeEvento) -> int:
    return Evento.objects.filter(tipo=tipo).count()


def test_a_stolen_cookie_ends_the_session_and_is_an_event(elenco: Elenco) -> None:
    cliente = entrar()
    assert dentro(cliente)
    assert not dentro(cliente, HTTP_USER_AGENT="curl/8")
    assert not dentro(cliente)
    assert eventos(TipoDeEvento.SESION_CORTADA) == 1
    assert cuentas.sesiones(elenco.medica.pk, clave="") == []


def test_another_network_ends_it_where_so_set(elenco: Elenco, settings: object) -> None:
    settings.ECE_SESION_LIGADA_A_LA_RED = True  # type: ignore[attr-defined]
    cliente = entrar(REMOTE_ADDR="10.1.2.3")
    assert dentro(cliente, REMOTE_ADDR="10.1.2.99")
    assert not dentro(cliente, REMOTE_ADDR="10.9.2.3")


def test_nobody_there_locks_and_only_the_same_person_opens(elenco: Elenco) -> None:
    with time_machine.travel(INICIO, tick=False) as reloj:
        cliente = entrar()
        for _ in range(3):  # what is used stays open
            reloj.shift(timedelta(minutes=9))
            assert dentro(cliente)
        reloj.shift(timedelta(minutes=11))
        pagina = cliente.get("/clinica/?x=1")
        assert pagina["Location"] == "/cuenta/desbloquear/?next=%2Fclinica%2F%3Fx%3D1"
        pieza = cliente.get("/clinica/", HTTP_HX_REQUEST="true")
        assert (pieza.status_code, pieza["ECE-Bloqueo"]) == (401, "1")
        guion = cliente.get("/clinica/", HTTP_SEC_FETCH_MODE="cors")
        assert guion.status_code == 401
        mala = cliente.post("/cuenta/desbloquear/", {"contrasena": "otra"})
        assert mala.status_code == 422
        assert not dentro(cliente)
        buena = cliente.post("/cuenta/desbloquear/?next=/clinica/", {"contrasena": CONTRASENA})
        assert buena["Location"] == "/clinica/"
        assert dentro(cliente)
    assert eventos(TipoDeEvento.SESION_BLOQUEADA) == 1


def test_a_page_that_asks_by_itself_keeps_nothing_open(elenco: Elenco) -> None:
    with time_machine.travel(INICIO, tick=False) as reloj:
        cliente = entrar()
        for _ in range(11):
            reloj.shift(timedelta(minutes=1))
            cliente.get("/clinica/criticos/", HTTP_ECE_CALLADO="1")
        assert not dentro(cliente)


def test_the_presence_is_noted_once_in_a_while(elenco: Elenco, django_assert_num_queries) -> None:
    with time_machine.travel(INICIO, tick=False) as reloj:
        cliente = entrar()
        with django_assert_num_queries(1):  # the person: session and posts are asked natively
            cliente.post("/cuenta/presente/")
        reloj.shift(timedelta(seconds=CADA))
        cliente.post("/cuenta/presente/")
        (abierta,) = cuentas.sesiones(elenco.medica.pk, clave="")
        assert abierta.vista - abierta.inicio == timedelta(seconds=CADA)


def test_what_weighs_asks_again_who_it_is(elenco: Elenco, paciente: object, acceso: object) -> None:
    with time_machine.travel(INICIO, tick=False) as reloj:
        cliente, direccion = entrar(), f"/clinica/{paciente}/imprimir/"
        reloj.shift(timedelta(minutes=4))
        assert cliente.get(direccion).status_code != 302
        reloj.shift(timedelta(minutes=4))
        pedida = cliente.post(direccion, {}, HTTP_REFERER=f"http://testserver{direccion}")
        assert pedida.status_code == 302
        confirmar = pedida["Location"]
        assert confirmar.startswith("/cuenta/confirmar/?next=")
        assert cliente.post(confirmar, {"contrasena": "otra"}).status_code == 422
        vuelta = cliente.post(confirmar, {"contrasena": CONTRASENA})
        assert vuelta["Location"] == direccion
        assert eventos(TipoDeEvento.SESION_CONFIRMADA) == 1
        ajena = cliente.post("/cuenta/confirmar/?next=//otro.mx/", {"contrasena": CONTRASENA})
        assert ajena["Location"] == "/"


def test_all_the_others_are_closed_from_one(elenco: Elenco) -> None:
    aqui, alla, otra = entrar(), entrar(), entrar("enfermera")
    assert len(cuentas.sesiones(elenco.medica.pk, clave="")) == 2
    aqui.post("/cuenta/sesiones/cerrar/")
    assert [dentro(c) for c in (aqui, alla, otra)] == [True, False, True]
    ajena = cuentas.sesiones(elenco.enfermera.pk, clave="")[0]
    aqui.post(f"/cuenta/sesiones/{ajena.id}/cerrar/")
    assert dentro(otra)


def test_whoever_guesses_elsewhere_locks_nobody_out(elenco: Elenco) -> None:
    for _ in range(9):
        ladron = entrar("medica", "adivinada", REMOTE_ADDR="10.6.6.6")
    assert not dentro(ladron)
    assert not dentro(
        entrar("medica", REMOTE_ADDR="10.6.6.6")
    )  # there, not even with the right one
    assert dentro(entrar("medica", REMOTE_ADDR="10.1.1.1"))


def test_a_post_that_must_have_a_second_factor_goes_nowhere_without(
    elenco: Elenco, settings: object
) -> None:
    settings.ECE_SEGUNDO_FACTOR = ["medico"]  # type: ignore[attr-defined]
    assert entrar().get("/clinica/")["Location"] == "/cuenta/?next=%2Fclinica%2F"
    assert dentro(entrar("enfermera"))
