"""``manage.py custodiar FOLDER``: the ceremony that splits the key file among custodians."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ece.nucleo import proveedores
from ece.nucleo.proveedores import ProveedorDeArchivo
from registros.services import llaves


class Command(BaseCommand):
    help = "Parte el archivo de llaves entre custodios: sólo varios juntos lo recobran."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("carpeta", type=Path, metavar="CARPETA")
        parser.add_argument("--partes", type=int, default=3, help="custodios (3)")
        parser.add_argument("--umbral", type=int, default=2, help="los que bastan (2)")

    def handle(self, *, carpeta: Path, partes: int, umbral: int, **_: Any) -> None:
        proveedor = proveedores.desde(settings.ECE_LLAVERO)
        if not isinstance(proveedor, ProveedorDeArchivo):
            raise CommandError(
                "ECE_LLAVERO no es un archivo: las llaves de un módulo no salen de él, y su "
                "respaldo es el del módulo."
            )
        try:
            carpeta.mkdir(mode=0o700, parents=True, exist_ok=True)
            hecha = llaves.custodiar(
                proveedor.ruta.read_bytes(), partes=partes, umbral=umbral, ahora=timezone.now()
            )
            _escribir(carpeta / "llavero.custodia", hecha.cerrado)
            for parte in hecha.partes:
                _escribir(carpeta / f"parte-{parte.indice}.txt", f"{parte}\n".encode())
            _escribir(carpeta / "acta.txt", hecha.acta.encode())
        except (ValueError, OSError) as error:
            raise CommandError(f"No se partió: {error}.") from error
        self.stdout.write(
            f"Entregue a cada custodio su parte (parte-1.txt a parte-{partes}.txt) y bórrela de "
            f"aquí; {umbral} de ellos recobran el archivo de llaves. llavero.custodia va con los "
            "respaldos: sin las partes no dice nada. acta.txt, firmada, es la constancia."
        )


def _escribir(ruta: Path, contenido: bytes) -> None:
    """New, and for its owner only. Raises `FileExistsError`."""
    descriptor = os.open(ruta, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as archivo:
        archivo.write(contenido)
