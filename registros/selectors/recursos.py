"""Records as sealed FHIR resources: found by keyed tokens, opened one patient's proof at a time.

The path of machines: prepared SQL on the native connection, stored bytes out, no JSON parsing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from auditoria import bitacora
from ece.nucleo import cifrado, llavero
from ece.nucleo.acceso import INSTITUCIONAL, Acceso, AccesoInvalido, Alcance, verificar
from ece.nucleo.cifrado import Lugar
from ece.nucleo.llavero import Envuelta, Llave
from ece.nucleo.reserva import Renglon, Reserva
from registros.models import CLASES, OtroRegistro, clase_de
from registros.models.base import RegistroClinico
from registros.selectors import nombrados
from registros.selectors.nombrados import Cita

_SIN_LLAVE: tuple[int | None, str | None, bytes | None] = (None, None, None)


class Sellado(NamedTuple):
    """A stored version of a resource, still closed (a tuple: pages make hundreds of them)."""

    tipo: str
    id: UUID
    paciente: UUID
    version: int
    estado: str
    fecha: datetime
    actualizado_at: datetime
    contenido: bytes
    encuentro: UUID | None = None
    autor: UUID | None = None
    etiquetas: Sequence[int] = ()
    llave: tuple[int | None, str | None, bytes | None] = _SIN_LLAVE
    con_directivas: bool = False

    def __repr__(self) -> str:
        return f"<Sellado {self.tipo}/{self.id} v{self.version}>"

    @property
    def envuelta(self) -> Envuelta | None:
        """The newest key of its patient, still wrapped, when it was read beside the row."""
        version, kek, clinica = self.llave
        if version is None or kek is None:
            return None
        return Envuelta(self.paciente, version, kek, clinica, None)

    @property
    def renglon(self) -> Renglon:
        return Renglon(self.tipo, self.etiquetas, self.encuentro, self.autor, self.id, self.fecha)


class Orden(StrEnum):
    """How a page is sorted; every order ends in the id, so cursors are stable."""

    FECHA_ASC = "fecha"
    FECHA_DESC = "-fecha"
    ACTUALIZADO_ASC = "actualizado_at"
    ACTUALIZADO_DESC = "-actualizado_at"
    ID = "id"
    ID_DESC = "-id"


@dataclass(frozen=True, slots=True)
class Rango:
    """A half-open interval of instants; None is unbounded."""

    desde: datetime | None = None
    hasta: datetime | None = None


@dataclass(frozen=True, slots=True)
class Consulta:
    """A search that the database can answer: tokens and clear columns only.

    `fichas` is a conjunction of disjunctions; `filtros`, another, only tested on the rows that the
    first finds; `sin_fichas` excludes rows having any of a group.
    `despues` is the (sort value, id) of the last row of the previous page.
    """

    tipo: str
    ids: tuple[UUID, ...] | None = None
    pacientes: tuple[UUID, ...] | None = None
    fichas: tuple[tuple[int, ...], ...] = ()
    filtros: tuple[tuple[int, ...], ...] = ()
    sin_fichas: tuple[tuple[int, ...], ...] = ()
    actualizado: Rango = Rango()
    orden: Orden = Orden.ID
    despues: tuple[Any, UUID] | None = None
    limite: int = 50


_PROPIAS = (
    "id, paciente, r.version, estado, fecha, actualizado_at, contenido, encuentro, autor, etiquetas"
)
"""Short, for a query over all tables says them many times: psycopg parses a long one each time."""
_COLUMNAS = f"{_PROPIAS}, l.version, l.kek, l.clinica"
_CON_DIRECTIVAS = (
    ", EXISTS (SELECT FROM registros_consentimiento c WHERE c.paciente = r.paciente "
    "AND c.estado = 'active' AND c.ambito = 'patient-privacy')"
)
_LLAVE = (
    "LEFT JOIN LATERAL (SELECT version, kek, clinica FROM registros_llavedepaciente "
    "WHERE paciente = r.paciente ORDER BY version DESC LIMIT 1) l ON true"
)
_LLAVE_DE_UNO = (
    "LEFT JOIN (SELECT version, kek, clinica FROM registros_llavedepaciente "
    "WHERE paciente = %s ORDER BY version DESC LIMIT 1) l ON true"
)
"""Of the patient that all the rows are of: looked for once, not for each."""


def fila(tipo: str, valores: Sequence[Any]) -> Sellado:
    """A row of `_COLUMNAS`; what follows the record's own columns may be missing."""
    llave, con_directivas = valores[10:13], valores[13:]
    return Sellado._make((tipo, *valores[:10], llave or _SIN_LLAVE, any(con_directivas)))


def _tabla(tipo: str) -> tuple[str, str]:
    clase = clase_de(tipo)
    if clase is not OtroRegistro:
        return clase._meta.db_table, ""
    return clase._meta.db_table, f" AND r.tipo = '{tipo}'" if tipo.isalpha() else " AND false"


def sellado(tipo: str, id: UUID) -> Sellado | None:
    """The current version of a resource, closed (the decision reads whose it is)."""
    tabla, condicion = _tabla(tipo)
    filas = bitacora.consultar(
        f"SELECT {_COLUMNAS}{_CON_DIRECTIVAS} FROM {tabla} r {_LLAVE} WHERE r.id = %s{condicion}",
        [id],
    )
    return fila(tipo, filas[0]) if filas else None


def historia_sellada(tipo: str, id: UUID) -> list[Sellado]:
    """Every version of a resource, newest first, closed.

    What is withheld of the current version is withheld of all: they carry its labels.
    """
    actual = sellado(tipo, id)
    if actual is None:
        return []
    anteriores = bitacora.consultar(
        "SELECT r.registro, r.paciente, r.version, r.estado, %s::timestamptz, r.actualizado_at, "
        "r.contenido FROM registros_historia r "
        "WHERE r.paciente = %s AND r.registro = %s AND r.tipo = %s ORDER BY r.version DESC",
        [actual.fecha, actual.paciente, id, tipo],
    )
    claras = (actual.encuentro, actual.autor, actual.etiquetas)
    return [actual, *(fila(tipo, (*f, *claras)) for f in anteriores)]


def abrir(acceso: Acceso, sellado: Sellado) -> bytes:
    """The JSON bytes of the resource. Raises `AccesoInvalido` for another patient's row."""
    ((_, json),) = abrir_todos({acceso.paciente: acceso}, [sellado])
    return json


def abrir_todos(
    accesos: Mapping[UUID, Acceso], sellados: Iterable[Sellado], *, sin_reservados: bool = False
) -> list[tuple[Sellado, bytes]]:
    """(row, its JSON bytes), each with the proof of its own patient; a key is asked for once.

    What a row calls another that is withheld is left out. Raises `AccesoInvalido` for a row of
    anybody else or withheld from its proof; with `sin_reservados`, those are left out instead.
    """
    abridores: dict[UUID, _Abridor] = {}
    abiertos = []
    for sellado in sellados:
        abridor = abridores.get(sellado.paciente)
        if abridor is None:
            acceso = accesos.get(sellado.paciente)
            if acceso is None and sin_reservados:
                continue
            abridor = abridores[sellado.paciente] = _Abridor(acceso)
        if abridor.reserva and not visible(abridor.acceso, sellado):
            if sin_reservados:
                continue
            raise AccesoInvalido("el registro está reservado para este acceso")
        abiertos.append((sellado, abridor.abrir(sellado)))
    return _sin_nombrar(accesos, abiertos)


class _Abridor:
    """Opens the rows of one patient: each version of their key is asked for once."""

    def __init__(self, acceso: Acceso | None) -> None:
        if acceso is None:
            raise AccesoInvalido("el registro es de otro paciente")
        self.acceso, self.reserva = acceso, bool(acceso.reserva)
        self._llaves: dict[int, Llave] = {}

    def abrir(self, sellado: Sellado) -> bytes:
        version = cifrado.version_de_llave(sellado.contenido)
        llave = self._llaves.get(version)
        if llave is None:
            llave = self._llaves[version] = _llave(self.acceso, sellado, version)
        lugar = Lugar(sellado.tipo, sellado.id, sellado.version, sellado.paciente)
        return cifrado.descifrar(sellado.contenido, llave=llave, lugar=lugar)


def _sin_nombrar(
    accesos: Mapping[UUID, Acceso], abiertos: list[tuple[Sellado, bytes]]
) -> list[tuple[Sellado, bytes]]:
    """The same, without what each calls those that are withheld; a query for each type cited."""
    if not any(acceso.reserva for acceso in accesos.values()):
        return abiertos
    citas = [
        nombrados.nombrados(json) if accesos[fila.paciente].reserva else set()
        for fila, json in abiertos
    ]
    if not any(citas):
        return abiertos
    ocultas = _ocultas(accesos, set().union(*citas))
    return [
        (fila, nombrados.callar(json, suyas & ocultas) if suyas & ocultas else json)
        for (fila, json), suyas in zip(abiertos, citas, strict=True)
    ]


def _ocultas(accesos: Mapping[UUID, Acceso], citas: Iterable[Cita]) -> set[Cita]:
    por_tipo: dict[str, list[UUID]] = {}
    for tipo, id_ in citas:
        por_tipo.setdefault(tipo, []).append(id_)
    ocultas = set[Cita]()
    for tipo, ids in por_tipo.items():
        tabla, condicion = _tabla(tipo)
        filas = bitacora.consultar(
            "SELECT r.id, r.paciente, r.etiquetas, r.encuentro, r.autor, r.fecha "
            f"FROM {tabla} r WHERE r.id = ANY(%s::uuid[]){condicion}",
            [bitacora.arreglo(ids)],
        )
        for id_, paciente, etiquetas, encuentro, autor, fecha in filas:
            acceso = accesos.get(paciente)
            renglon = Renglon(tipo, etiquetas, encuentro, autor, id_, fecha)
            if acceso is None or acceso.reserva.oculta(renglon):
                ocultas.add((tipo, id_))
    return ocultas


def visible(acceso: Acceso, sellado: Sellado) -> bool:
    """Whether `acceso` lets its holder see this row of its patient."""
    if not acceso.reserva:
        return True
    renglon = sellado.renglon
    if acceso.reserva.pide_fichas:
        renglon = replace(renglon, fichas=_fichas_de(sellado))
    return not acceso.reserva.oculta(renglon)


def _fichas_de(sellado: Sellado) -> Sequence[int]:
    tabla, condicion = _tabla(sellado.tipo)
    filas = bitacora.consultar(
        f"SELECT r.fichas FROM {tabla} r WHERE r.id = %s{condicion}", [sellado.id]
    )
    return filas[0][0] if filas else ()


def _llave(acceso: Acceso, sellado: Sellado, version: int) -> Llave:
    if sellado.paciente != acceso.paciente:
        raise AccesoInvalido("el registro es de otro paciente")
    envuelta = sellado.envuelta
    if envuelta is not None and envuelta.version != version:
        envuelta = None
    return llavero.clave_clinica(acceso, version=version, envuelta=envuelta)


def buscar(prueba: Acceso | Alcance, consulta: Consulta) -> list[Sellado]:
    """A page of rows the proof may find, closed; the caller asks the decision to open them.

    An Acceso searches its patient; an Alcance, the patients it covers.
    """
    tabla, donde, parametros = _condiciones(prueba, consulta)
    columna, sentido = consulta.orden.lstrip("-"), "DESC" if consulta.orden[0] == "-" else "ASC"
    clave = "r.id" if columna == "id" else f"r.{columna} {sentido}, r.id"
    llave, asentando = _LLAVE, False
    if isinstance(prueba, Acceso):
        llave, asentando = _LLAVE_DE_UNO, True
        parametros.append(prueba.paciente)
    filas = bitacora.consultar(
        f"SELECT {_COLUMNAS} FROM (SELECT * FROM {tabla} r WHERE {donde} "
        f"ORDER BY {clave} {sentido} LIMIT {consulta.limite:d}) r {llave} "
        f"ORDER BY {clave} {sentido}",
        parametros,
        asentando=asentando,
    )
    return [fila(consulta.tipo, f) for f in filas]


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
        reservado, valores = _reservado(prueba, consulta.tipo)
        agregar(reservado, *valores)
    else:
        if prueba.pacientes is not None:
            agregar("r.paciente = ANY(%s::uuid[])", bitacora.arreglo(prueba.pacientes))
        for reservado, valores in _reservados(prueba, consulta.tipo):
            agregar(reservado, *valores)
    if consulta.pacientes is not None:
        agregar("r.paciente = ANY(%s::uuid[])", bitacora.arreglo(consulta.pacientes))
    if consulta.ids is not None:
        agregar("r.id = ANY(%s::uuid[])", bitacora.arreglo(consulta.ids))
    # Inside a few patients the btree finds the rows and tokens filter them; across patients the
    # GIN index finds them. `= ANY` and the concatenation keep the planner from mixing the two.
    pocas = isinstance(prueba, Acceso) or consulta.ids is not None or consulta.pacientes is not None
    buscados, probados = (
        ((), consulta.fichas + consulta.filtros) if pocas else (consulta.fichas, consulta.filtros)
    )
    for grupo in buscados:
        operador = "@>" if len(grupo) == 1 else "&&"
        agregar(f"r.fichas {operador} %s::bigint[]", bitacora.arreglo(grupo))
    for grupo in probados:
        if len(grupo) == 1:
            agregar("%s::bigint = ANY(r.fichas)", grupo[0])
        else:
            agregar("(r.fichas || '{}'::bigint[]) && %s::bigint[]", bitacora.arreglo(grupo))
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


def _reservado(acceso: Acceso, tipo: str, columna: str = "") -> tuple[str, list[Any]]:
    """What `acceso` lets be seen of rows ``r`` of `tipo` (or, in a table of many, of `columna`)."""
    if not (reserva := acceso.reserva.para(tipo)):
        return "true", []
    return reserva.sql(tipo=columna or f"'{tipo}'::text")


def _reservados(alcance: Alcance, tipo: str, columna: str = "") -> Iterator[tuple[str, list[Any]]]:
    """The same across patients: one condition a patient of whom something is withheld."""
    ocultos = [p for p, reserva in alcance.reservas.items() if reserva.total]
    if ocultos:
        yield "r.paciente <> ALL(%s::uuid[])", [bitacora.arreglo(ocultos)]
    de_tipo = columna or f"'{tipo}'::text"
    if general := alcance.general.para(tipo):
        yield general.sql(tipo=de_tipo)
    # Patients of whom the same is withheld share one condition.
    grupos: dict[Reserva, list[UUID]] = {}
    for paciente, entera in alcance.reservas.items():
        if not entera.total and (reserva := entera.para(tipo)):
            grupos.setdefault(reserva, []).append(paciente)
    for reserva, pacientes in grupos.items():
        visible, valores = reserva.sql(tipo=de_tipo)
        suyos = bitacora.arreglo(pacientes)
        yield f"(r.paciente <> ALL(%s::uuid[]) OR ({visible}))", [suyos, *valores]


def visible_en(alcance: Alcance, tipo: str, columna: str = "") -> tuple[str, list[Any]]:
    """The condition, over rows ``r`` of `tipo` (or, in a table of many, of what `columna` says), of
    what a listing of `alcance` may show or count.

    For the listings that join clear columns by themselves; what they open is covered besides.
    """
    partes = list(_reservados(alcance, tipo, columna))
    return (
        " AND ".join(condicion for condicion, _ in partes) or "true",
        [valor for _, valores in partes for valor in valores],
    )


def compartimento(
    acceso: Acceso,
    *,
    tipos: Iterable[str] | None = None,
    orden: Orden = Orden.ID,
    despues: tuple[Any, UUID] | None = None,
    limite: int = 1_000,
    sin_binarios: bool = False,
) -> list[Sellado]:
    """The patient's records of `tipos` (None: all), in one query over the handful of tables.

    `sin_binarios` leaves out the bytes of documents, which no list opens.
    """
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
        reservado, valores = _reservado(acceso, clase.TIPO, "r.tipo" if otro else "")
        donde = f"r.paciente = %s AND {reservado}"
        parametros += [acceso.paciente, *valores]
        if otro and elegidos is not None:
            donde += " AND r.tipo = ANY(%s::text[])"
            parametros.append(sorted(elegidos - set(CLASES)))
        if sin_binarios and otro:
            donde += " AND r.tipo <> 'Binary'"
        if despues is not None and columna == "id":
            donde += f" AND r.id {signo} %s"
            parametros.append(despues[1])
        elif despues is not None:
            donde += f" AND (r.{columna}, r.id) {signo} (%s::timestamptz, %s)"
            parametros.extend(despues)
        tipo = "tipo" if otro else f"'{clase.TIPO}'"
        partes.append(
            f"(SELECT {tipo}, {_PROPIAS} FROM {clase._meta.db_table} r "
            f"WHERE {donde} ORDER BY {clave} {sentido} LIMIT {limite:d})"
        )
    if not partes:
        return []
    filas = bitacora.consultar(
        f"SELECT * FROM ({' UNION ALL '.join(partes)}) r ORDER BY {clave} {sentido} "
        f"LIMIT {limite:d}",
        parametros,
        asentando=True,
    )
    return [fila(f[0], f[1:]) for f in filas]


@dataclass(frozen=True, slots=True)
class Ultimos:
    """The newest records of a type: how many, and in which states (any, if none is named)."""

    tipo: str
    limite: int
    estados: tuple[str, ...] = ()


def ultimos(acceso: Acceso, pedidos: Iterable[Ultimos]) -> list[Sellado]:
    """The patient's records that each of `pedidos` asks for, in one query."""
    verificar(acceso)
    partes, parametros = list[str](), list[Any]()
    for pedido in pedidos:
        tabla, condicion = _tabla(pedido.tipo)
        reservado, valores = _reservado(acceso, pedido.tipo)
        parametros += [acceso.paciente, *valores]
        if pedido.estados:
            condicion += " AND r.estado = ANY(%s::text[])"
            parametros.append(bitacora.arreglo(pedido.estados))
        partes.append(
            f"(SELECT '{pedido.tipo}', {_PROPIAS} FROM {tabla} r WHERE r.paciente = %s "
            f"AND {reservado}{condicion} ORDER BY fecha DESC, id DESC LIMIT {pedido.limite:d})"
        )
    filas = bitacora.consultar(" UNION ALL ".join(partes), parametros, asentando=True)
    return [fila(f[0], f[1:]) for f in filas]


NADIE_DIRIGE = (
    "NOT EXISTS (SELECT FROM registros_consentimiento "
    "WHERE estado = 'active' AND ambito = 'patient-privacy')"
)
"""That nobody directs anything, as a condition in SQL."""
NO_DIRIGEN = f"{NADIE_DIRIGE[:-1]} AND paciente = ANY(%s::uuid[]))"
"""The same of some patients (an array of ids)."""


def directivas(pacientes: Iterable[UUID] | None) -> list[Sellado]:
    """The Consents about privacy in force of `pacientes` (None: of anybody), closed."""
    de_ellos = "" if pacientes is None else "AND r.paciente = ANY(%s::uuid[])"
    filas = bitacora.consultar(
        f"SELECT {_COLUMNAS} FROM registros_consentimiento r {_LLAVE} "
        f"WHERE r.estado = 'active' AND r.ambito = 'patient-privacy' {de_ellos} ORDER BY r.id",
        [] if pacientes is None else [bitacora.arreglo(p.hex for p in pacientes)],
    )
    return [fila("Consent", f) for f in filas]


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
    return {
        ficha: marcado
        for marcado in marcados(tipo, buscadas)
        for ficha in buscadas.intersection(marcado.fichas)
    }


def marcados(tipo: str, fichas: Iterable[int]) -> list[Marcado]:
    """Every record of `tipo` that carries any of `fichas`, the newest first."""
    tabla, condicion = _tabla(tipo)
    filas = bitacora.consultar(
        f"SELECT r.id, r.paciente, r.version, r.fichas FROM {tabla} r "
        f"WHERE r.fichas && %s::bigint[]{condicion} ORDER BY r.id DESC",
        [bitacora.arreglo(fichas)],
    )
    return [Marcado(id_, paciente, version, frozenset(p)) for id_, paciente, version, p in filas]


def tipos_de(acceso: Acceso) -> list[str]:
    """The R4 types of which the patient has records."""
    verificar(acceso)
    partes, parametros = list[str](), list[Any]()
    for clase in CLASES.values():
        reservado, valores = _reservado(acceso, clase.TIPO)
        partes.append(
            f"SELECT '{clase.TIPO}'::varchar WHERE EXISTS "
            f"(SELECT 1 FROM {clase._meta.db_table} r WHERE r.paciente = %s AND {reservado})"
        )
        parametros += [acceso.paciente, *valores]
    reservado, valores = _reservado(acceso, "", "r.tipo")
    partes.append(
        f"SELECT DISTINCT r.tipo FROM registros_otroregistro r "
        f"WHERE r.paciente = %s AND {reservado}"
    )
    filas = bitacora.consultar(" UNION ALL ".join(partes), [*parametros, acceso.paciente, *valores])
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
