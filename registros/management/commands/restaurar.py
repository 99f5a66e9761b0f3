"""``manage.py restaurar FILE LLAVES``: a generation of records with the newest keys."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registros.services import respaldos
from registros.services.respaldos import RespaldoFallido, SinRespaldo


class Command(BaseCommand):
    help = "Trae a una base vacía un respaldo de expedientes y las llaves más nuevas."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("expedientes", type=Path, metavar="ARCHIVO")
        parser.add_argument(
            "llaves", type=Path, metavar="LLAVES", help="la carpeta de las llaves, o un archivo"
        )

    def handle(self, *, expedientes: Path, llaves: Path, **_: Any) -> None:
        try:
            if llaves.is_dir():
                halladas = respaldos.generaciones(llaves, de="llaves")
                if not halladas:
                    raise SinRespaldo(str(llaves))
                llaves = halladas[-1]
            respaldos.restaurar(expedientes=expedientes, llaves=llaves)
        except SinRespaldo as error:
            raise CommandError(f"No hay tal respaldo: {error}.") from error
        except RespaldoFallido as error:
            raise CommandError(f"No se restauró: {error}.") from error
        self.stdout.write(f"Restaurado {expedientes.name} con {llaves.name}.")
        self.stdout.write("Siga con «manage.py verificar_bitacora».")
