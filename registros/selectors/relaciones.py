"""What ties actors to patients: open encounters and appointments (clear columns only).

Asked by the decision before there is any Acceso; answers with ids and kinds of tie, nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from auditoria import bitacora

ANTES_DE_LA_CITA = timedelta(days=7)
DESPUES_DE_LA_CITA = timedelta(days=30)

_ABIERTO = "estado IN ('arrived', 'triaged', 'in-progress', 'onleave')"
_EN_PACIENTES = " AND paciente = ANY(%(pacientes)s::uuid[])"
_TODAS = """
SELECT 'encuentro.responsable', paciente FROM registros_encuentro
 WHERE {abierto} AND responsable = %(actor)s{filtro}
UNION
SELECT 'encuentro.unidad', paciente FROM registros_encuentro
 WHERE {abierto} AND unidad = ANY(%(unidades)s::uuid[]){filtro}
UNION
SELECT 'cita', paciente FROM registros_cita
 WHERE estado IN ('booked', 'arrived', 'checked-in', 'fulfilled') AND profesional = %(actor)s
   AND fecha BETWEEN %(cita_desde)s AND %(cita_hasta)s{filtro}
"""
_ABIERTOS = """
UNION
SELECT 'encuentro.abierto', paciente FROM registros_encuentro WHERE {abierto}{filtro}
"""


def de_actor(
    actor: UUID,
    *,
    unidades: Iterable[UUID],
    ahora: datetime,
    pacientes: Iterable[UUID] | None = None,
    abiertos: bool = False,
) -> dict[UUID, set[str]]:
    """patient -> kinds of tie with `actor`, for `pacientes` (None: every patient tied).

    `abiertos` adds who has an open encounter anywhere in the institution.
    """
    filtro = "" if pacientes is None else _EN_PACIENTES
    plantilla = _TODAS + (_ABIERTOS if abiertos else "")
    orden = plantilla.format(abierto=_ABIERTO, filtro=filtro)
    parametros = {
        "actor": actor,
        "unidades": sorted(unidades),
        "cita_desde": ahora - DESPUES_DE_LA_CITA,
        "cita_hasta": ahora + ANTES_DE_LA_CITA,
        "pacientes": None if pacientes is None else list(pacientes),
    }
    lazos: dict[UUID, set[str]] = defaultdict(set)
    with bitacora.cursor() as cursor:
        cursor.execute(orden, parametros, prepare=True)
        for clase, paciente in cursor:
            lazos[paciente].add(clase)
    return lazos
