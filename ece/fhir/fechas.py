"""The clinical instant of a resource: when what it says happened."""

from datetime import datetime
from typing import Any

from ece.fhir import camino
from ece.fhir.valores import intervalo

_CAMINOS = {
    "AdverseEvent": ("date", "detected", "recordedDate"),
    "AllergyIntolerance": ("recordedDate", "onset", "lastOccurrence"),
    "Appointment": ("start", "created"),
    "CarePlan": ("period", "created"),
    "Claim": ("billablePeriod", "created"),
    "Condition": ("recordedDate", "onset"),
    "Device": ("manufactureDate",),
    "DiagnosticReport": ("effective", "issued"),
    "ExplanationOfBenefit": ("billablePeriod", "created"),
    "Goal": ("start", "statusDate"),
    "MedicationDispense": ("whenHandedOver", "whenPrepared"),
    "Observation": ("effective", "issued"),
    "Specimen": ("receivedTime", "collection"),
    "Task": ("executionPeriod", "authoredOn", "lastModified"),
}
_COMUNES = (
    *("effective", "occurrence", "performed", "period", "date", "dateTime", "dateAsserted"),
    *("authoredOn", "recorded", "recordedDate", "recordedOn", "started", "start", "occurred"),
    *("created", "issued", "sent", "authored", "timestamp", "dateWritten", "identified"),
    *("planningHorizon", "executionPeriod", "billablePeriod", "servicedPeriod", "collected"),
)


def fecha_clinica(recurso: dict[str, Any]) -> datetime | None:
    """The first of the type's instants that the resource has, in UTC; None when it has none."""
    for nombre in _CAMINOS.get(recurso["resourceType"], _COMUNES):
        for valor in camino.hijos(recurso, nombre)[:1]:
            momento = _instante(valor)
            if momento is not None:
                return momento
    return None


def _instante(valor: Any) -> datetime | None:
    """Of a date, a Period, a Timing, or something collected at one of these."""
    if isinstance(valor, dict):
        limites = (valor.get("repeat") or {}).get("boundsPeriod") or valor
        candidatos = [limites.get("start"), limites.get("end"), *valor.get("event", ())]
        candidatos += camino.hijos(valor, "collected")
        return next((m for c in candidatos if c and (m := _instante(c)) is not None), None)
    if isinstance(valor, str):
        try:
            return intervalo(valor)[0]
        except (ValueError, OverflowError):
            return None
    return None
