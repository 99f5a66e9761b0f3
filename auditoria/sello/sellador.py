"""The sealer: committed events, in their order, become leaves under a signed checkpoint.

Events are ordered by (transaction, id) once every transaction that began before has ended
(``pg_snapshot_xmin``): an order that nobody takes a lock to give, and that no later commit can
change. One transaction writes a seal whole; killed anywhere, it is as if it had not begun.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db import transaction
from psycopg import Cursor

from auditoria import compromiso, mapa, merkle, notas
from auditoria.notas import Checkpoint, Firmante
from auditoria.sello import hitos, llaves
from auditoria.sello import hojas as las_hojas
from auditoria.sello.hitos import Orden
from auditoria.sello.piezas import Recuerdo, guardar_piezas
from auditoria.sello.teselas import ALTO, ANCHO, Teselas
from ece.nucleo import sentencias

LOTE = 65_536
"""Events in a seal, at most: whoever is behind writes the map once for so many."""

_CANDADO = 7_317_001
_ULTIMO = """
SELECT tamano, transaccion::text, evento FROM auditoria_sello ORDER BY tamano DESC LIMIT 1
"""
# (The alias matters: ORDER BY would take an output column of the same name, and sort text.)
_POR_SELLAR = f"""
SELECT {las_hojas.COLUMNAS}, transaccion::text AS xid FROM auditoria_evento
WHERE (transaccion, id) > (%s::text::xid8, %s)
  AND transaccion < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY transaccion, id LIMIT %s
"""
_INSERTAR = """
INSERT INTO auditoria_sello (tamano, anterior, hojas, transaccion, evento, nota, hitos)
VALUES (%s, %s, %s, %s::text::xid8, %s, %s, %s)
"""
_NUNCA = (0, "0", "00000000-0000-0000-0000-000000000000")


class ContadorRetrocedido(Exception):
    """PostgreSQL's transaction counter is behind the sealed log (a logical backup was restored in
    another cluster): new events would sort before sealed ones. Raise its epoch (pg_resetwal)."""


@dataclass(frozen=True, slots=True)
class Sellado:
    """What a seal added, and its checkpoint as a signed note."""

    eventos: int
    checkpoint: Checkpoint
    nota: str


def sellar(
    *,
    ahora: datetime,
    lote: int = LOTE,
    rotar: bool = False,
    recuerdo: Recuerdo | None = None,
) -> Sellado | None:
    """Seal the next events, `lote` at most; None when there are none or somebody else is sealing.

    `rotar` brings in a new signing key, and this checkpoint is signed by the old one too;
    `recuerdo` is of who seals again and again. Raises `ContadorRetrocedido`.
    """
    with transaction.atomic(durable=True), sentencias.cursor() as cursor:
        if not _valor(cursor, "SELECT pg_try_advisory_xact_lock(%s)", [_CANDADO]):
            return None
        anterior, transaccion, evento = cursor.execute(_ULTIMO).fetchone() or _NUNCA
        contador = _valor(cursor, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text", [])
        if int(contador) <= int(transaccion):
            raise ContadorRetrocedido(f"{contador} no pasa de {transaccion}")
        valores = [transaccion, evento, lote]
        filas = cursor.stream(_POR_SELLAR, valores, binary=True, size=las_hojas.POR_TROZO)
        return asentar(
            cursor, filas, anterior=anterior, ahora=ahora, rotar=rotar, recuerdo=recuerdo
        )


def asentar(
    cursor: "Cursor[Any]",
    filas: Iterable[Sequence[Any]],
    *,
    anterior: int,
    ahora: datetime,
    rotar: bool = False,
    recuerdo: Recuerdo | None = None,
) -> Sellado | None:
    """Write, in the transaction that is open, the seal of events read as the sealer reads them;
    None if there are none."""
    prensa = las_hojas.Prensa(llaves.de_sales())
    quedan, finales = iter(filas), list[Orden]()
    while ultima := prensa.prensar(islice(quedan, hitos.CADA)):
        id_, *_, transaccion = ultima
        finales.append((int(transaccion), id_))
    if not finales:
        return None
    nuevas = prensa.hojas
    tamano, juntas = anterior + len(nuevas), b"".join(nuevas)
    _guardar_subarboles(cursor, anterior, nuevas)
    checkpoint = Checkpoint(
        origen=llaves.origen(),
        tamano=tamano,
        raiz=Teselas(cursor, tamano, juntas).raiz(),
        mapa=_asentar_en_mapa(
            cursor, prensa.por_paciente, anterior, tamano, recuerdo or Recuerdo()
        ),
        momento=ahora.astimezone(UTC).isoformat(timespec="seconds"),
    )
    nota = notas.firmar(
        checkpoint.texto, _firmantes(cursor, checkpoint, desde=anterior, rotar=rotar)
    )
    ultima_transaccion, ultimo = finales[-1]
    valores = [
        *(tamano, anterior, juntas, str(ultima_transaccion), ultimo.hex(), nota),
        hitos.escribir(finales),
    ]
    cursor.execute(_INSERTAR, valores, prepare=True)
    return Sellado(len(nuevas), checkpoint, nota)


def sellar_todo(*, ahora: datetime, lote: int = LOTE) -> Iterator[Sellado]:
    """Seal after seal, until no event is left that can be ordered."""
    recuerdo = Recuerdo()
    while sellado := sellar(ahora=ahora, lote=lote, recuerdo=recuerdo):
        yield sellado
        if sellado.eventos < lote:
            return


def _guardar_subarboles(cursor: "Cursor[Any]", anterior: int, nuevas: Sequence[bytes]) -> None:
    """Keep the root of each subtree of 256, 65 536… leaves that these complete."""
    teselas, capa = Teselas(cursor, anterior), 0
    antes, despues, entradas = anterior, anterior + len(nuevas), list(nuevas)
    filas: list[tuple[int, int, bytes]] = []
    while despues >> ALTO > antes >> ALTO:
        primero = antes >> ALTO
        entradas = teselas.tesela(capa, primero) + entradas
        completas = [
            merkle.raiz(entradas[i : i + ANCHO]) for i in range(0, len(entradas) - ANCHO + 1, ANCHO)
        ]
        filas += [(capa, primero + i, raiz) for i, raiz in enumerate(completas)]
        antes, despues, entradas, capa = primero, despues >> ALTO, completas, capa + 1
    if filas:
        with cursor.copy("COPY auditoria_subarbol (nivel, indice, raiz) FROM STDIN") as copia:
            for fila in filas:
                copia.write_row(fila)


def _asentar_en_mapa(
    cursor: "Cursor[Any]",
    de_pacientes: dict[bytes, list[bytes]],
    anterior: int,
    tamano: int,
    recuerdo: Recuerdo,
) -> bytes:
    por_seudonimo = {compromiso.seudonimo(p): h for p, h in de_pacientes.items()}
    raiz, piezas = mapa.asentar(recuerdo.lector(cursor, anterior), por_seudonimo)
    guardar_piezas(cursor, piezas)
    recuerdo.guardar(tamano, piezas)
    return raiz


def _firmantes(
    cursor: "Cursor[Any]", checkpoint: Checkpoint, *, desde: int, rotar: bool
) -> list[Firmante]:
    """Who signs: the current key, the first of all times included; on rotating, both."""
    nombre = checkpoint.origen
    generaciones = llaves.generaciones()
    actual = generaciones[-1][0] if generaciones else 0
    firmantes = [llaves.firmante(nombre, actual)] if generaciones else []
    if rotar or not generaciones:
        nueva = llaves.firmante(nombre, actual + 1)
        cursor.execute(
            "INSERT INTO auditoria_llavedesello (generacion, vkey, desde) VALUES (%s, %s, %s)",
            [actual + 1, nueva.verificadora.vkey, desde],
        )
        firmantes.append(nueva)
    return firmantes


def _valor(cursor: "Cursor[Any]", orden: str, valores: Sequence[Any]) -> Any:
    fila = cursor.execute(orden, valores).fetchone()
    return fila[0] if fila else None
