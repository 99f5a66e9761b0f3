"""Whatever fails, a FHIR client reads an OperationOutcome, and nobody's data."""

import logging

import pytest

from ece.nucleo.acceso import Acceso
from interoperabilidad.fhir import lectura
from registros.services import cartas
from tests.elenco import AHORA, Elenco
from tests.interoperabilidad.test_rest import PACIENTE, Socio
from tests.registros.cartas import otorgada

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


def test_lo_que_pide_carta_no_se_programa_tampoco_por_aqui(
    integracion: Socio, elenco: Elenco, acceso: Acceso
) -> None:
    """NOM-004 10.1.2: an admission, an operation booked, a surgical procedure ordered."""
    sujeto = {"reference": f"Patient/{acceso.paciente}"}
    cirugia = {"coding": [{"system": "http://snomed.info/sct", "code": "387713003"}]}
    planes: dict[str, dict[str, object]] = {
        "ingreso": {
            "resourceType": "Encounter",
            "status": "in-progress",
            "class": {
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                "code": "IMP",
            },
            "subject": sujeto,
        },
        "cirugia-mayor": {
            "resourceType": "Appointment",
            "status": "booked",
            "start": "2026-12-01T10:00:00-06:00",
            "end": "2026-12-01T11:00:00-06:00",
            "serviceType": [cirugia],
            "participant": [{"actor": sujeto, "status": "accepted"}],
        },
    }
    orden = {"resourceType": "ServiceRequest", "intent": "order", "subject": sujeto}
    pedida = {**orden, "status": "active", "category": [cirugia], "code": {"text": "Cirugía"}}
    for carta, plan in (*planes.items(), ("cirugia-mayor", pedida)):
        respuesta = integracion.post(str(plan["resourceType"]), plan)
        assert respuesta.status_code == 422, respuesta.content
        (asunto,) = respuesta.json()["issue"]
        assert (asunto["code"], "10.1.2" in asunto["diagnostics"]) == ("business-rule", True)
        id_ = otorgada(acceso, carta, elenco.consulta)
        assert integracion.post(str(plan["resourceType"]), plan).status_code == 201
        # nor does a machine sign a letter, or change one
        carta_dada = integracion.get(f"Consent/{id_}").json()
        for metodo, camino in ((integracion.post, "Consent"), (integracion.put, f"Consent/{id_}")):
            respuesta = metodo(camino, carta_dada)
            assert (respuesta.status_code, "se firma" in respuesta.content.decode()) == (422, True)
        cartas.revocar(acceso, carta_id=id_, motivo="", ahora=AHORA)
        assert integracion.post(str(plan["resourceType"]), plan).status_code == 422


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
