"""One piece of the work, in any process: events against their seals' leaves.

The columns by which an event is found must be those that its sealed bytes say; what it wrote adds
to a sum that the tables of versions have to add up to (`versiones`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from auditoria.sello.hojas import POR_TROZO, Prensa
from auditoria.verificacion import columnas
from auditoria.verificacion.hallazgos import Clase, Hallazgo
from auditoria.verificacion.sumas import Sumas

_DE_EVENTOS = """
FROM auditoria_evento
WHERE (transaccion, id) > (%s::text::xid8, %s) AND (transaccion, id) <= (%s::text::xid8, %s)
ORDER BY transaccion, id
"""
_EVENTOS = f"SELECT {columnas.COLUMNAS} {_DE_EVENTOS}"
_LUGARES = f"SELECT uuid_send(id), transaccion::text AS xid {_DE_EVENTOS}"
_DESPUES = _EVENTOS.replace("AND (transaccion, id) <= (%s::text::xid8, %s)", "")
# A range of pairs is taken for a quarter of the table: it would be read whole for each piece.
_NO_TOMAR = ("seqscan", "bitmapscan", "sort")
_HOJAS = "SELECT hojas FROM auditoria_sello WHERE tamano = %s"

Corte = tuple[str, str]
"""(transaction, event) up to which a seal goes."""


@dataclass(frozen=True, slots=True)
class Tramo:
    """Consecutive seals: (leaves before, leaves after, where it ends), and where they begin."""

    desde: Corte
    sellos: tuple[tuple[int, int, Corte], ...]


@dataclass(slots=True)
class Revisado:
    """What a piece of the work found; `por_paciente` has the leaves of each, one after the other.

    (Joined: an object for each would cost more to send to another process than to hash.)
    """

    eventos: int = 0
    hallazgos: list[Hallazgo] = field(default_factory=list)
    por_paciente: dict[bytes, bytes] = field(default_factory=dict)
    sumas: Sumas = field(default_factory=Sumas)


@dataclass(frozen=True, slots=True)
class Encargo:
    """What a worker needs: where the tables are, the snapshot to read, the salts, the sums' key."""

    conexion: str
    instantanea: str
    sales: bytes
    clave: bytes


class Obrero:
    """A connection to the run's snapshot, or `conexion` as it is."""

    def __init__(self, encargo: Encargo, conexion: "psycopg.Connection[Any] | None" = None) -> None:
        self.encargo = encargo
        if conexion is not None:
            self.conexion = conexion
            return
        self.conexion = psycopg.connect(encargo.conexion)
        self.conexion.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        self.conexion.execute(f"SET TRANSACTION SNAPSHOT '{encargo.instantanea}'")
        self.conexion.execute("SET LOCAL timezone TO 'UTC'")
        for camino in _NO_TOMAR:
            self.conexion.execute(f"SET LOCAL enable_{camino} TO off")

    def filas(self, orden: str, valores: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with psycopg.Cursor(self.conexion) as cursor:
            return cursor.execute(orden, valores, binary=True).fetchall()

    def corriente(
        self, orden: str, valores: Sequence[Any] = (), *, trozo: int = 500
    ) -> Iterator[tuple[Any, ...]]:
        """The same, as they come: for what does not fit in memory."""
        with psycopg.Cursor(self.conexion) as cursor:
            yield from cursor.stream(orden, valores, binary=True, size=trozo)

    def revisar(self, tramo: Tramo) -> Revisado:
        """The events of some seals: their leaves are those sealed, their columns their own."""
        *_, (_, _, hasta) = tramo.sellos
        hecho, prensa = Revisado(), Prensa(self.encargo.sales)
        filas = self.corriente(_EVENTOS, [*tramo.desde, *hasta], trozo=POR_TROZO)
        prensa.prensar(self._cotejadas(filas, hecho, tramo.sellos[0][0]))
        hecho.eventos = len(prensa.hojas)
        hecho.por_paciente = {p: b"".join(hojas) for p, hojas in prensa.por_paciente.items()}
        selladas = [(sello, self._selladas(sello[1])) for sello in tramo.sellos]
        if b"".join(prensa.hojas) != b"".join(suyas for _, suyas in selladas):
            lugares = self.filas(_LUGARES, [*tramo.desde, *hasta])
            hecho.hallazgos += _diagnosticar(lugares, prensa.hojas, selladas)
        return hecho

    def revisar_cola(self, desde: Corte) -> Revisado:
        """The events that wait for their seal: only what they say of versions."""
        hecho = Revisado()
        filas = self.corriente(_DESPUES, desde, trozo=POR_TROZO)
        hecho.eventos = sum(1 for _ in self._cotejadas(filas, hecho, 0))
        return hecho

    def _selladas(self, tamano: int) -> bytes:
        filas = self.filas(_HOJAS, [tamano])
        return bytes(filas[0][0]) if filas else b""

    def _cotejadas(
        self, filas: Iterable[Sequence[Any]], hecho: Revisado, primero: int
    ) -> Iterator[Sequence[Any]]:
        """The same rows, each looked at on its way."""

        def leer_entera(i: int, fila: Sequence[Any]) -> None:
            iguales, escritos = columnas.leer(fila)
            if not iguales:
                lugar = f"evento {columnas.uuid(fila[0])}"
                hallazgo = Hallazgo(Clase.EVENTO_CONTRADICHO, lugar, orden=primero + i)
                hecho.hallazgos.append(hallazgo)
            id_, clave = fila[0].hex(), self.encargo.clave
            for e in escritos:
                hecho.sumas.sumar(clave, e.tipo, e.id, e.version, e.huella, e.columnas, id_)

        return columnas.Cotejo().pasar(filas, leer_entera)


def _diagnosticar(
    filas: Sequence[Sequence[Any]],
    hojas: Sequence[bytes],
    selladas: Sequence[tuple[tuple[int, int, Corte], bytes]],
) -> list[Hallazgo]:
    """Name what differs, seal by seal: the events that belong to each follow from its end."""
    hallazgos, i = [], 0
    for (anterior, tamano, (transaccion, evento)), juntas in selladas:
        fin, limite = i, (int(transaccion), evento.replace("-", ""))
        while fin < len(filas) and (int(filas[fin][-1]), filas[fin][0].hex()) <= limite:
            fin += 1
        suyas = [juntas[j : j + 32] for j in range(0, len(juntas), 32)]
        if len(suyas) != tamano - anterior:
            hallazgos.append(
                Hallazgo(Clase.SELLO_ALTERADO, f"sello {tamano}", "sus hojas", anterior)
            )
        elif suyas != hojas[i:fin]:
            hallazgos += _del_sello(filas[i:fin], hojas[i:fin], suyas, anterior)
        i = fin
    return hallazgos


def _del_sello(
    filas: Sequence[Sequence[Any]],
    hojas: Sequence[bytes],
    suyas: Sequence[bytes],
    anterior: int,
) -> list[Hallazgo]:
    hay, hubo = set(hojas), set(suyas)
    ajenas = [i for i, hoja in enumerate(hojas) if hoja not in hubo]
    faltan = [i for i, hoja in enumerate(suyas) if hoja not in hay]
    hallazgos = []
    for i in ajenas:
        if i in faltan:  # one in the place of another
            faltan.remove(i)
            clase, lugar = Clase.EVENTO_ALTERADO, f"evento {columnas.uuid(filas[i][0])}"
        else:
            clase, lugar = Clase.EVENTO_INTRUSO, f"evento {columnas.uuid(filas[i][0])}"
        hallazgos.append(Hallazgo(clase, lugar, f"hoja {anterior + i}", anterior + i))
    hallazgos += [
        Hallazgo(Clase.EVENTO_FALTANTE, f"hoja {anterior + i}", orden=anterior + i) for i in faltan
    ]
    if len(hojas) > len(hay):
        repetida = next(i for i, hoja in enumerate(hojas) if hoja in hojas[:i])
        hallazgos.append(
            Hallazgo(Clase.EVENTO_INTRUSO, f"hoja {anterior + repetida}", "repetida", anterior)
        )
    if not hallazgos:
        primera = next(i for i, hoja in enumerate(suyas) if hoja != hojas[i])
        hallazgos.append(
            Hallazgo(
                Clase.EVENTO_REORDENADO,
                f"evento {columnas.uuid(filas[primera][0])}",
                f"hoja {anterior + primera}",
                anterior + primera,
            )
        )
    return hallazgos
