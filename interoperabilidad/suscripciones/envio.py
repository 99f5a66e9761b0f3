"""Telling subscriptions what happened: in order, signed, and as far as may be told at that moment.

An event is decided when there is somebody at the other end to tell it to. One that is withheld
takes no number, so that nothing shows that it was; one that took its number, was not acknowledged,
and is withheld since, is told by its number alone. A subscriber applies each number once.
"""

import contextlib
import http.client
import logging
import socket
import threading
from datetime import datetime, timedelta
from uuid import UUID

from django.db import Error, transaction
from django.db.models import F
from django.utils import timezone

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento.decision import AccesoDenegado
from ece.nucleo import salidas
from ece.nucleo.acceso import Actor
from ece.nucleo.salidas import SinRespuesta
from interoperabilidad.exclusiva import en_exclusiva
from interoperabilidad.models import EstadoDeSuscripcion, NotificacionFhir, SuscripcionFhir
from interoperabilidad.suscripciones import derivacion, firma, paquetes, sucedido, suscripciones
from interoperabilidad.suscripciones.firma import Mensaje
from interoperabilidad.suscripciones.recurso import Suscripcion

SEGUNDOS = 10.0
"""How long the other side has to answer."""
POR_TURNO = 100
"""Notifications that a subscription is sent before others have their turn."""
INTENTOS = 24
"""Failures in a row (over an hour of them) after which a subscription is in error."""
ESPACIO_MAXIMO = timedelta(minutes=5)
RITMO, DE_NUEVO = "convenio.ritmo", timedelta(seconds=30)
CANDADO = 0x5355_5343
MIME = "application/fhir+json"
_registro = logging.getLogger("ece.suscripciones")


class NoEntregada(Exception):
    """The other side did not take it; the message says how, without what it answered."""


class Canal:
    """The connection to an endpoint, kept while it works."""

    def __init__(self, pedida: Suscripcion) -> None:
        self._pedida = pedida
        self._conexion: http.client.HTTPConnection | None = None

    def abrir(self) -> None:
        """Raises `NoEntregada`; nothing was sent."""
        if self._conexion is not None and self._conexion.sock is not None:
            return
        try:
            destino = salidas.destino(self._pedida.url)
            self._conexion = salidas.conectar(destino, segundos=SEGUNDOS)
        except SinRespuesta as error:
            raise NoEntregada(str(error)) from error

    def enviar(self, cuerpo: bytes, *, ahora: datetime) -> None:
        """Raises `NoEntregada`; it may have arrived."""
        self.abrir()
        assert self._conexion is not None
        mensaje = Mensaje(self._pedida.url, cuerpo, dict(self._pedida.cabeceras))
        mensaje.headers["Content-Type"] = MIME
        firma.firmar(mensaje, ahora=ahora)
        camino = salidas.destino(self._pedida.url).camino
        enchufe = self._conexion.sock
        # Each read has its time; all of them together, too.
        plazo = threading.Timer(SEGUNDOS * 2, _cortar, [enchufe])
        plazo.daemon = True
        plazo.start()
        try:
            self._conexion.request("POST", camino, cuerpo, mensaje.headers)
            respuesta = self._conexion.getresponse()
            estado = respuesta.status
            if len(respuesta.read(65_536)) == 65_536:
                self.cerrar()
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.cerrar()
            raise NoEntregada("no contesta") from error
        finally:
            plazo.cancel()
        if not 200 <= estado < 300:  # nor is a redirection followed
            raise NoEntregada(f"contesta {estado}")

    def cerrar(self) -> None:
        if self._conexion is not None:
            self._conexion.close()
            self._conexion = None


def _cortar(enchufe: socket.socket) -> None:
    with contextlib.suppress(OSError):
        enchufe.shutdown(socket.SHUT_RDWR)


def turno(*, ahora: datetime) -> int:
    """Queue what happened and tell what is due; how many notifications were taken."""
    derivacion.derivar(ahora=ahora)
    derivacion.olvidar(ahora=ahora)
    return sum(map(_intentar, _debidas(ahora)))


def _intentar(id: UUID) -> int:
    """One subscription that fails holds up no other."""
    try:
        return _atender(id)
    except Error:
        raise  # the database's: it is nobody's in particular
    except Exception as error:
        # By name only: what an exception says may be somebody's data.
        _registro.error("suscripción %s: %s; se reintenta", id, type(error).__name__)
        SuscripcionFhir.objects.filter(pk=id).update(proximo_at=timezone.now() + ESPACIO_MAXIMO)
        return 0


def _debidas(ahora: datetime) -> list[UUID]:
    """Subscriptions to which something is to be said now."""
    filas = bitacora.consultar(
        "SELECT s.id FROM interoperabilidad_suscripcionfhir s WHERE s.proximo_at <= %s AND ("
        " s.estado = 'requested' OR (s.estado = 'active' AND ("
        "  s.termina_at <= %s OR (s.latido > 0 AND s.enviado_at + s.latido * interval '1 second' "
        "   <= %s) OR EXISTS (SELECT FROM interoperabilidad_notificacionfhir n "
        "  WHERE n.suscripcion_id = s.id AND n.hecha_at IS NULL)))) ORDER BY s.proximo_at, s.id",
        [ahora, ahora, ahora],
    )
    return [fila[0] for fila in filas]


def _atender(id: UUID) -> int:
    with en_exclusiva(CANDADO, id) as mia:
        fila = SuscripcionFhir.objects.filter(pk=id).first() if mia else None
        if fila is None:
            return 0
        pedida, actor = suscripciones.abierta(fila)
        if actor is None or (pedida.termina and pedida.termina <= timezone.now()):
            SuscripcionFhir.objects.filter(pk=id).update(estado=EstadoDeSuscripcion.APAGADA)
            return 0
        return _Remitente(fila, pedida, actor).enviar()


class _Remitente:
    """One turn of one subscription."""

    def __init__(self, fila: SuscripcionFhir, pedida: Suscripcion, actor: Actor) -> None:
        self._fila, self._pedida, self._actor = fila, pedida, actor
        self._canal = Canal(pedida)

    def enviar(self) -> int:
        """How many notifications were taken."""
        tomadas = 0
        try:
            if self._fila.estado == EstadoDeSuscripcion.PEDIDA:
                self._apretar()
                tomadas += 1
            while tomadas < POR_TURNO and (aviso := self._siguiente()) is not None:
                tomadas += self._avisar(aviso)
            if not tomadas and self._fila.latido and self._toca_latir():
                self._decir(paquetes.LATIDO)
                tomadas += 1
        except NoEntregada as fallo:
            self._fallar(str(fallo))
        except AccesoDenegado:  # the rate of its agreement: it will be let in again
            self._anotar(proximo_at=timezone.now() + DE_NUEVO)
        finally:
            self._canal.cerrar()
        return tomadas

    def _apretar(self) -> None:
        """The handshake: it is active once the other side says yes."""
        self._decir(paquetes.APRETON)
        self._anotar(estado=EstadoDeSuscripcion.ACTIVA)
        self._fila.estado = EstadoDeSuscripcion.ACTIVA

    def _toca_latir(self) -> bool:
        ultimo = self._fila.enviado_at
        latido = timedelta(seconds=self._fila.latido)
        return ultimo is None or ultimo + latido <= timezone.now()

    def _siguiente(self) -> NotificacionFhir | None:
        return (
            NotificacionFhir.objects.filter(suscripcion_id=self._fila.id, hecha_at__isnull=True)
            .order_by("orden")
            .first()
        )

    def _avisar(self, aviso: NotificacionFhir) -> int:
        self._canal.abrir()
        ahora = timezone.now()
        try:
            visto = sucedido.mirar(self._actor, aviso, self._pedida, ahora=ahora)
        except AccesoDenegado as negado:
            if negado.fundamento == RITMO:
                raise
            visto = None
        if visto is None and aviso.numero is None:
            aviso.delete()  # it will not be told: nothing shows that it was there
            return 0
        numero = self._numerar(aviso)
        suceso = (
            paquetes.Suceso(numero, aviso.momento, visto.foco, aviso.version, visto.json)
            if visto is not None
            else paquetes.Suceso(numero, aviso.momento)
        )
        self._decir(paquetes.SUCESO, suceso)
        evento = NuevoEvento(
            tipo=TipoDeEvento.SUSCRIPCION_NOTIFICADA,
            resultado=Resultado.HECHO,
            actor=self._actor,
            momento=ahora,
            pacientes=(visto.paciente,) if visto is not None else (),
            detalle={
                "suscripcion": str(self._fila.id),
                "numero": numero,
                **({"recurso": visto.foco, "version": aviso.version} if visto is not None else {}),
            },
        )
        with transaction.atomic():
            bitacora.anexar([evento])
            NotificacionFhir.objects.filter(pk=aviso.pk).update(hecha_at=timezone.now())
        return 1

    def _numerar(self, aviso: NotificacionFhir) -> int:
        """Its number, given once, before it may leave. Raises `NoEntregada` if nobody subscribes
        any more."""
        if aviso.numero is not None:
            return int(aviso.numero)
        with transaction.atomic(durable=True):
            SuscripcionFhir.objects.filter(pk=self._fila.id).update(eventos=F("eventos") + 1)
            quedan = SuscripcionFhir.objects.filter(pk=self._fila.id).values_list("eventos")
            for (numero,) in quedan:
                NotificacionFhir.objects.filter(pk=aviso.pk).update(numero=numero)
                self._fila.eventos = numero
                return int(numero)
        raise NoEntregada("se retiró")

    def _decir(self, clase: str, *sucesos: paquetes.Suceso) -> None:
        ahora = timezone.now()
        estado = suscripciones.estado(self._fila)
        cuerpo = paquetes.notificacion(
            estado,
            clase,
            en=paquetes.base(),
            ahora=ahora,
            sucesos=sucesos,
            contenido=self._pedida.contenido,
        )
        self._canal.enviar(cuerpo, ahora=ahora)
        self._fila.enviado_at = ahora
        self._anotar(enviado_at=ahora, intentos=0, motivo="", proximo_at=ahora)
        self._fila.intentos = 0

    def _fallar(self, motivo: str) -> None:
        intentos = self._fila.intentos + 1
        if intentos >= INTENTOS:
            self._anotar(estado=EstadoDeSuscripcion.ERROR, intentos=intentos, motivo=motivo[:80])
            return
        espera = min(timedelta(seconds=2 ** min(intentos - 1, 12)), ESPACIO_MAXIMO)
        self._anotar(intentos=intentos, motivo=motivo[:80], proximo_at=timezone.now() + espera)

    def _anotar(self, **cambios: object) -> None:
        # Of this version only: one that was asked for meanwhile begins anew.
        SuscripcionFhir.objects.filter(pk=self._fila.id, version=self._fila.version).update(
            **cambios
        )
