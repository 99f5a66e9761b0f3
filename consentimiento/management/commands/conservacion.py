"""``manage.py conservacion``: destroy the keys of blocked records whose conservation has ended."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consentimiento.services import conservacion


class Command(BaseCommand):
    help = "Destruye las llaves de los expedientes bloqueados cuya conservación terminó."

    def handle(self, **_: Any) -> None:
        destruidos = conservacion.destruir_vencidos(ahora=timezone.now())
        self.stdout.write(f"Expedientes destruidos: {len(destruidos)}.")
