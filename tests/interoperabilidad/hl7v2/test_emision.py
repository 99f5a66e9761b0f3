"""What is generated: of the standard's own structure (hl7apy), and read back as it was."""

import itertools
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hl7apy import consts
from hl7apy.parser import parse_message

from interoperabilidad.hl7v2 import acuses, emision, er7, traduccion
from interoperabilidad.hl7v2.acuses import Rechazo
from interoperabilidad.hl7v2.datos import Contexto
from interoperabilidad.hl7v2.emision import Sobre
from tests.interoperabilidad.hl7v2 import mensajes

ZONA = ZoneInfo("America/Mexico_City")
AHORA = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
CONTEXTO = Contexto(propio="ECE", sistemas={"ECE": "urn:ece:expediente"}, zona=ZONA)
VERSIONES = ("2.5", "2.5.1", "2.6")

PACIENTE: dict[str, Any] = {
    "resourceType": "Patient",
    "id": str(UUID(int=5)),
    "identifier": [
        {"system": "urn:ece:expediente", "value": "00000123"},
        {"system": "urn:oid:2.16.840.1.113883.4.629", "value": "HELM840517MOCRPR07"},
    ],
    "name": [
        {
            "use": "official",
            "family": "Hernández López",
            "_family": {
                "extension": [
                    {
                        "url": "http://hl7.org/fhir/StructureDefinition/humanname-mothers-family",
                        "valueString": "López",
                    }
                ]
            },
            "given": ["María", "Guadalupe"],
        }
    ],
    "gender": "female",
    "birthDate": "1984-05-17",
    "telecom": [{"system": "phone", "value": "9511234567"}, {"system": "email", "value": "m@e.mx"}],
    "address": [{"use": "home", "line": ["Calle 5 | Sur", "Centro"], "city": "Oaxaca"}],
    "contact": [{"name": {"text": "Rosa"}, "relationship": [{"text": "Madre"}]}],
}
ENCUENTRO: dict[str, Any] = {
    "resourceType": "Encounter",
    "id": str(UUID(int=6)),
    "status": "in-progress",
    "class": {"code": "AMB"},
    "participant": [{"individual": {"display": "Elena Cruz Robles"}}],
    "location": [{"location": {"display": "Consulta externa"}}],
    "period": {"start": "2026-11-23T09:30:00-06:00"},
}
INFORME: dict[str, Any] = {
    "resourceType": "DiagnosticReport",
    "id": str(UUID(int=7)),
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "24323-8"}], "text": "Química"},
    "effectiveDateTime": "2026-11-23T09:00:00-06:00",
    "issued": "2026-11-23T09:45:00-06:00",
    "conclusion": "Sin alteraciones.\nRepetir en un año.",
}
OBSERVACIONES: list[dict[str, Any]] = [
    {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2345-7"}], "text": "Glucosa"},
        "valueQuantity": {
            "value": Decimal("98.0"),
            "unit": "mg/dL",
            "system": "http://unitsofmeasure.org",
            "code": "mg/dL",
        },
        "referenceRange": [{"text": "70-100"}],
    },
    {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Aspecto"},
        "valueString": "Turbio ^ con & sedimento",
    },
]
CITA: dict[str, Any] = {
    "resourceType": "Appointment",
    "id": str(UUID(int=8)),
    "status": "booked",
    "description": "Control",
    "start": "2026-12-01T10:00:00-06:00",
    "end": "2026-12-01T10:20:00-06:00",
    "participant": [
        {"actor": {"reference": f"Patient/{UUID(int=5)}"}},
        {"actor": {"reference": f"Practitioner/{UUID(int=9)}", "display": "Elena Cruz Robles"}},
        {"actor": {"reference": f"Location/{UUID(int=10)}", "display": "Consulta externa"}},
    ],
}
DOCUMENTO: dict[str, Any] = {
    "resourceType": "DocumentReference",
    "id": str(UUID(int=11)),
    "docStatus": "final",
    "description": "Resumen",
    "type": {"coding": [{"system": "http://loinc.org", "code": "34133-9"}], "text": "Resumen"},
    "date": "2026-11-23T09:45:00-06:00",
}


def sobre(version: str = "2.5.1") -> Sobre:
    return Sobre(
        id=UUID(int=2**90 + 7), momento=AHORA, aplicacion="LIS", institucion="HGX", version=version
    )


def generados(version: str) -> dict[str, str]:
    s = sobre(version)
    adts = {
        evento: emision.adt(s, evento, paciente=PACIENTE, ocurrio=AHORA, encuentro=ENCUENTRO)
        for evento in ("A01", "A03", "A04", "A08", "A28", "A31")
    }
    return {
        **{f"ADT^{evento}": texto for evento, texto in adts.items()},
        "ADT^A40": emision.adt(s, "A40", paciente=PACIENTE, ocurrio=AHORA, previo=PACIENTE),
        "ORU^R01": emision.oru(
            s, paciente=PACIENTE, informe=INFORME, observaciones=OBSERVACIONES, orden=None,
            archivo=("application/pdf", b"%PDF-1.4"),
        ),
        **{
            f"SIU^{e}": emision.siu(s, e, paciente=PACIENTE, cita=CITA)
            for e in ("S12", "S13", "S15", "S26")
        },
        "MDM^T02": emision.mdm(
            s, paciente=PACIENTE, documento=DOCUMENTO, archivo=("text/plain", b"Hola"),
            ocurrio=AHORA,
        ),
    }  # fmt: skip


@pytest.mark.parametrize("version", VERSIONES)
def test_cada_mensaje_cumple_la_estructura_del_estandar(version: str) -> None:
    for nombre, texto in generados(version).items():
        leido = parse_message(texto, validation_level=consts.VALIDATION_LEVEL.STRICT)
        assert leido.validate(), nombre


@pytest.mark.parametrize("version", [*VERSIONES, "2.4"])
def test_los_acuses_tambien(version: str) -> None:
    msh = er7.leer(mensajes.adt("A04").decode().replace("|2.5.1|", f"|{version}|")).msh
    rechazo = Rechazo("AE", "101", "x", "falta algo", ("PID", 1, 3))
    for uno in (None, rechazo):
        texto = acuses.acuse(msh, id=UUID(int=2**90), momento=AHORA, rechazo=uno)
        assert parse_message(texto, validation_level=consts.VALIDATION_LEVEL.STRICT).validate()


def test_la_persona_va_y_vuelve_igual() -> None:
    texto = generados("2.5.1")["ADT^A08"]
    persona = traduccion.traducir(er7.leer(texto), CONTEXTO).persona
    vuelta = persona.recurso
    assert vuelta["name"][0]["family"] == "Hernández López"
    assert vuelta["name"][0]["given"] == ["María", "Guadalupe"]
    assert vuelta["name"][0]["_family"]["extension"][1]["valueString"] == "López"
    assert {(i["system"], i["value"]) for i in vuelta["identifier"]} == {
        (i["system"], i["value"]) for i in PACIENTE["identifier"]
    }
    assert vuelta["address"][0]["line"] == ["Calle 5 | Sur", "Centro"]
    assert vuelta["birthDate"] == PACIENTE["birthDate"]
    assert [m["value"] for m in vuelta["telecom"]] == ["9511234567", "m@e.mx"]


def test_el_resultado_va_y_vuelve_igual() -> None:
    t = traduccion.traducir(er7.leer(generados("2.5.1")["ORU^R01"]), CONTEXTO)
    por_tipo = {
        tipo: [p.recurso for p in piezas]
        for tipo, piezas in itertools.groupby(
            sorted(t.piezas, key=lambda p: p.tipo), key=lambda p: p.tipo
        )
    }
    (informe,) = por_tipo["DiagnosticReport"]
    assert informe["conclusion"] == INFORME["conclusion"]
    assert informe["issued"].startswith("2026-11-23T09:45")
    glucosa, aspecto = por_tipo["Observation"]
    assert glucosa["valueQuantity"] == OBSERVACIONES[0]["valueQuantity"]
    assert aspecto["valueString"] == OBSERVACIONES[1]["valueString"]
    assert t.adjuntos[0].archivo.contenido == b"%PDF-1.4"


def test_la_cita_va_y_vuelve_igual() -> None:
    t = traduccion.traducir(er7.leer(generados("2.5.1")["SIU^S12"]), CONTEXTO)
    (cita,) = (p.recurso for p in t.piezas)
    assert (cita["status"], cita["start"], cita["end"]) == ("booked", CITA["start"], CITA["end"])
