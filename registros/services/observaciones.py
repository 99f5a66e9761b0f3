"""What every Observation of ours says alike: whose, when, by whom, in which visit."""

from datetime import datetime
from uuid import UUID

from ece.nucleo.acceso import Acceso
from registros.catalogos.signos import CATEGORIA
from registros.models.base import Recurso


def base(
    acceso: Acceso, *, categoria: str, encuentro_id: UUID | None, momento: datetime
) -> Recurso:
    """A final Observation of the patient of `acceso`, still without code or value.

    `categoria` is a code of HL7's observation-category.
    """
    recurso: Recurso = {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": CATEGORIA, "code": categoria}]}],
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "effectiveDateTime": momento.isoformat(timespec="seconds"),
        "performer": [quien(acceso)],
    }
    if encuentro_id is not None:
        recurso["encounter"] = {"reference": f"Encounter/{encuentro_id}"}
    return recurso


def quien(acceso: Acceso) -> Recurso:
    """A reference to whoever acts."""
    return {"reference": f"Practitioner/{acceso.actor.id}", "display": acceso.actor.nombre}


def anotacion(acceso: Acceso, texto: str, *, ahora: datetime) -> Recurso:
    """An Annotation by whoever acts."""
    return {
        "authorReference": quien(acceso),
        "time": ahora.isoformat(timespec="seconds"),
        "text": texto,
    }
