"""Finding people: as somebody types, and in the day's list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria import bitacora
from ece.nucleo import fichas, frecuencias
from ece.nucleo.acceso import Alcance, PermisoInsuficiente, verificar
from ece.nucleo.llavero import Envuelta
from ece.nucleo.roles import Permiso
from registros.models.paciente import (
    SISTEMA_CURP,
    SISTEMA_EXPEDIENTE,
    abrir_resumen,
)
from registros.models.paciente import ResumenDeIdentidad as ResumenDeIdentidad
from registros.selectors import recursos

TROZO = 24
POR_TROZO = 60

COLUMNAS = "p.id, p.version, p.resumen, l.version, l.kek, l.identidad"
LLAVE = (
    "JOIN LATERAL (SELECT version, kek, identidad FROM registros_llavedepaciente "
    "WHERE paciente = p.id ORDER BY version DESC LIMIT 1) l ON l.identidad IS NOT NULL"
)
"""What a listing selects of patients `p`, and how it joins their keys, for `abrir`: whose keys were
destroyed is in no listing."""


@dataclass(frozen=True, slots=True)
class Atencion:
    """Somebody who is being seen, since `inicio`."""

    paciente: ResumenDeIdentidad
    inicio: datetime


def buscar(alcance: Alcance, *, texto: str, limite: int = 12) -> list[ResumenDeIdentidad]:
    """People whose names begin with the words of `texto`, or whose CURP or expediente it is.

    Words of three letters or more; shorter ones must be whole. Accents do not count.
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
    for resumen in candidatos(alcance, grupos, limite):
        if _empiezan(resumen.nombre, palabras):
            encontrados.append(resumen)
            if len(encontrados) == limite:
                break
    return sorted(encontrados, key=lambda r: frecuencias.normalizar(r.nombre))


def en_atencion(alcance: Alcance, *, actor: UUID, unidades: Sequence[UUID]) -> list[Atencion]:
    """Patients with a visit under way with `actor` or in `unidades`, the longest wait first."""
    alcance.exigir(Permiso.PACIENTE_LISTAR)
    visible, valores = recursos.visible_en(alcance, "Encounter")
    filas = bitacora.consultar(
        f"SELECT {COLUMNAS}, r.fecha FROM registros_encuentro r "
        f"JOIN registros_paciente p ON p.id = r.paciente {LLAVE} "
        "WHERE r.estado IN ('arrived', 'triaged', 'in-progress', 'onleave') "
        f"AND (r.responsable = %s OR r.unidad = ANY(%s::uuid[])) AND {visible} "
        "ORDER BY r.fecha LIMIT 100",
        [actor, list(unidades), *valores],
    )
    return [Atencion(abrir(alcance, fila), fila[6]) for fila in filas if alcance.cubre(fila[0])]


def por_ids(alcance: Alcance, ids: Iterable[UUID]) -> dict[UUID, ResumenDeIdentidad]:
    """Who each of `ids` is, of those that `alcance` covers."""
    verificar(alcance)
    buscados = bitacora.arreglo(i for i in ids if alcance.cubre(i))
    return {r.id: r for r in _abiertos(alcance, "r.id = ANY(%s::uuid[])", [buscados], 1_000)}


def id_de_expediente(alcance: Alcance, *, numero: str) -> UUID | None:
    """Whose record has exactly that number, for who reviews the use of records: no name."""
    if not {Permiso.REVISION_ATENDER, Permiso.DECISION_SIMULAR} & alcance.permisos:
        raise PermisoInsuficiente(Permiso.DECISION_SIMULAR)
    verificar(alcance)
    token = fichas.ficha("Patient.identifier", f"{SISTEMA_EXPEDIENTE}|{numero.strip().upper()}")
    filas = bitacora.consultar(
        "SELECT id FROM registros_paciente WHERE fichas @> %s::bigint[] LIMIT 1",
        [bitacora.arreglo([token])],
    )
    return filas[0][0] if filas else None


def por_identificadores(
    alcance: Alcance, pares: Iterable[tuple[str, str]], *, limite: int = 5
) -> list[ResumenDeIdentidad]:
    """Who has any of these identifiers, each a (system, value)."""
    alcance.exigir(Permiso.PACIENTE_LISTAR)
    tokens = [fichas.ficha("Patient.identifier", f"{s}|{v}") for s, v in pares]
    return _abiertos(alcance, "r.fichas && %s::bigint[]", [tokens], limite)


def _por_identificador(alcance: Alcance, texto: str) -> list[ResumenDeIdentidad]:
    if len(texto) < 6 or not texto.isalnum() or not any(c.isdigit() for c in texto):
        return []
    terminos = [f"{sistema}|{texto.upper()}" for sistema in (SISTEMA_CURP, SISTEMA_EXPEDIENTE)]
    tokens = [fichas.ficha("Patient.identifier", t) for t in terminos]
    return _abiertos(alcance, "r.fichas && %s::bigint[]", [tokens], 5)


def candidatos(alcance: Alcance, grupos: list[list[int]], limite: int) -> list[ResumenDeIdentidad]:
    """Rows with one token of each group: the rarest word leads, a few of its variants at a time."""
    primero, *resto = grupos
    donde = "r.fichas && %s::bigint[]" + "".join(" AND r.fichas && %s::bigint[]" for _ in resto)
    dentro = _dentro(alcance)
    encontrados: list[ResumenDeIdentidad] = []
    for inicio in range(0, len(primero), TROZO):
        parametros = [primero[inicio : inicio + TROZO], *resto]
        encontrados += _abiertos(alcance, donde, parametros, POR_TROZO, dentro)
        if len(encontrados) >= max(limite * 4, 40):
            break
    return encontrados


def _dentro(alcance: Alcance) -> tuple[str, list[Any]]:
    """The condition, over rows ``r``, of what `alcance` may list."""
    visible, valores = recursos.visible_en(alcance, "Patient")
    if alcance.pacientes is None:
        return visible, valores
    suyos = bitacora.arreglo(p.hex for p in alcance.pacientes)
    return f"r.id = ANY(%s::uuid[]) AND {visible}", [suyos, *valores]


def _abiertos(
    alcance: Alcance,
    donde: str,
    parametros: Sequence[Any],
    limite: int,
    dentro: tuple[str, list[Any]] | None = None,
) -> list[ResumenDeIdentidad]:
    alcanzados, valores = dentro or _dentro(alcance)
    filas = bitacora.consultar(
        f"SELECT {COLUMNAS} FROM (SELECT * FROM registros_paciente r "
        f"WHERE {donde} AND {alcanzados} LIMIT %s) p {LLAVE}",
        [*parametros, *valores, limite],
    )
    return [abrir(alcance, fila) for fila in filas]


def abrir(alcance: Alcance, fila: Sequence[Any]) -> ResumenDeIdentidad:
    """The identity in a row that begins with `COLUMNAS`, if `alcance` covers that patient."""
    id_, version, resumen, version_de_llave, kek, identidad = fila[:6]
    envuelta = Envuelta(id_, version_de_llave, kek, None, identidad)
    return abrir_resumen(alcance, id_, version, resumen, envuelta)


def _empiezan(nombre: str, palabras: Sequence[str]) -> bool:
    propias = fichas.palabras(nombre)
    return all(any(propia.startswith(p) for propia in propias) for p in palabras)
