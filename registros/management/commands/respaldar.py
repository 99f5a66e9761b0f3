"""``manage.py respaldar EXPEDIENTES LLAVES``: a backup of each, apart, and the old ones deleted."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registros.services import respaldos
from registros.services.respaldos import RespaldoFallido

DIAS_DE_LLAVES = 30


class Command(BaseCommand):
    help = "Respalda los expedientes en una carpeta y sus llaves, de plazo corto, en otra."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("expedientes", type=Path, metavar="EXPEDIENTES")
        parser.add_argument("llaves", type=Path, metavar="LLAVES")
        parser.add_argument(
            "--dias-llaves",
            type=int,
            default=DIAS_DE_LLAVES,
            help="se borran las copias de llaves de hace más: es el plazo en que un expediente "
            f"destruido deja de poder abrirse ({DIAS_DE_LLAVES})",
        )
        parser.add_argument(
            "--dias", type=int, help="se borran las copias de expedientes de hace más (ninguna)"
        )

    def handle(
        self, *, expedientes: Path, llaves: Path, dias_llaves: int, dias: int | None, **_: Any
    ) -> None:
        ahora = timezone.now()
        try:
            hecho = respaldos.hacer(expedientes=expedientes, llaves=llaves, ahora=ahora)
        except (RespaldoFallido, ValueError, OSError) as error:
            raise CommandError(f"No se respaldó: {error}.") from error
        self.stdout.write(f"{hecho.expedientes}\n{hecho.llaves}")
        vencidas = respaldos.vencer(llaves, de="llaves", dias=dias_llaves, ahora=ahora)
        if dias is not None:
            vencidas += respaldos.vencer(expedientes, de="expedientes", dias=dias, ahora=ahora)
        for ruta in vencidas:
            self.stdout.write(f"borrado: {ruta}")
