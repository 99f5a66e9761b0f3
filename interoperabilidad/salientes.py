"""Calling an address that somebody else gave us, without lending them our network.

The address is resolved once, every address it has must be public, and the connection goes to that
very one (a name that changes its mind between the check and the call gains nothing). Nothing is
redirected. Hosts of `ECE_HOSTS_INTERNOS` may be called wherever they are, and by http.
"""

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings


class DestinoInalcanzable(Exception):
    """The address may not be called, or does not answer; the message says which, and no more."""


@dataclass(frozen=True, slots=True)
class Destino:
    """An address that may be called: what it says, not yet where it is."""

    esquema: str
    anfitrion: str
    puerto: int
    camino: str
    interno: bool


def destino(url: str) -> Destino:
    """What `url` names. Raises `DestinoInalcanzable` for what is never called, whoever asks."""
    try:
        partes = urlsplit(url)
        puerto = partes.port
    except ValueError as error:
        raise DestinoInalcanzable("la dirección no es válida") from error
    anfitrion = partes.hostname or ""
    interno = anfitrion in settings.ECE_HOSTS_INTERNOS
    if partes.scheme != "https" and not (interno and partes.scheme == "http"):
        raise DestinoInalcanzable("se espera https")
    if not anfitrion or partes.username or partes.password or not url.isascii():
        raise DestinoInalcanzable("la dirección no es válida")
    if any(ord(letra) <= 32 for letra in url):
        raise DestinoInalcanzable("la dirección no es válida")
    camino = partes.path or "/"
    camino = f"{camino}?{partes.query}" if partes.query else camino
    puerto = puerto or (443 if partes.scheme == "https" else 80)
    return Destino(partes.scheme, anfitrion, puerto, camino, interno)


def conectar(a: Destino, *, segundos: float) -> http.client.HTTPConnection:
    """An open connection to an address of `a` that was checked, and is not looked up again.

    Raises `DestinoInalcanzable`.
    """
    try:
        direccion = _direccion(a)
        enchufe = socket.create_connection((direccion, a.puerto), timeout=segundos)
        conexion = http.client.HTTPConnection(a.anfitrion, a.puerto, timeout=segundos)
        conexion.sock = _cifrado(enchufe, a) if a.esquema == "https" else enchufe
        conexion.auto_open = 0  # one that was closed is not opened again by name
    except (OSError, ValueError) as error:
        raise DestinoInalcanzable("no contesta") from error
    return conexion


def _direccion(a: Destino) -> str:
    halladas = socket.getaddrinfo(a.anfitrion, a.puerto, type=socket.SOCK_STREAM)
    direcciones = [str(hallada[4][0]) for hallada in halladas]
    if not direcciones or (not a.interno and not all(map(es_publica, direcciones))):
        raise DestinoInalcanzable("la dirección no es pública")
    return direcciones[0]


def _cifrado(enchufe: socket.socket, a: Destino) -> ssl.SSLSocket:
    try:
        contexto = ssl.create_default_context()
        return contexto.wrap_socket(enchufe, server_hostname=a.anfitrion)
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
