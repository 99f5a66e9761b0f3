"""``manage.py enviar_bitacora``: the log to the hospital's collector, until told to stop."""

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connections
from django.utils import timezone

from interoperabilidad.atna import envio

CADA, ESPERA_MAXIMA = 3.0, 60.0
_registro = logging.getLogger("ece.colector")


class Command(BaseCommand):
    help = "Envía la bitácora al colector del hospital (syslog por TLS, ATNA), hasta detenerse."
    stealth_options = ("alto",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--una-vez", action="store_true", help="lo que hay, y termina")
        parser.add_argument(
            "--desde-ahora",
            action="store_true",
            help="da por enviado lo que ya pasó (para un colector que no lo quiere), y termina",
        )

    def handle(
        self,
        *,
        una_vez: bool,
        desde_ahora: bool,
        alto: threading.Event | None = None,
        verbosity: int,
        **_: Any,
    ) -> None:
        if settings.ECE_COLECTOR is None:
            if alto is None and not una_vez:
                raise CommandError("Ningún colector está configurado: vea ECE_COLECTOR.")
            return
        try:
            if desde_ahora:
                envio.empezar_desde_ahora(ahora=timezone.now())
                return
            if una_vez:
                tomados = envio.enviar(ahora=timezone.now)
                if verbosity > 1:
                    self.stdout.write(f"{tomados} eventos")
                return
        except envio.SinConfirmar as error:
            raise CommandError(f"El colector no confirma lo que se le envía: {error}.") from error
        if alto is None:  # on its own: whoever runs it beside other work says when it stops
            alto = threading.Event()
            for aviso in (signal.SIGTERM, signal.SIGINT):
                signal.signal(aviso, lambda *_: alto.set())
        self._siempre(alto)

    def _siempre(self, alto: threading.Event) -> None:
        espera = CADA
        while not alto.is_set():
            try:
                envio.enviar(ahora=timezone.now)
                espera = CADA
            except (envio.SinConfirmar, Error) as error:
                # Of the database, by name only: its words may quote a value.
                causa = error if isinstance(error, envio.SinConfirmar) else type(error).__name__
                _registro.warning("el colector de la bitácora espera: %s", causa)
                espera = min(espera * 2, ESPERA_MAXIMA)
            connections.close_all()
            alto.wait(espera)
