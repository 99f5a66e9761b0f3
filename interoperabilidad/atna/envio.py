"""Sending the log to the hospital's collector: in its order, and at least once.

Syslog acknowledges no message. What TLS does say is that the other side read all that came before
our close: it must answer a close_notify with its own (RFC 5425, 4.4), and it reads it last. So
each batch goes in a connection of its own, and the cursor moves only when that answer comes and the
connection ends in order. What was not answered for, whatever the reason, is sent again, and says by
the id of its event that it is the same. What the collector read and lost before keeping is beyond
what this can tell.
"""

import fcntl
import hmac
import socket
import ssl
import struct
import termios
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from django.conf import settings

from auditoria import bitacora
from ece.nucleo import llavero, salidas
from interoperabilidad.atna import marco, mensaje
from interoperabilidad.atna.mensaje import Fuente
from interoperabilidad.exclusiva import en_exclusiva
from interoperabilidad.models import Colector

LOTE = 500
"""Messages in a connection: what is repeated, at most, when one breaks."""
SEGUNDOS = 20.0
"""How long the collector may leave us waiting, each time."""
MOMENTO = 0.05
_CANDADO = 0x4154_4E41  # "ATNA"
_PRINCIPIO = ("0", UUID(int=0))
_PENDIENTES = """
SELECT id, momento, resultado, contenido, transaccion::text AS xid FROM auditoria_evento
WHERE (transaccion, id) > (%s::text::xid8, %s)
  AND transaccion < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY transaccion, id LIMIT %s
"""
_HASTA_AHORA = """
SELECT transaccion::text AS xid, id FROM auditoria_evento
WHERE transaccion < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY transaccion DESC, id DESC LIMIT 1
"""


class SinConfirmar(Exception):
    """The collector did not say that it has what was sent; the message says how, by name only."""


@dataclass(frozen=True, slots=True)
class _Destino:
    """Where the collector is, and how what is sent there is told."""

    anfitrion: str
    puerto: int
    contexto: ssl.SSLContext
    fuente: Fuente
    paciente: Callable[[str], str]

    @property
    def nombre(self) -> str:
        return f"{self.anfitrion}:{self.puerto}"


def enviar(*, ahora: Callable[[], datetime]) -> int:
    """Send all that the collector has not said that it has; how many events it took.

    0 if no collector is named, or another process is sending. Raises `SinConfirmar`.
    """
    destino = _destino()
    if destino is None:
        return 0
    tomados = 0
    with en_exclusiva(_CANDADO, UUID(int=0)) as mia:
        while mia and (lote := _pendientes(destino)):
            _entregar(destino, lote)
            *_, xid = ultimo = lote[-1]
            _avanzar(destino, xid, ultimo[0], ahora())
            tomados += len(lote)
    return tomados


def empezar_desde_ahora(*, ahora: datetime) -> None:
    """For a collector that is not to be told what happened before."""
    destino = _destino()
    if destino is not None:
        for xid, evento in bitacora.consultar(_HASTA_AHORA, []):
            _avanzar(destino, xid, evento, ahora)


def _destino() -> _Destino | None:
    if settings.ECE_COLECTOR is None:
        return None
    anfitrion, puerto = settings.ECE_COLECTOR
    try:
        contexto = ssl.create_default_context(cafile=settings.ECE_COLECTOR_AUTORIDADES or None)
        contexto.minimum_version = ssl.TLSVersion.TLSv1_2
        contexto.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF  # or an end would pass for an answer
        if settings.ECE_COLECTOR_CERTIFICADO:
            contexto.load_cert_chain(
                settings.ECE_COLECTOR_CERTIFICADO, settings.ECE_COLECTOR_LLAVE or None
            )
    except OSError as error:
        raise SinConfirmar(f"no se pueden leer los certificados: {type(error).__name__}") from error
    return _Destino(
        anfitrion,
        puerto,
        contexto,
        Fuente(urlsplit(settings.ECE_URL).hostname or "ece", settings.ECE_OID_INSTITUCIONAL),
        _seudonimo if settings.ECE_COLECTOR_PACIENTES == "seudonimo" else str,
    )


def _seudonimo(paciente: str) -> str:
    """Always the same of a patient, and nobody's outside: whose it is takes our key to tell."""
    clave = llavero.clave_institucional("atna/seudonimo")
    return hmac.digest(clave, paciente.encode(), "sha256")[:16].hex()


def _pendientes(destino: _Destino) -> list[tuple[Any, ...]]:
    visto = Colector.objects.filter(pk=destino.nombre).values_list("transaccion", "evento").first()
    return bitacora.consultar(_PENDIENTES, [*(visto or _PRINCIPIO), LOTE])


def _avanzar(destino: _Destino, transaccion: str, evento: UUID, ahora: datetime) -> None:
    Colector.objects.update_or_create(
        destino=destino.nombre,
        defaults={"transaccion": transaccion, "evento": evento, "confirmado_at": ahora},
    )


def _entregar(destino: _Destino, lote: Sequence[tuple[Any, ...]]) -> None:
    """Returns once the collector said that it read all of it. Raises `SinConfirmar`."""
    try:
        enchufe = salidas.con_tls(
            destino.anfitrion, destino.puerto, destino.contexto, segundos=SEGUNDOS
        )
    except salidas.SinRespuesta as error:
        raise SinConfirmar(f"no contesta ({error})") from error
    with enchufe:
        try:
            for fila in lote:
                enchufe.sendall(_escribir(destino, fila))
            _cerrar(enchufe)
        except (OSError, ValueError) as error:
            raise SinConfirmar(f"se cortó ({type(error).__name__})") from error


def _cerrar(enchufe: ssl.SSLSocket) -> None:
    """Close, and have the other side's word that it read up to there.

    One that was leaving anyway also says close_notify, without having read: it says so before we
    do (it is given a moment to), or leaves bytes unread, which its system tells ours by a reset.
    Raises `SinConfirmar`, `OSError`.
    """
    enchufe.settimeout(MOMENTO)
    with suppress(TimeoutError):
        if not enchufe.recv(1):
            raise SinConfirmar("se fue antes de leer")
    enchufe.settimeout(SEGUNDOS)
    with enchufe.unwrap() as crudo:
        sobran = crudo.recv(1)
        pendientes = struct.unpack("i", fcntl.ioctl(crudo, termios.TIOCOUTQ, bytes(4)))[0]
        if sobran or pendientes or crudo.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise SinConfirmar("se fue sin leerlo todo")


def _escribir(destino: _Destino, fila: tuple[Any, ...]) -> bytes:
    _, momento, resultado, contenido, _ = fila
    dicho = msgspec.json.decode(contenido)
    xml = mensaje.escribir(dicho, fuente=destino.fuente, paciente=destino.paciente)
    return marco.escribir(
        xml,
        momento=momento,
        anfitrion=destino.fuente.nombre,
        denegado=resultado == "denegado",
    )
