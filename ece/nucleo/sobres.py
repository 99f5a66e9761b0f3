"""Sealed and keyed values of the installation: what must be reached before there is any proof.

An address to write to, a code that somebody will bring: no `Acceso` opens them, since nobody has
been let in yet. They are sealed (or, where comparing is enough, only kept as a keyed digest) under
keys that descend from the ring's root, one for each use: a dump of the database says none of them.
"""

import hmac
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ece.nucleo import cifrado, llavero
from ece.nucleo.acceso import INSTITUCIONAL
from ece.nucleo.cifrado import Lugar
from ece.nucleo.llavero import Llave

_VERSION = 1


def sellar(uso: str, id: UUID, texto: str) -> bytes:
    """`texto` as it may lie on disk, nailed to `uso` and to the row `id`."""
    return sellar_octetos(uso, id, texto.encode())


def abrir(uso: str, id: UUID, sellado: bytes | memoryview) -> str:
    """What `sellar` was given. Raises `CifradoAlterado`."""
    return abrir_octetos(uso, id, sellado).decode()


def sellar_octetos(uso: str, id: UUID, octetos: bytes) -> bytes:
    """The same of bytes that are no text, or not ours to decode."""
    return cifrado.cifrar(octetos, llave=_llave(uso), lugar=_lugar(uso, id))


def abrir_octetos(uso: str, id: UUID, sellado: bytes | memoryview) -> bytes:
    """What `sellar_octetos` was given. Raises `CifradoAlterado`."""
    return cifrado.descifrar(bytes(sellado), llave=_llave(uso), lugar=_lugar(uso, id))


def huella(uso: str, valor: str) -> bytes:
    """32 bytes to compare `valor` by: without the key nobody can try values against them."""
    return hmac.digest(llavero.clave_institucional(f"huella/{uso}"), valor.encode(), "sha256")


def _llave(uso: str) -> Llave:
    return Llave(_VERSION, AESGCM(llavero.clave_institucional(f"sello/{uso}")))


def _lugar(uso: str, id: UUID) -> Lugar:
    return Lugar(uso, id, _VERSION, INSTITUCIONAL)
