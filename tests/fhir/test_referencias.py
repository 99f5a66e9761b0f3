"""References found, rewritten, and the patient they lead to."""

from random import Random
from typing import Any

import pytest

from ece import fhir
from tests.fhir import generador, publicados
from tests.fhir.ejemplares import TIPOS, ejemplar

UUID = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"


def test_se_encuentran_todas() -> None:
    recurso = ejemplar("MedicationRequest")
    recurso["contained"][0]["manufacturer"] = {"reference": "Organization/1"}
    recurso["extension"] = [{"url": "urn:x", "valueReference": {"reference": "Device/2"}}]
    recurso["note"] = [{"text": "x", "authorReference": {"display": "sin referencia"}}]
    assert {(lugar, r["reference"]) for lugar, r in fhir.referencias(recurso)} == {
        ("MedicationRequest.medicationReference", "#med"),
        ("MedicationRequest.subject", "Patient/p1"),
        ("MedicationRequest.contained[0].manufacturer", "Organization/1"),
        ("MedicationRequest.extension[0].valueReference", "Device/2"),
    }


def test_se_sustituyen_donde_esten_sin_tocar_el_original() -> None:
    recurso = ejemplar("Composition")
    recurso["subject"]["reference"] = UUID
    recurso["section"][0]["entry"].append({"reference": UUID})
    recurso["extension"] = [
        {"url": "urn:x", "valueReference": {"reference": UUID, "display": UUID + " y más"}},
        {"url": "urn:y", "valueUri": UUID},
    ]
    cambiado = fhir.sustituir_referencias(recurso, lambda r: {UUID: "Patient/9"}.get(r, r))
    assert recurso["subject"]["reference"] == UUID
    assert cambiado["subject"]["reference"] == "Patient/9"
    assert cambiado["section"][0]["entry"][1]["reference"] == "Patient/9"
    assert cambiado["section"][0]["entry"][0]["reference"] == "Observation/o1"
    assert cambiado["extension"][0]["valueReference"]["reference"] == "Patient/9"
    assert cambiado["extension"][0]["valueReference"]["display"] == UUID + " y más"
    assert cambiado["extension"][1]["valueUri"] == "Patient/9"


@pytest.mark.parametrize("tipo", TIPOS)
def test_sin_cambios_queda_igual(tipo: str) -> None:
    recurso = ejemplar(tipo)
    assert fhir.sustituir_referencias(recurso, lambda r: r) == recurso


@pytest.mark.parametrize(
    ("tipo", "esperados"),
    [
        ("Observation", ["Patient/p1"]),
        ("Condition", ["Patient/p1"]),
        ("AllergyIntolerance", ["Patient/p1"]),
        ("Appointment", ["Patient/p1"]),
        ("Immunization", ["Patient/p1"]),
        ("Composition", ["Patient/p1"]),
        ("Questionnaire", []),
        ("Bundle", []),
    ],
)
def test_de_quien_es(tipo: str, esperados: list[str]) -> None:
    assert fhir.pacientes_de(ejemplar(tipo)) == esperados


def test_el_sujeto_va_primero_y_nadie_se_repite() -> None:
    recurso = ejemplar("Observation")
    recurso["performer"] = [{"reference": "Patient/p2"}, {"reference": "Patient/p1"}]
    assert fhir.pacientes_de(recurso) == ["Patient/p1", "Patient/p2"]
    recurso["subject"] = {"reference": "Group/g"}
    assert fhir.pacientes_de(recurso) == ["Patient/p2", "Patient/p1"]


def test_un_sujeto_contenido_no_es_un_paciente_nuestro() -> None:
    recurso = ejemplar("Observation")
    recurso["contained"] = [{"resourceType": "Patient", "id": "x"}]
    recurso["subject"] = {"reference": "#x"}
    assert fhir.validar(recurso) == []
    assert fhir.pacientes_de(recurso) == []
    assert fhir.sujeto_sin_resolver(recurso) == ""
    por_sujeto = fhir.criterio(fhir.parametros("Observation")["patient"], "", "#x")
    assert por_sujeto.coincide(fhir.indices(recurso))  # it is about a Patient, if not about ours


@pytest.mark.parametrize(
    ("sujeto", "dicho"),
    [
        ({"reference": "Patient/1"}, ""),
        ({"reference": "https://otro.mx/fhir/Patient/1"}, ""),
        ({"reference": "Group/1"}, ""),
        ({"reference": UUID}, UUID),
        ({"reference": "Patient?identifier=x"}, "Patient?identifier=x"),
        ({"identifier": {"value": "1"}}, "subject sin referencia literal"),
        ({"display": "Alguien"}, "subject sin referencia literal"),
    ],
)
def test_sujeto_sin_resolver(sujeto: dict[str, Any], dicho: str) -> None:
    recurso = ejemplar("Observation") | {"subject": sujeto}
    assert fhir.sujeto_sin_resolver(recurso) == dicho


def test_compartimento_de_paciente() -> None:
    en = {tipo for tipo in fhir.tipos_de_recurso() if fhir.en_compartimento(tipo)}
    assert {"Observation", "Patient", "Encounter", "Consent", "AuditEvent"} <= en
    assert not {"Organization", "Practitioner", "ValueSet", "Medication", "Location"} & en
    assert len(en) >= 60


@pytest.mark.parametrize("tipo", sorted(fhir.tipos_de_recurso()))
def test_ningun_tipo_rompe_nada(tipo: str) -> None:
    azar = Random(tipo)
    for _ in range(3):
        recurso = generador.recurso(tipo, azar)
        for referido in fhir.pacientes_de(recurso):
            assert referido in {r["reference"] for _, r in fhir.referencias(recurso)}
        fhir.fecha_clinica(recurso)
        fhir.sujeto_sin_resolver(recurso)


@publicados.hacen_falta
def test_cada_paquete_es_de_un_paciente() -> None:
    for paquete in publicados.paquetes():
        (suyo,) = (e for e in paquete["entry"] if e["resource"]["resourceType"] == "Patient")
        resuelto = fhir.sustituir_referencias(
            paquete, lambda r, de=suyo["fullUrl"]: "Patient/1" if r == de else r
        )
        for entrada in resuelto["entry"]:
            recurso = entrada["resource"]
            if fhir.en_compartimento(recurso["resourceType"]) and recurso is not suyo:
                propios = fhir.pacientes_de(recurso)
                assert propios == ["Patient/1"] or recurso["resourceType"] == "Patient"
