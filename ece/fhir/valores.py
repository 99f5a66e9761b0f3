"""Typed values that searching sees in a resource (R4 search.html, table of parameter types)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ece.fhir.camino import tipo_referido


@dataclass(frozen=True, slots=True)
class Token:
    sistema: str
    codigo: str
    texto: str = ""


@dataclass(frozen=True, slots=True)
class Cadena:
    texto: str


@dataclass(frozen=True, slots=True)
class Fecha:
    """A half-open interval of instants; None is unbounded."""

    desde: datetime | None
    hasta: datetime | None


@dataclass(frozen=True, slots=True)
class Referencia:
    """`tipo` and `id` of a literal reference to one of ours, or `url` of anything else."""

    tipo: str
    id: str
    url: str = ""
    identificador: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Cantidad:
    valor: Decimal
    sistema: str
    codigo: str
    unidad: str


@dataclass(frozen=True, slots=True)
class Numero:
    valor: Decimal


@dataclass(frozen=True, slots=True)
class Uri:
    uri: str


Valor = Token | Cadena | Fecha | Referencia | Cantidad | Numero | Uri


def intervalo(texto: str) -> tuple[datetime, datetime]:
    """The instants a (partial) FHIR date covers, half-open, in UTC. Raises `ValueError`."""
    if "T" in texto:
        momento = datetime.fromisoformat(texto.replace("Z", "+00:00"))
        if momento.tzinfo is None:
            momento = momento.replace(tzinfo=UTC)
        momento = momento.astimezone(UTC)
        if texto.count(":") - ("+" in texto[11:] or texto.rfind("-") > 10) < 2:
            paso = timedelta(minutes=1)
        else:
            paso = timedelta(milliseconds=1) if "." in texto else timedelta(seconds=1)
        return momento, momento + paso
    partes = [int(parte) for parte in texto.split("-")]
    if len(partes) == 1:
        inicio, fin = date(partes[0], 1, 1), date(partes[0] + 1, 1, 1)
    elif len(partes) == 2:
        anio, mes = partes
        inicio = date(anio, mes, 1)
        fin = date(anio + mes // 12, mes % 12 + 1, 1)
    else:
        inicio = date(*partes)
        fin = inicio + timedelta(days=1)
    return _instante(inicio), _instante(fin)


def _instante(dia: date) -> datetime:
    return datetime(dia.year, dia.month, dia.day, tzinfo=UTC)


def convertir(clase: str, nodo: Any) -> list[Valor]:
    """`nodo` as values of a parameter of `clase`; shapes that do not fit give nothing."""
    conversor = _CONVERSORES.get(clase)
    return conversor(nodo) if conversor else []


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
            Token(c.get("system", ""), c.get("code", ""), texto or c.get("display", ""))
            for c in nodo.get("coding", ())
        ]
        return codigos or [Token("", "", texto)]
    if "code" in nodo:
        return [Token(nodo.get("system", ""), nodo["code"], nodo.get("display", ""))]
    if "value" in nodo and isinstance(nodo["value"], str):
        telecom = nodo.get("system") in ("phone", "email", "fax", "pager", "url", "sms", "other")
        return [Token("" if telecom else nodo.get("system", ""), nodo["value"])]
    return []


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
        return [Referencia(nodo["resourceType"], nodo.get("id", ""))]
    logico = nodo.get("identifier") or {}
    identificador = (logico.get("system", ""), logico.get("value", ""))
    literal = str(nodo.get("reference", "")).split("/_history/")[0]
    if not literal and not identificador[1]:
        return []
    tipo = tipo_referido(nodo)
    partes = literal.split("/")
    if len(partes) == 2 and partes[0] == tipo:
        return [Referencia(tipo, partes[1], identificador=identificador)]
    return [Referencia(tipo if len(partes) > 2 else "", partes[-1] if len(partes) > 2 else "",
                       literal, identificador)]  # fmt: skip


def _cantidades(nodo: Any) -> list[Valor]:
    if not isinstance(nodo, dict):
        return []
    if "low" in nodo or "high" in nodo:
        return [c for extremo in ("low", "high") for c in _cantidades(nodo.get(extremo))]
    if "value" not in nodo or isinstance(nodo["value"], str):
        return []
    return [
        Cantidad(
            Decimal(str(nodo["value"])),
            nodo.get("system", ""),
            nodo.get("code", nodo.get("currency", "")),
            nodo.get("unit", ""),
        )
    ]


def _numeros(nodo: Any) -> list[Valor]:
    if isinstance(nodo, int | Decimal) and not isinstance(nodo, bool):
        return [Numero(Decimal(str(nodo)))]
    return []


def _uris(nodo: Any) -> list[Valor]:
    return [Uri(nodo)] if isinstance(nodo, str) else []


_CONVERSORES = {
    "token": _tokens,
    "string": _cadenas,
    "date": _fechas,
    "reference": _referencias,
    "quantity": _cantidades,
    "number": _numeros,
    "uri": _uris,
}
