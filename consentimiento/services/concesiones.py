"""Granting, by exception and for a term, what role and relation do not give."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from consentimiento.models.concesion import DE_QUIEN_ATIENDE, Concesion, Motivo
from ece.identidad.models import Usuario
from ece.nucleo.roles import Permiso
from registros.catalogos.cartas import MAYORIA_DE_EDAD

__all__ = [
    "MayorDeEdad",
    "Motivo",
    "a_cargo_de",
    "cerrar",
    "entra_al_portal",
    "expedientes_de",
    "otorgar",
    "representa",
    "representar",
    "termino_de_la_tutela",
]

ADOLESCENCIA = 12
"""Years from which what one tells a physician is one's own (LGDNNA 5 and 50; NOM-047-SSA2-2015)."""

DE_REPRESENTANTE = (
    Permiso.PACIENTE_LEER,
    Permiso.EXPEDIENTE_LEER,
    Permiso.EXPEDIENTE_IMPRIMIR,
    Permiso.CONSENTIMIENTO_RECABAR,
    Permiso.ARCO_SOLICITAR,
    Permiso.QUEJA_PRESENTAR,
    Permiso.CONTACTO_CORREGIR,
    Permiso.APORTACION_AGREGAR,
)
"""What who represents a minor does in their place. Directing who sees the record is asked for at a
counter, where both can be heard."""


class MayorDeEdad(Exception):
    """Nobody has parental authority over an adult (CCF 443-III)."""


def a_cargo_de(usuario_id: UUID) -> UUID | None:
    """The patient somebody looks after, by the latest guardianship granted to them."""
    return (
        Concesion.objects.filter(usuario_id=usuario_id, motivo=Motivo.TUTELA)
        .order_by("-desde")
        .values_list("paciente", flat=True)
        .first()
    )


def expedientes_de(usuario_id: UUID, *, ahora: datetime) -> list[UUID]:
    """The patients whose record somebody may read by a grant in force, the latest grant first."""
    filas = Concesion.objects.filter(
        usuario_id=usuario_id,
        desde__lte=ahora,
        hasta__gt=ahora,
        permisos__contains=[Permiso.EXPEDIENTE_LEER.value],
    ).order_by("-desde")
    return list(dict.fromkeys(filas.values_list("paciente", flat=True)))


def entra_al_portal(usuario_id: UUID) -> bool:
    """Whether somebody has a record of their own, or was given that of another person."""
    ajenas = Concesion.objects.filter(usuario_id=usuario_id).exclude(motivo__in=DE_QUIEN_ATIENDE)
    return Usuario.objects.filter(pk=usuario_id, paciente__isnull=False).exists() or ajenas.exists()


def representa(usuario_id: UUID, paciente: UUID, *, ahora: datetime) -> bool:
    """Whether somebody looks after `paciente` already."""
    return Concesion.objects.filter(
        usuario_id=usuario_id, paciente=paciente, motivo=Motivo.TUTELA, hasta__gt=ahora
    ).exists()


def otorgar(
    *,
    usuario_id: UUID,
    paciente: UUID,
    permisos: Iterable[Permiso],
    motivo: Motivo,
    desde: datetime,
    hasta: datetime,
    confidencial_desde: datetime | None = None,
) -> UUID:
    """Let `usuario_id` do `permisos` to `paciente` from `desde` until `hasta`.

    `confidencial_desde`: when the minor represented begins to have a space of their own.
    """
    concesion = Concesion.objects.create(
        usuario_id=usuario_id,
        paciente=paciente,
        permisos=sorted(p.value for p in permisos),
        motivo=motivo,
        desde=desde,
        hasta=hasta,
        confidencial_desde=confidencial_desde,
    )
    return concesion.pk


def representar(*, usuario_id: UUID, paciente: UUID, nacimiento: date, ahora: datetime) -> UUID:
    """Let whoever has parental authority, or guardianship, act for a minor born on `nacimiento`.

    It ends by itself when they come of age and, from their twelfth birthday, leaves their
    confidential space alone. Raises `MayorDeEdad`.
    """
    hasta, confidencial_desde = termino_de_la_tutela(nacimiento)
    if hasta <= ahora:
        raise MayorDeEdad(str(paciente))
    return otorgar(
        usuario_id=usuario_id,
        paciente=paciente,
        permisos=DE_REPRESENTANTE,
        motivo=Motivo.TUTELA,
        desde=ahora,
        hasta=hasta,
        confidencial_desde=confidencial_desde,
    )


def termino_de_la_tutela(nacimiento: date) -> tuple[datetime, datetime]:
    """When it ends, and when the minor's confidential space begins."""
    return _cumple(nacimiento, MAYORIA_DE_EDAD), _cumple(nacimiento, ADOLESCENCIA)


def cerrar(concesion_id: UUID, *, ahora: datetime) -> None:
    """End a grant now, if it has not ended; one that begins this instant leaves no moment open."""
    for concesion in Concesion.objects.filter(pk=concesion_id, hasta__gt=ahora):
        concesion.hasta = max(ahora, concesion.desde + timedelta(microseconds=1))
        concesion.save(update_fields=["hasta"])


def _cumple(nacimiento: date, anios: int) -> datetime:
    """When somebody turns so many years by the institution's clock (29 February: 1 March)."""
    try:
        dia = nacimiento.replace(year=nacimiento.year + anios)
    except ValueError:
        dia = date(nacimiento.year + anios, 3, 1)
    return datetime.combine(dia, time.min, tzinfo=timezone.get_default_timezone())
