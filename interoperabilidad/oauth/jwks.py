"""The public keys that a client publishes (JWKS by URL): fetched with suspicion, kept a while.

The address was registered by an administrator, and is still not to be trusted with our network: it
is resolved once, every address it has must be public, and the connection goes to that very address
(so that a name that changes its mind between the check and the call gains nothing).
"""

import http.client
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

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
    """The body at `url`: https, a public address, no redirection, at most `BYTES`.

    Hosts of `ECE_HOSTS_INTERNOS` may be called wherever they are, and by http. Raises
    `LlavesInalcanzables`.
    """
    partes = urlsplit(url)
    host = partes.hostname or ""
    interno = host in settings.ECE_HOSTS_INTERNOS
    if partes.scheme != "https" and not (interno and partes.scheme == "http"):
        raise LlavesInalcanzables("se espera https")
    if not host or partes.username or partes.password:
        raise LlavesInalcanzables("la dirección no es válida")
    try:
        puerto = partes.port or (443 if partes.scheme == "https" else 80)
        conexion = _conectar(partes.scheme, host, puerto, interno)
    except (OSError, ValueError) as error:
        raise LlavesInalcanzables("no contesta") from error
    try:
        camino = partes.path or "/"
        camino = f"{camino}?{partes.query}" if partes.query else camino
        conexion.request("GET", camino, headers={"Accept": "application/json"})
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


def _conectar(esquema: str, host: str, puerto: int, interno: bool) -> http.client.HTTPConnection:
    """A connection to an address of `host` that was checked, and is not looked up again."""
    halladas = socket.getaddrinfo(host, puerto, type=socket.SOCK_STREAM)
    direcciones = [str(hallada[4][0]) for hallada in halladas]
    if not direcciones or (not interno and not all(map(es_publica, direcciones))):
        raise LlavesInalcanzables("la dirección no es pública")
    enchufe = socket.create_connection((direcciones[0], puerto), timeout=SEGUNDOS)
    conexion = http.client.HTTPConnection(host, puerto, timeout=SEGUNDOS)
    if esquema == "https":
        contexto = ssl.create_default_context()
        try:
            conexion.sock = contexto.wrap_socket(enchufe, server_hostname=host)
        except BaseException:
            enchufe.close()
            raise
    else:
        conexion.sock = enchufe
    return conexion


def es_publica(direccion: str) -> bool:
    """Whether an IP address is of the Internet at large, also when it is wrapped in IPv6."""
    ip = ipaddress.ip_address(direccion.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        dentro = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if dentro is not None:
            ip = dentro
        elif ip in ipaddress.ip_network("64:ff9b::/96"):
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.is_global and not ip.is_multicast
