"""Calls to servers of others, made with suspicion.

The address was registered by somebody whom we trust, and is still not to be trusted with our own
network: its name is resolved once, every address it has must be public, and the connection goes to
that very address (so that a name that changes its mind between the check and the call gains
nothing). No redirection is followed, no proxy of the environment is used, and the whole call ends
by its deadline, however slowly the other side speaks. Hosts of ``ECE_HOSTS_INTERNOS`` may be called
wherever they are, and by http. Only `con_tls` goes where it is told: to what the environment names.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

_TROZO = 64 * 1024


class SinRespuesta(Exception):
    """Nobody answered in time, or the answer is not one of HTTP or is too large."""


class DireccionVedada(SinRespuesta):
    """The address may not be called from here."""


@dataclass(frozen=True, slots=True)
class Destino:
    """An address that may be called: what it says, not yet where it is."""

    esquema: str
    host: str
    puerto: int
    camino: str
    interno: bool


@dataclass(frozen=True, slots=True)
class Respuesta:
    """What the other side said; names of headers in lower case."""

    estado: int
    cabeceras: Mapping[str, str]
    cuerpo: bytes = field(repr=False)


def llamar(
    metodo: str,
    url: str,
    *,
    segundos: float,
    limite: int,
    cuerpo: bytes | None = None,
    cabeceras: Mapping[str, str] | None = None,
) -> Respuesta:
    """Call `url`; `segundos` are for the whole call, `limite` in bytes is of the answer's body.

    Raises `DireccionVedada`, `SinRespuesta`.
    """
    vence = time.monotonic() + segundos
    a = destino(url)
    conexion = conectar(a, segundos=segundos)
    try:
        conexion.request(metodo, a.camino, cuerpo, dict(cabeceras or {}))
        _esperar(conexion, vence)
        respuesta = conexion.getresponse()
        leido = bytearray()
        while trozo := respuesta.read1(_TROZO):
            leido += trozo
            if len(leido) > limite:
                raise SinRespuesta("contesta demasiado")
            _esperar(conexion, vence)
    except (OSError, http.client.HTTPException) as error:
        raise SinRespuesta("no contesta") from error
    finally:
        conexion.close()
    dichas = {nombre.lower(): valor for nombre, valor in respuesta.getheaders()}
    return Respuesta(respuesta.status, dichas, bytes(leido))


def _esperar(conexion: http.client.HTTPConnection, vence: float) -> None:
    """Leave the other side only the time that remains."""
    if (queda := vence - time.monotonic()) <= 0:
        raise SinRespuesta("tarda demasiado")
    if conexion.sock is not None:  # let go of by http.client once the answer is whole
        conexion.sock.settimeout(queda)


def destino(url: str) -> Destino:
    """What `url` names. Raises `DireccionVedada` for what is never called, whoever asks."""
    try:
        partes = urlsplit(url)
        puerto = partes.port
    except ValueError as error:
        raise DireccionVedada("la dirección no es válida") from error
    host = partes.hostname or ""
    interno = host in settings.ECE_HOSTS_INTERNOS
    if partes.scheme != "https" and not (interno and partes.scheme == "http"):
        raise DireccionVedada("se espera https")
    if not host or partes.username or partes.password or not url.isascii():
        raise DireccionVedada("la dirección no es válida")
    if any(ord(letra) <= 32 for letra in url):
        raise DireccionVedada("la dirección no es válida")
    camino = partes.path or "/"
    camino = f"{camino}?{partes.query}" if partes.query else camino
    puerto = puerto or (443 if partes.scheme == "https" else 80)
    return Destino(partes.scheme, host, puerto, camino, interno)


def conectar(a: Destino, *, segundos: float) -> http.client.HTTPConnection:
    """An open connection to an address of `a` that was checked, and is not looked up again.

    Raises `DireccionVedada`, `SinRespuesta`.
    """
    try:
        direccion = _direccion(a)
        enchufe = socket.create_connection((direccion, a.puerto), timeout=segundos)
        conexion = http.client.HTTPConnection(a.host, a.puerto, timeout=segundos)
        conexion.sock = _cifrado(enchufe, a) if a.esquema == "https" else enchufe
        conexion.auto_open = 0  # one that was closed is not opened again by name
    except (OSError, ValueError) as error:
        raise SinRespuesta("no contesta") from error
    return conexion


def con_tls(
    anfitrion: str, puerto: int, contexto: ssl.SSLContext, *, segundos: float
) -> ssl.SSLSocket:
    """A stream to a server that the administrator named in the environment: wherever it is, for a
    hospital has such servers in its own network. Raises `SinRespuesta`."""
    try:
        enchufe = socket.create_connection((anfitrion, puerto), timeout=segundos)
        try:
            return contexto.wrap_socket(enchufe, server_hostname=anfitrion)
        except BaseException:
            enchufe.close()
            raise
    except (OSError, ValueError) as error:
        raise SinRespuesta(type(error).__name__) from error


def _direccion(a: Destino) -> str:
    halladas = socket.getaddrinfo(a.host, a.puerto, type=socket.SOCK_STREAM)
    direcciones = [str(hallada[4][0]) for hallada in halladas]
    if not direcciones or (not a.interno and not all(map(es_publica, direcciones))):
        raise DireccionVedada("la dirección no es pública")
    return direcciones[0]


def _cifrado(enchufe: socket.socket, a: Destino) -> ssl.SSLSocket:
    try:
        return ssl.create_default_context().wrap_socket(enchufe, server_hostname=a.host)
    except BaseException:
        enchufe.close()
        raise


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
