"""Opaque cursors: where the next page begins, by the value and the id of the last row shown."""

import base64
import binascii
from datetime import datetime
from typing import Any
from uuid import UUID

from ece.fhir import CriterioInvalido
from registros.selectors.recursos import Orden, Sellado


def escribir_cursor(orden: Orden, fila: Sellado) -> str:
    """The cursor after `fila`."""
    columna = orden.lstrip("-")
    return empacar("" if columna == "id" else getattr(fila, columna).isoformat(), fila.id)


def empacar(valor: str, id: UUID) -> str:
    return base64.urlsafe_b64encode(f"{valor}|{id}".encode()).decode().rstrip("=")


def leer_cursor(cursor: str) -> tuple[Any, UUID]:
    """(sort value or None, id). Raises `CriterioInvalido`."""
    valor, id_ = desempacar(cursor)
    try:
        return (datetime.fromisoformat(valor) if valor else None), id_
    except ValueError as error:
        raise CriterioInvalido(ROTO) from error


def desempacar(cursor: str) -> tuple[str, UUID]:
    try:
        crudo = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        valor, _, id_ = crudo.rpartition("|")
        return valor, UUID(id_)
    except (ValueError, binascii.Error) as error:
        raise CriterioInvalido(ROTO) from error


ROTO = "el cursor de página no es válido; repita la búsqueda"
