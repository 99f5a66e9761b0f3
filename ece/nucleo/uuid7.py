"""Time-ordered identifiers (RFC 9562 UUIDv7): new rows land side by side in every index."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    milisegundos = time.time_ns() // 1_000_000
    azar = int.from_bytes(os.urandom(10), "big")
    valor = (milisegundos & (2**48 - 1)) << 80 | azar
    valor = (valor & ~(0xF << 76)) | 0x7 << 76
    valor = (valor & ~(0x3 << 62)) | 0x2 << 62
    return UUID(int=valor)
