"""Finding people: as somebody types, in the day's list, and before registering them twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from auditoria import bitacora
from ece.nucleo import fichas, frecuencias
from ece.nucleo.acceso import Alcance
from ece.nucleo.llavero import Envuelta
from ece.nucleo.roles import Permiso
from registros.models.paciente import (
    SISTEMA_CURP,
    SISTEMA_EXPEDIENTE,
    abrir_resumen,
)
from registros.models.paciente import ResumenDeIdentidad as ResumenDeIdentidad

TROZO = 24
POR_TROZO = 60

_COLUMNAS = "p.id, p.version, p.resumen, l.version, l.kek, l.identidad"
_LLAVE = (
    "JOIN LATERAL (SELECT version, kek, identidad FROM registros_llavedepaciente "
    "WHERE paciente = p.id ORDER BY version DESC LIMIT 1) l ON true"
)


@dataclass(frozen=True, slots=True)
class Turno:
    """A line of the day's list."""

    paciente: ResumenDeIdentidad
    inicio: datetime
    estado: str
    en_atencion: bool


def buscar(alcance: Alcance, *, texto: str, limite: int = 12) -> list[ResumenDeIdentidad]:
    """People whose names begin with the words of `texto`, or whose CURP or expediente it is.

    One word at least has three letters, or is a whole word of two; accents do not count.
    """
    alcance.exigir(Permiso.PACIENTE_LISTAR)
    limpio = texto.strip()
    if exactos := _por_identificador(alcance, limpio):
        return exactos
    palabras = fichas.palabras(limpio)
    grupos = sorted(map(fichas.busqueda_de_palabra, fichas.buscables(palabras)), key=len)
    if not grupos:
        return []
    encontrados: list[ResumenDeIdentidad] = []
    for resumen in _candidatos(alcance, grupos, limite):
        if _empiezan(resumen.nombre, palabras):
            encontrados.append(resumen)
            if len(encontrados) == limite:
                break
    return sorted(encontrados, key=lambda r: frecuencias.normalizar(r.nombre))


def parecidos(
    alcance: Alcance,
    *,
    curp: str,
    nombre: str,
    primer_apellido: str,
    fecha_nacimiento: date | None,
) -> list[ResumenDeIdentidad]:
    """People who may be the one about to be registered: same CURP, or like sound and birth date."""
    alcance.exigir(Permiso.PACIENTE_LISTAR)
    encontrados = {r.id: r for r in _por_identificador(alcance, curp.strip())} if curp else {}
    palabras = fichas.palabras(primer_apellido)
    if palabras:
        grupos = [fichas.busqueda_de_palabra(palabras[0], fonetica=True)]
        if nombre.strip():
            grupos.append(fichas.busqueda_de_palabra(fichas.palabras(nombre)[0], fonetica=True))
        if fecha_nacimiento is not None:
            dia = fichas.ficha("Patient.birthdate", f"C:{fecha_nacimiento.isoformat()}")
            grupos.insert(0, [dia])
        elif len(grupos) < 2:
            return list(encontrados.values())
        for resumen in _candidatos(alcance, sorted(grupos, key=len), 8):
            encontrados.setdefault(resumen.id, resumen)
            if len(encontrados) == 8:
                break
    return list(encontrados.values())


def del_dia(
    alcance: Alcance, *, profesional: UUID, desde: datetime, hasta: datetime
) -> list[Turno]:
    """The appointments of `profesional` in an interval, by hour, with who is being seen now."""
    alcance.exigir(Permiso.PACIENTE_LISTAR)
    filas = bitacora.consultar(
        f"SELECT {_COLUMNAS}, c.fecha, c.estado, EXISTS (SELECT 1 FROM "
        "registros_encuentro e WHERE e.paciente = p.id AND e.responsable = %s AND e.estado IN "
        "('arrived', 'triaged', 'in-progress', 'onleave')) "
        f"FROM registros_cita c JOIN registros_paciente p ON p.id = c.paciente {_LLAVE} "
        "WHERE c.profesional = %s AND c.fecha >= %s AND c.fecha < %s "
        "AND c.estado IN ('booked', 'arrived', 'checked-in', 'fulfilled') "
        "ORDER BY c.fecha LIMIT 100",
        [profesional, profesional, desde, hasta],
    )
    return [Turno(_abrir(alcance, fila), *fila[6:]) for fila in filas if alcance.cubre(fila[0])]


def en_atencion(alcance: Alcance, *, actor: UUID, unidades: Sequence[UUID]) -> list[Turno]:
    """Patients with a visit under way with `actor` or in `unidades`, the longest wait first."""
    alcance.exigir(Permiso.PACIENTE_LISTAR)
    filas = bitacora.consultar(
        f"SELECT {_COLUMNAS}, e.fecha, e.estado, true FROM registros_encuentro e "
        f"JOIN registros_paciente p ON p.id = e.paciente {_LLAVE} "
        "WHERE e.estado IN ('arrived', 'triaged', 'in-progress', 'onleave') "
        "AND (e.responsable = %s OR e.unidad = ANY(%s::uuid[])) ORDER BY e.fecha LIMIT 100",
        [actor, list(unidades)],
    )
    return [Turno(_abrir(alcance, fila), *fila[6:]) for fila in filas if alcance.cubre(fila[0])]


def _por_identificador(alcance: Alcance, texto: str) -> list[ResumenDeIdentidad]:
    if len(texto) < 6 or not texto.isalnum() or not any(c.isdigit() for c in texto):
        return []
    terminos = [f"{sistema}|{texto.upper()}" for sistema in (SISTEMA_CURP, SISTEMA_EXPEDIENTE)]
    tokens = [fichas.ficha("Patient.identifier", t) for t in terminos]
    return _abiertos(alcance, "r.fichas && %s::bigint[]", [tokens], 5)


def _candidatos(alcance: Alcance, grupos: list[list[int]], limite: int) -> list[ResumenDeIdentidad]:
    """Rows with one token of each group: the rarest word leads, a few of its variants at a time."""
    primero, *resto = grupos
    donde = "r.fichas && %s::bigint[]" + "".join(" AND r.fichas && %s::bigint[]" for _ in resto)
    encontrados: list[ResumenDeIdentidad] = []
    for inicio in range(0, len(primero), TROZO):
        parametros = [primero[inicio : inicio + TROZO], *resto]
        encontrados += _abiertos(alcance, donde, parametros, POR_TROZO)
        if len(encontrados) >= max(limite * 4, 40):
            break
    return encontrados


def _abiertos(
    alcance: Alcance, donde: str, parametros: Sequence[Any], limite: int
) -> list[ResumenDeIdentidad]:
    parametros = [*parametros]
    if alcance.pacientes is not None:
        donde += " AND r.id = ANY(%s::uuid[])"
        parametros.append(sorted(alcance.pacientes))
    filas = bitacora.consultar(
        f"SELECT {_COLUMNAS} FROM (SELECT * FROM registros_paciente r WHERE {donde} LIMIT %s) p "
        f"{_LLAVE}",
        [*parametros, limite],
    )
    return [_abrir(alcance, fila) for fila in filas]


def _abrir(alcance: Alcance, fila: Sequence[Any]) -> ResumenDeIdentidad:
    id_, version, resumen, version_de_llave, kek, identidad = fila[:6]
    envuelta = Envuelta(id_, version_de_llave, kek, None, identidad)
    return abrir_resumen(alcance, id_, version, resumen, envuelta)


def _empiezan(nombre: str, palabras: Sequence[str]) -> bool:
    propias = fichas.palabras(nombre)
    return all(any(propia.startswith(p) for propia in propias) for p in palabras)
