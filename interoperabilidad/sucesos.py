"""What happened here, read from the log transaction by transaction, once for each who tells it.

An event of the log is written in the transaction of what it tells, so that reading it is reading an
outbox: nothing is told that did not happen, and nothing that happened is left untold.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from auditoria import bitacora
from auditoria.tipos import Resultado
from ece import fhir
from ece.nucleo.uuid7 import primero_de
from interoperabilidad.models import CursorDeSalida

DEMORA = timedelta(hours=1)
"""How long a transaction may take: its events were named before it ended."""


@dataclass(frozen=True, slots=True)
class Suceso:
    """An event of the log: what happened, to whom, by whom, and which (type, id, version) of
    records it wrote."""

    id: UUID
    tipo: str
    actor: UUID
    momento: datetime
    pacientes: tuple[UUID, ...]
    escritos: tuple[tuple[str, UUID, int], ...]


@contextmanager
def nuevos(
    cursor: int,
    *,
    ahora: datetime,
    interesa: Callable[[], object],
    tipos: Sequence[str] | None = None,
) -> Iterator[list[Suceso]]:
    """What happened since the last time that `cursor` was read, of `tipos` (None: whatever wrote
    records); it is considered told when the block ends well. Of several processes, to one.

    `interesa` says, once it is settled until when, whether there is anybody to tell: if not, what
    happened is passed over unread.
    """
    with transaction.atomic():
        empezar(cursor, ahora=ahora)
        fila = CursorDeSalida.objects.select_for_update(skip_locked=True).filter(pk=cursor).first()
        if fila is None:
            yield []
            return
        hasta = _horizonte()
        desde = fila.transaccion if int(fila.transaccion) <= int(hasta) else "0"
        hallados = _leer(desde, hasta, fila.visto_at, tipos) if interesa() else []
        fila.transaccion, fila.visto_at = hasta, ahora
        fila.save()
        yield hallados


def empezar(cursor: int, *, ahora: datetime) -> None:
    """The first time, from now on: what happened before anybody asked to be told is not news."""
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO interoperabilidad_cursordesalida (id, transaccion, visto_at) "
            "VALUES (%s, pg_snapshot_xmin(pg_current_snapshot())::text, %s) ON CONFLICT DO NOTHING",
            [cursor, ahora],
        )


def _horizonte() -> str:
    with connection.cursor() as sql:
        sql.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return str(sql.fetchone()[0])


def _leer(desde: str, hasta: str, visto_at: datetime, tipos: Sequence[str] | None) -> list[Suceso]:
    cuales = "tipo = ANY(%s::text[])" if tipos is not None else "huellas <> '{}'"
    filas = bitacora.consultar(
        "SELECT id, tipo, actor, momento, pacientes, contenido FROM auditoria_evento "
        "WHERE id >= %s AND transaccion >= %s::xid8 AND transaccion < %s::xid8 "
        f"AND resultado = %s AND {cuales} ORDER BY transaccion, id",
        [
            primero_de(visto_at - DEMORA),
            desde,
            hasta,
            Resultado.HECHO.value,
            *([list(tipos)] if tipos is not None else []),
        ],
    )
    return [
        Suceso(id_, tipo, actor, momento, tuple(pacientes), _escritos(contenido))
        for id_, tipo, actor, momento, pacientes, contenido in filas
    ]


def _escritos(contenido: bytes) -> tuple[tuple[str, UUID, int], ...]:
    evento = fhir.json.leer(bytes(contenido))
    return tuple((e["tipo"], UUID(e["id"]), e["version"]) for e in evento.get("escritos", ()))
