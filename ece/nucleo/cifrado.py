"""AES-256-GCM envelopes whose associated data nails each ciphertext to its place.

Layout of a sealed value: 1 byte format, 2 bytes key version (big endian), 12 bytes nonce, then
ciphertext and 16-byte tag (NIST SP 800-38D). The associated data is never stored: whoever opens
must already know which row, version and patient the value belongs to.
"""

import os
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag

from ece.nucleo.llavero import Llave

_FORMATO = 1
_CABECERA = 3
_NONCE = 12


class CifradoAlterado(Exception):
    """The value was altered, or belongs to another row, version, patient or key."""


class Lugar(NamedTuple):
    """Where a ciphertext lives."""

    tipo: str
    id: UUID
    version: int
    paciente: UUID

    def datos_asociados(self, version_de_llave: int) -> bytes:
        return (
            f"{self.tipo}|{self.id.hex}|{self.version}|{self.paciente.hex}|{version_de_llave}"
        ).encode()


def cifrar(texto: bytes, *, llave: Llave, lugar: Lugar) -> bytes:
    nonce = os.urandom(_NONCE)
    cabecera = bytes((_FORMATO,)) + llave.version.to_bytes(2, "big")
    cuerpo = llave.aead.encrypt(nonce, texto, lugar.datos_asociados(llave.version))
    return cabecera + nonce + cuerpo


def version_de_llave(cifrado: bytes) -> int:
    """Which version of the patient's key sealed this value."""
    if len(cifrado) < _CABECERA + _NONCE + 16 or cifrado[0] != _FORMATO:
        raise CifradoAlterado("formato de cifrado desconocido")
    return int.from_bytes(cifrado[1:_CABECERA], "big")


def descifrar(cifrado: bytes, *, llave: Llave, lugar: Lugar) -> bytes:
    version = version_de_llave(cifrado)
    nonce, cuerpo = cifrado[_CABECERA : _CABECERA + _NONCE], cifrado[_CABECERA + _NONCE :]
    try:
        return llave.aead.decrypt(nonce, cuerpo, lugar.datos_asociados(version))
    except InvalidTag as error:
        raise CifradoAlterado(
            f"{lugar.tipo}/{lugar.id} no abre con la llave de su lugar"
        ) from error
