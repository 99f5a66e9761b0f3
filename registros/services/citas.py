"""Appointments: a patient, a professional, a unit and an hour."""

from datetime import datetime, timedelta
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Cita

DURACION = timedelta(minutes=20)


def programar(
    acceso: Acceso,
    *,
    profesional_id: UUID,
    unidad_id: UUID,
    inicio: datetime,
    motivo: str,
    ahora: datetime,
) -> UUID:
    """Book `DURACION` with a professional from `inicio` on."""
    acceso.exigir(Permiso.CITA_PROGRAMAR)
    recurso = {
        "resourceType": "Appointment",
        "status": "booked",
        "description": motivo,
        "start": inicio.isoformat(timespec="seconds"),
        "end": (inicio + DURACION).isoformat(timespec="seconds"),
        "created": ahora.isoformat(timespec="seconds"),
        "participant": [
            {"actor": {"reference": referencia}, "status": "accepted"}
            for referencia in (
                f"Patient/{acceso.paciente}",
                f"Practitioner/{profesional_id}",
                f"Location/{unidad_id}",
            )
        ],
    }
    with acto(acceso, tipo=TipoDeEvento.CITA_PROGRAMADA, ahora=ahora) as el_acto:
        cita = Cita.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(cita)
    return cita.id
