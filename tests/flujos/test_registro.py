"""Any record reads as a page for people, whatever its type."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ece import fhir
from ece.web.clinica import lectura
from tests.flujos.conftest import Hospital

EJEMPLOS = Path(__file__).resolve().parents[3] / "shared/data/fhir-r4-examples"
QUIEN = "018fe274-2eea-7ffe-9e8d-a80c90335663"


def leido(recurso: dict[str, object]) -> dict[str, str]:
    return {r.nombre: r.valor for r in lectura.renglones(recurso, paciente=QUIEN)}


def test_names_codes_and_dates_are_in_words() -> None:
    renglones = lectura.renglones(
        {
            "resourceType": "Condition",
            "id": "x",
            "clinicalStatus": {"coding": [{"system": "urn:x", "code": "active"}]},
            "code": {"coding": [{"code": "E119", "display": "Diabetes mellitus tipo 2"}]},
            "subject": {"reference": "Patient/x"},
            "encounter": {"reference": f"Encounter/{QUIEN}"},
            "onsetDateTime": "2026-11-23",
            "recordedDate": "2026-11-24T05:30:00Z",
            "onsetPeriod": {"start": "2026-08", "end": "2026-11-01"},
            "stage": [{"summary": {"text": "II"}, "type": {"text": "Clínica"}}],
            "bodySite": [{"text": "Ojo"}, {"text": "Riñón"}],
        },
        paciente=QUIEN,
    )
    assert [(r.nombre, r.valor) for r in renglones] == [
        ("Estado clínico", "Activo"),
        ("Concepto", "Diabetes mellitus tipo 2 (E119)"),
        ("Encuentro", "Encuentro"),
        ("Inicio", "23 de noviembre de 2026"),
        ("Registrado el", "23 de noviembre de 2026, 23:30"),
        ("Inicio", "del ago 2026 al 1 de noviembre de 2026"),
        ("Etapa: resumen", "II"),
        ("Etapa: tipo", "Clínica"),
        ("Sitio del cuerpo", "Ojo"),
        ("Sitio del cuerpo", "Riñón"),
    ]
    assert renglones[2].enlace == f"/clinica/{QUIEN}/registros/Encounter/{QUIEN}/"


def test_quantities_keep_their_figures() -> None:
    recurso = fhir.json.leer(
        b'{"resourceType": "Observation", "valueQuantity": {"value": 82.30, "unit": "kg"}}'
    )
    assert leido(recurso) == {"Valor": "82.30 kg"}


def test_free_text_that_looks_like_a_code_stays_as_it_was_written() -> None:
    dicho = leido({"resourceType": "Observation", "valueString": "high", "status": "final"})
    assert dicho == {"Valor": "high", "Estado": "Definitivo"}


def test_every_published_example_can_be_read() -> None:
    if not EJEMPLOS.is_dir():
        pytest.skip("sin ../shared/data/fhir-r4-examples")
    for archivo in EJEMPLOS.rglob("*.json"):
        recurso = json.loads(archivo.read_bytes())
        if recurso.get("resourceType", "Bundle") != "Bundle":
            assert leido(recurso), archivo.name


def test_the_page_of_a_record_hides_the_standard_until_asked(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("medica")
    pagina.goto(hospital.expediente(f"registros/Patient/{hospital.paciente}/"))
    contenido = pagina.locator("main")
    expect(contenido).to_contain_text("Sexo en la CURP")
    assert " › " not in contenido.inner_text()
    assert "resourceType" not in contenido.inner_text()
    pagina.focus("summary")
    pagina.keyboard.press("Enter")
    assert json.loads(pagina.locator("pre").inner_text())["resourceType"] == "Patient"
