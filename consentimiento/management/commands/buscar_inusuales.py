"""``manage.py buscar_inusuales``: look through a day of the log for accesses that stand out."""

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consentimiento.services import inusuales


class Command(BaseCommand):
    help = "Busca en la bitácora de un día (ayer, si no se dice) los accesos inusuales."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dia", type=date.fromisoformat, default=None, metavar="AAAA-MM-DD")

    def handle(self, *, dia: date | None, **_: Any) -> None:
        cuando = dia or timezone.localdate() - timedelta(days=1)
        cuantos = inusuales.buscar(dia=cuando, ahora=timezone.now())
        self.stdout.write(f"{cuantos} accesos inusuales nuevos del {cuando:%d/%m/%Y}.")
