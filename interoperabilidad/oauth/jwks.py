"""The public keys that a client publishes (JWKS by URL): fetched with suspicion, kept a while.

The address was registered by an administrator, and is still not to be trusted with our network.
"""

import http.client
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interoperabilidad import salientes
from interoperabilidad.salientes import DestinoInalcanzable

SEGUNDOS = 3.0
BYTES = 64 * 1024
VIDA = 300.0
"""Seconds that fetched keys serve."""
ENTRE_INTENTOS = 15.0
"""Seconds between two fetches of one address, whatever unknown key is asked for."""
_CAPACIDAD = 500

Jwk = dict[str, Any]


class LlavesInalcanzables(Exception):
    """The address may not be called, does not answer, or answers something else."""


@dataclass(frozen=True, slots=True)
class _Traidas:
    llaves: tuple[Jwk, ...]
    a_las: float


_traidas: dict[str, _Traidas] = {}
_candado = threading.Lock()


def olvidar() -> None:
    """Forget what was fetched."""
    with _candado:
        _traidas.clear()


def llave(url: str, kid: str) -> Jwk | None:
    """The key that `url` publishes with that `kid`, or None. Raises `LlavesInalcanzables`."""
    ahora = time.monotonic()
    traidas = _traidas.get(url)
    edad = ahora - traidas.a_las if traidas else float("inf")
    hallada = _buscar(traidas.llaves, kid) if traidas else None
    if edad < VIDA and (hallada is not None or edad < ENTRE_INTENTOS):
        return hallada
    # A rotated key is not known yet: ask again, but not at the pace of whoever makes kids up.
    try:
        nuevas = _Traidas(_leer(traer(url)), ahora)
    except LlavesInalcanzables:
        nuevas = _Traidas((), ahora)
        raise
    finally:
        with _candado:
            if len(_traidas) >= _CAPACIDAD:
                _traidas.clear()
            _traidas[url] = nuevas
    return _buscar(nuevas.llaves, kid)


def _buscar(llaves: tuple[Jwk, ...], kid: str) -> Jwk | None:
    suyas = [jwk for jwk in llaves if jwk.get("kid") == kid]
    return suyas[0] if len(suyas) == 1 else None


def _leer(cuerpo: bytes) -> tuple[Jwk, ...]:
    try:
        dicho = json.loads(cuerpo)
        return tuple(dict(jwk) for jwk in dicho["keys"] if isinstance(jwk, Mapping))[:50]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise LlavesInalcanzables("no es un JWKS") from error


def traer(url: str) -> bytes:
    """The body at `url`: https, a public address, no redirection, at most `BYTES`
    (`interoperabilidad.salientes`). Raises `LlavesInalcanzables`.
    """
    try:
        destino = salientes.destino(url)
        conexion = salientes.conectar(destino, segundos=SEGUNDOS)
    except DestinoInalcanzable as error:
        raise LlavesInalcanzables(str(error)) from error
    try:
        conexion.request("GET", destino.camino, headers={"Accept": "application/json"})
        respuesta = conexion.getresponse()
        if respuesta.status != 200:
            raise LlavesInalcanzables(f"contesta {respuesta.status}")
        cuerpo = respuesta.read(BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise LlavesInalcanzables("no contesta") from error
    finally:
        conexion.close()
    if len(cuerpo) > BYTES:
        raise LlavesInalcanzables("es demasiado grande")
    return cuerpo
