"""The clinical instant of a resource: when what it says happened."""

from datetime import datetime
from typing import Any

from ece.fhir import camino
from ece.fhir.valores import intervalo

_CAMINOS = {
    "Appointment": ("start",),
    "AllergyIntolerance": ("recordedDate", "onset"),
    "Condition": ("recordedDate", "onset"),
    "Procedure": ("performed",),
    "MedicationRequest": ("authoredOn",),
    "Immunization": ("occurrence",),
    "DiagnosticReport": ("effective", "issued"),
    "Observation": ("effective", "issued"),
    "ImagingStudy": ("started",),
    "CarePlan": ("period", "created"),
    "Claim": ("billablePeriod", "created"),
    "ExplanationOfBenefit": ("billablePeriod", "created"),
    "Composition": ("date",),
    "DocumentReference": ("date",),
    "Goal": ("start", "statusDate"),
}
_COMUNES = (
    *("effective", "occurrence", "performed", "period", "date", "authoredOn", "recorded"),
    *("started", "created", "issued", "sent", "authored", "timestamp"),
)


def fecha_clinica(recurso: dict[str, Any]) -> datetime | None:
    """The first of the type's instants that the resource has, in UTC; None when it has none."""
    for nombre in _CAMINOS.get(recurso["resourceType"], _COMUNES):
        for valor in camino.hijos(recurso, nombre)[:1]:
            if isinstance(valor, dict):
                valor = valor.get("start") or valor.get("end") or next(iter(valor.get("event", ())), "")
            if isinstance(valor, str):
                try:
                    return intervalo(valor)[0]
                except (ValueError, OverflowError):
                    continue
    return None
