"""The published search parameters, and what they find in a resource."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ece.fhir import camino
from ece.fhir.definiciones import ParametroPublicado, cargar
from ece.fhir.valores import Valor, convertir


@dataclass(frozen=True, slots=True)
class Parametro:
    """A search parameter of one type; `clase` is its FHIR type (token, string, date…)."""

    codigo: str
    clase: str
    url: str
    expresion: str
    destinos: tuple[str, ...]
    funcion: camino.Funcion
    claves: frozenset[str]
    """Members of the resource that the expression starts from: without any, it finds nothing."""


@dataclass(frozen=True, slots=True)
class Indice:
    """A value of a parameter found in a resource."""

    parametro: str
    valor: Valor


_ALTERNATIVA = re.compile(r"\s*\|\s*")


def _propia(publicado: ParametroPublicado, tipo: str) -> str:
    """The alternatives of an expression shared by many types that speak of `tipo`."""
    partes = [
        parte
        for parte in _ALTERNATIVA.split(publicado.expresion)
        if re.match(rf"\(?({tipo}|Resource|DomainResource)\b", parte)
    ]
    return " | ".join(partes)


def _claves(expresion: str, tipo: str) -> frozenset[str]:
    if "exists()" in expresion:
        return frozenset({"resourceType"})  # says something of what is absent, too
    elementos = cargar().tipos[tipo].elementos
    claves: set[str] = set()
    for nombre in re.findall(rf"\b(?:{tipo}|Resource|DomainResource)\.(\w+)", expresion):
        elemento = elementos.get(nombre)
        if elemento is not None and elemento.eleccion:
            claves.update(nombre + t[0].upper() + t[1:] for t in elemento.tipos)
        else:
            claves.add(nombre)
    return frozenset(claves)


@cache
def parametros(tipo: str) -> Mapping[str, Parametro]:
    """code -> parameter, for every parameter that R4 publishes for `tipo` and can be computed."""
    resultado: dict[str, Parametro] = {}
    publicados = cargar().parametros
    for base in ("Resource", "DomainResource", tipo):
        for publicado in publicados.get(base, ()):
            expresion = _propia(publicado, tipo)
            if not expresion or publicado.clase in ("composite", "special"):
                continue
            resultado[publicado.codigo] = Parametro(
                publicado.codigo,
                publicado.clase,
                publicado.url,
                expresion,
                publicado.destinos,
                camino.compilar(expresion),
                _claves(expresion, tipo),
            )
    return resultado


_POR_COLUMNA = frozenset({"_id", "_lastUpdated"})


@cache
def _indexables(tipo: str) -> tuple[Parametro, ...]:
    return tuple(p for codigo, p in parametros(tipo).items() if codigo not in _POR_COLUMNA)


def indices(recurso: dict[str, Any]) -> list[Indice]:
    """Every value that the parameters of its type find in `recurso` (a valid resource)."""
    entorno = {"%resource": recurso}
    return [
        Indice(parametro.codigo, valor)
        for parametro in _indexables(recurso["resourceType"])
        if not parametro.claves.isdisjoint(recurso)
        for nodo in parametro.funcion([recurso], entorno)
        for valor in convertir(parametro.clase, nodo)
    ]
