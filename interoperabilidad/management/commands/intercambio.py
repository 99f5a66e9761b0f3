"""``manage.py intercambio``: exports, imports and notifications, until told to stop."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from interoperabilidad import intercambio


class Command(BaseCommand):
    help = "Hace las exportaciones e importaciones, y avisa a las suscripciones, hasta detenerse."
    stealth_options = ("alto",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--una-vez", action="store_true", help="lo que hay, y termina")

    def handle(self, *, una_vez: bool, alto: threading.Event | None = None, **_: Any) -> None:
        if una_vez:
            while intercambio.trabajos() or intercambio.notificaciones():
                pass
            return
        if alto is None:  # on its own: whoever runs it beside other work says when it stops
            alto = threading.Event()
            for aviso in (signal.SIGTERM, signal.SIGINT):
                signal.signal(aviso, lambda *_: alto.set())
        intercambio.siempre(alto)
