"""A witness of one's own: checkpoints in a file outside the database (another disk, another
machine's mount, append-only where the system can). A line each, only ever appended."""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings


def _ruta() -> Path | None:
    return Path(settings.ECE_BITACORA_ARCHIVO) if settings.ECE_BITACORA_ARCHIVO else None


def anotar(nota: str, estampa: bytes | None = None) -> None:
    """Append a checkpoint, with its time stamp if it has one: on the disk when this returns."""
    ruta = _ruta()
    if ruta is None:
        return
    ruta.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(ruta, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        dicho = {"nota": nota} | ({"estampa": b64encode(estampa).decode()} if estampa else {})
        os.write(descriptor, (json.dumps(dicho, ensure_ascii=False) + "\n").encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def leer() -> Iterator[tuple[str, bytes | None]]:
    """The notes in their order, with their stamps; what was cut off while it was written is skipped
    if it is the last, and given as it is if it is not."""
    ruta = _ruta()
    if ruta is None or not ruta.exists():
        return
    with ruta.open(encoding="utf-8", errors="replace") as renglones:
        for renglon in renglones:
            try:
                dicho = json.loads(renglon)
                estampa = dicho.get("estampa")
                yield str(dicho["nota"]), b64decode(estampa) if estampa else None
            except (ValueError, KeyError, TypeError):
                if renglon.endswith("\n"):
                    yield renglon, None
