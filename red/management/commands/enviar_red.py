"""``manage.py enviar_red``: tell other institutions what happens to who was referred."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, connections
from django.utils import timezone

from red import envio


class Command(BaseCommand):
    help = "Envía a otras instituciones los pasos de las referencias; con --cada, sin terminar."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cada", type=float, default=0, metavar="SEGUNDOS")

    def handle(self, *, cada: float, **_: Any) -> None:
        if not cada:
            envio.enviar(ahora=timezone.now())
            return
        alto = threading.Event()
        for aviso in (signal.SIGTERM, signal.SIGINT):
            signal.signal(aviso, lambda *_: alto.set())
        while not alto.is_set():
            try:
                envio.enviar(ahora=timezone.now())
            except Error as error:
                # By name only: a message of the database may quote a value.
                self.stderr.write(f"No se pudo enviar ({type(error).__name__}); se reintenta.")
            connections.close_all()
            alto.wait(cada)
