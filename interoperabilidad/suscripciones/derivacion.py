"""From what happened to what subscriptions may be told: named here, decided when it is sent."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from interoperabilidad import sucesos
from interoperabilidad.models import (
    CursorDeSalida,
    EstadoDeSuscripcion,
    NotificacionFhir,
    SuscripcionFhir,
)
from interoperabilidad.suscripciones.suscripciones import tipo_de

CONSERVA = timedelta(days=7)
"""How long what was told can be asked again (``$events``)."""
_VIVAS = (
    EstadoDeSuscripcion.PEDIDA,
    EstadoDeSuscripcion.ACTIVA,
    EstadoDeSuscripcion.ERROR,
)


def derivar(*, ahora: datetime) -> int:
    """Queue what happened since the last time; how many events. Of several processes, one."""
    vivas = SuscripcionFhir.objects.filter(estado__in=_VIVAS)
    with sucesos.nuevos(
        CursorDeSalida.DE_SUSCRIPCIONES, ahora=ahora, interesa=vivas.exists
    ) as hallados:
        if not hallados:
            return 0
        por_tipo: dict[str, list[tuple[UUID, datetime]]] = defaultdict(list)
        for id_, tema, creada_at in vivas.values_list("id", "tema", "creada_at"):
            por_tipo[tipo_de(tema)].append((id_, creada_at))
        filas = [
            NotificacionFhir(
                suscripcion_id=suscripcion,
                evento=suceso.id,
                momento=suceso.momento,
                tipo=tipo,
                registro=id_,
                version=version,
            )
            for suceso in hallados
            for tipo, id_, version in suceso.escritos
            for suscripcion, creada_at in por_tipo.get(tipo, ())
            if suceso.momento >= creada_at
        ]
        NotificacionFhir.objects.bulk_create(filas, ignore_conflicts=True, batch_size=1_000)
        return len(filas)


def olvidar(*, ahora: datetime) -> int:
    """Forget what was told long ago; how many events."""
    return NotificacionFhir.objects.filter(hecha_at__lt=ahora - CONSERVA).delete()[0]
