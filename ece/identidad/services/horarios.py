"""Opening the agenda of a professional."""

from datetime import date, time
from uuid import UUID

from django.db import transaction

from ece.identidad.models import Consultorio, Horario

LABORABLES = range(5)


@transaction.atomic
def abrir(
    *,
    profesional_id: UUID,
    unidad_id: UUID,
    consultorio: str,
    desde: time,
    hasta: time,
    minutos: int,
    vigente_desde: date,
) -> None:
    """Receive from Monday to Friday in a room of the unit; nothing if there is a schedule."""
    if Horario.objects.filter(profesional_id=profesional_id, unidad_id=unidad_id).exists():
        return
    sitio, _ = Consultorio.objects.get_or_create(unidad_id=unidad_id, nombre=consultorio)
    for dia in LABORABLES:
        Horario.objects.create(
            profesional_id=profesional_id,
            unidad_id=unidad_id,
            consultorio=sitio,
            dia=dia,
            desde=desde,
            hasta=hasta,
            minutos=minutos,
            vigente_desde=vigente_desde,
        )
