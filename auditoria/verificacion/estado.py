"""What an interrupted verification had done, in a file that only this installation can write."""

import hmac
import os
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec

from auditoria.mapa import Pieza
from auditoria.verificacion.sumas import Sumas
from ece.nucleo import llavero

VALE_SEGUNDOS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Hecho:
    """Events up to `tamano` leaves were good; what they add up to so far."""

    clave: bytes
    tamano: int
    piezas: dict[Pieza, bytes]
    sumas: Sumas


class _Guardado(msgspec.Struct):
    hecho_at: float
    clave: bytes
    tamano: int
    piezas: list[tuple[int, int, bytes]]
    sumas: list[tuple[int, bytes]]
    cuantas: int


class Estado:
    """The state kept at `ruta`."""

    def __init__(self, ruta: Path) -> None:
        self._ruta = ruta

    def leer(self) -> Hecho | None:
        """None if there is none, it is of more than a day ago, or somebody touched it."""
        try:
            crudo = self._ruta.read_bytes()
        except OSError:
            return None
        if not hmac.compare_digest(crudo[:32], self._sello(crudo[32:])):
            return None
        dicho = msgspec.msgpack.decode(crudo[32:], type=_Guardado)
        if dicho.hecho_at + VALE_SEGUNDOS < time.time():
            return None
        sumas = Sumas({p: int.from_bytes(s, "big") for p, s in dicho.sumas}, dicho.cuantas)
        piezas = {(nivel, indice): pieza for nivel, indice, pieza in dicho.piezas}
        return Hecho(dicho.clave, dicho.tamano, piezas, sumas)

    def guardar(self, clave: bytes, tamano: int, piezas: dict[Pieza, bytes], sumas: Sumas) -> None:
        cuerpo = msgspec.msgpack.encode(
            _Guardado(
                time.time(),
                clave,
                tamano,
                [(nivel, indice, pieza) for (nivel, indice), pieza in piezas.items()],
                [(parte, suma.to_bytes(32, "big")) for parte, suma in sumas.de.items()],
                sumas.cuantas,
            )
        )
        self._ruta.parent.mkdir(parents=True, exist_ok=True)
        temporal = self._ruta.with_suffix(f".{os.getpid()}")
        temporal.write_bytes(self._sello(cuerpo) + cuerpo)
        temporal.replace(self._ruta)

    def borrar(self) -> None:
        self._ruta.unlink(missing_ok=True)

    @staticmethod
    def _sello(cuerpo: bytes) -> bytes:
        clave = llavero.clave_institucional("bitacora/verificacion")
        return hmac.digest(clave, cuerpo, sha256)
