"""Keys that live as long as one row: once it is deleted, nobody opens what they sealed.

Each is drawn for a job and kept, wrapped under the installation's root, in the job's own row.
"""

import os
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ece.nucleo import cifrado, sobres
from ece.nucleo.cifrado import Lugar
from ece.nucleo.llavero import Llave

_VERSION = 1


def envuelta(uso: str, id: UUID) -> bytes:
    """A new key, as it may lie in the row `id`."""
    return sobres.sellar_octetos(uso, id, os.urandom(32))


@dataclass(frozen=True, slots=True)
class Efimera:
    """The key of the row `id`, opened. Raises `CifradoAlterado` when it is not its own."""

    uso: str
    id: UUID
    guardada: bytes = field(repr=False)

    def sellar(self, que: UUID, octetos: bytes) -> bytes:
        """`octetos`, nailed to this row and to `que` (a piece of it)."""
        return cifrado.cifrar(octetos, llave=self._llave(), lugar=self._lugar(que))

    def abrir(self, que: UUID, sellado: bytes | memoryview) -> bytes:
        """What `sellar` was given. Raises `CifradoAlterado`."""
        return cifrado.descifrar(bytes(sellado), llave=self._llave(), lugar=self._lugar(que))

    def _llave(self) -> Llave:
        return Llave(_VERSION, AESGCM(sobres.abrir_octetos(self.uso, self.id, self.guardada)))

    def _lugar(self, que: UUID) -> Lugar:
        return Lugar(self.uso, que, _VERSION, self.id)
