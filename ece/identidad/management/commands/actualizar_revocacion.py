"""``manage.py actualizar_revocacion``: bring the lists of revoked certificates (cron, hourly)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ece.identidad.services import credenciales, revocaciones


class Command(BaseCommand):
    help = "Trae la lista de revocación de cada autoridad que la publica y renueva la propia."

    def handle(self, **_: Any) -> None:
        ahora = timezone.now()
        credenciales.renovar_lista(ahora=ahora)
        fallas = 0
        for autoridad, error in revocaciones.actualizar(ahora=ahora):
            self.stdout.write(f"{autoridad}: {error or 'al día'}")
            fallas += bool(error)
        if fallas:
            raise CommandError(
                f"{fallas} autoridades no dieron su lista; vale la última que dieron."
            )
