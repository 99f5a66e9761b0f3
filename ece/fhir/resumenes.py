"""Subsets of a resource: ``_summary`` and ``_elements`` (R4 search.html 3.1.1.5.8-9)."""

from collections.abc import Collection
from typing import Any

from ece.fhir.definiciones import cargar

_SUBCONJUNTO = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}
_SIEMPRE = frozenset({"resourceType", "id", "meta"})


def elementos(recurso: dict[str, Any], nombres: Collection[str]) -> dict[str, Any]:
    """`recurso` with only `nombres` and what is mandatory, tagged as a subset."""
    definidos = cargar().tipos[recurso["resourceType"]].elementos
    obligatorios = {n for n, e in definidos.items() if e.minimo > 0}
    return _recortar(recurso, {*nombres, *obligatorios})


def resumen(recurso: dict[str, Any], modo: str) -> dict[str, Any]:
    """`recurso` under ``_summary=modo``: true, text or data."""
    definidos = cargar().tipos[recurso["resourceType"]].elementos
    if modo == "data":
        return _recortar(recurso, set(definidos) - {"text"})
    if modo == "text":
        return elementos(recurso, {"text"})
    return _recortar(recurso, {n for n, e in definidos.items() if e.resumen})


def _recortar(recurso: dict[str, Any], nombres: set[str]) -> dict[str, Any]:
    definidos = cargar().tipos[recurso["resourceType"]].elementos
    claves = set(_SIEMPRE)
    for nombre in nombres & set(definidos):
        elemento = definidos[nombre]
        variantes = (
            [nombre + t[0].upper() + t[1:] for t in elemento.tipos]
            if elemento.eleccion
            else [nombre]
        )
        claves.update(v for variante in variantes for v in (variante, "_" + variante))
    recortado = {clave: valor for clave, valor in recurso.items() if clave in claves}
    meta = recurso.get("meta", {})
    recortado["meta"] = {**meta, "tag": [*meta.get("tag", ()), _SUBCONJUNTO]}
    return recortado
