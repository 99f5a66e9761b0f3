"""How a complaint about the use of a record is told from any other Communication."""

from typing import Any

CATEGORIA = {
    "system": "urn:ece:comunicacion",
    "code": "queja-de-privacidad",
    "display": "Pregunta o queja sobre el uso del expediente",
}
DE_QUEJAS = "QUEJA"
"""The label of a complaint: only who made it and the privacy officer read it."""
SISTEMA_EVENTO = "urn:ece:evento"
"""System of the identifier of what it is about: an event of the log."""


def es_queja(recurso: dict[str, Any]) -> bool:
    """Whether the resource is a complaint about the use of a record."""
    codigos = (c for categoria in recurso.get("category", ()) for c in categoria.get("coding", ()))
    return recurso["resourceType"] == "Communication" and any(
        (c.get("system"), c.get("code")) == (CATEGORIA["system"], CATEGORIA["code"])
        for c in codigos
    )
