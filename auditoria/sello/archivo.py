"""A witness of one's own: checkpoints in a file outside the database (another disk, another
machine's mount, append-only where the system can). A line each, only ever appended."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings


def _ruta() -> Path | None:
    return Path(settings.ECE_BITACORA_ARCHIVO) if settings.ECE_BITACORA_ARCHIVO else None


def anotar(nota: str) -> None:
    """Append a checkpoint; it is on the disk when this returns."""
    ruta = _ruta()
    if ruta is None:
        return
    ruta.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(ruta, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, (json.dumps({"nota": nota}, ensure_ascii=False) + "\n").encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def leer() -> Iterator[str]:
    """The notes, in their order; what was cut off while it was written is skipped if it is the
    last, and given as it is if it is not."""
    ruta = _ruta()
    if ruta is None or not ruta.exists():
        return
    with ruta.open(encoding="utf-8", errors="replace") as renglones:
        for renglon in renglones:
            try:
                yield str(json.loads(renglon)["nota"])
            except (ValueError, KeyError, TypeError):
                if renglon.endswith("\n"):
                    yield renglon
