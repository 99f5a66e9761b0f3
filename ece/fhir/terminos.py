"""Strings that stand for values in a blind index: what writers store and searchers look for."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ece.fhir.parametros import Indice
from ece.fhir.valores import Cadena, Cantidad, Fecha, Numero, Referencia, Token, Uri

PREFIJOS = (2, 3, 4, 5, 6, 8, 12)
ABIERTO = "C:*"
PRIMERO, ULTIMO = datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Between them dates are looked for by their nodes; what goes beyond counts as open."""


def normalizar(texto: str) -> str:
    """Lower case, no accents, single spaces (R4 search.html, string)."""
    if texto.isascii():
        return " ".join(texto.lower().split())
    descompuesto = unicodedata.normalize("NFD", texto.lower())
    sin_marcas = "".join(c for c in descompuesto if not unicodedata.combining(c))
    return " ".join(sin_marcas.split())


def palabras(texto: str) -> list[str]:
    return re.findall(r"\w+", normalizar(texto))


def terminos(indice: Indice) -> Iterable[str]:
    """The terms of a value; `criterio` looks for one of them."""
    return _DE_VALOR[type(indice.valor)](indice.valor)


def de_token(token: Token) -> Iterable[str]:
    sistema, codigo = sin_barras(token.sistema), sin_barras(token.codigo)
    if not codigo:
        return (f"{sistema}|",) if sistema else ()
    con_sistema = f"{sistema}|{codigo}"
    return (codigo, con_sistema, f"{sistema}|") if sistema else (codigo, con_sistema)


def sin_barras(parte: str) -> str:
    """`parte` of a term, in which a bar of its own is not the one after a system."""
    if "|" in parte or "\\" in parte:
        return parte.replace("\\", "\\\\").replace("|", "\\|")
    return parte


def de_cadena(cadena: Cadena) -> list[str]:
    prefijos = prefijos_de(normalizar(cadena.texto))
    prefijos.append(f"={cadena.texto}")
    return prefijos


def prefijos_de(normal: str) -> list[str]:
    """Its prefixes of the lengths that are kept; none if it could pass for an exact term."""
    if normal.startswith("="):
        return []
    largo = len(normal)
    return [normal[:n] for n in PREFIJOS if n <= largo]


def de_cantidad(cantidad: Cantidad) -> Iterator[str]:
    yield "+"
    for unidad in {cantidad.codigo, cantidad.unidad} - {""}:
        yield f"u:{unidad}"


def de_referencia(referencia: Referencia) -> Iterator[str]:
    if referencia.id:
        yield f"{referencia.tipo}/{referencia.id}"
        yield referencia.id
    if referencia.url:
        yield referencia.url
    sistema, valor = referencia.identificador
    if valor:
        yield f"i:{sin_barras(valor)}"
        yield f"i:{sin_barras(sistema)}|{sin_barras(valor)}"


def de_fecha(fecha: Fecha) -> Iterator[str]:
    """Cover nodes (C) of the days the interval touches, and their ancestors (A)."""
    if fecha.desde is None or fecha.hasta is None or fecha.desde < PRIMERO or fecha.hasta > ULTIMO:
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
    """The fewest years, months and days that cover a half-open interval in UTC."""
    if hasta - desde <= timedelta(days=1) and desde.date() == hasta.date():
        return [desde.date().isoformat()]  # what nearly all are
    dia, fin = desde.date(), (hasta - timedelta(microseconds=1)).date()
    nodos: list[str] = []
    while dia <= fin:
        siguiente_anio = date(dia.year + 1, 1, 1)
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


_DE_VALOR: dict[type, Callable[[Any], Iterable[str]]] = {
    Token: de_token,
    Cadena: de_cadena,
    Fecha: de_fecha,
    Referencia: de_referencia,
    Cantidad: de_cantidad,
    Numero: lambda numero: ("+",),
    Uri: lambda uri: (uri.uri,),
}
