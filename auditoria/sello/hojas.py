"""Events as they are read to be sealed, and as leaves."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b, sha256

from auditoria import compromiso

COLUMNAS = "uuid_send(id), contenido, array_send(pacientes)"
"""Raw bytes: making an object of each UUID would cost more than hashing it."""

_SIN_PACIENTES, _PACIENTE = 20, 20  # the header of an array, and an element with its length


def pacientes(arreglo: bytes) -> list[bytes]:
    """The 16 bytes of each UUID of a ``uuid[]`` as PostgreSQL sends it."""
    return [arreglo[i + 4 : i + 20] for i in range(_SIN_PACIENTES, len(arreglo), _PACIENTE)]


def comprometer(
    filas: Iterable[Sequence[bytes]], sales: bytes, por_paciente: dict[bytes, list[bytes]]
) -> list[bytes]:
    """The leaf hashes of events read as `COLUMNAS`; each is added to those of its patients."""
    hojas = []
    for id_, contenido, arreglo, *_ in filas:
        varios = len(arreglo) > _SIN_PACIENTES + _PACIENTE
        if varios:
            entrada = compromiso.entrada(sales, id_, contenido, varios=True)
        else:
            sal = blake2b(id_, key=sales, digest_size=32).digest()
            entrada = sha256(compromiso.DE_UNO + sal + contenido).digest()
        hoja = sha256(b"\0" + entrada).digest()
        hojas.append(hoja)
        if varios:
            for paciente in pacientes(arreglo):
                por_paciente.setdefault(paciente, []).append(hoja)
        elif len(arreglo) > _SIN_PACIENTES:
            por_paciente.setdefault(arreglo[24:40], []).append(hoja)
    return hojas
