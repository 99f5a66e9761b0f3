"""What is exchanged in the background, over and over: exports, imports, notifications."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import Error, connections
from django.utils import timezone

from interoperabilidad.masivo import exportaciones, exportador, importaciones, importador
from interoperabilidad.models import EstadoDeTrabajo, Exportacion, Importacion
from interoperabilidad.suscripciones import envio

_registro = logging.getLogger("ece.intercambio")


INTENTOS = 8
"""Failures of ours, one after another, after which a job is given up."""


def trabajos() -> int:
    """Go on with every export and import that may; how many of them did."""
    ahora = timezone.now()
    hechos = sum(
        _intentar(exportador.atender, Exportacion, id_)
        for id_ in exportador.pendientes(ahora=ahora)
    )
    hechos += sum(
        _intentar(importador.atender, Importacion, id_) for id_ in importador.pendientes()
    )
    if not hechos:
        exportaciones.olvidar_vencidas(ahora=ahora)
        importaciones.olvidar_vencidas(ahora=ahora)
    return hechos


def _intentar(
    atender: Callable[[UUID], bool], modelo: type[Exportacion] | type[Importacion], id: UUID
) -> bool:
    """One job that fails holds up no other: it is tried again, later each time, and given up."""
    try:
        return atender(id)
    except Error:
        raise  # the database's: it is nobody's in particular
    except Exception as error:
        _registro.error("trabajo %s: %s; se reintenta", id, type(error).__name__)
    suya, ahora = modelo.objects.filter(pk=id), timezone.now()
    for (intentos,) in suya.values_list("intentos"):
        suya.update(intentos=intentos + 1, proximo_at=ahora + timedelta(seconds=2**intentos))
    suya.filter(intentos__gte=INTENTOS).update(
        estado=EstadoDeTrabajo.FALLIDO,
        motivo="Algo falló de nuestro lado.",
        terminado_at=ahora,
        caduca_at=exportaciones.caduca(ahora),
    )
    return False


def notificaciones() -> int:
    """Tell every subscription what it is due; how many notifications left."""
    return envio.turno(ahora=timezone.now())


def siempre(alto: threading.Event, *, cada: float = 1.0) -> None:
    """Both, each at its own pace, until `alto` is set."""
    hilos = [
        threading.Thread(target=_repetir, args=(trabajo, alto, cada), name=trabajo.__name__)
        for trabajo in (trabajos, notificaciones)
    ]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()


def _repetir(trabajo: Callable[[], int], alto: threading.Event, cada: float) -> None:
    while not alto.is_set():
        try:
            hecho = trabajo()
        except Exception as error:
            # By name only: what an exception says may be somebody's data.
            _registro.error("%s: %s; se reintenta", trabajo.__name__, type(error).__name__)
            if isinstance(error, Error):
                connections.close_all()
            hecho = 0
        if not hecho:
            connections.close_all()
            alto.wait(cada)
    connections.close_all()
