"""One process at a time on each piece of work: a lock that ends with whoever holds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from auditoria import bitacora


@contextmanager
def en_exclusiva(clase: int, id: UUID) -> Iterator[bool]:
    """Whether the work `id`, of that class (a number of its own), is ours while the block lasts."""
    cual = [clase, int.from_bytes(id.bytes[-4:], "big", signed=True)]
    mia = bool(bitacora.consultar("SELECT pg_try_advisory_lock(%s, %s)", cual)[0][0])
    try:
        yield mia
    finally:
        if mia:
            bitacora.consultar("SELECT pg_advisory_unlock(%s, %s)", cual)
