"""``manage.py cargar_catalogos [PATH]``: the shipped defaults, or a folder of official files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from registros.catalogos import fuentes
from registros.services import catalogos


class Command(BaseCommand):
    help = "Carga catálogos; repetir la carga no cambia nada."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("carpeta", nargs="?", type=Path, metavar="PATH")

    def handle(self, *args: Any, **opciones: Any) -> None:
        carpeta = opciones["carpeta"]
        if carpeta is not None and not carpeta.is_dir():
            raise CommandError(f"{carpeta} no es una carpeta.")
        try:
            lista = list(fuentes.por_omision() if carpeta is None else fuentes.oficiales(carpeta))
        except (fuentes.ArchivoInesperado, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        if not lista:
            raise CommandError("No hay archivos oficiales conocidos en esa carpeta.")
        for fuente in tqdm(lista, unit="catálogo", disable=None):
            d = catalogos.cargar(fuente, ahora=timezone.now())
            cambio = (
                "sin cambios"
                if d.sin_cambios
                else f"{d.nuevas} nuevas, {d.retiradas} retiradas, {d.cambiadas} cambiadas"
            )
            self.stdout.write(f"{d.catalogo} {d.version}: {cambio}")
