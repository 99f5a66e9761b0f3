"""What is exchanged in the background, over and over: exports, imports, notifications."""

import logging
import threading
from collections.abc import Callable

from django.db import Error, connections
from django.utils import timezone

from interoperabilidad.masivo import exportaciones, exportador, importaciones, importador
from interoperabilidad.suscripciones import envio

_registro = logging.getLogger("ece.intercambio")


def trabajos() -> int:
    """Go on with every export and import that may; how many of them did."""
    ahora = timezone.now()
    hechos = sum(exportador.atender(id_) for id_ in exportador.pendientes(ahora=ahora))
    hechos += sum(importador.atender(id_) for id_ in importador.pendientes())
    if not hechos:
        exportaciones.olvidar_vencidas(ahora=ahora)
        importaciones.olvidar_vencidas(ahora=ahora)
    return hechos


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
