"""What a record says of others by name, found without opening what only cites."""

from uuid import UUID

import pytest

from ece import fhir
from registros.selectors import nombrados

VISITA = UUID("0190a000-0000-7000-8000-000000000001")
REFERENCIA = f"Encounter/{VISITA}"


@pytest.mark.parametrize(
    ("referencia", "citas"),
    [
        ({"reference": REFERENCIA}, set()),
        ({"reference": REFERENCIA, "display": "Psiquiatría"}, {("Encounter", VISITA)}),
        ({"display": "Psiquiatría", "reference": REFERENCIA}, {("Encounter", VISITA)}),
        (
            {"identifier": {"value": "1"}, "reference": REFERENCIA, "display": "Psiquiatría"},
            {("Encounter", VISITA)},
        ),
        (
            {"reference": f"{REFERENCIA}/_history/2", "display": "Psiquiatría"},
            {("Encounter", VISITA)},
        ),
        ({"reference": f"Practitioner/{VISITA}", "display": "Dra. Ruiz"}, set()),
    ],
)
def test_only_a_reference_with_words_names(referencia: dict[str, object], citas: object) -> None:
    json = fhir.json.escribir(
        {
            "resourceType": "Observation",
            "performer": [{"reference": f"Practitioner/{VISITA}", "display": "Dra. Ruiz"}],
            "derivedFrom": [{"reference": f"Observation/{VISITA}"}],
            "encounter": referencia,
        }
    )
    assert nombrados.nombrados(json) == citas
    callado = fhir.json.leer(nombrados.callar(json, nombrados.nombrados(json)))
    assert ("display" in callado["encounter"]) == ("display" in referencia and not citas)
    assert callado["performer"][0]["display"] == "Dra. Ruiz"
