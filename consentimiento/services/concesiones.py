"""Granting, by exception and for a term, what role and relation do not give."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from consentimiento.models.concesion import Concesion, Motivo
from ece.nucleo.roles import Permiso

__all__ = ["Motivo", "a_cargo_de", "otorgar"]


def a_cargo_de(usuario_id: UUID) -> UUID | None:
    """The patient somebody looks after, by the latest guardianship granted to them."""
    return (
        Concesion.objects.filter(usuario_id=usuario_id, motivo=Motivo.TUTELA)
        .order_by("-desde")
        .values_list("paciente", flat=True)
        .first()
    )


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
