"""Who attends a patient now, or has something of theirs in hand: clear columns only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auditoria import bitacora
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models.orden import VIVAS
from registros.models.tarea import PENDIENTES
from registros.selectors.relaciones import (
    ANTES_DE_LA_CITA,
    DESPUES_DE_LA_CITA,
    TRAS_LA_ORDEN,
)

_TODOS = f"""SELECT responsable, unidad FROM registros_encuentro
 WHERE paciente = %s AND estado IN ('arrived', 'triaged', 'in-progress', 'onleave')
UNION
SELECT profesional, NULL FROM registros_cita
 WHERE paciente = %s AND estado IN ('booked', 'arrived', 'checked-in', 'fulfilled')
   AND fecha BETWEEN %s AND %s
UNION
SELECT solicitante, NULL FROM registros_orden
 WHERE paciente = %s AND estado IN {VIVAS} AND fecha > %s
UNION
SELECT responsable, NULL FROM registros_tarea WHERE paciente = %s AND estado IN {PENDIENTES}
"""


@dataclass(frozen=True, slots=True)
class Cercanos:
    """People, and units whose people, have an open relation with the patient."""

    personas: frozenset[UUID]
    unidades: frozenset[UUID]


def de_paciente(acceso: Acceso, *, ahora: datetime) -> Cercanos:
    """Whom a directive of the patient of `acceso` would touch first; one query."""
    acceso.exigir(Permiso.DIRECTIVA_REGISTRAR)
    quien = acceso.paciente
    citas = [ahora - DESPUES_DE_LA_CITA, ahora + ANTES_DE_LA_CITA]
    filas = bitacora.consultar(_TODOS, [quien, quien, *citas, quien, ahora - TRAS_LA_ORDEN, quien])
    return Cercanos(
        frozenset(persona for persona, _ in filas if persona),
        frozenset(unidad for _, unidad in filas if unidad),
    )
