"""Finding keys in files: any of thousands of 32-byte secrets, however it was written down."""

import base64
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import numpy as np

_TROZO = 1 << 26
_ANCHO = 12
"""Bytes of a written key that tell it from chance."""


class Rastreador:
    """Looks for `secretos` as bytes, in hexadecimal and in base64, of either case or alphabet."""

    def __init__(self, secretos: Iterable[bytes]) -> None:
        self._escritos: dict[bytes, bytes] = {}
        for secreto in secretos:
            for dicho in (
                secreto,
                secreto.hex().encode(),
                secreto.hex().upper().encode(),
                base64.b64encode(secreto),
                base64.urlsafe_b64encode(secreto),
            ):
                self._escritos[dicho[:_ANCHO]] = secreto
        self._tabla = np.zeros(1 << 24, dtype=bool)
        for dicho in self._escritos:
            self._tabla[dicho[0] | dicho[1] << 8 | dicho[2] << 16] = True

    def en(self, archivos: Iterable[Path], *, salvo: Collection[Path] = ()) -> set[str]:
        """Which files, of those that can be read, hold one."""
        return {
            str(ruta)
            for ruta in archivos
            if ruta not in salvo and any(self._tiene(trozo) for trozo in _trozos(ruta))
        }

    def _tiene(self, trozo: bytes) -> bool:
        crudo = np.frombuffer(trozo, dtype=np.uint8).astype(np.uint32)
        if len(crudo) < _ANCHO:
            return False
        juntos = crudo[:-2] | crudo[1:-1] << 8 | crudo[2:] << 16
        return any(
            trozo[i : i + _ANCHO] in self._escritos for i in np.flatnonzero(self._tabla[juntos])
        )


def _trozos(ruta: Path) -> Iterator[bytes]:
    """A file in pieces that share an edge."""
    previo = b""
    try:
        with ruta.open("rb") as archivo:
            while leido := archivo.read(_TROZO):
                yield previo + leido
                previo = leido[-_ANCHO:]
    except OSError:  # gone, or a socket
        return


def de_intercambio() -> list[Path]:
    """The files and devices to which this machine swaps memory."""
    renglones = Path("/proc/swaps").read_text().splitlines()[1:]
    return [Path(renglon.split()[0]) for renglon in renglones]
