"""``manage.py estampar_bitacora``: a time stamp over the log's last checkpoint."""

from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from auditoria.sello import estampas
from ece.identidad import confianza
from ece.identidad.confianza import SinCredencial
from ece.nucleo.firma import FirmaInvalida
from ece.nucleo.firma.tiempo import SinSello


class Command(BaseCommand):
    help = "Pide un sello de tiempo (RFC 3161) sobre el último checkpoint de la bitácora."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--exportar",
            type=Path,
            metavar="CARPETA",
            help="escribe cada checkpoint sellado con su sello, para «openssl ts -verify»",
        )

    def handle(self, *, exportar: Path | None, **_: Any) -> None:
        if exportar is not None:
            self._exportar(exportar)
            return
        try:
            hecha = estampas.estampar(
                confianza.autoridad_de_tiempo(),
                cada=timedelta(seconds=settings.ECE_ESTAMPAR_CADA),
                ahora=timezone.now(),
            )
        except SinCredencial:
            return  # an institution that has not said yet who tells it the time
        except (SinSello, FirmaInvalida) as error:
            raise CommandError(f"No se estampó la bitácora: {error}.") from error
        if hecha is not None:
            self.stdout.write(f"{hecha.tamano} hojas, a las {hecha.momento.isoformat()}")

    def _exportar(self, carpeta: Path) -> None:
        carpeta.mkdir(parents=True, exist_ok=True)
        escritas = list(estampas.todas())
        for una in escritas:
            nombre = f"checkpoint-{una.tamano}"
            (carpeta / nombre).write_text(una.nota, encoding="utf-8")
            (carpeta / f"{nombre}.tst").write_bytes(una.token)
        self.stdout.write(f"{len(escritas)} checkpoints con su sello de tiempo en {carpeta}.")
