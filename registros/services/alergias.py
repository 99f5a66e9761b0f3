"""Allergies and intolerances: always in sight in the chart."""

from datetime import datetime
from enum import StrEnum, unique
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Alergia
from registros.models.base import Recurso

_CLINICO = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_VERIFICACION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"


@unique
class Categoria(StrEnum):
    MEDICAMENTO = "medication"
    ALIMENTO = "food"
    AMBIENTE = "environment"
    BIOLOGICO = "biologic"


@unique
class Criticidad(StrEnum):
    ALTA = "high"
    BAJA = "low"
    DESCONOCIDA = "unable-to-assess"


def registrar(
    acceso: Acceso,
    *,
    sustancia: str,
    categoria: Categoria,
    criticidad: Criticidad,
    reaccion: str,
    ahora: datetime,
) -> UUID:
    """Record an allergy to `sustancia`; `reaccion` is what it caused, in words."""
    acceso.exigir(Permiso.ALERGIA_REGISTRAR)
    recurso: Recurso = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"system": _CLINICO, "code": "active"}]},
        "verificationStatus": {"coding": [{"system": _VERIFICACION, "code": "confirmed"}]},
        "category": [categoria.value],
        "criticality": criticidad.value,
        "code": {"text": sustancia},
        "patient": {"reference": f"Patient/{acceso.paciente}"},
        "recordedDate": ahora.isoformat(timespec="seconds"),
        "recorder": {
            "reference": f"Practitioner/{acceso.actor.id}",
            "display": acceso.actor.nombre,
        },
    }
    if reaccion:
        recurso["reaction"] = [{"manifestation": [{"text": reaccion}]}]
    with acto(acceso, tipo=TipoDeEvento.ALERGIA_REGISTRADA, ahora=ahora) as el_acto:
        alergia = Alergia.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(alergia)
    return alergia.id
