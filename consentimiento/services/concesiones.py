"""Granting, by exception and for a term, what role and relation do not give."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from consentimiento.models.concesion import Concesion, Motivo
from ece.nucleo.roles import Permiso

__all__ = ["Motivo", "otorgar"]


def otorgar(
    *,
    usuario_id: UUID,
    paciente: UUID,
    permisos: Iterable[Permiso],
    motivo: Motivo,
    desde: datetime,
    hasta: datetime,
) -> UUID:
    """Let `usuario_id` do `permisos` to `paciente` from `desde` until `hasta`."""
    concesion = Concesion.objects.create(
        usuario_id=usuario_id,
        paciente=paciente,
        permisos=sorted(p.value for p in permisos),
        motivo=motivo,
        desde=desde,
        hasta=hasta,
    )
    return concesion.pk
