"""Ceremonies of the master keys: rotated, taken out, split among custodians; each leaves its event,
which the log seals and signs.

In a rotation every patient's pair of keys is wrapped again, while people work: nothing is encrypted
anew and no key is ever on disk open. Killed anywhere it goes on from where it was: what says which
pairs are left is the name of the KEK each is under.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from auditoria import bitacora, notas
from auditoria.bitacora import NuevoEvento
from auditoria.sello import llaves as de_la_bitacora
from auditoria.sello import sellador
from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo import custodia, llavero
from ece.nucleo.acceso import Actor
from ece.nucleo.custodia import Parte
from ece.nucleo.llavero import Rotable
from registros.models.llave import AlmacenPostgres

TANDA = 500


class LlaveEnUso(Exception):
    """Some pair is still under that KEK: end the rotation first."""


@dataclass(frozen=True, slots=True)
class Custodia:
    """The closed key file, what each custodian takes, and the signed record of it (a C2SP note)."""

    cerrado: bytes
    partes: tuple[Parte, ...]
    acta: str


_SISTEMA = Actor(id=UUID(int=1), clase="sistema", nombre="ECE")


def rotar(*, kek: str, ahora: datetime, tanda: int = TANDA) -> Iterator[tuple[int, int]]:
    """Wrap under `kek`, the current one, what is under any other: (done now, left), each `tanda`.

    An event at the end says how many there were.
    """
    almacen, hechas = AlmacenPostgres(), 0
    while pendientes := almacen.bajo_otra(kek, limite=tanda):
        with transaction.atomic():
            hechas += almacen.reemplazar(llavero.reenvolver(pendientes, kek=kek))
        yield hechas, almacen.cuantas_bajo_otra(kek)
    _asentar(TipoDeEvento.LLAVE_ROTADA, ahora, kek=kek, pares=hechas)


def retirar(proveedor: Rotable, *, kek: str, ahora: datetime) -> None:
    """Destroy a KEK under which nothing is: no copy of what was opens any more, wherever it may be.

    Raises `LlaveEnUso`, `LlaveroMalConfigurado`.
    """
    if en_uso(kek):
        raise LlaveEnUso(kek)
    proveedor.retirar(kek)
    _asentar(TipoDeEvento.LLAVE_RETIRADA, ahora, kek=kek)


def custodiar(archivo: bytes, *, partes: int, umbral: int, ahora: datetime) -> Custodia:
    """Split a key file: `ValueError` for numbers that make no sense.

    The event and the record have the digest of each share and of the closed file: custodians can
    show theirs, and nothing of the key follows from it.
    """
    cerrado, repartidas = custodia.cerrar(archivo, partes=partes, umbral=umbral)
    huellas = [sha256(str(parte).encode()).hexdigest() for parte in repartidas]
    conjunto, huella = repartidas[0].conjunto, sha256(cerrado).hexdigest()
    _asentar(
        TipoDeEvento.LLAVE_PARTIDA,
        ahora,
        conjunto=conjunto,
        umbral=umbral,
        partes=huellas,
        archivo=huella,
    )
    for _ in sellador.sellar_todo(ahora=ahora):
        pass
    renglones = [
        "ece/acta-de-custodia/1",
        f"Conjunto {conjunto}, {ahora.isoformat(timespec='seconds')}",
        f"llavero.custodia {huella}",
        *(f"parte {i} {suya}" for i, suya in enumerate(huellas, 1)),
        f"Bastan {umbral} de {partes}.",
    ]
    acta = notas.firmar("\n".join(renglones) + "\n", [de_la_bitacora.firmante_actual()])
    return Custodia(cerrado, tuple(repartidas), acta)


def _asentar(tipo: TipoDeEvento, ahora: datetime, **detalle: Any) -> None:
    bitacora.anexar([NuevoEvento(tipo, Resultado.HECHO, _SISTEMA, ahora, detalle=detalle)])


def en_uso(kek: str) -> bool:
    """Whether some pair is still under `kek`."""
    return AlmacenPostgres().hay_bajo(kek)
