"""Reading the log: what happened to one patient's record, newest first.

The GIN index on `pacientes` finds a patient's events among all; what is sorted is only theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso, Alcance, PermisoInsuficiente
from ece.nucleo.roles import Permiso

_P = Permiso
Marca = tuple[datetime, UUID]
"""The (instant, id) of the last event of a page, where the next one goes on."""


@dataclass(frozen=True, slots=True)
class Asentado:
    """An event as it was appended."""

    id: UUID
    momento: datetime
    tipo: str
    resultado: str
    actor: UUID
    clase: str
    roles: tuple[str, ...]
    fundamento: str
    detalle: Mapping[str, Any]

    @property
    def marca(self) -> Marca:
        return self.momento, self.id


def del_paciente(
    acceso: Acceso,
    *,
    limite: int,
    despues: Marca | None = None,
    actor: UUID | None = None,
    sin: UUID | None = None,
) -> list[Asentado]:
    """Events about the record of `acceso`, newest first, by key-set.

    `actor`: only what this one did; `sin`: not what this one did by themselves (what a link of
    theirs did for whoever held it is not theirs).
    """
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    donde, parametros = ["pacientes @> %s::uuid[]"], [bitacora.arreglo([acceso.paciente.hex])]
    valores: list[Any] = parametros
    if despues is not None:
        donde.append("(momento, id) < (%s::timestamptz, %s)")
        valores += despues
    if actor is not None:
        donde.append("actor = %s")
        valores.append(actor)
    if sin is not None:
        donde.append("(actor <> %s OR position(%s::bytea IN contenido) > 0)")
        valores += [sin, POR_ENLACE]
    filas = bitacora.consultar(
        "SELECT id, momento, tipo, resultado, actor, contenido FROM auditoria_evento "
        f"WHERE {' AND '.join(donde)} ORDER BY momento DESC, id DESC LIMIT {limite:d}",
        valores,
    )
    return [_asentado(fila) for fila in filas]


def uno(acceso: Acceso, *, evento_id: UUID) -> Asentado | None:
    """One event about the record of `acceso`, also for who reviews its use."""
    if not {_P.EXPEDIENTE_LEER, _P.REVISION_ATENDER, _P.SANCION_INTEGRAR} & acceso.permisos:
        raise PermisoInsuficiente(Permiso.EXPEDIENTE_LEER)
    filas = bitacora.consultar(
        "SELECT id, momento, tipo, resultado, actor, contenido FROM auditoria_evento "
        "WHERE id = %s AND %s = ANY(pacientes)",
        [evento_id, acceso.paciente],
    )
    return _asentado(filas[0]) if filas else None


def del_actor(acceso: Acceso, *, actor: UUID, desde: datetime, hasta: datetime) -> list["Entero"]:
    """All that an actor did, or was refused, with the record of `acceso` in a time, in order."""
    acceso.exigir(Permiso.SANCION_INTEGRAR)
    filas = bitacora.consultar(
        "SELECT id, momento, contenido FROM auditoria_evento WHERE pacientes @> %s::uuid[] "
        "AND actor = %s AND momento >= %s AND momento < %s ORDER BY momento, id",
        [bitacora.arreglo([acceso.paciente.hex]), actor, desde, hasta],
    )
    return [Entero(id_, momento, msgspec.json.decode(crudo)) for id_, momento, crudo in filas]


POR_ENLACE = b'"enlace":"'
"""How the canonical bytes of an event say that a shared link opened the record."""


def usos_de_enlace(acceso: Acceso, *, enlace_id: UUID) -> list[datetime]:
    """When a link to the record of `acceso` was opened, newest first."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    filas = bitacora.consultar(
        "SELECT momento FROM auditoria_evento WHERE pacientes @> %s::uuid[] "
        "AND resultado = 'permitido' AND position(%s::bytea IN contenido) > 0 "
        "ORDER BY momento DESC LIMIT 1000",
        [
            bitacora.arreglo([acceso.paciente.hex]),
            POR_ENLACE + str(enlace_id).encode() + b'"',
        ],
    )
    return [fila[0] for fila in filas]


def ultima_impresion(acceso: Acceso, *, registro: UUID) -> UUID | None:
    """The event of the last time that the holder of `acceso` printed that record of theirs."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    filas = bitacora.consultar(
        "SELECT id FROM auditoria_evento WHERE pacientes @> %s::uuid[] AND actor = %s "
        "AND tipo = %s AND position(%s::bytea IN contenido) > 0 ORDER BY momento DESC LIMIT 1",
        [
            bitacora.arreglo([acceso.paciente.hex]),
            acceso.actor.id,
            TipoDeEvento.IMPRESION_HECHA.value,
            f'"{registro}"'.encode(),
        ],
    )
    return filas[0][0] if filas else None


def _asentado(fila: Sequence[Any]) -> Asentado:
    id_, momento, tipo, resultado, actor, contenido = fila
    dicho = msgspec.json.decode(contenido)
    return Asentado(
        id=id_,
        momento=momento,
        tipo=tipo,
        resultado=resultado,
        actor=actor,
        clase=dicho["actor"]["clase"],
        roles=tuple(dicho["actor"]["roles"]),
        fundamento=dicho["fundamento"],
        detalle=dicho["detalle"],
    )


@dataclass(frozen=True, slots=True)
class Filtro:
    """What to look for across the log; None does not narrow. `antes` is the id of the last of a
    page."""

    paciente: UUID | None = None
    actor: UUID | None = None
    ids: tuple[UUID, ...] | None = None
    tipos: tuple[str, ...] | None = None
    resultados: tuple[str, ...] | None = None
    desde: datetime | None = None
    hasta: datetime | None = None
    antes: UUID | None = None


@dataclass(frozen=True, slots=True)
class Entero:
    """An event whole, as its bytes say it."""

    id: UUID
    momento: datetime
    dicho: Mapping[str, Any]


def buscar(prueba: Alcance, filtro: Filtro, *, limite: int) -> list[Entero]:
    """Events of the whole log for who reviews it, newest first by id (which tells the time)."""
    prueba.exigir(Permiso.REVISION_ATENDER)
    condiciones: list[tuple[str, Any]] = [
        ("pacientes @> %s::uuid[]", filtro.paciente and bitacora.arreglo([filtro.paciente.hex])),
        ("actor = %s", filtro.actor),
        ("id = ANY(%s::uuid[])", None if filtro.ids is None else bitacora.arreglo(filtro.ids)),
        ("tipo = ANY(%s::text[])", None if filtro.tipos is None else list(filtro.tipos)),
        (
            "resultado = ANY(%s::text[])",
            None if filtro.resultados is None else list(filtro.resultados),
        ),
        ("momento >= %s", filtro.desde),
        ("momento < %s", filtro.hasta),
        ("id < %s", filtro.antes),
        # The id is made when the event is: an index on it narrows what the instant decides.
        ("id >= %s", filtro.desde and _id_de(filtro.desde - _HOLGURA)),
        ("id < %s", filtro.hasta and _id_de(filtro.hasta + _HOLGURA)),
    ]
    puestas = [(texto, valor) for texto, valor in condiciones if valor is not None]
    donde = " AND ".join(["true", *(texto for texto, _ in puestas)])
    filas = bitacora.consultar(
        f"SELECT id, momento, contenido FROM auditoria_evento WHERE {donde} "
        f"ORDER BY id DESC LIMIT {limite:d}",
        [valor for _, valor in puestas],
    )
    return [Entero(id_, momento, msgspec.json.decode(crudo)) for id_, momento, crudo in filas]


_HOLGURA = timedelta(days=2)


def _id_de(momento: datetime) -> UUID:
    """The lowest UUIDv7 of an instant."""
    return UUID(int=(int(momento.timestamp() * 1000) << 80) | (0x7 << 76) | (0x8 << 60))
