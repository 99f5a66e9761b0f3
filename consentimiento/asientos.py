"""An event of what was done on the strength of a proof, when no record was written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo.acceso import Prueba


def asiento(
    prueba: Prueba,
    tipo: TipoDeEvento,
    *,
    ahora: datetime,
    detalle: Mapping[str, Any],
    pacientes: tuple[UUID, ...] = (),
) -> NuevoEvento:
    """What the holder of `prueba` did, to append; `detalle` holds codes and ids only."""
    return NuevoEvento(
        tipo=tipo,
        resultado=Resultado.HECHO,
        actor=prueba.actor,
        momento=ahora,
        pacientes=pacientes,
        fundamento=prueba.fundamento,
        decision=prueba.decision,
        detalle=detalle,
    )
