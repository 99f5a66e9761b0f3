"""What was printed, by its digest: the log commits to it, and so tells a copy from another."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from consentimiento.asientos import asiento
from ece.nucleo.acceso import Acceso


def asentar(
    acceso: Acceso, documento: bytes, *, registros: Iterable[UUID] = (), ahora: datetime
) -> None:
    """Leave the SHA-256 of a document of the record of `acceso`, as it is handed out now."""
    detalle = {
        "sha256": sha256(documento).hexdigest(),
        "registros": [str(registro) for registro in registros],
    }
    bitacora.anexar(
        [
            asiento(
                acceso,
                TipoDeEvento.IMPRESION_HECHA,
                ahora=ahora,
                detalle=detalle,
                pacientes=(acceso.paciente,),
            )
        ]
    )
