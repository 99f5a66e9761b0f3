"""Our FHIRPath against an independent engine, over every resource type."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from ece import fhir
from ece.fhir import camino
from ece.fhir.definiciones import cargar, variantes
from tests.fhir import generador, oraculo, publicados

TIPOS = sorted(fhir.tipos_de_recurso())

# what the oracle cannot evaluate, or answers `true` where the specification says "unknown"
# (dates of different precision), or tells System.Boolean from FHIR's boolean (que-7)
SIN_ORACULO = {"per-1", "inv-1", "rng-2", "que-7"}


def _comparar_busquedas(recurso: dict[str, Any]) -> int:
    plano = json.loads(fhir.json.escribir(recurso))
    encontrados = 0
    for parametro in fhir.parametros(recurso["resourceType"]).values():
        propios = oraculo.escritos(parametro.funcion([recurso], {"%resource": recurso}))
        assert propios == oraculo.buscar(parametro.expresion, plano), parametro.expresion
        encontrados += bool(propios)
    return encontrados


@pytest.mark.parametrize("tipo", TIPOS)
def test_parametros_de_todos_los_tipos(tipo: str) -> None:
    azar = Random(tipo)
    encontrados = sum(
        _comparar_busquedas(generador.recurso(tipo, azar, densidad=d)) for d in (0.4, 0.9)
    )
    assert encontrados or len(fhir.parametros(tipo)) <= 6


@publicados.hacen_falta
def test_parametros_de_los_ejemplos_publicados() -> None:
    for ejemplo in publicados.ejemplos().values():
        assert _comparar_busquedas(ejemplo)


@publicados.hacen_falta
def test_parametros_de_pacientes_ajenos() -> None:
    cuenta: dict[str, int] = {}
    for recurso in publicados.de_synthea():
        tipo = recurso["resourceType"]
        cuenta[tipo] = cuenta.get(tipo, 0) + 1
        if cuenta[tipo] <= 8:
            assert _comparar_busquedas(recurso)


def _nodos(nodo: dict[str, Any], tipo: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Every complex node of a generated resource, with its type."""
    yield nodo, tipo
    for nombre, elemento in cargar().tipos[tipo].elementos.items():
        for clave in variantes(nombre) if elemento.eleccion else {nombre}:
            valor = nodo.get(clave, ())
            for uno in valor if isinstance(valor, list) else [valor]:
                if not isinstance(uno, dict):
                    continue
                suyo = clave.removeprefix(nombre) if elemento.eleccion else elemento.tipos[0]
                yield from _nodos(uno, uno.get("resourceType", suyo))


def test_invariantes_de_todos_los_tipos() -> None:
    vistos: dict[tuple[str, str], int] = {}
    fallidos = set()
    for tipo in TIPOS:
        azar = Random(tipo)
        for densidad in (0.2, 0.5, 0.9):
            recurso = generador.recurso(tipo, azar, densidad=densidad)
            for nodo, suyo in _nodos(recurso, tipo):
                for invariante in cargar().tipos[suyo].invariantes:
                    clave = (suyo, invariante.clave)
                    if invariante.clave in SIN_ORACULO or vistos.get(clave, 0) > 12:
                        continue
                    funcion = camino.compilar(invariante.expresion)
                    entorno = {"%resource": recurso, "%context": nodo}
                    nuestro = camino.verdad(funcion([nodo], entorno))
                    suyo_de_ellos = camino.verdad(
                        oraculo.evaluar(invariante.expresion, nodo, suyo, recurso)
                    )
                    assert nuestro == suyo_de_ellos, (clave, invariante.expresion, nodo)
                    vistos[clave] = vistos.get(clave, 0) + 1
                    if nuestro is False:
                        fallidos.add(clave)
    assert len(vistos) > 170
    assert len(fallidos) > 50  # both agree on what is wrong, not only on what is right


def test_todas_las_expresiones_publicadas_se_compilan() -> None:
    for tipo in cargar().tipos.values():
        for invariante in tipo.invariantes:
            camino.compilar(invariante.expresion)
    for tipo_de_recurso in TIPOS:
        assert "_id" in fhir.parametros(tipo_de_recurso)
