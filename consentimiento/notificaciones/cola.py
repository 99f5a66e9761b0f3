"""The queue: each message is claimed by one worker, sent at most once, and tried again if it surely
did not leave.

`enviando` is committed before anything is sent. A worker that dies in between leaves a message that
may or may not have arrived: it becomes `incierta` and nobody sends it again, for who is told twice
of an emergency has been told of two. It stays in the portal, which no cut can take away.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection

from consentimiento.models import Notificacion
from consentimiento.models.notificacion import Canal, Estado, Tipo
from consentimiento.notificaciones import correo, preferencias, push
from consentimiento.notificaciones.envio import EnvioIncierto, NoEnviada, SinDestino

ESPERAS = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 720, 1440))
"""How long after each failure it is tried again; after the last one, never."""
INTERRUMPIDA = timedelta(minutes=15)
"""Longer than any sending may last: whoever claimed it is no more."""

_registro = logging.getLogger("ece.notificaciones")
_RECLAMAR = """UPDATE consentimiento_notificacion
SET estado = 'enviando', intentos = intentos + 1, reclamada_at = %s
WHERE id = (SELECT id FROM consentimiento_notificacion
            WHERE estado = 'pendiente' AND disponible_at <= %s
            ORDER BY disponible_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id"""


def vaciar(*, reloj: Callable[[], datetime]) -> int:
    """Send all that is due, one by one; how many left. Several workers may do it at once."""
    dar_por_inciertas(ahora=reloj())
    enviadas = 0
    while (notificacion := reclamar(ahora=reloj())) is not None:
        enviadas += enviar(notificacion, ahora=reloj())
    return enviadas


def reclamar(*, ahora: datetime) -> Notificacion | None:
    """Take the oldest message that is due, for oneself alone, and say so on disk."""
    with connection.cursor() as sql:
        sql.execute(_RECLAMAR, [ahora, ahora])
        fila = sql.fetchone()
    return None if fila is None else Notificacion.objects.get(pk=fila[0])


def enviar(notificacion: Notificacion, *, ahora: datetime) -> bool:
    """Send what was claimed and say how it went; whether it left."""
    if notificacion.caduca_at is not None and notificacion.caduca_at <= ahora:
        _anotar(notificacion, Estado.CADUCADA)
        return False
    por = correo.enviar if notificacion.canal == Canal.CORREO else push.enviar
    try:
        por(notificacion, ahora=ahora)
    except SinDestino:
        _anotar(notificacion, Estado.FALLIDA)
    except EnvioIncierto:
        _anotar(notificacion, Estado.INCIERTA)
    except NoEnviada as error:
        _reintentar(notificacion, error, ahora)
    else:
        _anotar(notificacion, Estado.ENVIADA, enviada_at=ahora)
        return True
    return False


def dar_por_inciertas(*, ahora: datetime) -> int:
    """What a worker that died was sending: how many."""
    return Notificacion.objects.filter(
        estado=Estado.ENVIANDO, reclamada_at__lt=ahora - INTERRUMPIDA
    ).update(estado=Estado.INCIERTA)


def _reintentar(notificacion: Notificacion, error: NoEnviada, ahora: datetime) -> None:
    if notificacion.intentos > len(ESPERAS):
        _registro.warning("una notificación por %s no salió: %s", notificacion.canal, error)
        _anotar(notificacion, Estado.FALLIDA)
        return
    espera = ESPERAS[notificacion.intentos - 1]
    suyas = preferencias.de(notificacion.usuario_id)
    cuando = suyas.cuando(Tipo(notificacion.tipo), ahora + espera)
    _anotar(notificacion, Estado.PENDIENTE, disponible_at=cuando)


def _anotar(notificacion: Notificacion, estado: Estado, **cambios: datetime) -> None:
    """Only while it is still being sent: what was given up for dead stays so."""
    Notificacion.objects.filter(pk=notificacion.pk, estado=Estado.ENVIANDO).update(
        estado=estado, **cambios
    )
