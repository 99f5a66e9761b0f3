"""Rotating the master key: every patient's pair of keys is wrapped again, while people work.

Nothing is encrypted anew and no key is ever on disk open. Killed anywhere it goes on from where it
was: what says which pairs are left is the name of the KEK each is under.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo import llavero
from ece.nucleo.acceso import Actor
from registros.models.llave import AlmacenPostgres

TANDA = 500
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
    evento = NuevoEvento(
        TipoDeEvento.LLAVE_ROTADA,
        Resultado.HECHO,
        _SISTEMA,
        ahora,
        detalle={"kek": kek, "pares": hechas},
    )
    bitacora.anexar([evento])


def en_uso(kek: str) -> bool:
    """Whether some pair is still under `kek`."""
    return AlmacenPostgres().hay_bajo(kek)
