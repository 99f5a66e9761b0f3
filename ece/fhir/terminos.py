"""Strings that stand for values in a blind index: what writers store and searchers look for."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from ece.fhir.parametros import Indice
from ece.fhir.valores import Cadena, Cantidad, Fecha, Numero, Referencia, Token, Uri

PREFIJOS = (2, 3, 4, 5, 6, 8, 12)
ABIERTO = "C:*"
_ANIOS = 130


def normalizar(texto: str) -> str:
    """Lower case, no accents, single spaces (R4 search.html, string)."""
    descompuesto = unicodedata.normalize("NFD", texto.lower())
    sin_marcas = "".join(c for c in descompuesto if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", sin_marcas).strip()


def palabras(texto: str) -> list[str]:
    return re.findall(r"\w+", normalizar(texto))


def terminos(indice: Indice) -> Iterator[str]:
    """The terms of a value; `criterio` looks for one of them."""
    valor = indice.valor
    match valor:
        case Token():
            yield from de_token(valor)
        case Cadena():
            yield from de_cadena(valor.texto)
        case Fecha():
            yield from de_fecha(valor)
        case Referencia():
            yield from de_referencia(valor)
        case Cantidad():
            yield "+"
            for unidad in {valor.codigo, valor.unidad} - {""}:
                yield f"u:{unidad}"
        case Numero():
            yield "+"
        case Uri():
            yield valor.uri


def de_token(token: Token) -> Iterator[str]:
    if not token.codigo:
        return
    yield token.codigo
    yield f"{token.sistema}|{token.codigo}"
    if token.sistema:
        yield f"{token.sistema}|"


def de_cadena(texto: str) -> Iterator[str]:
    normal = normalizar(texto)
    for largo in PREFIJOS:
        if largo <= len(normal):
            yield normal[:largo]
    yield f"={texto}"


def de_referencia(referencia: Referencia) -> Iterator[str]:
    if referencia.id:
        yield f"{referencia.tipo}/{referencia.id}"
        yield referencia.id
    if referencia.url:
        yield referencia.url
    sistema, valor = referencia.identificador
    if valor:
        yield f"i:{sistema}|{valor}"


def de_fecha(fecha: Fecha) -> Iterator[str]:
    """Cover nodes (C) of the days the interval touches, and their ancestors (A)."""
    if fecha.desde is None or fecha.hasta is None:
        yield ABIERTO
        return
    ancestros = set()
    for nodo in cubrir(fecha.desde, fecha.hasta):
        yield f"C:{nodo}"
        ancestros.update(ascendientes(nodo))
    for ancestro in sorted(ancestros):
        yield f"A:{ancestro}"


def ascendientes(nodo: str) -> list[str]:
    partes = nodo.split("-")
    return ["-".join(partes[:n]) for n in range(1, len(partes))]


def cubrir(desde: datetime, hasta: datetime) -> list[str]:
    """The fewest years, months and days that cover a half-open interval (at day resolution)."""
    dia = desde.astimezone(UTC).date()
    fin = (hasta.astimezone(UTC) - timedelta(microseconds=1)).date()
    nodos: list[str] = []
    while dia <= fin and len(nodos) < _ANIOS + 90:
        siguiente_anio = date(dia.year + 1, 1, 1) if dia.year < 9999 else date.max
        siguiente_mes = (dia.replace(day=1) + timedelta(days=32)).replace(day=1)
        if dia.month == dia.day == 1 and siguiente_anio - timedelta(days=1) <= fin:
            nodos.append(f"{dia.year:04d}")
            dia = siguiente_anio
        elif dia.day == 1 and siguiente_mes - timedelta(days=1) <= fin:
            nodos.append(f"{dia:%Y-%m}")
            dia = siguiente_mes
        else:
            nodos.append(dia.isoformat())
            dia += timedelta(days=1)
    return nodos
