"""Records as sealed FHIR resources: found by keyed tokens, opened one patient's proof at a time.

The path of machines: prepared SQL on the native connection, stored bytes out, no JSON parsing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from auditoria import bitacora
from ece.nucleo import cifrado, llavero
from ece.nucleo.acceso import INSTITUCIONAL, Acceso, AccesoInvalido, Alcance, verificar
from ece.nucleo.cifrado import Lugar
from ece.nucleo.llavero import Envuelta
from registros.models import CLASES, OtroRegistro, clase_de
from registros.models.base import RegistroClinico


@dataclass(frozen=True, slots=True)
class Sellado:
    """A stored version of a resource, still closed."""

    tipo: str
    id: UUID
    paciente: UUID
    version: int
    estado: str
    fecha: datetime
    actualizado_at: datetime
    contenido: bytes = field(repr=False)
    envuelta: Envuelta | None = field(default=None, repr=False)


class Orden(StrEnum):
    """How a page is sorted; every order ends in the id, so cursors are stable."""

    FECHA_ASC = "fecha"
    FECHA_DESC = "-fecha"
    ACTUALIZADO_ASC = "actualizado_at"
    ACTUALIZADO_DESC = "-actualizado_at"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Rango:
    """A half-open interval of instants; None is unbounded."""

    desde: datetime | None = None
    hasta: datetime | None = None


@dataclass(frozen=True, slots=True)
class Consulta:
    """A search that the database can answer: tokens and clear columns only.

    `fichas` is a conjunction of disjunctions; `sin_fichas` excludes rows having any of a group.
    `despues` is the (sort value, id) of the last row of the previous page.
    """

    tipo: str
    ids: tuple[UUID, ...] | None = None
    pacientes: tuple[UUID, ...] | None = None
    fichas: tuple[tuple[int, ...], ...] = ()
    sin_fichas: tuple[tuple[int, ...], ...] = ()
    actualizado: Rango = Rango()
    orden: Orden = Orden.ID
    despues: tuple[Any, UUID] | None = None
    limite: int = 50


_COLUMNAS = (
    "r.id, r.paciente, r.version, r.estado, r.fecha, r.actualizado_at, r.contenido, "
    "l.version, l.kek, l.clinica"
)
_LLAVE = (
    "LEFT JOIN LATERAL (SELECT version, kek, clinica FROM registros_llavedepaciente "
    "WHERE paciente = r.paciente ORDER BY version DESC LIMIT 1) l ON true"
)


def _fila(tipo: str, fila: Sequence[Any]) -> Sellado:
    id_, paciente, version, estado, fecha, actualizado, contenido, *llave = fila
    envuelta = Envuelta(paciente, llave[0], llave[1], llave[2], None) if llave[0] else None
    return Sellado(tipo, id_, paciente, version, estado, fecha, actualizado, contenido, envuelta)


def _tabla(tipo: str) -> tuple[str, str]:
    clase = clase_de(tipo)
    condicion = f" AND r.tipo = '{tipo}'" if clase is OtroRegistro and tipo.isalpha() else ""
    return clase._meta.db_table, condicion


def sellado(tipo: str, id: UUID) -> Sellado | None:
    """The current version of a resource, closed (the decision reads whose it is)."""
    tabla, condicion = _tabla(tipo)
    filas = bitacora.consultar(
        f"SELECT {_COLUMNAS} FROM {tabla} r {_LLAVE} WHERE r.id = %s{condicion}", [id]
    )
    return _fila(tipo, filas[0]) if filas else None


def version_sellada(tipo: str, id: UUID, version: int) -> Sellado | None:
    """One version of a resource, current or superseded, closed."""
    return next((s for s in historia_sellada(tipo, id) if s.version == version), None)


def historia_sellada(tipo: str, id: UUID) -> list[Sellado]:
    """Every version of a resource, newest first, closed."""
    actual = sellado(tipo, id)
    if actual is None:
        return []
    anteriores = bitacora.consultar(
        "SELECT r.registro, r.paciente, r.version, r.estado, r.creado_at, r.actualizado_at, "
        "r.contenido, NULL::int, NULL::text, NULL::bytea FROM registros_historia r "
        "WHERE r.paciente = %s AND r.registro = %s AND r.tipo = %s ORDER BY r.version DESC",
        [actual.paciente, id, tipo],
    )
    return [actual, *(_fila(tipo, fila) for fila in anteriores)]


def abrir(acceso: Acceso, sellado: Sellado) -> bytes:
    """The JSON bytes of the resource. Raises `AccesoInvalido` for another patient's row."""
    if sellado.paciente != acceso.paciente:
        raise AccesoInvalido("el registro es de otro paciente")
    version = cifrado.version_de_llave(sellado.contenido)
    envuelta = sellado.envuelta
    if envuelta is not None and envuelta.version != version:
        envuelta = None
    llave = llavero.clave_clinica(acceso, version=version, envuelta=envuelta)
    lugar = Lugar(sellado.tipo, sellado.id, sellado.version, sellado.paciente)
    return cifrado.descifrar(sellado.contenido, llave=llave, lugar=lugar)


def buscar(prueba: Acceso | Alcance, consulta: Consulta) -> list[Sellado]:
    """A page of rows the proof may find, closed; the caller asks the decision to open them.

    An Acceso searches its patient; an Alcance, the patients it covers.
    """
    tabla, donde, parametros = _condiciones(prueba, consulta)
    columna, sentido = consulta.orden.lstrip("-"), "DESC" if consulta.orden[0] == "-" else "ASC"
    clave = "r.id" if columna == "id" else f"r.{columna} {sentido}, r.id"
    filas = bitacora.consultar(
        f"SELECT {_COLUMNAS} FROM (SELECT * FROM {tabla} r WHERE {donde} "
        f"ORDER BY {clave} {sentido} LIMIT {consulta.limite:d}) r {_LLAVE} "
        f"ORDER BY {clave} {sentido}",
        parametros,
        asentando=isinstance(prueba, Acceso),
    )
    return [_fila(consulta.tipo, fila) for fila in filas]


def contar(prueba: Acceso | Alcance, consulta: Consulta) -> int:
    """How many rows the proof may find (whatever the page)."""
    tabla, donde, parametros = _condiciones(prueba, replace(consulta, despues=None))
    ((cuantas,),) = bitacora.consultar(f"SELECT count(*) FROM {tabla} r WHERE {donde}", parametros)
    return int(cuantas)


def _condiciones(prueba: Acceso | Alcance, consulta: Consulta) -> tuple[str, str, list[Any]]:
    """(table, WHERE, parameters) of a search within what `prueba` covers."""
    verificar(prueba)
    tabla, condicion = _tabla(consulta.tipo)
    donde = ["true" + condicion]
    parametros: list[Any] = []

    def agregar(texto: str, *valores: Any) -> None:
        donde.append(texto)
        parametros.extend(valores)

    if isinstance(prueba, Acceso):
        agregar("r.paciente = %s", prueba.paciente)
    elif prueba.pacientes is not None:
        agregar("r.paciente = ANY(%s::uuid[])", bitacora.arreglo(prueba.pacientes))
    if consulta.pacientes is not None:
        agregar("r.paciente = ANY(%s::uuid[])", bitacora.arreglo(consulta.pacientes))
    if consulta.ids is not None:
        agregar("r.id = ANY(%s::uuid[])", bitacora.arreglo(consulta.ids))
    # Inside a few patients the btree finds the rows and tokens filter them; across patients the
    # GIN index finds them. `= ANY` and the concatenation keep the planner from mixing the two.
    pocas = isinstance(prueba, Acceso) or consulta.ids is not None or consulta.pacientes is not None
    for grupo in consulta.fichas:
        if pocas and len(grupo) == 1:
            agregar("%s::bigint = ANY(r.fichas)", grupo[0])
        elif pocas:
            agregar("(r.fichas || '{}'::bigint[]) && %s::bigint[]", bitacora.arreglo(grupo))
        elif len(grupo) == 1:
            agregar("r.fichas @> %s::bigint[]", bitacora.arreglo(grupo))
        else:
            agregar("r.fichas && %s::bigint[]", bitacora.arreglo(grupo))
    for grupo in consulta.sin_fichas:
        agregar("NOT (r.fichas && %s::bigint[])", bitacora.arreglo(grupo))
    if consulta.actualizado.desde:
        agregar("r.actualizado_at >= %s", consulta.actualizado.desde)
    if consulta.actualizado.hasta:
        agregar("r.actualizado_at < %s", consulta.actualizado.hasta)
    if consulta.despues is not None:
        columna, signo = consulta.orden.lstrip("-"), "<" if consulta.orden[0] == "-" else ">"
        if columna == "id":
            agregar(f"r.id {signo} %s", consulta.despues[1])
        else:
            agregar(f"(r.{columna}, r.id) {signo} (%s::timestamptz, %s)", *consulta.despues)
    return tabla, " AND ".join(donde), parametros


def compartimento(
    acceso: Acceso,
    *,
    tipos: Iterable[str] | None = None,
    orden: Orden = Orden.ID,
    despues: tuple[Any, UUID] | None = None,
    limite: int = 1_000,
) -> list[Sellado]:
    """The patient's records of `tipos` (None: all), in one query over the handful of tables."""
    verificar(acceso)
    elegidos = None if tipos is None else set(tipos)
    columna, sentido = orden.lstrip("-"), "DESC" if orden[0] == "-" else "ASC"
    signo = "<" if sentido == "DESC" else ">"
    clave = "id" if columna == "id" else f"{columna} {sentido}, id"
    partes: list[str] = []
    parametros: list[Any] = []
    clases: list[type[RegistroClinico]] = [*CLASES.values(), OtroRegistro]
    for clase in clases:
        otro = clase is OtroRegistro
        if elegidos is not None and not (
            elegidos - set(CLASES) if otro else clase.TIPO in elegidos
        ):
            continue
        donde = "r.paciente = %s"
        parametros.append(acceso.paciente)
        if otro and elegidos is not None:
            donde += " AND r.tipo = ANY(%s::text[])"
            parametros.append(sorted(elegidos - set(CLASES)))
        if despues is not None and columna == "id":
            donde += f" AND r.id {signo} %s"
            parametros.append(despues[1])
        elif despues is not None:
            donde += f" AND (r.{columna}, r.id) {signo} (%s::timestamptz, %s)"
            parametros.extend(despues)
        tipo = "r.tipo" if otro else f"'{clase.TIPO}'::varchar"
        partes.append(
            f"(SELECT {tipo} AS t, r.id, r.paciente, r.version, r.estado, r.fecha, "
            f"r.actualizado_at, r.contenido FROM {clase._meta.db_table} r "
            f"WHERE {donde} ORDER BY {clave} {sentido} LIMIT {limite:d})"
        )
    if not partes:
        return []
    filas = bitacora.consultar(
        "SELECT t, id, paciente, version, estado, fecha, actualizado_at, contenido, "
        "NULL::int, NULL::text, NULL::bytea FROM ("
        + " UNION ALL ".join(partes)
        + f") r ORDER BY {clave} {sentido} LIMIT {limite:d}",
        parametros,
        asentando=True,
    )
    return [_fila(fila[0], fila[1:]) for fila in filas]


@dataclass(frozen=True, slots=True)
class Marcado:
    """A record found by a token of its own: whose it is, and which other tokens it has."""

    id: UUID
    paciente: UUID
    version: int
    fichas: frozenset[int]


def por_fichas(tipo: str, fichas: Iterable[int]) -> dict[int, Marcado]:
    """token -> record of `tipo` that carries it (where imported resources came from)."""
    buscadas = set(fichas)
    tabla, condicion = _tabla(tipo)
    filas = bitacora.consultar(
        f"SELECT r.id, r.paciente, r.version, r.fichas FROM {tabla} r "
        f"WHERE r.fichas && %s::bigint[]{condicion} ORDER BY r.id DESC",
        [bitacora.arreglo(buscadas)],
    )
    return {
        ficha: Marcado(id_, paciente, version, frozenset(propias))
        for id_, paciente, version, propias in filas
        for ficha in buscadas.intersection(propias)
    }


def tipos_de(acceso: Acceso) -> list[str]:
    """The R4 types of which the patient has records."""
    verificar(acceso)
    partes = [
        f"SELECT '{clase.TIPO}'::varchar WHERE EXISTS "
        f"(SELECT 1 FROM {clase._meta.db_table} WHERE paciente = %s)"
        for clase in CLASES.values()
    ]
    partes.append("SELECT DISTINCT tipo FROM registros_otroregistro WHERE paciente = %s")
    filas = bitacora.consultar(" UNION ALL ".join(partes), [acceso.paciente] * len(partes))
    return [fila[0] for fila in filas]


_CAPACIDAD = 50_000
_registrados: set[UUID] = set()
"""Patients seen in the table: nobody is ever deleted from it, so a yes stays true."""


def olvidar() -> None:
    """Drop what was seen (only a test changes the database under a process)."""
    _registrados.clear()


def existe_paciente(paciente: UUID) -> bool:
    """Whether somebody with that id is registered (asked by the decision, never by a page)."""
    if paciente == INSTITUCIONAL or paciente in _registrados:
        return True
    existe = bool(bitacora.consultar("SELECT 1 FROM registros_paciente WHERE id = %s", [paciente]))
    if existe:
        if len(_registrados) >= _CAPACIDAD:
            _registrados.clear()
        _registrados.add(paciente)
    return existe


def existentes(pacientes: Iterable[UUID]) -> set[UUID]:
    """Those of `pacientes` who are registered."""
    filas = bitacora.consultar(
        "SELECT id FROM registros_paciente WHERE id = ANY(%s::uuid[])",
        [bitacora.arreglo(pacientes)],
    )
    return {fila[0] for fila in filas}


def pacientes_de(sellados: Iterable[Sellado]) -> frozenset[UUID]:
    return frozenset(s.paciente for s in sellados)


def abrir_todos(accesos: Mapping[UUID, Acceso], sellados: Iterable[Sellado]) -> list[bytes]:
    """The JSON of each row, with the proof of its own patient."""
    return [abrir(accesos[s.paciente], s) for s in sellados]
