"""Which consents are about to end: by tokens, for whoever tells it opens none."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from auditoria import bitacora
from registros.models.registros import ficha_de_termino


def por_vencer(*, ahora: datetime, plazo: timedelta) -> list[tuple[UUID, UUID]]:
    """(Consent, patient) of those in force that end between today and `plazo` from now."""
    hoy = timezone.localdate(ahora)
    dias = [(hoy + timedelta(days=n)).isoformat() for n in range(plazo.days + 1)]
    return bitacora.consultar(
        "SELECT id, paciente FROM registros_consentimiento "
        "WHERE estado = 'active' AND fichas && %s::bigint[]",
        [bitacora.arreglo(map(ficha_de_termino, dias))],
    )
