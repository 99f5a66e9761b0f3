"""Prescribed medicines, by generic name (NOM-004 6.2.6: dose, route and frequency at least)."""

from datetime import datetime
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Receta
from registros.models.base import Recurso


def prescribir(
    acceso: Acceso,
    *,
    medicamento: str,
    dosis: str,
    via: str,
    periodicidad: str,
    duracion: str,
    encuentro_id: UUID | None,
    ahora: datetime,
) -> UUID:
    """Prescribe `medicamento`; every part of the direction is words, as the label will say them."""
    acceso.exigir(Permiso.RECETA_PRESCRIBIR)
    indicacion = ", ".join(
        parte for parte in (dosis, f"vía {via}", periodicidad, duracion) if parte
    )
    recurso: Recurso = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": medicamento},
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "authoredOn": ahora.isoformat(timespec="seconds"),
        "requester": {
            "reference": f"Practitioner/{acceso.actor.id}",
            "display": acceso.actor.nombre,
        },
        "dosageInstruction": [
            {
                "text": indicacion,
                "timing": {"code": {"text": periodicidad}},
                "route": {"text": via},
            }
        ],
    }
    if encuentro_id is not None:
        recurso["encounter"] = {"reference": f"Encounter/{encuentro_id}"}
    with acto(acceso, tipo=TipoDeEvento.RECETA_PRESCRITA, ahora=ahora) as el_acto:
        receta = Receta.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(receta)
    return receta.id
