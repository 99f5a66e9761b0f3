"""How a request of ARCO rights is told among a patient's Communications."""

from typing import Any

CATEGORIA = {"system": "urn:ece:comunicacion", "code": "arco", "display": "Solicitud ARCO"}


def es_arco(recurso: dict[str, Any]) -> bool:
    """Whether a resource is a request of ARCO rights."""
    codigos = (c for una in recurso.get("category", ()) for c in una.get("coding", ()))
    return recurso["resourceType"] == "Communication" and any(
        (c.get("system"), c.get("code")) == (CATEGORIA["system"], CATEGORIA["code"])
        for c in codigos
    )
