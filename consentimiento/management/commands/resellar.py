"""``manage.py resellar``: time stamps put, or put again, and constancias (cron, daily)."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from consentimiento.services import sellado
from ece.identidad.confianza import SinCredencial
from ece.nucleo.firma.tiempo import SinSello


class Command(BaseCommand):
    help = "Sella lo firmado que no tiene sello o lo tiene por vencer, y los episodios terminados."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dias", type=int, default=180, help="por vencer en tantos días")

    def handle(self, *, dias: int, **_: Any) -> None:
        try:
            with tqdm(unit="paciente", disable=None) as avance:
                hechas = sellado.resellar(
                    ahora=timezone.now(), antes=timedelta(days=dias), avisar=avance.update
                )
        except (SinSello, SinCredencial) as error:
            raise CommandError(f"No hay quien selle: {error}") from error
        self.stdout.write(f"Sellos puestos: {hechas}.")
