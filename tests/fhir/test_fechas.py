"""The clinical instant of each type."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ece import fhir
from tests.fhir import publicados
from tests.fhir.ejemplares import ejemplar


@pytest.mark.parametrize(
    ("tipo", "esperada"),
    [
        ("Observation", datetime(2026, 1, 5, 15, 0, tzinfo=UTC)),
        ("Condition", datetime(2020, 3, 1, tzinfo=UTC)),
        ("Encounter", datetime(2026, 1, 5, 15, 0, tzinfo=UTC)),
        ("MedicationRequest", datetime(2026, 1, 5, tzinfo=UTC)),
        ("Appointment", datetime(2026, 1, 5, 15, 0, tzinfo=UTC)),
        ("Composition", datetime(2026, 1, 5, 16, 0, tzinfo=UTC)),
        ("Immunization", datetime(2026, 1, 5, tzinfo=UTC)),
        ("DiagnosticReport", datetime(2026, 1, 5, tzinfo=UTC)),
        ("AllergyIntolerance", None),
        ("Patient", None),
    ],
)
def test_por_tipo(tipo: str, esperada: datetime | None) -> None:
    assert fhir.fecha_clinica(ejemplar(tipo)) == esperada


@pytest.mark.parametrize(
    ("recurso", "esperada"),
    [
        ({"resourceType": "Condition", "onsetPeriod": {"end": "2020"}}, "2020-01-01"),
        ({"resourceType": "Condition", "onsetString": "hace mucho"}, None),
        ({"resourceType": "Procedure", "performedString": "ayer"}, None),
        ({"resourceType": "Consent", "dateTime": "2021-02"}, "2021-02-01"),
        ({"resourceType": "Specimen", "collection": {"collectedDateTime": "2022"}}, "2022-01-01"),
        ({"resourceType": "Goal", "startDate": "2022-03-04"}, "2022-03-04"),
        ({"resourceType": "MedicationDispense", "whenHandedOver": "2022-03-04"}, "2022-03-04"),
        (
            {"resourceType": "ServiceRequest", "occurrenceTiming": {"event": ["2021-05-06"]}},
            "2021-05-06",
        ),
        (
            {
                "resourceType": "ServiceRequest",
                "occurrenceTiming": {"repeat": {"boundsPeriod": {"start": "2021-05-07"}}},
                "authoredOn": "2020",
            },
            "2021-05-07",
        ),
        ({"resourceType": "Slot", "start": "2021-01-01T00:00:00Z"}, "2021-01-01"),
        ({"resourceType": "Provenance", "recorded": "2021-01-01T00:00:00Z"}, "2021-01-01"),
    ],
)
def test_casos(recurso: dict[str, Any], esperada: str | None) -> None:
    encontrada = fhir.fecha_clinica(recurso)
    assert (encontrada.date().isoformat() if encontrada else None) == esperada


@publicados.hacen_falta
def test_lo_que_ocurre_tiene_fecha() -> None:
    ocurren = {"Observation", "Encounter", "Procedure", "Immunization", "DiagnosticReport"}
    ocurren |= {"Condition", "MedicationRequest", "CarePlan", "Claim", "ImagingStudy"}
    for recurso in publicados.de_synthea():
        if recurso["resourceType"] in ocurren:
            fecha = fhir.fecha_clinica(recurso)
            assert fecha is not None
            assert fecha.tzinfo is UTC
