"""Sends what the outbox has: to each destination in order, until the other side acknowledges it.

A destination that does not answer is tried again, later each time; what it refuses waits for a
person, with the reason, and so does what follows it of the same patient.
"""

import contextlib
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connections
from django.utils import timezone

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo import sentencias, sobres
from interoperabilidad.exclusiva import en_exclusiva
from interoperabilidad.hl7v2 import aplicacion, er7, medidas, salida
from interoperabilidad.hl7v2.er7 import Er7Invalido
from interoperabilidad.hl7v2.marco import Desenmarcador, MarcoRoto, enmarcar
from interoperabilidad.models import Interlocutor

ESPERA = 30.0
"""Seconds that an acknowledgement is waited for."""
ESPACIO_MAXIMO = timedelta(minutes=5)
CANDADO = 0x4845_4C38
ACEPTADOS = ("AA", "CA")
_registro = logging.getLogger("ece.hl7v2")


class SinAcuse(Exception):
    """The other side could not be reached, or did not acknowledge; it will be tried again."""


class Conexion:
    """An MLLP connection to a destination, opened when it is needed and kept while it works."""

    def __init__(self, destino: Interlocutor) -> None:
        self._destino = destino
        self._enchufe: socket.socket | None = None

    def enviar(self, mensaje: bytes, *, control: str) -> tuple[str, str]:
        """(MSA-1, words of the refusal). Raises `SinAcuse`."""
        try:
            enchufe = self._abierto()
            enchufe.sendall(enmarcar(mensaje))
            return _leer_acuse(enchufe, control)
        except (OSError, MarcoRoto, Er7Invalido, UnicodeDecodeError) as error:
            self.cerrar()
            raise SinAcuse(type(error).__name__) from error

    def _abierto(self) -> socket.socket:
        if self._enchufe is None:
            direccion = (self._destino.anfitrion, self._destino.puerto)
            enchufe = socket.create_connection(direccion, timeout=ESPERA)
            if self._destino.tls:
                enchufe = _contexto().wrap_socket(enchufe, server_hostname=self._destino.anfitrion)
            self._enchufe = enchufe
        return self._enchufe

    def cerrar(self) -> None:
        if self._enchufe is not None:
            with contextlib.suppress(OSError):
                self._enchufe.close()
            self._enchufe = None


def _contexto() -> ssl.SSLContext:
    """What we show to the other side, and which authorities we believe."""
    contexto = ssl.create_default_context(cafile=settings.ECE_MLLP_AUTORIDADES or None)
    contexto.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.ECE_MLLP_CERTIFICADO:
        contexto.load_cert_chain(settings.ECE_MLLP_CERTIFICADO, settings.ECE_MLLP_LLAVE or None)
    return contexto


def _leer_acuse(enchufe: socket.socket, control: str) -> tuple[str, str]:
    """The acknowledgement of `control`; one of another message (late) is passed over."""
    desenmarcador = Desenmarcador(limite=1024 * 1024)
    while True:
        datos = enchufe.recv(65_536)
        if not datos:
            raise ConnectionResetError
        for respuesta in desenmarcador.recibir(datos):
            acuse = er7.leer(respuesta.decode("utf-8", "replace"))
            msa = acuse.primero("MSA")
            if msa is None or msa[2] != control:
                continue
            err = acuse.primero("ERR")
            palabras = (err[8] or err.valor(3)[2]) if err is not None else msa[3]
            return msa[1].upper(), palabras


def enviar_siempre(alto: threading.Event, *, cada: float = 1.0) -> None:
    """Derive and send until `alto` is set."""
    conexiones: dict[UUID, Conexion] = {}
    while not alto.is_set():
        try:
            salida.derivar(ahora=timezone.now())
            if not enviar_lote(conexiones):
                alto.wait(cada)
        except (Error, OperationalError, InterfaceError) as error:
            _registro.error("envío interrumpido (%s); se reintenta", type(error).__name__)
            connections.close_all()
            alto.wait(1)
    for conexion in conexiones.values():
        conexion.cerrar()


def enviar_lote(
    conexiones: dict[UUID, Conexion] | None = None,
    *,
    abrir: Callable[[Interlocutor], Conexion] = Conexion,
) -> int:
    """Send to each destination what is due; how many were acknowledged."""
    conexiones = {} if conexiones is None else conexiones
    enviados = 0
    destinos = Interlocutor.objects.filter(activo=True).exclude(anfitrion="")
    for destino in destinos.order_by("pk"):
        with en_exclusiva(CANDADO, destino.pk) as mio:
            if not mio:
                continue  # another process sends to it
            conexion = conexiones.setdefault(destino.pk, abrir(destino))
            while (fila := _siguiente(destino.pk)) is not None and _enviar(conexion, *fila):
                enviados += 1
    return enviados


def _siguiente(destino: UUID) -> tuple[Any, ...] | None:
    """The first that is due; one that waits to be tried again makes the destination wait."""
    filas = bitacora.consultar(
        "SELECT s.orden, s.id, s.tipo, s.paciente, s.contenido, s.intentos, s.proximo_at <= now() "
        "FROM interoperabilidad_salida s WHERE s.destino_id = %s AND s.estado = 'pendiente' "
        "AND NOT EXISTS (SELECT FROM interoperabilidad_salida p WHERE p.destino_id = s.destino_id "
        "  AND p.estado = 'en-espera' AND p.paciente = s.paciente AND p.orden < s.orden) "
        "ORDER BY s.orden LIMIT 1",
        [destino],
    )
    return filas[0][:6] if filas and filas[0][6] else None


def _enviar(
    conexion: Conexion,
    orden: int,
    id: UUID,
    tipo: str,
    paciente: UUID | None,
    contenido: bytes,
    intentos: int,
) -> bool:
    """Whether it left and was acknowledged, well or badly: then the next one may."""
    texto = sobres.abrir(salida.USO, id, contenido)
    familia = tipo.partition("^")[0]
    control = er7.leer(texto).control
    ahora = timezone.now()
    try:
        codigo, palabras = conexion.enviar(texto.encode(), control=control)
    except SinAcuse as error:
        espacio = min(timedelta(seconds=2 ** min(intentos, 12)), ESPACIO_MAXIMO)
        _anotar(
            orden,
            "intentos = intentos + 1, proximo_at = %s, motivo = %s",
            [ahora + espacio, str(error)[:40]],
        )
        medidas.ENVIADOS.labels(familia, "sin-acuse").inc()
        return False
    medidas.ENVIADOS.labels(familia, codigo[:2]).inc()
    if codigo in ACEPTADOS:
        evento = NuevoEvento(
            tipo=TipoDeEvento.MENSAJE_ENVIADO,
            resultado=Resultado.HECHO,
            actor=aplicacion.APLICADOR,
            momento=ahora,
            pacientes=(paciente,) if paciente else (),
            detalle={"mensaje": str(id), "tipo": tipo},
        )
        bitacora.anexar([evento])
        _anotar(
            orden,
            "estado = 'enviado', enviado_at = %s, acuse = %s, contenido = NULL, motivo = ''",
            [ahora, codigo[:2]],
        )
    else:
        _anotar(
            orden,
            "estado = 'en-espera', intentos = intentos + 1, acuse = %s, motivo = 'rechazado', "
            "detalle = %s",
            [codigo[:2], sobres.sellar(salida.USO_DETALLE, id, palabras[:2000])],
        )
    return True


def _anotar(orden: int, cambios: str, valores: list[Any]) -> None:
    with sentencias.cursor() as cursor:
        cursor.execute(
            f"UPDATE interoperabilidad_salida SET {cambios} WHERE orden = %s", [*valores, orden]
        )
