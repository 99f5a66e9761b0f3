"""What an event commits to of each version it wrote: its sealed bytes, and its clear columns.

The search tokens (`fichas`) are left out: they are no evidence, and follow from the content.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

SIN_HUELLA = frozenset({"contenido", "resumen", "fichas"})
INSTANTES = frozenset({"fecha", "creado_at", "actualizado_at"})
_EPOCA = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def de_bytes(contenido: bytes, resumen: bytes = b"") -> bytes:
    """SHA-256 of a version's sealed bytes, as they are stored."""
    return sha256(contenido + resumen).digest()


def de_columnas(valores: Iterable[tuple[str, Any]]) -> bytes:
    """SHA-256 of a version's clear columns, by name; the empty ones count as not there, so that a
    column added later changes no digest."""
    dichos = [
        f"{columna}={_texto(valor)}"
        for columna, valor in sorted(valores)
        if columna not in SIN_HUELLA and valor is not None and valor != [] and valor != ""
    ]
    return sha256("\n".join(dichos).encode()).digest()


def de_json(columnas: Mapping[str, Any]) -> bytes:
    """The same of the columns that history keeps as PostgreSQL's JSON."""
    return de_columnas(
        (
            columna,
            datetime.fromisoformat(valor)
            if isinstance(valor, str) and columna in INSTANTES
            else valor,
        )
        for columna, valor in columnas.items()
    )


def _texto(valor: Any) -> str:
    match valor:
        case datetime():
            return str((valor - _EPOCA) // _MICRO)
        case list() | tuple():
            return ",".join(map(str, valor))
        case UUID() | int() | str():
            return str(valor)
    raise TypeError(f"sin forma canónica para {type(valor).__name__}")
