"""Whether the columns by which an event is found are those that its sealed bytes say.

Nearly every event wrote nothing, and its bytes have one form (`auditoria.bitacora`): they are
compared where they are. Whatever does not fit that form is read as JSON: slower, and the judge.
"""

import re
from binascii import hexlify
from collections.abc import Sequence
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
_ID, _MOMENTO, _FIN = b',"id":"', b'","momento":"', b"+00:00"
# `,"id":"` 36 characters `","momento":"` 32 characters: from where the instant ends
_AL_ID, _AL_MOMENTO = 88, 32
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
        self._finales: dict[tuple[str, str], bytes] = {}
        self._pacientes: dict[bytes, bytes] = {}
        self._actores: dict[bytes, tuple[bytes, ...]] = {}
        self._segundos: dict[bytes, int] = {}

    def sin_escritos(self, fila: Sequence[Any]) -> bool:
        """True if the row agrees with its bytes, and they say at a look that it wrote nothing.

        False says nothing: it takes `leer` to know.
        """
        id_, contenido, arreglo, momento, tipo, resultado, actor, huellas = fila
        if len(huellas) > _VACIO:
            return False
        final = self._finales.get((resultado, tipo)) or self._final(resultado, tipo)
        if not contenido.endswith(final):
            return False
        hasta = len(contenido) - len(final)
        de_pacientes = self._pacientes.get(arreglo) or self._de_pacientes(arreglo)
        if not contenido.endswith(de_pacientes, 0, hasta):
            return False
        hasta -= len(de_pacientes)
        desde = hasta - _AL_ID
        if not (contenido.startswith(_ID, desde) and contenido.startswith(_MOMENTO, desde + 43)):
            return False
        segundo = contenido[hasta - _AL_MOMENTO : hasta - 13]
        return bool(
            contenido[desde + 7 : desde + 43].replace(b"-", b"") == hexlify(id_)
            and contenido.endswith(_FIN, 0, hasta)
            and contenido[hasta - 12 : hasta - 6].isdigit()
            and (self._segundos.get(segundo) or self._segundo(segundo))
            + int(contenido[hasta - 12 : hasta - 6])
            == int.from_bytes(momento, "big", signed=True)
            and contenido.endswith(_SIN_ESCRITOS, 0, contenido.rfind(b':"', 0, desde))
            and contenido.startswith(self._actores.get(actor) or self._de_actor(actor))
        )

    def _final(self, resultado: str, tipo: str) -> bytes:
        # Of plain words only: with a quote in it, a column could pretend to be two members.
        if not (_PALABRA.fullmatch(resultado) and _PALABRA.fullmatch(tipo)):
            return b"\0"
        final = f'],"resultado":"{resultado}","tipo":"{tipo}","v":2}}'.encode()
        self._finales[resultado, tipo] = final
        return final

    def _de_pacientes(self, arreglo: bytes) -> bytes:
        dichos = ",".join(f'"{uuid(p)}"' for p in pacientes(arreglo))
        dicho = self._pacientes[arreglo] = f'","pacientes":[{dichos}'.encode()
        return dicho

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
