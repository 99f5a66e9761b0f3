"""Records that another institution sent: they say so wherever they are read."""

from typing import Any
from uuid import UUID

SISTEMA = "urn:ece:red:origen"
"""Of the tag (``meta.tag``) that each later version keeps: which system sent it, and its name."""


def etiqueta(sistema: UUID, institucion: str) -> dict[str, str]:
    return {"system": SISTEMA, "code": str(sistema), "display": institucion}


def es_de(recurso: dict[str, Any], sistema: UUID) -> bool:
    """Whether that very system sent it."""
    etiquetas = recurso.get("meta", {}).get("tag", ())
    return any(e.get("system") == SISTEMA and e.get("code") == str(sistema) for e in etiquetas)


def recibido_de(recurso: dict[str, Any]) -> str:
    """Which institution a record came from; nothing, if it is ours."""
    etiquetas = recurso.get("meta", {}).get("tag", ())
    return next((str(e.get("display", "")) for e in etiquetas if e.get("system") == SISTEMA), "")
