"""Records by the thousand: which versions there are of many patients, and what those say.

The path of Bulk Data: a question a type and a batch of patients, whatever the number of rows.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria import bitacora
from ece.nucleo.acceso import Acceso, Alcance, verificar
from ece.nucleo.reserva import Renglon
from registros.models import CLASES, OtroRegistro
from registros.models.base import RegistroClinico
from registros.selectors import recursos, versiones
from registros.selectors.recursos import Sellado


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a record of a patient, by name only."""

    paciente: UUID
    id: UUID
    version: int


def pacientes(alcance: Alcance, *, despues: UUID, limite: int) -> list[UUID]:
    """The next patients that `alcance` covers, in the order of their ids."""
    verificar(alcance)
    if alcance.pacientes is not None:
        siguen = sorted(p for p in alcance.pacientes if p > despues)
        return [p for p in siguen if alcance.cubre(p)][:limite]
    ocultos = [p for p, reserva in alcance.reservas.items() if reserva.total]
    filas = bitacora.consultar(
        "SELECT id FROM registros_paciente WHERE id > %s AND id <> ALL(%s::uuid[]) "
        "ORDER BY id LIMIT %s",
        [despues, bitacora.arreglo(ocultos), limite],
    )
    return [fila[0] for fila in filas]


def cuantos_pacientes(alcance: Alcance) -> int:
    """How many patients `alcance` covers."""
    verificar(alcance)
    if alcance.pacientes is not None:
        return sum(map(alcance.cubre, alcance.pacientes))
    ocultos = sum(reserva.total for reserva in alcance.reservas.values())
    ((todos,),) = bitacora.consultar("SELECT count(*) FROM registros_paciente", [])
    return int(todos) - ocultos


def de_pacientes(
    accesos: Mapping[UUID, Acceso],
    *,
    tipos: Collection[str] | None,
    desde: datetime | None,
    hasta: datetime,
) -> dict[str, list[Version]]:
    """type -> the current versions that `accesos` let be seen, of `tipos` (None: of any), changed
    at or after `desde`, and of records that were there before `hasta`."""
    for acceso in accesos.values():
        verificar(acceso)
    halladas: dict[str, list[Version]] = defaultdict(list)
    quienes = bitacora.arreglo(accesos)
    con_fichas = any(acceso.reserva.pide_fichas for acceso in accesos.values())
    for clase in _clases(tipos):
        de_tipo = "r.tipo" if clase is OtroRegistro else f"'{clase.TIPO}'::varchar"
        donde = ["r.paciente = ANY(%s::uuid[])", "r.creado_at < %s"]
        parametros: list[Any] = [quienes, hasta]
        if desde is not None:
            donde.append("r.actualizado_at >= %s")
            parametros.append(desde)
        if tipos is not None and clase is OtroRegistro:
            donde.append("r.tipo = ANY(%s::text[])")
            parametros.append(sorted(set(tipos) - set(CLASES)))
        fichas = "r.fichas" if con_fichas else "'{}'::bigint[]"
        filas = bitacora.consultar(
            f"SELECT {de_tipo}, r.paciente, r.id, r.version, r.etiquetas, r.encuentro, r.autor, "
            f"r.fecha, {fichas} FROM {clase._meta.db_table} r "
            f"WHERE {' AND '.join(donde)} ORDER BY 1, r.paciente, r.id",
            parametros,
        )
        for tipo, paciente, id_, version, *claras in filas:
            reserva = accesos[paciente].reserva
            if reserva and reserva.oculta(_renglon(tipo, id_, claras)):
                continue
            halladas[tipo].append(Version(paciente, id_, version))
    return halladas


def _renglon(tipo: str, id: UUID, claras: Sequence[Any]) -> Renglon:
    etiquetas, encuentro, autor, fecha, fichas = claras
    return Renglon(tipo, etiquetas, encuentro, autor, id, fecha, fichas)


def _clases(tipos: Collection[str] | None) -> Iterable[type[RegistroClinico]]:
    todas: list[type[RegistroClinico]] = [*CLASES.values(), OtroRegistro]
    if tipos is None:
        return todas
    otros = [OtroRegistro] if set(tipos) - set(CLASES) else []
    return [*(clase for tipo, clase in CLASES.items() if tipo in tipos), *otros]


def abrir(
    accesos: Mapping[UUID, Acceso], tipo: str, pedidas: Iterable[Version]
) -> list[tuple[Sellado, bytes]]:
    """(version, its JSON bytes) of those that `accesos` let be seen now, as they were named: one
    that was overtaken comes as it was, by the rules of `versiones`."""
    quienes = {p.int for p in accesos}
    propias = {v.id.int: v for v in pedidas if v.paciente.int in quienes}
    if not propias:
        return []
    clase = CLASES.get(tipo, OtroRegistro)
    actuales = _actuales(clase, tipo, propias.values())
    vigentes = [s for s in actuales if s.version == propias[s.id.int].version]
    if len(vigentes) == len(actuales) and not any(a.reserva for a in accesos.values()):
        return recursos.abrir_todos(accesos, vigentes)
    pasadas = [s for s in actuales if s.version != propias[s.id.int].version]
    pares = [(s, True) for s in vigentes]
    if pasadas:
        pares += [(s, False) for s in _anteriores(tipo, pasadas, propias)]
    return versiones.abiertas(accesos, pares)


def _actuales(
    clase: type[RegistroClinico], tipo: str, cuales: Collection[Version]
) -> list[Sellado]:
    filas = bitacora.consultar(
        "SELECT r.id, r.paciente, r.version, r.estado, r.fecha, r.actualizado_at, r.contenido, "
        f"r.encuentro, r.autor, r.etiquetas FROM {clase._meta.db_table} r "
        "WHERE r.id = ANY(%s::uuid[]) ORDER BY r.paciente, r.id",
        [bitacora.arreglo(v.id for v in cuales)],
    )
    llaves = _llaves({v.paciente.int: v.paciente for v in cuales}.values())
    return [recursos.fila(tipo, (*f, *llaves.get(f[1].int, ()))) for f in filas]


def _llaves(pacientes: Iterable[UUID]) -> dict[int, tuple[Any, ...]]:
    """patient (by number) -> their newest wrapped key, so that none is asked for by itself."""
    filas = bitacora.consultar(
        "SELECT DISTINCT ON (paciente) paciente, version, kek, clinica "
        "FROM registros_llavedepaciente WHERE paciente = ANY(%s::uuid[]) "
        "ORDER BY paciente, version DESC",
        [bitacora.arreglo(pacientes)],
    )
    return {f[0].int: tuple(f[1:]) for f in filas}


def _anteriores(
    tipo: str, actuales: Sequence[Sellado], pedidas: Mapping[int, Version]
) -> list[Sellado]:
    claras = {s.id: s for s in actuales}
    filas = bitacora.consultar(
        "SELECT h.registro, h.paciente, h.version, h.estado, h.actualizado_at, h.contenido "
        "FROM registros_historia h JOIN unnest(%s::uuid[], %s::uuid[], %s::int[]) AS "
        "p(paciente, registro, version) USING (paciente, registro, version) WHERE h.tipo = %s",
        [
            bitacora.arreglo(s.paciente for s in actuales),
            bitacora.arreglo(s.id for s in actuales),
            bitacora.arreglo(pedidas[s.id.int].version for s in actuales),
            tipo,
        ],
    )
    return [
        Sellado(
            tipo,
            id_,
            paciente,
            version,
            estado,
            claras[id_].fecha,
            actualizado,
            contenido,
            encuentro=claras[id_].encuentro,
            autor=claras[id_].autor,
            etiquetas=claras[id_].etiquetas,
        )
        for id_, paciente, version, estado, actualizado, contenido in filas
    ]
