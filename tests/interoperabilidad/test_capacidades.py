"""What is declared is what works, line by line: both are made from the same tables."""

from collections.abc import Iterator
from typing import Any

import pytest

from ece import fhir
from interoperabilidad.fhir import capacidades, consulta, definiciones, pedidos
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.suscripciones.temas import TEMAS
from tests.interoperabilidad.socios import SocioEntero, paciente

BASE = "http://testserver/fhir"
VALORES = {
    "token": "a",
    "string": "abc",
    "reference": "Patient/00000000-0000-4000-8000-000000000404",
    "date": "2026-01-01",
    "number": "1",
    "quantity": "1",
    "uri": "http://x.org/a",
}
CON_MODIFICADOR = {
    "missing": "true",
    "in": "http://hl7.org/fhir/ValueSet/administrative-gender",
    "not-in": "http://hl7.org/fhir/ValueSet/administrative-gender",
    "above": "http://www.whocc.no/atc|A10BA02",
    "below": "http://www.whocc.no/atc|A10",
    "of-type": "s|c|v",
}


@pytest.fixture(scope="module")
def declarado() -> dict[str, Any]:
    return capacidades.declaracion(BASE)


def recursos(declarado: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from declarado["rest"][0]["resource"]


def buscable(tipo: str, clave: str, valor: str) -> bool:
    try:
        consulta.compilar(tipo, [(clave, valor)], estricto=True)
    except (ErrorFhir, fhir.CriterioInvalido):
        return False
    return True


def _valor(tipo: str, parametro: dict[str, Any]) -> str:
    if parametro["type"] != "composite":
        return VALORES[parametro["type"]]
    partes = fhir.compuestos(tipo)[parametro["name"]].partes
    return "$".join(VALORES[p.parametro.clase] for p in partes)


def test_es_valida(declarado: dict[str, Any]) -> None:
    assert fhir.validar(declarado) == []


def test_todo_parametro_declarado_se_busca(declarado: dict[str, Any]) -> None:
    for recurso in recursos(declarado):
        for parametro in recurso["searchParam"]:
            valor = _valor(recurso["type"], parametro)
            assert buscable(recurso["type"], parametro["name"], valor), (recurso["type"], parametro)


def test_todo_lo_publicado_se_declara_o_se_dice_por_que_no(declarado: dict[str, Any]) -> None:
    for recurso in recursos(declarado):
        tipo, propios = recurso["type"], {p["name"] for p in recurso["searchParam"]}
        publicados = {
            p.codigo
            for base in ("Resource", "DomainResource", tipo)
            for p in fhir.definiciones.cargar().parametros.get(base, ())
            if p.expresion or p.codigo in consulta.SIN_BUSQUEDA
        }
        for falta in publicados - propios:
            assert falta in consulta.SIN_BUSQUEDA, (tipo, falta)
            assert not buscable(tipo, falta, "abc")


def test_cada_search_parameter_se_lee_y_dice_la_verdad() -> None:
    for tipo in sorted(fhir.tipos_de_recurso()):
        for parametro in definiciones.parametros(tipo):
            hecho = definiciones.search_parameter(parametro.id, BASE)
            assert hecho is not None
            assert fhir.validar(hecho) == [], parametro.id
            if parametro.clase not in VALORES or tipo not in ("Observation", "ValueSet"):
                continue
            for modificador in {
                m for c in definiciones.criterios.MODIFICADORES.values() for m in c
            }:
                valor = CON_MODIFICADOR.get(modificador, VALORES[parametro.clase])
                if parametro.clase == "uri" and modificador in ("above", "below"):
                    valor = VALORES["uri"]
                clave = "Patient" if modificador == "type" else modificador
                declara = modificador in parametro.modificadores
                funciona = buscable(tipo, f"{parametro.codigo}:{clave}", valor)
                if parametro.codigo not in ("_id", "_lastUpdated"):
                    assert declara == funciona, (parametro.id, modificador)
            for prefijo in definiciones.criterios.PREFIJOS if parametro.prefijos else ():
                funciona = buscable(tipo, parametro.codigo, prefijo + VALORES[parametro.clase])
                assert (prefijo in parametro.prefijos) == funciona, (parametro.id, prefijo)


def test_las_inclusiones_declaradas_se_admiten(declarado: dict[str, Any]) -> None:
    for recurso in recursos(declarado):
        for inclusion in recurso.get("searchInclude", ()):
            assert buscable(recurso["type"], "_include", inclusion), inclusion
        for inclusion in recurso.get("searchRevInclude", ()):
            assert buscable(recurso["type"], "_revinclude", inclusion), inclusion


def test_se_borra_lo_que_se_dice() -> None:
    for recurso in recursos(capacidades.declaracion(BASE)):
        borrable = {"code": "delete"} in recurso["interaction"]
        if recurso["type"] in definiciones.APARTE:
            continue
        assert borrable == bool(fhir.anulable(recurso["type"]))
        assert (recurso["conditionalDelete"] == "single") == borrable


@pytest.mark.django_db
class TestPorHttp:
    @pytest.fixture
    def socio(self, clientes: None) -> SocioEntero:
        return SocioEntero("integracion")

    def test_las_interacciones_de_un_tipo(
        self, socio: SocioEntero, declarado: dict[str, Any]
    ) -> None:
        persona = socio.crear(paciente())
        id_ = socio.observar(persona)
        observacion = socio.get(f"Observation/{id_}").json()
        nueva = {k: v for k, v in observacion.items() if k not in ("id", "meta")}
        cambio = [{"op": "replace", "path": "/status", "value": "amended"}]
        hacer: dict[str, Any] = {
            "read": lambda: socio.get(f"Observation/{id_}"),
            "vread": lambda: socio.get(f"Observation/{id_}/_history/1"),
            "update": lambda: socio.put(f"Observation/{id_}", observacion),
            "patch": lambda: socio.parchar(f"Observation/{id_}", cambio),
            "delete": lambda: socio.pedir("DELETE", f"Observation/{id_}"),
            "history-instance": lambda: socio.get(f"Observation/{id_}/_history"),
            "history-type": lambda: socio.get("Observation/_history"),
            "create": lambda: socio.post("Observation", nueva),
            "search-type": lambda: socio.get("Observation?status=final"),
        }
        (suyo,) = [r for r in recursos(declarado) if r["type"] == "Observation"]
        for interaccion in suyo["interaction"]:
            assert hacer.pop(interaccion["code"])().status_code < 300, interaccion
        assert hacer == {}

    def test_las_de_lo_que_va_aparte(self, socio: SocioEntero, declarado: dict[str, Any]) -> None:
        pedida = {
            "resourceType": "Subscription",
            "status": "requested",
            "reason": "Saber",
            "criteria": "urn:ece:tema:resultado",
            "channel": {"type": "rest-hook", "endpoint": "https://aqui.example/"},
        }
        id_ = socio.crear(pedida)
        hacer: dict[str, Any] = {
            "read": lambda: socio.get(f"Subscription/{id_}"),
            "create": lambda: socio.post("Subscription", pedida),
            "update": lambda: socio.put(f"Subscription/{id_}", {**pedida, "id": id_}),
            "search-type": lambda: socio.get("Subscription?status=requested"),
            "delete": lambda: socio.pedir("DELETE", f"Subscription/{id_}"),
        }
        (suyo,) = [r for r in recursos(declarado) if r["type"] == "Subscription"]
        codigos = [interaccion["code"] for interaccion in suyo["interaction"]]
        for codigo in sorted(codigos, key=lambda c: c == "delete"):
            assert hacer.pop(codigo)().status_code < 300, codigo
        assert hacer == {}
        temas = [e["valueCanonical"] for e in suyo["extension"]]
        assert set(temas) == set(TEMAS)
        for tema in temas:
            assert socio.post("Subscription", {**pedida, "criteria": tema}).status_code == 201
        for parametro in suyo["searchParam"]:
            valor = _valor("Subscription", parametro)
            hallado = socio.get(f"Subscription?{parametro['name']}={valor}")
            assert hallado.status_code == 200, parametro

    def test_las_del_sistema(self, socio: SocioEntero, declarado: dict[str, Any]) -> None:
        for operacion in declarado["rest"][0]["operation"]:
            leida = socio.get(operacion["definition"].removeprefix(f"{BASE}/")).json()
            assert fhir.validar(leida) == []
            assert leida["system"] is True
            respuesta = socio.post(f"${operacion['name']}", {"resourceType": "Parameters"})
            falta = "message" if operacion["name"] == "process-message" else "respond-async"
            assert falta in respuesta.json()["issue"][0]["diagnostics"]

    def test_las_definiciones_se_leen(self, socio: SocioEntero) -> None:
        declarado = socio.get("metadata").json()["rest"][0]
        base = "http://testserver/fhir/"
        (suyo,) = [r for r in declarado["resource"] if r["type"] == "Observation"]
        for parametro in suyo["searchParam"]:
            leido = socio.get(parametro["definition"].removeprefix(base))
            assert leido.status_code == 200
            assert leido.json()["code"] == parametro["name"]
        vistas = 0
        for recurso in declarado["resource"]:
            if recurso["type"] not in ("Patient", "Observation", "ValueSet", "CodeSystem"):
                continue
            for operacion in recurso["operation"]:
                leida = socio.get(operacion["definition"].removeprefix(base)).json()
                assert fhir.validar(leida) == []
                assert leida["code"] == operacion["name"]
                vistas += 1
        assert vistas >= 8
        propia = socio.put("SearchParameter/Observation-code", {"resourceType": "SearchParameter"})
        assert propia.status_code == 405

    def test_las_operaciones_declaradas_responden(self, socio: SocioEntero) -> None:
        persona = socio.crear(paciente())
        for operacion in definiciones.OPERACIONES:
            for tipo in operacion.tipos or ("Patient",):
                lugares = [tipo] if operacion.de_tipo else []
                lugares += [f"{tipo}/{persona}"] if operacion.de_uno and tipo == "Patient" else []
                for lugar in lugares:
                    respuesta = socio.post(f"{lugar}/${operacion.codigo}", paciente())
                    if respuesta.status_code == 405:
                        respuesta = socio.get(f"{lugar}/${operacion.codigo}")
                    # Anything but "there is no such operation".
                    assert respuesta.status_code in (200, 400, 404), (lugar, operacion.codigo)
                    asuntos = respuesta.json().get("issue", [{}])
                    assert asuntos[0].get("code") != "not-supported", (lugar, operacion.codigo)


def test_lo_que_un_parche_puede_ser() -> None:
    assert set(capacidades.PARCHES) == {pedidos.JSON_PATCH, *capacidades.FORMATOS}
