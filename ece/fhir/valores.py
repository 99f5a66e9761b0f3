"""Typed values that searching sees in a resource (R4 search.html, table of parameter types)."""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from ece.fhir.camino import tipo_referido


class Token(msgspec.Struct, frozen=True, gc=False):
    """`texto` is what ``:text`` reads; `tipos`, the codings of an Identifier's type."""

    sistema: str
    codigo: str
    texto: str = ""
    tipos: tuple[tuple[str, str], ...] = ()


class Cadena(msgspec.Struct, frozen=True, gc=False):
    texto: str


class Fecha(msgspec.Struct, frozen=True, gc=False):
    """A half-open interval of instants; None is unbounded."""

    desde: datetime | None
    hasta: datetime | None


class Referencia(msgspec.Struct, frozen=True, gc=False):
    """`tipo` and `id` of a literal reference to one of ours, or `url` of anything else."""

    tipo: str
    id: str
    url: str = ""
    identificador: tuple[str, str] = ("", "")


class Cantidad(msgspec.Struct, frozen=True, gc=False):
    valor: Decimal
    sistema: str
    codigo: str
    unidad: str


class Numero(msgspec.Struct, frozen=True, gc=False):
    valor: Decimal


class Uri(msgspec.Struct, frozen=True, gc=False):
    uri: str


_FIN = datetime.max.replace(tzinfo=UTC)
_ULTIMO_DIA = _FIN - timedelta(days=1)

Valor = Token | Cadena | Fecha | Referencia | Cantidad | Numero | Uri
Conversor = Callable[[Any], list[Valor]]
"""From a node of a resource to values; shapes that do not fit give nothing."""


def intervalo(texto: str) -> tuple[datetime, datetime]:
    """The instants a (partial) FHIR date covers, half-open, in UTC. Raises `ValueError`."""
    if "T" in texto:
        momento = datetime.fromisoformat(texto.replace(":60", ":59"))  # a leap second
        momento = momento.astimezone(UTC) if momento.tzinfo else momento.replace(tzinfo=UTC)
        if "." in texto:
            paso = timedelta(milliseconds=1)
        elif len(texto) > 16 and texto[16] == ":":
            paso = timedelta(seconds=1)
        else:
            paso = timedelta(minutes=1)
        return momento, momento + paso if momento < _ULTIMO_DIA else _FIN
    partes = [int(parte) for parte in texto.split("-")]
    if len(partes) == 1:
        inicio, fin = date(partes[0], 1, 1), _siguiente(date(partes[0], 12, 31))
    elif len(partes) == 2:
        anio, mes = partes
        inicio = date(anio, mes, 1)
        fin = _siguiente(date(anio, mes, monthrange(anio, mes)[1]))
    else:
        inicio = date(*partes)
        fin = _siguiente(inicio)
    return _instante(inicio), _instante(fin) if fin < date.max else _FIN


def _siguiente(dia: date) -> date:
    return dia + timedelta(days=1) if dia < date.max else dia


def _instante(dia: date) -> datetime:
    return datetime(dia.year, dia.month, dia.day, tzinfo=UTC)


def _tokens(nodo: Any) -> list[Valor]:
    if isinstance(nodo, bool):
        return [Token("", "true" if nodo else "false")]
    if isinstance(nodo, str):
        return [Token("", nodo)]
    if not isinstance(nodo, dict):
        return []
    if "coding" in nodo or "text" in nodo:
        texto = nodo.get("text", "")
        codigos: list[Valor] = [
            Token(c.get("system", ""), c.get("code", ""), _juntos(texto, c.get("display", "")))
            for c in nodo.get("coding", ())
        ]
        return codigos or [Token("", "", texto)]
    if "code" in nodo:
        return [Token(nodo.get("system", ""), nodo["code"], nodo.get("display", ""))]
    if "value" in nodo and isinstance(nodo["value"], str):
        telecom = nodo.get("system") in ("phone", "email", "fax", "pager", "url", "sms", "other")
        tipo = nodo.get("type", {})
        tipos = tuple((c.get("system", ""), c.get("code", "")) for c in tipo.get("coding", ()))
        sistema = "" if telecom else nodo.get("system", "")
        return [Token(sistema, nodo["value"], tipo.get("text", ""), tipos)]
    return []


def _juntos(texto: str, titulo: str) -> str:
    return f"{texto}\n{titulo}" if texto and titulo and texto != titulo else texto or titulo


_PARTES_DE_CADENA = (
    *("text", "family", "given", "prefix", "suffix"),
    *("line", "city", "district", "state", "postalCode", "country"),
)


def _cadenas(nodo: Any) -> list[Valor]:
    if isinstance(nodo, str):
        return [Cadena(nodo)]
    if not isinstance(nodo, dict):
        return []
    partes: list[Valor] = []
    for clave in _PARTES_DE_CADENA:
        valor = nodo.get(clave, ())
        partes.extend(Cadena(v) for v in ([valor] if isinstance(valor, str) else valor) if v)
    return partes


def _fechas(nodo: Any) -> list[Valor]:
    try:
        if isinstance(nodo, str):
            desde, hasta = intervalo(nodo)
            return [Fecha(desde, hasta)]
        if not isinstance(nodo, dict):
            return []
        if "start" in nodo or "end" in nodo:
            inicio = intervalo(nodo["start"])[0] if nodo.get("start") else None
            fin = intervalo(nodo["end"])[1] if nodo.get("end") else None
            return [Fecha(inicio, fin)]
        if "event" in nodo:
            return [Fecha(*intervalo(momento)) for momento in nodo["event"]]
        limites = nodo.get("repeat", {}).get("boundsPeriod")
        return _fechas(limites) if limites else []
    except (ValueError, OverflowError):
        return []


def _referencias(nodo: Any) -> list[Valor]:
    if isinstance(nodo, str):
        return [Referencia("", "", nodo)]
    if not isinstance(nodo, dict):
        return []
    if "resourceType" in nodo:
        return [Referencia(nodo["resourceType"], nodo["id"])] if "id" in nodo else []
    logico = nodo.get("identifier") or {}
    identificador = (logico.get("system", ""), logico.get("value", ""))
    literal = str(nodo.get("reference", "")).split("/_history/")[0]
    if not literal and not identificador[1]:
        return []
    tipo = tipo_referido(nodo)
    partes = literal.split("/")
    if len(partes) == 2 and partes[0] == tipo:
        return [Referencia(tipo, partes[1], identificador=identificador)]
    if tipo and len(partes) > 2:  # absolute: the id is the last part of the address
        return [Referencia(tipo, partes[-1], literal, identificador)]
    return [Referencia("", "", literal, identificador)]


def _cantidades(nodo: Any) -> list[Valor]:
    if not isinstance(nodo, dict):
        return []
    if "low" in nodo or "high" in nodo:
        return [c for limite in ("low", "high") for c in _cantidades(nodo.get(limite))]
    if "value" not in nodo or isinstance(nodo["value"], str):
        return []
    return [
        Cantidad(
            _decimal(nodo["value"]),
            str(nodo.get("system", "")),
            str(nodo.get("code", nodo.get("currency", ""))),
            str(nodo.get("unit", "")),
        )
    ]


def _numeros(nodo: Any) -> list[Valor]:
    if isinstance(nodo, int | Decimal) and not isinstance(nodo, bool):
        return [Numero(_decimal(nodo))]
    return []


def _decimal(numero: Any) -> Decimal:
    return numero if isinstance(numero, Decimal) else Decimal(str(numero))


def _uris(nodo: Any) -> list[Valor]:
    return [Uri(nodo)] if isinstance(nodo, str) else []


_CONVERSORES: dict[str, Conversor] = {
    "token": _tokens,
    "string": _cadenas,
    "date": _fechas,
    "reference": _referencias,
    "quantity": _cantidades,
    "number": _numeros,
    "uri": _uris,
}


def conversor(clase: str) -> Conversor:
    """How nodes become values of a parameter of `clase` (token, string, date…)."""
    return _CONVERSORES[clase]
