"""Whether the columns by which an event is found are those that its sealed bytes say.

Nearly every event wrote nothing, and its bytes have one form (`auditoria.bitacora`): they are
compared where they are. Whatever does not fit that form is read as JSON: slower, and the judge.
"""

import re
from binascii import hexlify
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from auditoria.sello.hojas import COLUMNAS as DE_HOJA
from auditoria.sello.hojas import pacientes

COLUMNAS = (
    f"{DE_HOJA}, timestamptz_send(momento), tipo, resultado, uuid_send(actor), array_send(huellas)"
)
_ANIO_2000 = datetime(2000, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_HUELLA = 36  # an element of bytea[]: its length, and 32 bytes
_VACIO = 12  # an array without elements
# `,"id":"` 36 characters `","momento":"` 26 characters, and then what `_final` makes
_ID, _MOMENTO, _LARGO = b',"id":"', b'","momento":"', 82
_SIN_ESCRITOS = b',"escritos":[],"fundamento"'
_PALABRA = re.compile(r"[a-z0-9.-]+")
_CLASES = ("persona", "cliente", "sistema")


class Actor(msgspec.Struct):
    id: str


class Escrito(msgspec.Struct):
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
    actor: Actor
    pacientes: list[str]
    escritos: list[Escrito]


decodificar = msgspec.json.Decoder(Dicho).decode


class Cotejo:
    """Compares events one after the other, and remembers what they have in common."""

    def __init__(self) -> None:
        self._finales: dict[tuple[str, str, bytes], bytes] = {}
        self._actores: dict[bytes, tuple[bytes, ...]] = {}
        self._segundos: dict[bytes, int] = {}

    def pasar(
        self, filas: Iterable[Sequence[Any]], leer_entera: Callable[[int, Sequence[Any]], None]
    ) -> Iterator[Sequence[Any]]:
        """The same rows; each that does not, at a look, agree with its bytes and say that it wrote
        nothing goes to `leer_entera` with its place.

        One loop, and no call for what nearly all have alike: it runs as often as there are events.
        """
        finales, actores, segundos = self._finales, self._actores, self._segundos
        for i, fila in enumerate(filas):
            _, contenido, arreglo, momento, tipo, resultado, actor, huellas = fila
            try:
                final = finales[resultado, tipo, arreglo]
                suyos = actores[actor]
                hasta = len(contenido) - len(final)
                desde = hasta - _LARGO
                trozo = contenido[desde:hasta]
                segundo = segundos[trozo[56:75]]
            except KeyError:
                final, suyos = self._final(resultado, tipo, arreglo), self._de_actor(actor)
                hasta = len(contenido) - len(final)
                desde = hasta - _LARGO
                trozo = contenido[desde:hasta]
                segundo = self._segundo(trozo[56:75])
            if not (
                len(huellas) <= _VACIO
                and contenido.endswith(final)
                and trozo[:7] == _ID
                and trozo[7:43].replace(b"-", b"") == hexlify(fila[0])
                and trozo[43:56] == _MOMENTO
                and trozo[76:].isdigit()
                and segundo + int(trozo[76:]) == int.from_bytes(momento, "big", signed=True)
                and contenido.endswith(_SIN_ESCRITOS, 0, contenido.rfind(b':"', 0, desde))
                and contenido.startswith(suyos)
            ):
                leer_entera(i, fila)
            yield fila

    def _final(self, resultado: str, tipo: str, arreglo: bytes) -> bytes:
        # Of plain words only: with a quote in it, a column could pretend to be two members.
        if not (_PALABRA.fullmatch(resultado) and _PALABRA.fullmatch(tipo)):
            return b"\0"
        dichos = ",".join(f'"{uuid(p)}"' for p in pacientes(arreglo))
        final = self._finales[resultado, tipo, arreglo] = (
            f'+00:00","pacientes":[{dichos}],"resultado":"{resultado}","tipo":"{tipo}","v":2}}'
        ).encode()
        return final

    def _de_actor(self, actor: bytes) -> tuple[bytes, ...]:
        dichos = self._actores[actor] = tuple(
            f'{{"actor":{{"clase":"{clase}","id":"{uuid(actor)}"'.encode() for clase in _CLASES
        )
        return dichos

    def _segundo(self, dicho: bytes) -> int:
        try:
            hecho = micros(f"{dicho.decode()}+00:00")
        except ValueError:
            return -1 << 80  # of no event
        self._segundos[dicho] = hecho
        return hecho


def leer(fila: Sequence[Any]) -> tuple[bool, list[Escrito]]:
    """Whether the row agrees with its bytes, and what they say that it wrote."""
    id_, contenido, arreglo, momento, tipo, resultado, actor, huellas = fila
    try:
        dicho = decodificar(contenido)
        iguales = (
            dicho.tipo == tipo
            and dicho.resultado == resultado
            and _hex(dicho.id) == id_.hex()
            and _hex(dicho.actor.id) == actor.hex()
            and micros(dicho.momento) == int.from_bytes(momento, "big", signed=True)
            and [_hex(p) for p in dicho.pacientes] == [p.hex() for p in pacientes(arreglo)]
        )
    except (msgspec.DecodeError, ValueError, TypeError):
        return False, []
    if iguales and (dicho.escritos or len(huellas) > _VACIO):
        iguales = [e.huella for e in dicho.escritos] == _huellas(huellas)
    return iguales, dicho.escritos


def micros(momento: str) -> int:
    """Microseconds since 2000, as PostgreSQL counts them."""
    return (datetime.fromisoformat(momento) - _ANIO_2000) // _MICRO


def uuid(crudo: bytes) -> str:
    h = crudo.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def _hex(uuid: str) -> str:
    return uuid.replace("-", "")


def _huellas(arreglo: bytes) -> list[str]:
    return [arreglo[i + 4 : i + _HUELLA].hex() for i in range(20, len(arreglo), _HUELLA)]
