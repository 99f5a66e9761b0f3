"""Whatever fails, a FHIR client reads an OperationOutcome, and nobody's data."""

import logging

import pytest

from interoperabilidad.fhir import lectura
from tests.interoperabilidad.test_rest import PACIENTE, Socio

pytestmark = pytest.mark.django_db


@pytest.fixture
def integracion(clientes: None) -> Socio:
    return Socio("integracion")


def nota(paciente: str, **cambios: object) -> dict[str, object]:
    return {
        "resourceType": "Composition",
        "status": "final",
        "type": {"coding": [{"system": "http://loinc.org", "code": "11506-3"}]},
        "subject": {"reference": f"Patient/{paciente}"},
        "date": "2026-11-20T10:00:00-06:00",
        "author": [{"display": "Elena Cruz Robles"}],
        "title": "Nota de evolución",
        **cambios,
    }


def test_una_nota_terminada_no_cambia_tampoco_por_aqui(integracion: Socio) -> None:
    paciente = integracion.crear(PACIENTE)
    id_ = integracion.crear(nota(paciente))

    respuesta = integracion.put(f"Composition/{id_}", nota(paciente, id=id_, title="Otra"))

    assert respuesta.status_code == 409
    assert "no cambia" in respuesta.json()["issue"][0]["diagnostics"]


def test_lo_imprevisto_no_cuenta_nada(
    integracion: Socio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def romper(*_: object, **__: object) -> None:
        raise ZeroDivisionError("Xóchitl Ibáñez")

    monkeypatch.setattr(lectura, "buscar", romper)
    with caplog.at_level(logging.ERROR):
        respuesta = integracion.get("Patient")

    assert respuesta.status_code == 500
    assert respuesta.json()["resourceType"] == "OperationOutcome"
    assert "Xóchitl" not in respuesta.content.decode()
    assert "ZeroDivisionError" in caplog.text
    assert "Xóchitl" not in caplog.text
