"""Milestones of a seal: where each `CADA` of its events end, so that one is found by counting few.

They only say where to begin to count. A false one gives a proof that leads to no root: it can hide
an event from nobody who verifies, nor make another pass for it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

CADA = 1_024
_LARGO = 24

Orden = tuple[int, bytes]
"""(transaction, id): the order of events in the log."""


def escribir(finales: Sequence[Orden]) -> bytes:
    """The last event of each `CADA`, one after the other."""
    return b"".join(transaccion.to_bytes(8, "big") + id_ for transaccion, id_ in finales)


def leer(hitos: bytes) -> list[Orden]:
    cortes = pairwise(range(0, len(hitos) + 1, _LARGO))
    return [(int.from_bytes(hitos[i : i + 8], "big"), hitos[i + 8 : j]) for i, j in cortes]


def antes_de(hitos: bytes, transaccion: int, evento: UUID) -> tuple[int, Orden | None]:
    """How many events of the seal are left behind at the milestone before an event, and where that
    is (None: where the seal begins)."""
    finales = leer(hitos)
    pasados = bisect_left(finales, (transaccion, evento.bytes))
    return pasados * CADA, finales[pasados - 1] if pasados else None
