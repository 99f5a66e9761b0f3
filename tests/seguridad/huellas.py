"""Finding words in bytes, however they were written down: a thief's eye."""

import base64
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

LARGA = 7
"""Letters from which a word is not found by chance in megabytes of ciphertext."""

_LETRAS = "0-9A-Za-zÁÉÍÓÚÜÑáéíóúüñ"
_PALABRA = re.compile(f"[{_LETRAS}]{{4,}}")
_CORRIDA = re.compile(f"[{_LETRAS}]{{{LARGA},}}")
_HEXADECIMAL = re.compile(rb"(?:[0-9a-fA-F]{2}){6,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{8,}")
_A_BASE64_COMUN = bytes.maketrans(b"-_", b"+/")


def formas(palabra: str) -> set[str]:
    """As it was written, in one case or the other, with accents and without."""
    sueltas = unicodedata.normalize("NFKD", palabra)
    lisa = "".join(letra for letra in sueltas if not unicodedata.combining(letra))
    return {f(p) for p in (palabra, lisa) for f in (str, str.lower, str.upper)}


def palabras(datos: bytes) -> set[str]:
    """The words of four letters or more that anybody reads in `datos` as they are."""
    return set(_PALABRA.findall(datos.decode("utf-8", "replace")))


def legible(datos: bytes) -> str:
    """Every long run of letters and digits that `datos` hides, once each, a line a run.

    As UTF-8, Latin-1 and UTF-16 at any alignment; plain or in hexadecimal (as ``bytea`` is dumped),
    in base64 at any of its alignments, or URL-encoded.
    """
    corridas: set[str] = set()
    for vista in _vistas(datos):
        corridas.update(_CORRIDA.findall(vista.decode("utf-8", "replace")))
        # UTF-16 of our letters is Latin-1 with zeros between.
        corridas.update(_CORRIDA.findall(vista.replace(b"\0", b"").decode("latin-1")))
    return "\n".join(corridas)


def _vistas(datos: bytes) -> Iterator[bytes]:
    yield datos
    hexadecimales = b"\n".join(bytes.fromhex(h.decode()) for h in _HEXADECIMAL.findall(datos))
    yield hexadecimales
    for parte in (datos, hexadecimales):
        yield b"\n".join(unquote_to_bytes(u) for u in parte.split() if b"%" in u)
        yield b"\n".join(_de_base64(_BASE64.findall(parte)))


def _de_base64(corridas: list[bytes]) -> Iterator[bytes]:
    for corrida in corridas:
        comun = corrida.translate(_A_BASE64_COMUN)
        for inicio in range(4):
            trozo = comun[inicio:]
            if len(trozo) % 4 == 1:
                trozo = trozo[:-1]
            yield base64.b64decode(trozo + b"=" * (-len(trozo) % 4))
