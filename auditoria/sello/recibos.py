"""Receipts at once: a signed promise that what was just done will be in the log.

They cover the seconds before the seal: an entry promised and not in the tree is a proof against us.
Whoever keeps one looks for ``SHA-256(0x00 ‖ entry)`` among the public leaves.

    ECE-Recibo: v1 <key id> <POSIX seconds> <entry>[,<entry>…] <signature>

The signature is over ``ece-recibo/1``, the log's name, the seconds and each entry, a line each;
entries and signature in base64, the key's id in hexadecimal.
"""

import threading
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from auditoria import compromiso
from auditoria.bitacora import NuevoEvento
from auditoria.notas import Firmante
from auditoria.sello import llaves

CUANTOS = 40
"""Entries in a header, at most: a response with more events has no receipt."""
_VIVE, _SIN_LLAVE = 60.0, 3.0
"""Seconds for which the key, or that there is none yet, is not asked for again."""


@dataclass(frozen=True, slots=True)
class _Pluma:
    """With what receipts are signed, for a minute (a rotation is taken up in that time)."""

    firmante: Firmante
    id: str
    sales: bytes


_tenida = threading.local()


def de(eventos: Sequence[NuevoEvento], *, segundos: int) -> str:
    """The header's value; empty when there is nothing to promise or no key yet."""
    if not eventos or len(eventos) > CUANTOS or (pluma := _pluma()) is None:
        return ""
    entradas = [
        b64encode(
            compromiso.entrada(pluma.sales, e.id.bytes, e.canonico, varios=len(e.pacientes) > 1)
        ).decode()
        for e in eventos
    ]
    dicho = texto(pluma.firmante.nombre, segundos, entradas)
    firma = b64encode(pluma.firmante.privada.sign(dicho.encode())).decode()
    return f"v1 {pluma.id} {segundos} {','.join(entradas)} {firma}"


def texto(origen: str, segundos: int, entradas: Sequence[str]) -> str:
    """What a receipt signs."""
    return "\n".join(["ece-recibo/1", origen, str(segundos), *entradas]) + "\n"


def _pluma() -> _Pluma | None:
    if getattr(_tenida, "hasta", 0.0) > time.monotonic():
        tenida: _Pluma | None = _tenida.pluma
        return tenida
    pluma = None
    if llaves.generaciones():
        firmante = llaves.firmante_actual()
        pluma = _Pluma(firmante, firmante.verificadora.id.hex(), llaves.de_sales())
    _tenida.pluma = pluma
    _tenida.hasta = time.monotonic() + (_VIVE if pluma else _SIN_LLAVE)
    return pluma


def olvidar() -> None:
    """Forget the key of this thread."""
    _tenida.pluma, _tenida.hasta = None, 0.0
