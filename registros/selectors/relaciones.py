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
_EN_PACIENTES = " AND paciente = ANY(%s::uuid[])"
_TODAS = """SELECT 'encuentro.responsable', paciente FROM registros_encuentro
 WHERE {abierto} AND responsable = %s{filtro}
UNION
SELECT 'encuentro.unidad', paciente FROM registros_encuentro
 WHERE {abierto} AND unidad = ANY(%s::uuid[]){filtro}
UNION
SELECT 'cita', paciente FROM registros_cita
 WHERE estado IN ('booked', 'arrived', 'checked-in', 'fulfilled') AND profesional = %s
   AND fecha BETWEEN %s AND %s{filtro}
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
    cuales = [] if pacientes is None else [bitacora.arreglo(pacientes)]
    cuando = [ahora - DESPUES_DE_LA_CITA, ahora + ANTES_DE_LA_CITA]
    parametros = [actor, *cuales, bitacora.arreglo(unidades), *cuales, actor, *cuando, *cuales]
    lazos: dict[UUID, set[str]] = defaultdict(set)
    for clase, paciente in bitacora.consultar(orden, parametros + (cuales if abiertos else [])):
        lazos[paciente].add(clase)
    return lazos
