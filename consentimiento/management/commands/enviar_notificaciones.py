"""``manage.py enviar_notificaciones``: tell people what happened since the last time."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consentimiento.notificaciones import cola, derivacion


class Command(BaseCommand):
    help = "Pone en la cola los avisos de lo que pasó y envía los que ya tocan."

    def handle(self, *args: Any, **_: Any) -> None:
        derivacion.derivar(ahora=timezone.now())
        cola.vaciar(reloj=timezone.now)
