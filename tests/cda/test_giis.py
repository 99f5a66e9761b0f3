"""The clinical summary of GIIS-A001: by its rules, by CDA R2's schema, and read back."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from lxml import etree, isoschematron

from ece import cda
from ece.cda import giis
from ece.cda.giis import Establecimiento, Fuente, Persona, Profesional
from tests.cda import modelo

V3 = {"h": "urn:hl7-org:v3"}
ID = UUID("0d5a3a2e-0000-4000-8000-00000000000a")
ELENA = Profesional("Elena de Ejemplo", "1000001")
PACIENTE = {
    "resourceType": "Patient",
    "id": "0d5a3a2e-0000-4000-8000-00000000000b",
    "identifier": [
        {"system": "urn:oid:2.16.840.1.113883.4.629", "value": "IAPX840517MOCBXC09"},
        {"system": "urn:ece:expediente", "value": "000123"},
    ],
    "name": [{"family": "Ibáñez Peña", "given": ["Xóchitl"]}],
    "gender": "female",
    "birthDate": "1984-05-17",
    "telecom": [{"system": "phone", "value": "9511234567"}],
    "maritalStatus": {"coding": [{"code": "M"}]},
}
VACIA = Fuente(
    id=ID,
    momento=datetime(2026, 11, 23, 10, 0, 5, tzinfo=UTC),
    raiz="2.25.123",
    registrada=False,
    establecimiento=Establecimiento("", "", "", ""),
    elabora=None,
    reservado=False,
    paciente={"resourceType": "Patient", "id": "x"},
    persona=Persona(apellidos=("", "")),
    familiares=[
        ("I10X", "Hipertensión", "sin-informacion", ""),
        ("E785", "Dislipidemia", "sin-informacion", ""),
        ("E149", "Diabetes", "sin-informacion", ""),
    ],
)
LLENA = Fuente(
    id=ID,
    momento=datetime(2026, 11, 23, 10, 0, 5, tzinfo=UTC),
    raiz="2.16.840.1.113883.3.9999.7",
    registrada=True,
    establecimiento=Establecimiento("Hospital <X>", "OCSSA000001", "Calle 1", "SSA"),
    elabora=ELENA,
    reservado=True,
    paciente=PACIENTE,
    persona=Persona(
        apellidos=("Ibáñez", "Peña"),
        domicilio=[("streetName", "Reforma 1"), ("county", "Oaxaca"), ("country", "MEX")],
        nacionalidad=("MEX", "Mexicana"),
        religion=("1101", "Católica"),
        entidad_de_nacimiento="OC",
        tutor="Ana Peña",
        edad=42,
        afiliaciones=[("IMSS", "123")],
    ),
    encuentro={
        "resourceType": "Encounter",
        "id": "e1",
        "class": {"code": "IMP"},
        "period": {"start": "2026-11-23T10:00:00-06:00", "end": "2026-11-24T10:00:00Z"},
        "hospitalization": {"dischargeDisposition": {"coding": [{"code": "home"}]}},
    },
    responsable=ELENA,
    alergias=[
        {
            "resourceType": "AllergyIntolerance",
            "id": "a1",
            "category": ["medication"],
            "code": {"text": "Penicilina"},
            "recordedDate": "2026-11-23T10:00:00-06:00",
            "reaction": [{"manifestation": [{"text": "Urticaria"}]}],
        }
    ],
    familiares=[
        ("I10X", "Hipertensión", "presente", "Madre"),
        ("E785", "Dislipidemia", "ausente", ""),
        ("E149", "Diabetes", "sin-informacion", ""),
        ("", "Gota", "presente", "Padre"),
    ],
    habitos=[
        {
            "resourceType": "Observation",
            "id": "h1",
            "code": {"text": "Tabaco"},
            "valueCodeableConcept": {"text": "Dejó de fumar"},
        }
    ],
    problemas=[
        {
            "resourceType": "Condition",
            "id": "c1",
            "code": {
                "coding": [
                    {"system": "http://hl7.org/fhir/sid/icd-10", "code": "E119"},
                    {"system": "http://snomed.info/sct", "code": "44054006"},
                ],
                "text": "Diabetes <2> & más\x0b",
            },
            "onsetDateTime": "2020",
        }
    ],
    antecedentes=[
        {
            "resourceType": "Condition",
            "id": "c2",
            "clinicalStatus": {"coding": [{"code": "resolved"}]},
            "code": {"text": "Neumonía"},
            "abatementDateTime": "2020-04",
        }
    ],
    procedimientos=[
        {
            "resourceType": "Procedure",
            "id": "p1",
            "code": {"text": "Apendicectomía"},
            "performedDateTime": "2020-01-02",
        }
    ],
    medicamentos=[
        {
            "resourceType": "MedicationRequest",
            "id": "m1",
            "authoredOn": "2026-11-23T10:00:00.123-06:00",
            "medicationCodeableConcept": {"text": "Metformina"},
            "dosageInstruction": [
                {
                    "text": "850 mg oral cada 12 horas",
                    "route": {"text": "oral"},
                    "doseAndRate": [{"doseQuantity": {"value": Decimal("850"), "code": "mg"}}],
                }
            ],
        }
    ],
    signos=[
        {
            "resourceType": "Observation",
            "id": "s1",
            "effectiveDateTime": "2026-11-23T10:00:00-06:00",
            "code": {"text": "Tensión arterial"},
            "component": [
                {
                    "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
                    "valueQuantity": {"value": 120, "unit": "mmHg", "code": "mm[Hg]"},
                }
            ],
        }
    ],
    textos={"8648-8": ["Refiere mejoría.\nSin dolor."]},
)


def reprueba(documento: bytes) -> list[str]:
    """What the guide's rules (ISO Schematron) find wrong."""
    reglas = isoschematron.Schematron(etree.parse(str(giis.REGLAS)), store_report=True)
    reglas.validate(etree.fromstring(documento))
    return [
        "".join(falla.itertext()).strip()
        for falla in reglas.validation_report.iter("{http://purl.oclc.org/dsdl/svrl}failed-assert")
    ]


def cambiado(antes: bytes, despues: bytes) -> bytes:
    documento = giis.resumen(LLENA)
    assert antes in documento
    return documento.replace(antes, despues)


@pytest.mark.parametrize("fuente", [VACIA, LLENA], ids=["vacia", "llena"])
def test_cumple_la_guia(fuente: Fuente) -> None:
    assert reprueba(giis.resumen(fuente)) == []


@pytest.mark.parametrize(
    ("antes", "despues"),
    [
        (b'<realmCode code="MX"/>', b""),
        (b"POCD_HD000040", b"POCD_HD000041"),
        (b'code="48765-2"', b'code="48765-9"'),
        (b'root="2.16.840.1.113883.10.20.1.4"', b'root="1.2.3"'),
        (b'value="#diagnostico1"', b'value="#otro"'),
        (b'signatureCode code="X"', b'signatureCode code="Q"'),
        (b'<versionNumber value="1"/>', b""),
        (b'unit="mm[Hg]"', b""),
        (b"(E785)", b""),
        (b'extension="1000001"', b""),
    ],
)
def test_lo_que_se_aparta_de_la_guia_se_nota(antes: bytes, despues: bytes) -> None:
    assert reprueba(cambiado(antes, despues))


def test_cumple_el_esquema() -> None:
    """One test: the schema's classes take seconds to load."""
    for fuente in (VACIA, LLENA):
        documento = giis.resumen(fuente)
        assert modelo.problemas(documento) == []
        assert modelo.esquema(documento) == []
    for antes, despues in (
        (b"<birthTime", b"<birthday"),
        (b'<id root="2.16.840.1.113883.3.9999.7" ext', b'<id raiz="1" ext'),
        (b'<realmCode code="MX"/>', b'<title>x</title><realmCode code="MX"/>'),
        (b"<versionNumber", b'<versionNumber value="2"/><versionNumber'),
        (b'moodCode="EVN"', b'moodCode="NADA"'),
        (b'value="20261123100000-0600"', b'value="ayer"'),
        (b"<confidentialityCode", b"<sin"),
        (b'<typeId root="2.16.840.1.113883.1.3"', b"<typeId"),
        (b'<signatureCode code="X"/>', b""),
    ):
        assert modelo.problemas(cambiado(antes, despues)), antes


def test_sin_oid_registrado_no_es_intercambiable() -> None:
    sin, con = (cda.leer(giis.resumen(f)) for f in (VACIA, LLENA))
    assert "no intercambiable" in sin.titulo
    assert "no intercambiable" in str(sin.raiz.xpath("h:id/@assigningAuthorityName", namespaces=V3))
    assert "no intercambiable" not in con.titulo
    assert (con.confidencialidad, sin.confidencialidad) == ("R", "N")


def test_lo_que_se_escribe_se_lee() -> None:
    leido = cda.leer(giis.resumen(LLENA))
    assert leido.persona.apellidos == ("Ibáñez", "Peña")
    assert {"system": "urn:oid:2.16.840.1.113883.4.629", "value": "IAPX840517MOCBXC09"} in (
        leido.persona.identificadores
    )
    datos = {(d.tipo, d.codigo_seccion): d.recurso for d in cda.datos(leido)}
    assert set(datos) == {
        ("AllergyIntolerance", "48765-2"),
        ("Condition", "11348-0"),
        ("Condition", "11450-4"),
        ("MedicationStatement", "29549-3"),
        ("Observation", "8716-3"),
    }
    diabetes = datos["Condition", "11450-4"]
    assert diabetes["code"]["text"] == "Diabetes <2> & más"
    assert [c["code"] for c in diabetes["code"]["coding"]] == ["E119", "44054006"]
    assert diabetes["onsetDateTime"] == "2020"
    assert datos["Condition", "11348-0"]["clinicalStatus"]["coding"][0]["code"] == "resolved"
    presion = datos["Observation", "8716-3"]
    assert presion["effectiveDateTime"] == "2026-11-23T10:00:00-06:00"
    assert "Sin dolor." in cda.apartados(leido)[11].html
