"""What ties actors to patients (open visits, appointments, orders, tasks, and those of whoever lets
them sign in their name), and records of one person to each other: clear columns only.

Asked by the decision before there is any Acceso; answers with ids and kinds of tie, nothing else.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from auditoria import bitacora
from ece.nucleo import fichas
from registros.models.orden import VIVAS
from registros.models.tarea import ESCALA_TRAS, PENDIENTES, ficha_de_critico

ANTES_DE_LA_CITA = timedelta(days=7)
DESPUES_DE_LA_CITA = timedelta(days=30)
EL_DIA_DE_LA_CITA = timedelta(hours=12)
"""How near an appointment is by itself the reason why its record is opened."""
TRAS_LA_ORDEN = timedelta(days=90)
"""How long an order that nobody finishes ties whoever asked for it."""
PARA_CORREGIR = timedelta(days=7)
"""How long after reporting an order its service may still correct the report."""

_ABIERTO = "estado IN ('arrived', 'triaged', 'in-progress', 'onleave')"
_EN_PACIENTES = " AND paciente = ANY(%s::uuid[])"
_TODAS = """SELECT 'encuentro.responsable', paciente FROM registros_encuentro
 WHERE {abierto} AND responsable = %s{filtro}
UNION
SELECT 'encuentro.unidad', paciente FROM registros_encuentro
 WHERE {abierto} AND unidad = ANY(%s::uuid[]){filtro}
UNION
SELECT CASE WHEN fecha BETWEEN %s AND %s THEN 'cita.hoy' ELSE 'cita' END, paciente
  FROM registros_cita
 WHERE estado IN ('booked', 'arrived', 'checked-in', 'fulfilled') AND profesional = %s
   AND fecha BETWEEN %s AND %s{filtro}
UNION
SELECT 'orden.solicitada', paciente FROM registros_orden
 WHERE estado IN {vivas} AND solicitante = %s AND fecha > %s{filtro}
UNION
SELECT 'tarea', paciente FROM registros_tarea
 WHERE estado IN {pendientes} AND responsable = %s{filtro}
UNION
SELECT 'firma.delegada', paciente FROM registros_tarea t, identidad_delegaciondefirma d
 WHERE d.delegado_id = %s AND d.revocada_at IS NULL AND d.desde <= %s AND d.hasta > %s
   AND t.responsable = d.delegante_id AND t.estado IN {pendientes} AND t.fichas && d.fichas{filtro}
   AND EXISTS (SELECT FROM identidad_asignacion a WHERE a.usuario_id = d.delegante_id
               AND a.desde <= %s AND (a.hasta IS NULL OR a.hasta > %s) AND NOT a.por_autorizar)
UNION
SELECT 'tarea', paciente FROM registros_tarea
 WHERE estado IN {pendientes} AND unidad = ANY(%s::uuid[]) AND fecha <= %s
   AND %s = ANY(fichas){filtro}
"""
_AUXILIAR = """
UNION
SELECT 'encuentro.abierto', paciente FROM registros_encuentro WHERE {abierto}{filtro}
UNION
SELECT 'orden.abierta', paciente FROM registros_orden WHERE estado IN {vivas}{filtro}
UNION
SELECT 'orden.abierta', paciente FROM registros_orden
 WHERE estado = 'completed' AND actualizado_at > %s{filtro}
"""


def de_actor(
    actor: UUID,
    *,
    unidades: Iterable[UUID],
    ahora: datetime,
    pacientes: Iterable[UUID] | None = None,
    de_guardia: Iterable[UUID] = (),
    auxiliar: bool = False,
    ademas: tuple[str, list[Any]] = ("", []),
) -> Iterator[tuple[str, UUID, list[str]]]:
    """(kind of tie, patient, permissions) of `actor` with `pacientes` (None: every patient tied).

    At the units of `de_guardia`, unanswered critical values tie everybody once they escalate.
    `auxiliar` adds who has an open visit, or an order to attend, anywhere in the institution.
    `ademas` is a query of rows of the same three columns (grants, say), asked in the same breath.
    """
    filtro = "" if pacientes is None else _EN_PACIENTES
    plantilla = _TODAS + (_AUXILIAR if auxiliar else "")
    orden = plantilla.format(abierto=_ABIERTO, vivas=VIVAS, pendientes=PENDIENTES, filtro=filtro)
    cuales = [] if pacientes is None else [bitacora.arreglo(pacientes)]
    hoy = [ahora - EL_DIA_DE_LA_CITA, ahora + EL_DIA_DE_LA_CITA]
    cuando = [ahora - DESPUES_DE_LA_CITA, ahora + ANTES_DE_LA_CITA]
    parametros = [actor, *cuales, bitacora.arreglo(unidades), *cuales]
    parametros += [*hoy, actor, *cuando, *cuales]
    parametros += [actor, ahora - TRAS_LA_ORDEN, *cuales, actor, *cuales]
    parametros += [actor, ahora, ahora, *cuales, ahora, ahora]
    parametros += [bitacora.arreglo(de_guardia), ahora - ESCALA_TRAS, ficha_de_critico(), *cuales]
    if auxiliar:
        parametros += [*cuales, *cuales, ahora - PARA_CORREGIR, *cuales]
    orden = f"SELECT c, p, NULL::text[] FROM ({orden}) lazos(c, p)"
    if ademas[0]:
        orden = f"{orden} UNION ALL {ademas[0]}"
    for clase, paciente, permisos in bitacora.consultar(orden, [*parametros, *ademas[1]]):
        yield clase, paciente, permisos or []


def vinculados(paciente: UUID) -> list[UUID]:
    """The other records of the same person: those that link to this one and this one links to."""
    apuntan = bitacora.consultar(
        "SELECT id FROM registros_paciente WHERE fichas @> %s::bigint[] ORDER BY id",
        [bitacora.arreglo([_enlace_a(paciente)])],
    )
    if not apuntan:
        return []
    ((propias,),) = bitacora.consultar(
        "SELECT fichas FROM registros_paciente WHERE id = %s", [paciente]
    )
    return [otro for (otro,) in apuntan if _enlace_a(otro) in propias]


def _enlace_a(paciente: UUID) -> int:
    return fichas.ficha("Patient.link", f"Patient/{paciente}")
