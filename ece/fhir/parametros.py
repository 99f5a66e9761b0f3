"""The published search parameters, and what they find in a resource."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import msgspec

from ece.fhir import camino
from ece.fhir.definiciones import ParametroPublicado, cargar, variantes
from ece.fhir.valores import Conversor, Valor, conversor


@dataclass(frozen=True, slots=True)
class Parametro:
    """A search parameter of one type; `clase` is its FHIR type (token, string, date…)."""

    codigo: str
    clase: str
    url: str
    expresion: str
    destinos: tuple[str, ...]
    funcion: camino.Funcion
    sistemas: Mapping[str, tuple[str, ...]]
    """Code systems that elements of type `code` imply, and their codes."""


class Indice(msgspec.Struct, frozen=True, gc=False):
    """A value of a parameter found in a resource."""

    parametro: str
    valor: Valor


@dataclass(frozen=True, slots=True)
class _Extractor:
    """One alternative of one or many expressions, and the parameters that it feeds."""

    funcion: camino.Funcion
    convertir: Conversor
    codigos: tuple[str, ...]


def alternativas(publicado: ParametroPublicado, tipo: str) -> Iterator[str]:
    """The alternatives of an expression, which many types may share, that speak of `tipo`."""
    for parte in publicado.expresion.split("|"):
        parte = parte.strip()
        if re.match(rf"\(?({tipo}|Resource|DomainResource)\b", parte):
            yield parte
        elif re.fullmatch(r"[a-z]\w*", parte):
            yield f"{tipo}.{parte}"


@cache
def parametros(tipo: str) -> Mapping[str, Parametro]:
    """code -> parameter, for every parameter that R4 publishes for `tipo` and can be computed."""
    resultado: dict[str, Parametro] = {}
    publicados = cargar().parametros
    for base in ("Resource", "DomainResource", tipo):
        for publicado in publicados.get(base, ()):
            expresion = " | ".join(alternativas(publicado, tipo))
            if not expresion or publicado.clase in ("composite", "special"):
                continue
            resultado[publicado.codigo] = Parametro(
                publicado.codigo,
                publicado.clase,
                publicado.url,
                expresion,
                publicado.destinos,
                camino.compilar(expresion),
                _implicitos(expresion),
            )
    return resultado


def _implicitos(expresion: str) -> Mapping[str, tuple[str, ...]]:
    sistemas: dict[str, tuple[str, ...]] = {}
    for alternativa in expresion.split(" | "):
        tipo, *pasos = alternativa.split(".")
        for paso in pasos[:-1]:
            definido = cargar().tipos.get(tipo)
            elemento = definido.elementos.get(paso) if definido else None
            tipo = elemento.tipos[0] if elemento else ""
        definido = cargar().tipos.get(tipo)
        elemento = definido.elementos.get(pasos[-1]) if definido else None
        if elemento is not None and elemento.tipos == ("code",):
            sistemas |= cargar().valores.get(elemento.valores, {})
    return sistemas


_POR_COLUMNA = frozenset({"_id", "_lastUpdated"})


def _miembros(alternativa: str, tipo: str) -> frozenset[str]:
    """Members of the resource without which an alternative finds nothing."""
    if "exists()" in alternativa:
        return frozenset({"resourceType"})  # says something of what is absent, too
    encontrado = re.match(r"\(?\w+\.(\w+)(?:(?: as |\.as\()(\w+))?", alternativa)
    if encontrado is None:
        raise camino.ExpresionNoSoportada(f"{tipo}: {alternativa}")
    nombre, de_tipo = encontrado.groups()
    if de_tipo:
        return frozenset(camino.miembros_de_tipo(nombre, de_tipo))
    elemento = cargar().tipos[tipo].elementos.get(nombre)
    return variantes(nombre) if elemento is not None and elemento.eleccion else frozenset({nombre})


@cache
def _extractores(tipo: str) -> Mapping[str, tuple[_Extractor, ...]]:
    """member of the resource -> what to look for when it is present."""
    codigos: dict[tuple[str, str], list[str]] = {}
    for codigo, parametro in parametros(tipo).items():
        if codigo not in _POR_COLUMNA:
            for alternativa in parametro.expresion.split(" | "):
                codigos.setdefault((alternativa, parametro.clase), []).append(codigo)
    resultado: dict[str, list[_Extractor]] = {}
    for (alternativa, clase), propios in codigos.items():
        desde_dentro = re.sub(rf"\b({tipo}|Resource|DomainResource)\.", "", alternativa)
        extractor = _Extractor(camino.compilar(desde_dentro), conversor(clase), tuple(propios))
        for miembro in _miembros(alternativa, tipo):
            resultado.setdefault(miembro, []).append(extractor)
    return {miembro: tuple(lista) for miembro, lista in resultado.items()}


def indices(recurso: dict[str, object], *, de: frozenset[str] | None = None) -> list[Indice]:
    """Every value that the parameters of its type find in `recurso` (a valid resource).

    With `de`, at least those of these parameters.
    """
    entorno = {"%resource": recurso}
    extractores = _extractores(str(recurso["resourceType"]))
    foco = [recurso]
    return [
        Indice(codigo, valor)
        for miembro in recurso
        for extractor in extractores.get(miembro, ())
        if de is None or not de.isdisjoint(extractor.codigos)
        for nodo in extractor.funcion(foco, entorno)
        for valor in extractor.convertir(nodo)
        for codigo in extractor.codigos
    ]
