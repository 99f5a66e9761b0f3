"""The server does what its OpenAPI description says, whatever it is sent (schemathesis).

``ECE_CASOS_OPENAPI`` is how many requests each caller makes (a few by default).
"""

import base64
import contextlib
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from interoperabilidad.fhir import capacidades, definiciones
from interoperabilidad.openapi.descripcion import descripcion
from tests.convenios import pactar
from tests.deshecho import Deshecho
from tests.elenco import CONTRASENA
from tests.interoperabilidad.al_azar import casos, forma_de, sembrar
from tests.interoperabilidad.socios import SocioEntero, paciente

CASOS = int(os.environ.get("ECE_CASOS_OPENAPI", "60"))
RAIZ = "http://testserver/"
CABAL = (not_a_server_error, status_code_conformance, response_headers_conformance)
CON_CUERPO = (content_type_conformance, response_schema_conformance)


@pytest.fixture(scope="module")
def descrita() -> dict[str, Any]:
    return descripcion(RAIZ)


def test_es_openapi_3_1(descrita: dict[str, Any]) -> None:
    assert [str(e) for e in OPENAPI_31_VALIDATOR.iter_errors(descrita)] == []
    citadas = set(re.findall(r'"#/components/(\w+)/([^"]+)"', json.dumps(descrita)))
    hechas = {(clase, n) for clase, suyas in descrita["components"].items() for n in suyas}
    sin_citar = {par for par in hechas - citadas if par[0] in ("parameters", "responses")}
    assert (citadas - hechas, sin_citar) == (set(), set())
    ids = [o["operationId"] for metodos in descrita["paths"].values() for o in metodos.values()]
    assert len(ids) == len(set(ids))


def test_dice_lo_mismo_que_el_capability_statement(descrita: dict[str, Any]) -> None:
    declarado = capacidades.declaracion(f"{RAIZ}fhir")["rest"][0]["resource"]
    for recurso in declarado:
        tipo, caminos = recurso["type"], descrita["paths"]
        codigos = {interaccion["code"] for interaccion in recurso["interaction"]}
        assert ("delete" in caminos[f"/fhir/{tipo}/{{id}}"]) == ("delete" in codigos)
        assert ("patch" in caminos[f"/fhir/{tipo}"]) == recurso["conditionalUpdate"]
        citados = {
            p["$ref"].rpartition("/")[2] for p in caminos[f"/fhir/{tipo}"]["get"]["parameters"]
        }
        assert {p.id for p in definiciones.parametros(tipo)} <= citados


@pytest.mark.django_db
class TestServida:
    def test_se_guarda_y_se_pregunta_si_cambio(self) -> None:
        cliente = Client()
        servida = cliente.get("/api/esquema/")
        assert (servida.status_code, servida["Content-Type"]) == (200, "application/json")
        assert servida.json() == json.loads(json.dumps(descripcion(RAIZ)))
        assert "no-store" not in servida["Cache-Control"]
        otra = cliente.get("/api/esquema/", headers={"If-None-Match": servida["ETag"]})
        assert (otra.status_code, otra.content) == (304, b"")

    def test_lo_que_no_es_direccion_se_dice_a_una_maquina(self, clientes: None) -> None:
        socio = SocioEntero("integracion")
        for camino in ("/fhir/Patient/ñ", "/fhir/$nada", "/api/nada", "/api/convenios/x"):
            respuesta = socio.http.get(camino)
            assert respuesta.status_code == 404, camino
            assert respuesta.json()["resourceType"] == "OperationOutcome"
            assert Client().get(camino).status_code == 401

    def test_cada_operacion_se_pide_por_los_metodos_que_dice(self, clientes: None) -> None:
        socio = SocioEntero("integracion")
        nadie = "00000000-0000-4000-8000-000000000404"
        for una in definiciones.OPERACIONES:
            tipo = una.tipos[0] if una.tipos else "Patient"
            lugares = {f"${una.codigo}": una.metodos} if una.sistema else {}
            if una.de_tipo:
                lugares[f"{tipo}/${una.codigo}"] = una.metodos_de_tipo or una.metodos
            if una.de_uno:
                lugares[f"{tipo}/{nadie}/${una.codigo}"] = una.metodos
            for lugar, metodos in lugares.items():
                for metodo in ("GET", "POST"):
                    cuerpo = paciente() if metodo == "POST" else None
                    admite = socio.pedir(metodo, lugar, cuerpo).status_code != 405
                    assert admite == (metodo in metodos), (metodo, lugar)


@contextlib.contextmanager
def servida() -> Iterator[Any]:
    """The server as it is deployed, within the transaction of a test: its connection stays open."""
    senales = (request_started, request_finished)
    for senal in senales:
        senal.disconnect(close_old_connections)
    try:
        yield get_wsgi_application()
    finally:
        for senal in senales:
            senal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.parametrize("quien", ["integracion", "hospital-aliado", ""])
def test_cada_respuesta_es_una_de_las_que_se_describen(
    clientes: None, descrita: dict[str, Any], quien: str
) -> None:
    sembrado = sembrar(SocioEntero("integracion"), str(pactar().convenio))
    esquema = schemathesis.openapi.from_dict(descrita)
    por_forma = defaultdict(list)
    for leida in esquema.get_all_operations():
        una = leida.ok()
        por_forma[una.method, forma_de(una.path)].append(una)
    formas = [f for (_, forma), f in por_forma.items() for _ in range(3 if "/T" in forma else 1)]
    credenciales = _credenciales(quien) if quien else {}

    @settings(
        max_examples=CASOS, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(caso=casos(formas, sembrado))
    def pedir(caso: Any) -> None:
        quien_es = credenciales.get(caso.path.startswith("/oauth/"), {})
        cabeceras = {"Accept-Encoding": "identity", **quien_es}
        hecho = Deshecho()  # what one request changes, or breaks, is not there for the next
        try:
            respuesta = caso.call(app=aplicacion, base_url=RAIZ, headers=cabeceras)
        finally:
            hecho.olvidar()
        comprobar = CABAL if not respuesta.content else (*CABAL, *CON_CUERPO)
        caso.validate_response(respuesta, checks=list(comprobar), headers=cabeceras)
        if not quien and respuesta.status_code < 400:
            assert caso.operation.definition.raw.get("security") == []

    with servida() as aplicacion:
        pedir()


def _credenciales(quien: str) -> dict[bool, dict[str, str]]:
    """Of a client: at the addresses of tokens (True), its secret; at the others, its token."""
    datos = {"grant_type": "client_credentials", "client_id": quien, "client_secret": CONTRASENA}
    token = Client().post("/oauth/token", datos).json()["access_token"]
    secreto = base64.b64encode(f"{quien}:{CONTRASENA}".encode()).decode()
    return {
        True: {"Authorization": f"Basic {secreto}"},
        False: {"Authorization": f"Bearer {token}"},
    }
