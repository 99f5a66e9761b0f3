"""Time-ordered identifiers (RFC 9562 UUIDv7): new rows land side by side in every index."""

import os
import time
from datetime import UTC, datetime
from uuid import UUID


def uuid7() -> UUID:
    milisegundos = time.time_ns() // 1_000_000
    azar = int.from_bytes(os.urandom(10), "big")
    valor = (milisegundos & (2**48 - 1)) << 80 | azar
    valor = (valor & ~(0xF << 76)) | 0x7 << 76
    valor = (valor & ~(0x3 << 62)) | 0x2 << 62
    return UUID(int=valor)


def instante(id: UUID) -> datetime:
    """When a UUIDv7 was made, to the millisecond."""
    return datetime.fromtimestamp((id.int >> 80) / 1000, tz=UTC)


def primero_de(momento: datetime) -> UUID:
    """The least UUIDv7 that could be made at `momento`: where a range of identifiers begins."""
    return UUID(int=int(momento.timestamp() * 1000) << 80)
