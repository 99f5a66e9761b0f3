"""Drawing records at random for somebody to evaluate (MECIC), and the list of those drawn."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento.models import Muestra
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from registros.selectors import calidad
from registros.selectors.calidad import Pendiente

PLAZO = timedelta(days=30)
LO_MAS = 50


def sortear(
    alcance: Alcance,
    *,
    unidad_id: UUID,
    desde: datetime,
    hasta: datetime,
    cuantos: int,
    semilla: int,
    ahora: datetime,
) -> int:
    """Let the actor read, for `PLAZO`, `cuantos` records of who was seen at a unit in an interval.

    The same seed over the same people draws the same records, whoever repeats it. Returns how many
    were drawn anew; those already in the actor's hands are not repeated.
    """
    alcance.exigir(Permiso.CALIDAD_EVALUAR)
    candidatos = calidad.candidatos(alcance, unidad=unidad_id, desde=desde, hasta=hasta)
    elegidos = elegir(candidatos, cuantos=min(cuantos, LO_MAS), semilla=semilla)
    with transaction.atomic():
        vigentes = set(
            Muestra.objects.filter(
                usuario_id=alcance.actor.id, hasta__gt=ahora, paciente__in=elegidos
            ).values_list("paciente", flat=True)
        )
        nuevos = [p for p in elegidos if p not in vigentes]
        if nuevos:
            Muestra.objects.bulk_create(
                Muestra(
                    paciente=paciente,
                    usuario_id=alcance.actor.id,
                    unidad=unidad_id,
                    semilla=semilla,
                    desde=ahora,
                    hasta=ahora + PLAZO,
                )
                for paciente in nuevos
            )
            bitacora.anexar([_evento(alcance, nuevos, unidad_id, semilla, ahora)])
    return len(nuevos)


def elegir(candidatos: Sequence[UUID], *, cuantos: int, semilla: int) -> list[UUID]:
    """A sample that anybody can repeat: the first by the digest of the seed and the id."""
    return sorted(candidatos, key=lambda p: sha256(f"{semilla}|{p}".encode()).digest())[:cuantos]


def pendientes(alcance: Alcance, *, ahora: datetime) -> list[Pendiente]:
    """The records in the actor's hands, those not yet evaluated first; four queries."""
    alcance.exigir(Permiso.CALIDAD_EVALUAR)
    vigentes = {
        m.paciente: m
        for m in Muestra.objects.filter(
            usuario_id=alcance.actor.id, desde__lte=ahora, hasta__gt=ahora
        )
    }
    quienes = calidad.identidades(alcance, vigentes)
    hechos = calidad.ya_evaluados(alcance.actor.id, vigentes, desde=ahora - PLAZO)
    lista = [
        Pendiente(quien, vigentes[id_].unidad, vigentes[id_].hasta, id_ in hechos)
        for id_, quien in quienes.items()
    ]
    return sorted(lista, key=lambda p: (p.evaluado, p.paciente.nombre))


def unidad_de(actor: UUID, paciente: UUID) -> UUID | None:
    """For which unit the record was last drawn."""
    muestra = Muestra.objects.filter(usuario_id=actor, paciente=paciente).order_by("-desde").first()
    return muestra.unidad if muestra else None


def _evento(
    alcance: Alcance, pacientes: list[UUID], unidad: UUID, semilla: int, ahora: datetime
) -> NuevoEvento:
    return NuevoEvento(
        tipo=TipoDeEvento.CALIDAD_MUESTREADA,
        resultado=Resultado.HECHO,
        actor=alcance.actor,
        momento=ahora,
        pacientes=tuple(sorted(pacientes)),
        fundamento=alcance.fundamento,
        decision=alcance.decision,
        detalle={"unidad": str(unidad), "semilla": semilla},
    )
