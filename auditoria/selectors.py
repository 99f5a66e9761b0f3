"""Reading the log: what happened to one patient's record, newest first.

The GIN index on `pacientes` finds a patient's events among all; what is sorted is only theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from auditoria import bitacora
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso

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
    if not {Permiso.EXPEDIENTE_LEER, Permiso.REVISION_ATENDER} & acceso.permisos:
        raise PermisoInsuficiente(Permiso.EXPEDIENTE_LEER)
    filas = bitacora.consultar(
        "SELECT id, momento, tipo, resultado, actor, contenido FROM auditoria_evento "
        "WHERE id = %s AND %s = ANY(pacientes)",
        [evento_id, acceso.paciente],
    )
    return _asentado(filas[0]) if filas else None


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
