"""Events as they are read to be sealed, and as leaves."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b, sha256

from auditoria import compromiso

COLUMNAS = "uuid_send(id), contenido, array_send(pacientes)"
"""Raw bytes: making an object of each UUID would cost more than hashing it."""
POR_TROZO = 1_000
"""Rows that travel together: PostgreSQL reads the next ones while these are hashed."""

SIN_PACIENTES, DE_UN_PACIENTE = 20, 40
"""Bytes of a ``uuid[]`` up to its elements, and with one of them."""
_PACIENTE = 20  # an element, with its length


def pacientes(arreglo: bytes) -> list[bytes]:
    """The 16 bytes of each UUID of a ``uuid[]`` as PostgreSQL sends it."""
    return [arreglo[i + 4 : i + 20] for i in range(SIN_PACIENTES, len(arreglo), _PACIENTE)]


class Prensa:
    """Makes leaves of events, one after the other, and keeps those of each patient.

    Whoever verifies goes through here too, from the same raw bytes: nothing is taken from a seal.
    """

    def __init__(self, sales: bytes) -> None:
        self._sales = sales
        # Copies of a keyed hash are made in half the time of a new one.
        self._sal = blake2b(key=sales, digest_size=32)
        self.hojas: list[bytes] = []
        self.por_paciente: dict[bytes, list[bytes]] = {}

    def prensar(self, filas: Iterable[Sequence[bytes]]) -> Sequence[bytes]:
        """Add the events of rows read as `COLUMNAS` (what comes after is not looked at).

        The last of them, or nothing if there was none.
        """
        anadir, por_paciente, de_uno = self.hojas.append, self.por_paciente, compromiso.DE_UNO
        otra_sal = self._sal.copy
        fila: Sequence[bytes] = ()
        for fila in filas:
            id_, contenido, arreglo = fila[0], fila[1], fila[2]
            largo = len(arreglo)
            if largo > DE_UN_PACIENTE:
                entrada = compromiso.entrada(self._sales, id_, contenido, varios=True)
            else:
                sal = otra_sal()
                sal.update(id_)
                entrada = sha256(b"".join((de_uno, sal.digest(), contenido))).digest()
            hoja = sha256(b"\0" + entrada).digest()
            anadir(hoja)
            if largo == DE_UN_PACIENTE:
                paciente = arreglo[24:]
                suyas = por_paciente.get(paciente)
                if suyas is None:
                    por_paciente[paciente] = [hoja]
                else:
                    suyas.append(hoja)
            elif largo > DE_UN_PACIENTE:
                for paciente in pacientes(arreglo):
                    por_paciente.setdefault(paciente, []).append(hoja)
        return fila
