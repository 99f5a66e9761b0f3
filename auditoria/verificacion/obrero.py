"""One piece of the work, in any process: events against their seals' leaves.

The columns by which an event is found must be those that its sealed bytes say; what it wrote adds
to a sum that the tables of versions have to add up to (`versiones`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg

from auditoria.sello.hojas import COLUMNAS, comprometer, pacientes
from auditoria.verificacion.hallazgos import Clase, Hallazgo
from auditoria.verificacion.sumas import Sumas

_EVENTOS = f"""
SELECT {COLUMNAS}, timestamptz_send(momento), tipo, resultado, uuid_send(actor),
       array_send(huellas), transaccion::text AS xid
FROM auditoria_evento
WHERE (transaccion, id) > (%s::text::xid8, %s) AND (transaccion, id) <= (%s::text::xid8, %s)
ORDER BY transaccion, id
"""
_DESPUES = _EVENTOS.replace("AND (transaccion, id) <= (%s::text::xid8, %s)", "")
_HOJAS = "SELECT hojas FROM auditoria_sello WHERE tamano = %s"
_ANIO_2000 = datetime(2000, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_HUELLA = 36  # an element of bytea[]: its length, and 32 bytes
_VACIO = 12  # an array without elements

Corte = tuple[str, str]
"""(transaction, event) up to which a seal goes."""


class _Actor(msgspec.Struct):
    id: str


class _Escrito(msgspec.Struct):
    tipo: str
    id: str
    version: int
    huella: str
    columnas: str = ""


class Dicho(msgspec.Struct):
    """What the bytes of an event say."""

    id: str
    momento: str
    tipo: str
    resultado: str
    actor: _Actor
    pacientes: list[str]
    escritos: list[_Escrito]


decodificar = msgspec.json.Decoder(Dicho).decode


@dataclass(frozen=True, slots=True)
class Tramo:
    """Consecutive seals: (leaves before, leaves after, where it ends), and where they begin."""

    desde: Corte
    sellos: tuple[tuple[int, int, Corte], ...]


@dataclass(slots=True)
class Revisado:
    """What a piece of the work found; `por_paciente` has the leaves of each, in their order."""

    eventos: int = 0
    hallazgos: list[Hallazgo] = field(default_factory=list)
    por_paciente: dict[bytes, list[bytes]] = field(default_factory=dict)
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

    def filas(self, orden: str, valores: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with psycopg.Cursor(self.conexion) as cursor:
            return cursor.execute(orden, valores, binary=True).fetchall()

    def corriente(self, orden: str, valores: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The same, as they come: for what does not fit in memory."""
        with psycopg.Cursor(self.conexion) as cursor:
            yield from cursor.stream(orden, valores, binary=True, size=500)

    def revisar(self, tramo: Tramo) -> Revisado:
        """The events of some seals: their leaves are those sealed, their columns their own."""
        *_, (_, _, hasta) = tramo.sellos
        filas = self.filas(_EVENTOS, [*tramo.desde, *hasta])
        hecho = Revisado(eventos=len(filas))
        hojas = comprometer(filas, self.encargo.sales, hecho.por_paciente)
        self._cotejar_columnas(filas, hecho, tramo.sellos[0][0])
        selladas = [(sello, self._selladas(sello[1])) for sello in tramo.sellos]
        if b"".join(hojas) != b"".join(suyas for _, suyas in selladas):
            hecho.hallazgos += _diagnosticar(filas, hojas, selladas)
        return hecho

    def revisar_cola(self, desde: Corte) -> Revisado:
        """The events that wait for their seal: only what they say of versions."""
        filas = self.filas(_DESPUES, desde)
        hecho = Revisado(eventos=len(filas))
        self._cotejar_columnas(filas, hecho, 0)
        return hecho

    def _selladas(self, tamano: int) -> bytes:
        filas = self.filas(_HOJAS, [tamano])
        return bytes(filas[0][0]) if filas else b""

    def _cotejar_columnas(
        self, filas: Sequence[Sequence[Any]], hecho: Revisado, primero: int
    ) -> None:
        for i, fila in enumerate(filas):
            id_, contenido, arreglo, momento, tipo, resultado, actor, huellas, _ = fila
            try:
                dicho = decodificar(contenido)
                iguales = (
                    dicho.tipo == tipo
                    and dicho.resultado == resultado
                    and _hex(dicho.id) == id_.hex()
                    and _hex(dicho.actor.id) == actor.hex()
                    and _micros(dicho.momento) == int.from_bytes(momento, "big", signed=True)
                    and [_hex(p) for p in dicho.pacientes] == [p.hex() for p in pacientes(arreglo)]
                )
                escritos = dicho.escritos
                if iguales and (escritos or len(huellas) > _VACIO):
                    iguales = [e.huella for e in escritos] == _huellas(huellas)
            except (msgspec.DecodeError, ValueError):
                iguales, escritos = False, []
            if not iguales:
                hallazgo = Hallazgo(
                    Clase.EVENTO_CONTRADICHO, f"evento {_uuid(id_)}", orden=primero + i
                )
                hecho.hallazgos.append(hallazgo)
            for e in escritos:
                hecho.sumas.sumar(
                    self.encargo.clave, e.tipo, e.id, e.version, e.huella, e.columnas, id_.hex()
                )


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
            clase, lugar = Clase.EVENTO_ALTERADO, f"evento {_uuid(filas[i][0])}"
        else:
            clase, lugar = Clase.EVENTO_INTRUSO, f"evento {_uuid(filas[i][0])}"
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
                f"evento {_uuid(filas[primera][0])}",
                f"hoja {anterior + primera}",
                anterior + primera,
            )
        )
    return hallazgos


def _micros(momento: str) -> int:
    return (datetime.fromisoformat(momento) - _ANIO_2000) // _MICRO


def _hex(uuid: str) -> str:
    return uuid.replace("-", "")


def _huellas(arreglo: bytes) -> list[str]:
    return [arreglo[i + 4 : i + _HUELLA].hex() for i in range(20, len(arreglo), _HUELLA)]


def _uuid(crudo: bytes) -> str:
    h = crudo.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
