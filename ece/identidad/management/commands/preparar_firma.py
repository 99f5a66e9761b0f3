"""``manage.py preparar_firma``: the institution's own authority, seal and time stamping key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ece.identidad import selectors
from ece.identidad.models import Uso
from ece.identidad.services import credenciales


class Command(BaseCommand):
    help = "Hace la autoridad interna, el sello y la llave de tiempo de la institución, si faltan."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--renovar", choices=[Uso.SELLO, Uso.TIEMPO], help="retira la vigente y hace otra"
        )

    def handle(self, *, renovar: str | None, **_: Any) -> None:
        institucion = selectors.institucion()
        if institucion is None:
            raise CommandError("Registre antes la institución, en /admin/.")
        ahora = timezone.now()
        if renovar:
            credenciales.renovar(renovar, institucion.nombre, ahora=ahora)
        else:
            credenciales.preparar(institucion.nombre, ahora=ahora)
        self.stdout.write("Listo. Las autoridades en las que se confía están en /admin/.")
