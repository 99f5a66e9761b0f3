"""Asking the decision what it would say: of one person, or of everybody. Each use is an event."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from consentimiento.asientos import asiento
from consentimiento.decision import Decision, Obligacion, Proposito, Solicitud, decidir
from consentimiento.decision import hechos as los_hechos
from consentimiento.models import Concesion
from ece.identidad import selectors as identidad
from ece.identidad.models import Usuario
from ece.nucleo.acceso import Actor, Alcance
from ece.nucleo.reserva import Veda
from ece.nucleo.roles import Permiso

__all__ = ["Podria", "Proposito", "quienes", "simular"]


@dataclass(frozen=True, slots=True)
class Podria:
    """Somebody and what the decision says of them right now; `roles` are codes."""

    usuario: UUID
    nombre: str
    roles: tuple[str, ...]
    decision: Decision

    @property
    def con_motivo(self) -> bool:
        return Obligacion.MOTIVO in self.decision.obligaciones

    @property
    def vedas(self) -> tuple[Veda, ...]:
        return self.decision.reserva.vedas


class PersonaInexistente(Exception):
    """Nobody signs in by that id."""


def simular(
    alcance: Alcance,
    *,
    usuario_id: UUID,
    paciente: UUID,
    permiso: Permiso,
    proposito: Proposito | None,
    ahora: datetime,
) -> Podria:
    """What `decidir` would answer to somebody, with the facts as they are. `PersonaInexistente`."""
    alcance.exigir(Permiso.DECISION_SIMULAR)
    usuario = Usuario.objects.filter(pk=usuario_id).first()
    if usuario is None:
        raise PersonaInexistente(str(usuario_id))
    podria = _de(usuario, paciente, permiso, proposito, ahora)
    detalle = {
        "usuario": str(usuario_id),
        "permiso": permiso.value,
        "proposito": proposito.value if proposito else "",
        "fundamento": podria.decision.fundamento,
    }
    _anotar(alcance, paciente, detalle, ahora)
    return podria


def quienes(alcance: Alcance, *, paciente: UUID, ahora: datetime) -> list[Podria]:
    """Everybody who could open the record now, with the ground of each; by ground and name."""
    alcance.exigir(Permiso.DECISION_SIMULAR)
    podrian = [
        podria
        for usuario in _posibles(paciente, ahora)
        if (podria := _de(usuario, paciente, Permiso.EXPEDIENTE_LEER, None, ahora))
        and podria.decision.permitido
    ]
    _anotar(alcance, paciente, {"permiso": Permiso.EXPEDIENTE_LEER.value}, ahora)
    return sorted(podrian, key=lambda p: (p.decision.fundamento, p.nombre))


def _posibles(paciente: UUID, ahora: datetime) -> Iterable[Usuario]:
    """Whoever holds a post or a grant, and the patient."""
    con_concesion = Concesion.objects.filter(paciente=paciente, hasta__gt=ahora)
    return (
        Usuario.objects.filter(is_active=True)
        .filter(
            Q(asignaciones__isnull=False)
            | Q(paciente=paciente)
            | Q(pk__in=con_concesion.values("usuario"))
        )
        .distinct()
    )


def _de(
    usuario: Usuario,
    paciente: UUID,
    permiso: Permiso,
    proposito: Proposito | None,
    ahora: datetime,
) -> Podria:
    actor: Actor = identidad.actor_de_usuario(usuario, ahora=ahora)
    hechos = los_hechos.de_paciente(actor, paciente, ahora=ahora)
    decision = decidir(Solicitud(actor, permiso, hechos, ahora, proposito))
    return Podria(usuario.pk, usuario.nombre, tuple(sorted(actor.roles)), decision)


def _anotar(alcance: Alcance, paciente: UUID, detalle: dict[str, str], ahora: datetime) -> None:
    tipo = TipoDeEvento.DECISION_SIMULADA
    evento = asiento(alcance, tipo, ahora=ahora, detalle=detalle, pacientes=(paciente,))
    bitacora.anexar([evento])
