"""Proofs from what is sealed: where an event is, that a log continues another, what a patient has.

Each is read in one snapshot with the checkpoint it hangs from.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg import Cursor

from auditoria import bitacora, compromiso, mapa, merkle
from auditoria.compromiso import Apertura
from auditoria.mapa import PruebaDeCuenta
from auditoria.notas import Checkpoint, Nota, Verificadora
from auditoria.sello import hitos, llaves
from auditoria.sello.hojas import COLUMNAS, pacientes
from auditoria.sello.piezas import lector_de_piezas
from auditoria.sello.sellador import LOTE
from auditoria.sello.teselas import Teselas
from ece.nucleo import sentencias

_ULTIMO = "SELECT nota FROM auditoria_sello ORDER BY tamano DESC LIMIT 1"
_COFIRMAS = "SELECT renglones FROM auditoria_cofirma WHERE tamano = %s ORDER BY testigo"
_DE_TAMANO = "SELECT nota FROM auditoria_sello WHERE tamano = %s"
# The seal that has it, and where the one before ends.
_SELLO = """
SELECT s.anterior, s.hitos, e.transaccion::text, p.transaccion::text, p.evento
FROM auditoria_evento e, LATERAL (
  SELECT * FROM auditoria_sello s WHERE (s.transaccion, s.evento) >= (e.transaccion, e.id)
  ORDER BY s.transaccion, s.evento LIMIT 1) s
LEFT JOIN auditoria_sello p ON p.tamano = s.anterior
WHERE e.id = %s
"""
# (The limit is how many there may be: without it a range of pairs is taken for a quarter of the
# table, and processes are started to count a few hundred.)
_ENTRE = """
SELECT count(*) FROM (SELECT FROM auditoria_evento
WHERE (transaccion, id) > (%s::text::xid8, %s) AND (transaccion, id) < (%s::text::xid8, %s)
ORDER BY transaccion, id LIMIT {}) antes
"""
_UNO = f"SELECT {COLUMNAS} FROM auditoria_evento WHERE id = %s"
_DEL_PACIENTE = f"""
SELECT {COLUMNAS}, id FROM auditoria_evento
WHERE pacientes @> %s::uuid[] AND (transaccion, id) <= (%s::text::xid8, %s)
ORDER BY transaccion, id
"""
_NADIE = UUID(int=0)
_HASTA = "SELECT transaccion::text, evento FROM auditoria_sello WHERE tamano = %s"


class SinSellar(Exception):
    """The event is not sealed yet: a matter of seconds."""


@dataclass(frozen=True, slots=True)
class EventoProbado:
    """An event with what opens its leaf, its place, and the way from it to the root."""

    apertura: Apertura
    indice: int
    camino: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Publicado:
    """A checkpoint as it is handed out: its note with the witnesses' lines, and who may sign it."""

    checkpoint: Checkpoint
    nota: str
    llaves: tuple[Verificadora, ...]

    @property
    def testigos(self) -> tuple[str, ...]:
        """The names of who cosigned it."""
        propias = {llave.nombre for llave in self.llaves}
        return tuple(sorted({f.nombre for f in Nota.leer(self.nota).firmas} - propias))


class Instantanea:
    """The log as one snapshot of the database has it."""

    def __init__(self, cursor: "Cursor[Any]", publicado: Publicado) -> None:
        self._cursor = cursor
        self.publicado = publicado
        self._teselas = Teselas(cursor, publicado.checkpoint.tamano)

    def evento(self, id_: UUID, *, para: UUID | None) -> EventoProbado | None:
        """One event, opened for the patient `para` (None: whole), or None if it is not theirs.

        Raises `SinSellar`.
        """
        fila = self._cursor.execute(_UNO, [id_], prepare=True, binary=True).fetchone()
        if fila is None or (para is not None and para.bytes not in pacientes(fila[2])):
            return None
        return self._probado(fila, id_, para)

    def del_paciente(self, paciente: UUID) -> list[EventoProbado]:
        """All the sealed events of a patient, in their order, opened for them."""
        hasta = self._cursor.execute(_HASTA, [self.publicado.checkpoint.tamano]).fetchone()
        if hasta is None:
            return []
        valores = [bitacora.arreglo([paciente.hex]), *hasta]
        filas = self._cursor.execute(_DEL_PACIENTE, valores, binary=True).fetchall()
        return [self._probado(fila[:3], fila[3], paciente) for fila in filas]

    def cuenta(self, paciente: UUID) -> PruebaDeCuenta | None:
        """How many events the checkpoint says that the patient has, with its proof."""
        clave = compromiso.seudonimo(paciente.bytes)
        return mapa.prueba(lector_de_piezas(self._cursor), clave)

    def consistencia(self, antes: int) -> list[bytes]:
        """That the tree of `antes` leaves begins this one. Raises `ValueError`."""
        tamano = self.publicado.checkpoint.tamano
        return merkle.prueba_de_consistencia(antes, tamano, self._teselas.leer)

    def tesela(self, capa: int, numero: int, ancho: int) -> list[bytes]:
        """The first `ancho` hashes of a tile, or fewer if the tree has fewer."""
        return self._teselas.tesela(capa, numero, ancho)

    def _probado(self, fila: Sequence[bytes], id_: UUID, para: UUID | None) -> EventoProbado:
        crudo, contenido, arreglo = fila
        lugar, tamano = self._lugar(id_), self.publicado.checkpoint.tamano
        if lugar is None or lugar >= tamano:
            raise SinSellar(id_)
        camino = merkle.prueba_de_inclusion(lugar, tamano, self._teselas.leer)
        apertura = compromiso.apertura(
            llaves.de_sales(),
            crudo,
            contenido,
            varios=len(arreglo) > 40,
            para=str(para) if para else None,
        )
        return EventoProbado(apertura, lugar, camino)

    def _lugar(self, id_: UUID) -> int | None:
        """How many events come before one; None if it has no seal."""
        fila = self._cursor.execute(_SELLO, [id_], prepare=True, binary=True).fetchone()
        if fila is None:
            return None
        anterior, sus_hitos, transaccion, previa, previo = fila
        pasados, hito = hitos.antes_de(bytes(sus_hitos), int(transaccion), id_)
        desde = (str(hito[0]), UUID(bytes=hito[1])) if hito else (previa or "0", previo or _NADIE)
        valores = [*desde, transaccion, id_]
        orden = _ENTRE.format(hitos.CADA if sus_hitos else LOTE)
        entre = self._cursor.execute(orden, valores, prepare=True, binary=True).fetchone()
        assert entre is not None
        return int(anterior + pasados + entre[0])


@contextmanager
def instantanea() -> Iterator[Instantanea | None]:
    """The log now, for as many proofs as are asked in the block; None if nothing is sealed yet."""
    if connection.in_atomic_block:
        with sentencias.cursor() as cursor:
            yield _instantanea(cursor)
        return
    with transaction.atomic(), sentencias.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield _instantanea(cursor)


def _instantanea(cursor: "Cursor[Any]") -> Instantanea | None:
    fila = cursor.execute(_ULTIMO).fetchone()
    return None if fila is None else Instantanea(cursor, _publicado(cursor, fila[0]))


def checkpoint(tamano: int | None = None) -> Publicado | None:
    """The last checkpoint, or the one of `tamano` leaves if there was one."""
    with sentencias.cursor() as cursor:
        if tamano is None:
            fila = cursor.execute(_ULTIMO).fetchone()
        else:
            fila = cursor.execute(_DE_TAMANO, [tamano]).fetchone()
        return None if fila is None else _publicado(cursor, fila[0])


def _publicado(cursor: "Cursor[Any]", nota: str) -> Publicado:
    el_checkpoint = Checkpoint.leer(nota.partition("\n\n")[0] + "\n")
    cofirmas = cursor.execute(_COFIRMAS, [el_checkpoint.tamano]).fetchall()
    renglones = "".join(renglon for (suyos,) in cofirmas for renglon in suyos)
    vigentes = tuple(llave for _, llave, _ in llaves.generaciones())
    return Publicado(el_checkpoint, nota + renglones, vigentes)
