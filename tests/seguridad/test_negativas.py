"""A no tells why to whoever may know; to anybody else, it is the page of where there is nobody."""

import statistics
import time
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consentimiento.decision.reglas import NEGATIVAS
from ece.identidad.models import Usuario
from ece.nucleo.uuid7 import uuid7
from ece.web import constancias, fundamentos
from registros.selectors import recursos
from tests import elenco as reparto
from tests.elenco import Elenco

pytestmark = pytest.mark.django_db
PAGINAS = ("clinica:expediente", "clinica:linea", "clinica:signos", "clinica:identificacion")


def pedir(usuario: Usuario, pagina: str, paciente: UUID, **cabeceras: str) -> HttpResponse:
    cliente = Client(headers=cabeceras)
    cliente.force_login(usuario)
    return cliente.get(reverse(pagina, args=[paciente]))  # type: ignore[return-value]


def sin_el_id(respuesta: HttpResponse, paciente: UUID) -> tuple[int, bytes, list[tuple[str, str]]]:
    cuerpo = respuesta.content.replace(str(paciente).encode(), b"EL-ID")
    cabeceras = sorted((k, v) for k, v in respuesta.items() if k != "Content-Length")
    return respuesta.status_code, cuerpo, cabeceras


@pytest.mark.parametrize("pagina", PAGINAS)
@pytest.mark.parametrize("htmx", [False, True])
def test_a_stranger_gets_the_same_whether_or_not_there_is_somebody(
    elenco: Elenco, paciente: UUID, pagina: str, htmx: bool
) -> None:
    nadie = uuid7()
    cabeceras = {"HX-Request": "true"} if htmx else {}
    for usuario in (elenco.medico_ajeno, elenco.laboratorio):
        una, otra = (
            sin_el_id(pedir(usuario, pagina, cual, **cabeceras), cual) for cual in (paciente, nadie)
        )
        assert una[0] == 404
        assert una == otra


def test_and_it_asks_the_database_the_same(elenco: Elenco, paciente: UUID) -> None:
    preguntas = []
    for cual in (paciente, uuid7()):
        recursos.olvidar()
        with CaptureQueriesContext(
            connection,
        ) as hechas:
            pedir(elenco.medico_ajeno, "clinica:linea", cual)
        preguntas.append(len(hechas))
    assert preguntas[0] == preguntas[1]


def test_nor_does_the_clock_tell(elenco: Elenco, paciente: UUID) -> None:
    cliente = Client()
    cliente.force_login(elenco.medico_ajeno)
    tiempos: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(25):
        for existe, cual in ((True, paciente), (False, uuid7())):
            recursos.olvidar()
            antes = time.perf_counter()
            cliente.get(reverse("clinica:linea", args=[cual]))
            tiempos[existe].append(time.perf_counter() - antes)
    # The quickest of each: what else the machine does only ever adds.
    con, sin = (statistics.quantiles(tiempos[existe], n=5)[0] for existe in (True, False))
    assert 0.7 < con / sin < 1.4


def test_whoever_may_know_is_told_why_on_what_ground_and_what_to_do(
    elenco: Elenco, paciente: UUID
) -> None:
    respuesta = pedir(elenco.de_urgencias, "clinica:linea", paciente)
    cuerpo = respuesta.content.decode()
    assert respuesta.status_code == 403
    assert "No tiene una atención en curso" in cuerpo
    assert fundamentos.FUENTES["sin.relacion"] in cuerpo
    assert reverse("clinica:emergencia", args=[paciente]) in cuerpo
    assert "Xóchitl" not in cuerpo


def test_what_the_post_does_not_include_is_told_as_such_and_is_no_emergency(
    elenco: Elenco, paciente: UUID
) -> None:
    reparto.en_consulta(elenco, paciente)
    respuesta = pedir(elenco.enfermera, "clinica:recetar", paciente)
    cuerpo = respuesta.content.decode()
    assert respuesta.status_code == 403
    assert "Su puesto no incluye esto" in cuerpo
    assert "emergencia/" not in cuerpo


def test_a_fragment_is_told_in_a_fragment(elenco: Elenco, paciente: UUID) -> None:
    respuesta = pedir(elenco.de_urgencias, "clinica:linea", paciente, **{"HX-Request": "true"})
    assert respuesta.status_code == 403
    assert respuesta["HX-Reswap"] == "innerHTML"
    assert b"<html" not in respuesta.content


def test_every_ground_of_the_policy_has_its_words() -> None:
    assert fundamentos.NEGATIVA_DE.keys() == NEGATIVAS.keys()
    assert fundamentos.FUENTES.keys() <= constancias.FUNDAMENTOS.keys()
