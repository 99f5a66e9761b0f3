"""The log's writing face: append. (Sealing and verifying stand on what is appended here.)"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import Cursor

from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo.acceso import Actor
from ece.nucleo.uuid7 import uuid7

INSERTAR = (
    "INSERT INTO auditoria_evento "
    "(id, momento, tipo, resultado, actor, pacientes, huellas, contenido) "
    "VALUES (%s, %s, %s, %s, %s, %s::uuid[], %s::bytea[], %s)"
)

_canonico = msgspec.json.Encoder(order="sorted", uuid_format="canonical")


@dataclass(frozen=True, slots=True)
class Escrito:
    """A version that an act wrote; `huella` is the SHA-256 of its stored bytes."""

    tipo: str
    id: UUID
    version: int
    huella: bytes


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

    def canonico(self) -> bytes:
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
                    {"tipo": e.tipo, "id": e.id, "version": e.version, "huella": e.huella.hex()}
                    for e in self.escritos
                ],
                "fundamento": self.fundamento,
                "id": self.id,
                "momento": self.momento.isoformat(),
                "pacientes": self.pacientes,
                "resultado": self.resultado,
                "tipo": self.tipo,
                "v": 1,
            }
        )

    def fila(self) -> tuple[Any, ...]:
        return (
            self.id,
            self.momento,
            self.tipo.value,
            self.resultado.value,
            self.actor.id,
            list(self.pacientes),
            [e.huella for e in self.escritos],
            self.canonico(),
        )


def cursor(alias: str = DEFAULT_DB_ALIAS) -> "Cursor[Any]":
    """A native psycopg cursor on Django's connection: prepared statements, pipelines, no ORM."""
    django = connections[alias]
    django.ensure_connection()
    return Cursor(django.connection)


def anexar(eventos: Iterable[NuevoEvento]) -> None:
    """Append `eventos`; outside a transaction they are durable when this returns."""
    filas = [evento.fila() for evento in eventos]
    with cursor() as nativo:
        if len(filas) == 1:
            nativo.execute(INSERTAR, filas[0], prepare=True)
        else:
            nativo.executemany(INSERTAR, filas)
