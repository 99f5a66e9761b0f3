"""Time, across all patients: stamps on what was signed, and constancias of finished episodes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from consentimiento import decision
from ece.nucleo.acceso import Actor, Asignado
from ece.nucleo.roles import Permiso, Rol
from registros.selectors import por_firmar
from registros.services import sellos

SELLADOR = Actor(
    id=UUID(int=4),
    clase="sistema",
    nombre="Sellos de tiempo",
    asignaciones=(Asignado(Rol.INTEGRACION),),
)
LOTE = 200


def resellar(
    *, ahora: datetime, antes: timedelta = sellos.ANTES, avisar: Callable[[int], None]
) -> int:
    """Stamp what has no stamp, or one about to expire, and give finished episodes their constancia;
    how many. A patient at a time: interrupted, it goes on where it was.

    Raises `SinSello`, `SinCredencial`.
    """
    hechas = 0
    for lote in por_firmar.con_firmas(LOTE):
        accesos = decision.abrir_pacientes(
            SELLADOR,
            lote,
            Permiso.RECURSO_ESCRIBIR,
            ahora=ahora,
            detalle={"motivo": "sellos de tiempo"},
        )
        for acceso in accesos.values():
            ids = sellos.por_resellar(acceso, ahora=ahora, antes=antes)
            hechas += sellos.resellar(acceso, ids=ids, ahora=ahora)
            for encuentro_id in sellos.por_conservar(acceso):
                sellos.conservar(acceso, encuentro_id=encuentro_id, ahora=ahora)
                hechas += 1
        avisar(len(lote))
    return hechas
