"""A passkey's two steps over one address: first what the device needs, then what it answers."""

import json
from typing import Any

from django.http import HttpRequest

from ece.identidad.services.llaves import LlaveRechazada, Sitio

_RETO = "_reto"


def sitio(request: HttpRequest) -> Sitio:
    host = request.get_host()
    return Sitio(host=host.rsplit(":", 1)[0], origen=f"{request.scheme}://{host}")


def respuesta(request: HttpRequest) -> dict[str, Any] | None:
    """What the device answered; None while it is only being asked. Raises `LlaveRechazada`."""
    try:
        dicho = json.loads(request.body or b"{}")
    except ValueError as error:
        raise LlaveRechazada("no es JSON") from error
    return dicho if isinstance(dicho, dict) and "rawId" in dicho else None


def guardar(request: HttpRequest, estado: Any) -> None:
    request.session[_RETO] = estado


def tomar(request: HttpRequest) -> Any:
    """The challenge that was set, once. Raises `LlaveRechazada` when there was none."""
    estado = request.session.pop(_RETO, None)
    if estado is None:
        raise LlaveRechazada("nadie pidió esta llave")
    return estado
