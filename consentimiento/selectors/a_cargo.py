"""The records that somebody may open as a patient: their own, and those they look after."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consentimiento import decision
from consentimiento.services import concesiones
from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Permiso
from registros.selectors import expediente
from registros.selectors.expediente import ResumenDeIdentidad


@dataclass(frozen=True, slots=True)
class Expediente:
    """A record, and whether it is the reader's own."""

    id: UUID
    identidad: ResumenDeIdentidad
    propio: bool


def ids(actor: Actor, *, ahora: datetime) -> list[UUID]:
    """Those of `expedientes`, without opening them; one's own first."""
    propio = [actor.paciente_propio] if actor.paciente_propio else []
    return list(dict.fromkeys([*propio, *concesiones.expedientes_de(actor.id, ahora=ahora)]))


def expedientes(actor: Actor, *, ahora: datetime) -> list[Expediente]:
    """Whose records `actor` may open; one decision about all of them."""
    suyos = ids(actor, ahora=ahora)
    accesos = decision.abrir_pacientes(
        actor, suyos, Permiso.PACIENTE_LEER, ahora=ahora, detalle={"motivo": "a.cargo"}
    )
    return [
        Expediente(id_, expediente.identidad(accesos[id_])[0], id_ == actor.paciente_propio)
        for id_ in suyos
        if id_ in accesos
    ]
