"""``manage.py resellar``: time stamps put, or put again, and constancias (cron, daily)."""

from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from consentimiento.services import sellado
from ece.identidad import confianza
from ece.identidad.confianza import SinCredencial
from ece.nucleo.firma.tiempo import SinSello


class Command(BaseCommand):
    help = "Sella lo firmado que no tiene sello o lo tiene por vencer, y los episodios terminados."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pdf", nargs="*", type=Path, help="sólo estos archivos, ya sellados")
        parser.add_argument("--dias", type=int, default=180, help="por vencer en tantos días")

    def handle(self, *, pdf: list[Path], dias: int, **_: Any) -> None:
        try:
            if pdf:
                self._archivos(pdf)
                return
            with tqdm(unit="paciente", disable=None) as avance:
                hechas = sellado.resellar(
                    ahora=timezone.now(), antes=timedelta(days=dias), avisar=avance.update
                )
        except (SinSello, SinCredencial) as error:
            raise CommandError(f"No hay quien selle: {error}") from error
        self.stdout.write(f"Sellos puestos: {hechas}.")

    def _archivos(self, rutas: list[Path]) -> None:
        from ece.nucleo.firma import pades  # slow to load, and seldom needed

        for ruta in rutas:
            otro = pades.resellar(
                ruta.read_bytes(),
                confianza=confianza.para_pdf(),
                autoridad=confianza.autoridad_de_tiempo(),
            )
            temporal = ruta.with_suffix(".sellando")
            temporal.write_bytes(otro)
            temporal.replace(ruta)
            self.stdout.write(f"{ruta}: sellado otra vez.")
