"""``manage.py trabajador``: what must be done in the background, over and over, until told to stop.

Today that is telling people what happened, forgetting what has expired and, once a day, looking for
unusual accesses; and, every few seconds, sealing the log. What takes long (exports) or may not wait
(notifications to systems, the log to its collector) goes on beside it. A turn that fails is told in
a line and tried again.
"""

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connections
from django.utils import timezone

TAREAS = ("enviar_notificaciones", "enviar_red", "conservacion", "clearsessions", "cleartokens")
DIARIAS = ("buscar_inusuales",)
"""What is done once a day (again after a restart: doing it twice changes nothing)."""
AL_LADO = ("intercambio", "enviar_bitacora")
"""What goes on by itself, in a thread of its own, until it is told to stop."""
SELLAR_CADA = 3.0
"""Seconds in which what has happened may be not sealed yet."""
_registro = logging.getLogger("ece.trabajador")


class Command(BaseCommand):
    help = "Hace las tareas de fondo (envía avisos, olvida lo vencido) hasta que se detiene."

    _ultimo_dia: date | None = None

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--una-vez", action="store_true", help="una vuelta, y termina")
        parser.add_argument("--cada", type=float, default=60, metavar="SEGUNDOS")

    def handle(self, *, una_vez: bool, cada: float, **_: Any) -> None:
        if una_vez:
            self._vuelta()
            for orden in AL_LADO:
                call_command(orden, una_vez=True)
            return
        alto = threading.Event()
        for aviso in (signal.SIGTERM, signal.SIGINT):
            signal.signal(aviso, lambda *_: alto.set())
        hilos = [
            threading.Thread(target=call_command, args=(orden,), kwargs={"alto": alto})
            for orden in AL_LADO
        ]
        for hilo in hilos:
            hilo.start()
        self.stdout.write("El trabajador está en marcha.")
        while not alto.is_set():
            self._intentar(self._vuelta)
            siguiente = time.monotonic() + cada
            while not alto.is_set() and time.monotonic() < siguiente:
                self._intentar(self._sellar)
                connections.close_all()
                alto.wait(min(SELLAR_CADA, cada))
        for hilo in hilos:
            hilo.join()

    def _intentar(self, trabajo: Callable[[], None]) -> None:
        try:
            trabajo()
        except (Error, CommandError) as error:
            # By name only: a message of the database may quote a value.
            _registro.error("vuelta fallida (%s); se reintenta", type(error).__name__)

    def _sellar(self) -> None:
        call_command("sellar_bitacora", verbosity=0)

    def _vuelta(self) -> None:
        self._sellar()
        for tarea in TAREAS:
            call_command(tarea)
        hoy = timezone.localdate()
        if self._ultimo_dia != hoy:
            for tarea in DIARIAS:
                call_command(tarea)
            self._ultimo_dia = hoy
        call_command("estampar_bitacora", verbosity=0)  # last: who tells the time may not answer
