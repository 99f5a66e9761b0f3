"""Blocking a cancelled record, keeping it as long as the law says, and then destroying its keys."""

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento.models import Bloqueo
from ece.nucleo import llavero
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from registros.selectors import conservacion

SISTEMA = Actor(
    id=UUID("00000000-0000-7000-8000-00000000f0f1"), clase="sistema", nombre="Conservación"
)


class SinBloqueo(Exception):
    """The record is not blocked, or its keys are already gone."""


def bloquear(acceso: Acceso, *, ahora: datetime) -> None:
    """In the act that carries out a cancellation: the record is kept, and used no more."""
    acceso.exigir(Permiso.ARCO_ATENDER)
    ultimo = conservacion.ultimos_actos([acceso.paciente]).get(acceso.paciente, ahora)
    Bloqueo.objects.get_or_create(
        paciente=acceso.paciente,
        defaults={"desde": ahora, "conserva_hasta": conserva_hasta(ultimo)},
    )


def retener(acceso: Acceso, *, retenido: bool, ahora: datetime) -> None:
    """Stop (or let run) the clock of conservation: a legal hold. Raises `SinBloqueo`."""
    acceso.exigir(Permiso.ARCO_ATENDER)
    with transaction.atomic():
        vivos = Bloqueo.objects.filter(paciente=acceso.paciente, destruido_at__isnull=True)
        if not vivos.update(retenido=retenido):
            raise SinBloqueo(str(acceso.paciente))
        evento = _evento(
            TipoDeEvento.BLOQUEO_RETENIDO, acceso.actor, acceso.paciente, ahora, acceso.decision
        )
        bitacora.anexar([evento])


def conserva_hasta(ultimo_acto: datetime) -> date:
    """The last day of conservation (NOM-004 5.4: five years at least, from the last act)."""
    dia = timezone.localdate(ultimo_acto)
    anio = dia.year + int(settings.ECE_CONSERVACION_ANIOS)
    return date(anio, 3, 1) if (dia.month, dia.day) == (2, 29) else dia.replace(year=anio)


def destruir_vencidos(*, ahora: datetime) -> list[UUID]:
    """Shred the keys of blocked records whose conservation ended; whose they were.

    Each with its event, in a transaction of its own; an act after the block restarts its clock.
    """
    hoy = timezone.localdate(ahora)
    vencidos = Bloqueo.objects.filter(
        destruido_at__isnull=True, retenido=False, conserva_hasta__lt=hoy
    )
    candidatos = list(vencidos.values_list("paciente", flat=True))
    ultimos = conservacion.ultimos_actos(candidatos)
    destruidos = []
    for paciente in candidatos:
        with transaction.atomic():
            bloqueo = vencidos.select_for_update().filter(paciente=paciente).first()
            if bloqueo is None:
                continue
            if paciente in ultimos and (hasta := conserva_hasta(ultimos[paciente])) >= hoy:
                bloqueo.conserva_hasta = hasta
                bloqueo.save()
                continue
            bitacora.anexar([_evento(TipoDeEvento.LLAVE_DESTRUIDA, SISTEMA, paciente, ahora)])
            llavero.destruir(paciente)
            bloqueo.destruido_at = ahora
            bloqueo.save()
            destruidos.append(paciente)
    return destruidos


def _evento(
    tipo: TipoDeEvento,
    actor: Actor,
    paciente: UUID,
    ahora: datetime,
    decision: UUID | None = None,
) -> NuevoEvento:
    return NuevoEvento(
        tipo=tipo,
        resultado=Resultado.HECHO,
        actor=actor,
        momento=ahora,
        pacientes=(paciente,),
        fundamento="NOM-004 5.4",
        decision=decision,
    )
