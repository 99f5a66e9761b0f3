"""The log's writing face: append. (Sealing and verifying stand on what is appended here.)

An event costs a round trip of its own unless it travels with others: inside `juntando` decisions
wait for the end, or for a statement that takes them along (an act, or the read they announced).

That statement may also check what a decision took for granted instead of asking (`suponer`): if it
is not so, nothing is written, nothing is read, and the request is attended again, asking.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg import Error

from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo.acceso import Actor
from ece.nucleo.sentencias import cursor
from ece.nucleo.uuid7 import uuid7

_VALORES = "(%s, %s, %s, %s, %s, %s::uuid[], %s::bytea[], %s)"
_VALORES_SI = "(%s, %s, %s, ece_supuesto({}, %s), %s, %s::uuid[], %s::bytea[], %s)"
_ANTES_DEL_SUPUESTO = 3
_FALSO = "ECE01"
"""SQLSTATE of `ece_supuesto` (ece.nucleo.base_de_datos)."""

_DECISIONES = frozenset({TipoDeEvento.ACCESO_DECIDIDO, TipoDeEvento.ALCANCE_DECIDIDO})

T = TypeVar("T")

_canonico = msgspec.json.Encoder(order="sorted", uuid_format="canonical")


@dataclass(frozen=True, slots=True)
class Escrito:
    """A version that an act wrote: SHA-256 of its stored bytes and of its clear columns."""

    tipo: str
    id: UUID
    version: int
    huella: bytes
    columnas: bytes


@dataclass(frozen=True, slots=True)
class NuevoEvento:
    """An event about to be appended.

    `detalle` must hold codes and identifiers only: it is kept in clear (no names, no free text).
    """

    tipo: TipoDeEvento
    resultado: Resultado
    actor: Actor
    momento: datetime
    pacientes: tuple[UUID, ...] = ()
    fundamento: str = ""
    decision: UUID | None = None
    escritos: tuple[Escrito, ...] = ()
    detalle: Mapping[str, Any] = field(default_factory=dict)
    id: UUID = field(default_factory=uuid7)
    canonico: bytes = field(init=False, repr=False, compare=False)
    """What is written, and what its receipt promises."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "canonico", self._canonico())

    def _canonico(self) -> bytes:
        return _canonico.encode(
            {
                "actor": {
                    "clase": self.actor.clase,
                    "id": self.actor.id,
                    "roles": sorted(self.actor.roles),
                    "origen": self.actor.origen,
                },
                "decision": self.decision,
                "detalle": self.detalle,
                "escritos": [
                    {
                        "columnas": e.columnas.hex(),
                        "huella": e.huella.hex(),
                        "id": e.id,
                        "tipo": e.tipo,
                        "version": e.version,
                    }
                    for e in self.escritos
                ],
                "fundamento": self.fundamento,
                "id": self.id,
                "momento": self.momento.isoformat(),
                "pacientes": self.pacientes,
                "resultado": self.resultado,
                "tipo": self.tipo,
                "v": 2,
            }
        )

    def fila(self) -> tuple[Any, ...]:
        return (
            self.id,
            self.momento,
            self.tipo.value,
            self.resultado.value,
            self.actor.id,
            arreglo(p.hex for p in self.pacientes),
            arreglo(f'"\\\\x{e.huella.hex()}"' for e in self.escritos),
            self.canonico,
        )


class SupuestoFalso(Exception):
    """What was taken for granted is not so: nothing of it was written, and it must be asked."""


@dataclass(frozen=True, slots=True)
class Supuesto:
    """A condition in SQL, and its parameters, that the statement which writes the events checks."""

    condicion: str
    parametros: tuple[Any, ...]


class _Juntados(threading.local):
    """Events of this thread that wait for a statement to travel with (None: they do not wait), and
    those already written, for who gives a receipt of them; what the former take for granted (None:
    nothing may be)."""

    eventos: list[NuevoEvento] | None = None
    escritos: list[NuevoEvento] | None = None
    supuestos: list[Supuesto] | None = None


_juntados = _Juntados()


@contextmanager
def juntando() -> Iterator[list[NuevoEvento]]:
    """Let events wait for one another; whatever happens, they are durable when this ends.

    What it yields has, by then, all that were written inside.
    """
    with anotando() as escritos:
        if _juntados.eventos is not None:
            yield escritos
            return
        _juntados.eventos = []
        try:
            yield escritos
        finally:
            eventos, _juntados.eventos = _juntados.eventos, None
            anexar(eventos)
            if _juntados.supuestos:  # that no event took along to be checked
                raise SupuestoFalso


def suponiendo(hacer: Callable[[], T]) -> T:
    """What `hacer` gives, whose decisions may take for granted (`suponer`) what is usual; when it
    was not so, what it gives once it asks. It must change nothing but the log."""
    _juntados.supuestos = []
    try:
        return hacer()
    except SupuestoFalso:
        _juntados.supuestos = None
        return hacer()
    finally:
        _juntados.supuestos = None


def suponer(condicion: str, *parametros: Any) -> bool:
    """Whether `condicion` may be taken for granted: then what writes the events will check it."""
    if (
        _juntados.supuestos is None
        or _juntados.eventos is None
        or connections[DEFAULT_DB_ALIAS].in_atomic_block
    ):
        return False
    _juntados.supuestos.append(Supuesto(condicion, parametros))
    return True


@contextmanager
def anotando() -> Iterator[list[NuevoEvento]]:
    """What it yields has, at the end, the events that were written inside; none of them waits."""
    if _juntados.escritos is not None:
        yield _juntados.escritos
        return
    escritos: list[NuevoEvento] = []
    _juntados.escritos = escritos
    try:
        yield escritos
    finally:
        _juntados.escritos = None


def escrito(*eventos: NuevoEvento) -> None:
    """Take note of events that are durable: once the transaction that is open, if one is, ends
    well, for a receipt must promise nothing that was undone."""
    if _juntados.escritos is None:
        return
    if connections[DEFAULT_DB_ALIAS].in_atomic_block:
        transaction.on_commit(partial(_juntados.escritos.extend, eventos))
    else:
        _juntados.escritos.extend(eventos)


def arreglo(valores: Iterable[object]) -> str:
    """A PostgreSQL array literal of values that need no quoting (ids, numbers, quoted text)."""
    return "{" + ",".join(map(str, valores)) + "}"


def insercion(eventos: Sequence[NuevoEvento]) -> tuple[str, list[Any]]:
    """The statement, and its parameters, that appends `eventos` (at least one)."""
    orden = (
        "INSERT INTO auditoria_evento "
        "(id, momento, tipo, resultado, actor, pacientes, huellas, contenido) VALUES "
    )
    parametros = [valor for evento in eventos for valor in evento.fila()]
    valores = [_VALORES] * len(eventos)
    if _juntados.supuestos:
        valores[0] = _VALORES_SI.format(" AND ".join(s.condicion for s in _juntados.supuestos))
        supuestos = [valor for s in _juntados.supuestos for valor in s.parametros]
        parametros[_ANTES_DEL_SUPUESTO:_ANTES_DEL_SUPUESTO] = supuestos
    return orden + ", ".join(valores), parametros


@contextmanager
def por_asentar() -> Iterator[list[NuevoEvento]]:
    """The events that wait; they are considered written when the block ends well."""
    eventos = list(_juntados.eventos or ())
    with _comprobando():
        yield eventos
    if eventos and _juntados.eventos is not None:
        del _juntados.eventos[: len(eventos)]
        escrito(*eventos)


@contextmanager
def _comprobando() -> Iterator[None]:
    """For the statement that writes events: then what they took for granted was so, or
    `SupuestoFalso` (and what waits is dropped: it will be decided again)."""
    try:
        yield
    except Error as error:
        if error.sqlstate != _FALSO:
            raise
        if _juntados.eventos is not None:
            _juntados.eventos.clear()
        raise SupuestoFalso from None
    if _juntados.supuestos:
        _juntados.supuestos.clear()


def consultar(
    orden: str, parametros: Sequence[Any], *, asentando: bool = False
) -> list[tuple[Any, ...]]:
    """Rows of a SELECT, prepared and in binary; `asentando`, with the events that wait.

    (For the read that an event announced; when more events will follow, one write takes them all.)
    """
    en_transaccion = connections[DEFAULT_DB_ALIAS].in_atomic_block  # which may yet be undone
    if asentando and _juntados.eventos and not en_transaccion:
        with por_asentar() as eventos, cursor() as nativo:
            insertar, valores = insercion(eventos)
            orden = f"WITH asentados AS ({insertar}) {orden}"
            return nativo.execute(
                orden, [*valores, *parametros], prepare=True, binary=True
            ).fetchall()
    with cursor() as nativo:
        return nativo.execute(orden, parametros, prepare=True, binary=True).fetchall()


def anexar(eventos: Iterable[NuevoEvento]) -> None:
    """Append `eventos`: durable when this returns or, inside `juntando`, when that ends.

    Decisions always wait there (a transaction undone does not undo them); what else happened goes
    with the transaction that is open, if one is: cut anywhere, neither is without the other.
    """
    nuevos = list(eventos)
    if _juntados.eventos is not None:
        en_transaccion = connections[DEFAULT_DB_ALIAS].in_atomic_block
        juntos = [e for e in nuevos if en_transaccion and e.tipo not in _DECISIONES]
        _juntados.eventos += [e for e in nuevos if e not in juntos]
        nuevos = juntos
    if nuevos:
        with _comprobando(), cursor() as nativo:
            nativo.execute(*insercion(nuevos), prepare=True)
        escrito(*nuevos)
