"""Escrow of the key file among custodians: `umbral` of them bring it back, and fewer know nothing.

A fresh key closes the file (AES-256-GCM) and is split by Shamir's scheme (*How to Share a Secret*,
CACM 22-11, 1979) over GF(2^8) with the polynomial of AES (FIPS 197, 4.2): a share is the value,
byte by byte, of a random polynomial of degree `umbral` - 1 whose constant is the key. It runs
without Django or a database, which is when it is needed::

    python -m ece.nucleo.custodia llavero.custodia llavero.json     # shares, a line each, on stdin
"""

import base64
import json
import os
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMATO = "ece-custodia/1"
MAXIMO = 16
"""Custodians, at most: more would be a list that nobody keeps."""
_LARGO, _SUMA, _NONCE = 32, 4, 12


class ParteInvalida(Exception):
    """A share is mistyped, of another ceremony, repeated, or there are too few."""


@dataclass(frozen=True, slots=True)
class Parte:
    """What one custodian keeps: `indice` is 1 to the number of custodians."""

    conjunto: str
    umbral: int
    indice: int
    valor: bytes

    def __str__(self) -> str:
        """As it is printed: in base32, with a sum that tells a slip of the hand."""
        letras = self._letras()
        grupos = "-".join(letras[i : i + 4] for i in range(0, len(letras), 4))
        return f"ECE1-{self.conjunto}-{self.umbral}-{self.indice}-{grupos}"

    @classmethod
    def leer(cls, texto: str) -> "Parte":
        """As it was typed. Raises `ParteInvalida`."""
        try:
            marca, conjunto, umbral, indice, *grupos = texto.strip().upper().split("-")
            letras = "".join(grupos)
            crudo = base64.b32decode(letras + "=" * (-len(letras) % 8))
            leida = cls(conjunto, int(umbral), int(indice), crudo[:_LARGO])
        except ValueError as error:
            raise ParteInvalida("no tiene la forma de una parte") from error
        # The last letter has bits to spare, which a slip may change without changing the sum.
        if marca != "ECE1" or leida._letras() != letras or len(leida.valor) != _LARGO:
            raise ParteInvalida("está mal escrita: su suma no es la que dice")
        return leida

    def _letras(self) -> str:
        return base64.b32encode(self.valor + self._suma()).decode().rstrip("=")

    def _suma(self) -> bytes:
        dicho = f"{self.conjunto}/{self.umbral}/{self.indice}/".encode()
        return sha256(dicho + self.valor).digest()[:_SUMA]


def cerrar(contenido: bytes, *, partes: int, umbral: int) -> tuple[bytes, list[Parte]]:
    """(the closed file, to be kept with the backups; a share for each custodian).

    `ValueError` unless 2 ≤ `umbral` ≤ `partes` ≤ 16.
    """
    if not 2 <= umbral <= partes <= MAXIMO:
        raise ValueError(f"se piden de 2 a {MAXIMO} custodios, y que basten al menos 2")
    conjunto, clave, nonce = secrets.token_hex(4).upper(), os.urandom(_LARGO), os.urandom(_NONCE)
    cerrado = nonce + AESGCM(clave).encrypt(nonce, contenido, _contexto(conjunto, umbral))
    dicho = {
        "formato": FORMATO,
        "conjunto": conjunto,
        "umbral": umbral,
        "partes": partes,
        "contenido": base64.b64encode(cerrado).decode(),
    }
    valores = partir(clave, partes=partes, umbral=umbral)
    repartidas = [Parte(conjunto, umbral, indice, valor) for indice, valor in valores]
    return json.dumps(dicho, indent=1).encode() + b"\n", repartidas


def abrir(cerrado: bytes, partes: Sequence[Parte]) -> bytes:
    """The content of a closed file. Raises `ParteInvalida`."""
    try:
        dicho = json.loads(cerrado)
        conjunto, umbral = dicho["conjunto"], dicho["umbral"]
        crudo = base64.b64decode(dicho["contenido"], validate=True)
        if dicho["formato"] != FORMATO:
            raise ValueError(dicho["formato"])
    except (ValueError, KeyError, TypeError) as error:
        raise ParteInvalida("el archivo no es de una custodia") from error
    if any((parte.conjunto, parte.umbral) != (conjunto, umbral) for parte in partes):
        raise ParteInvalida("hay una parte de otra ceremonia")
    distintas = {parte.indice: parte.valor for parte in partes}
    if len(distintas) < umbral:
        raise ParteInvalida(f"hacen falta {umbral} partes distintas, y hay {len(distintas)}")
    clave = juntar([*distintas.items()][:umbral])
    try:
        return AESGCM(clave).decrypt(crudo[:_NONCE], crudo[_NONCE:], _contexto(conjunto, umbral))
    except InvalidTag as error:
        raise ParteInvalida("las partes no abren este archivo") from error


def partir(secreto: bytes, *, partes: int, umbral: int) -> list[tuple[int, bytes]]:
    """Points (x, y of each byte) of polynomials of degree `umbral` - 1 that are `secreto` at 0."""
    coeficientes = [secreto, *(os.urandom(len(secreto)) for _ in range(umbral - 1))]
    return [(x, evaluar(coeficientes, x)) for x in range(1, partes + 1)]


def evaluar(coeficientes: Sequence[bytes], x: int) -> bytes:
    """Horner's rule, each byte its own polynomial; the constant comes first."""
    valor = bytes(len(coeficientes[0]))
    for coeficiente in reversed(coeficientes):
        valor = bytes(_por(v, x) ^ c for v, c in zip(valor, coeficiente, strict=True))
    return valor


def juntar(puntos: Sequence[tuple[int, bytes]]) -> bytes:
    """What the polynomials through `puntos` are at 0 (Lagrange)."""
    secreto = bytes(len(puntos[0][1]))
    for x, valor in puntos:
        peso = 1
        for otra, _ in puntos:
            if otra != x:  # in this field to subtract is to add
                peso = _por(peso, _por(otra, _inverso(otra ^ x)))
        secreto = bytes(s ^ _por(v, peso) for s, v in zip(secreto, valor, strict=True))
    return secreto


def _por(a: int, b: int) -> int:
    producto = 0
    while b:
        if b & 1:
            producto ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return producto


def _inverso(a: int) -> int:
    """a to the 254, the order of the group being 255."""
    inverso = 1
    for _ in range(254):
        inverso = _por(inverso, a)
    return inverso


def _contexto(conjunto: str, umbral: int) -> bytes:
    return f"{FORMATO}/{conjunto}/{umbral}".encode()


def _principal(cerrado: str, destino: str) -> int:
    ruta = Path(destino)
    try:
        partes = [Parte.leer(renglon) for renglon in sys.stdin if renglon.strip()]
        contenido = abrir(Path(cerrado).read_bytes(), partes)
        descriptor = os.open(ruta, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except (ParteInvalida, OSError) as error:
        sys.stderr.write(f"No se abrió: {error}.\n")
        return 1
    with os.fdopen(descriptor, "wb") as archivo:
        archivo.write(contenido)
    sys.stderr.write(f"Escrito: {ruta}\n")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("uso: python -m ece.nucleo.custodia CERRADO DESTINO < partes")
    sys.exit(_principal(*sys.argv[1:]))
