"""What breaks the definitions is refused, and the place is named exactly."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from ece import fhir
from tests.fhir import generador, publicados
from tests.fhir.ejemplares import TIPOS, ejemplar

QUITAR = object()


def _cambiado(tipo: str, ruta: str, valor: Any) -> dict[str, Any]:
    """The valid resource of `tipo` with `valor` at `ruta` (``component.1.valueQuantity``)."""
    recurso = ejemplar(tipo)
    nodo: Any = recurso
    *pasos, ultimo = [int(p) if p.isdigit() else p for p in ruta.split(".")]
    for paso in pasos:
        nodo = nodo[paso]
    if valor is QUITAR:
        del nodo[ultimo]
    elif isinstance(nodo, list) and ultimo == len(nodo):
        nodo.append(valor)
    else:
        nodo[ultimo] = valor
    return recurso


# type, where, what is put there, the location told (without the type), the kind of problem
CARDINALIDAD: list[tuple[str, str, Any, str, str]] = [
    ("Observation", "status", QUITAR, "status", "required"),
    ("Observation", "code", QUITAR, "code", "required"),
    ("Observation", "component.1.code", QUITAR, "component[1].code", "required"),
    ("Observation", "note.0", {"time": "2026"}, "note[0].text", "required"),
    ("Condition", "subject", QUITAR, "subject", "required"),
    ("Encounter", "class", QUITAR, "class", "required"),
    ("Encounter", "location.0", {"status": "active"}, "location[0].location", "required"),
    ("Composition", "author", QUITAR, "author", "required"),
    ("MedicationRequest", "medicationReference", QUITAR, "medication[x]", "required"),
    ("Immunization", "occurrenceDateTime", QUITAR, "occurrence[x]", "required"),
    ("Patient", "link.0.type", QUITAR, "link[0].type", "required"),
    ("Patient", "name", {"family": "Ruiz"}, "name", "structure"),
    ("Patient", "name.0.given", "José", "name[0].given", "structure"),
    ("Patient", "name.0.family", ["Ruiz"], "name[0].family", "structure"),
    ("Observation", "status", ["final"], "status", "structure"),
    ("Observation", "component.0.valueQuantity", [{"value": 1}],
     "component[0].valueQuantity", "structure"),
    ("Bundle", "entry.0.request.method", QUITAR, "entry[0].request.method", "required"),
    ("Questionnaire", "item.1.item.0.linkId", QUITAR, "item[1].item[0].linkId", "required"),
]  # fmt: skip
FORMATOS: list[tuple[str, str, Any, str, str]] = [
    ("Patient", "birthDate", "29/02/1980", "birthDate", "value"),
    ("Patient", "birthDate", "1981-02-29", "birthDate", "value"),
    ("Patient", "birthDate", "1980-13", "birthDate", "value"),
    ("Patient", "birthDate", "1980-02-29T10:00:00Z", "birthDate", "value"),
    ("Patient", "birthDate", 1980, "birthDate", "value"),
    ("Patient", "active", "true", "active", "value"),
    ("Patient", "id", "con espacio", "id", "value"),
    ("Patient", "id", "x" * 65, "id", "value"),
    ("Patient", "telecom.0.rank", 0, "telecom[0].rank", "value"),
    ("Patient", "telecom.0.rank", Decimal("1.5"), "telecom[0].rank", "value"),
    ("Patient", "telecom.0.rank", True, "telecom[0].rank", "value"),
    ("Patient", "name.0.given.0", "", "name[0].given[0]", "value"),
    ("Patient", "name.0.given.0", "   ", "name[0].given[0]", "value"),
    ("Patient", "name.0.family", "Mu\x00oz", "name[0].family", "value"),
    ("Patient", "meta.profile.0", "con espacio", "meta.profile[0]", "value"),
    ("Observation", "issued", "2026-01-05", "issued", "value"),
    ("Observation", "issued", "2026-01-05T10:00:00", "issued", "value"),
    ("Observation", "effectivePeriod.start", "ayer", "effectivePeriod.start", "value"),
    ("Observation", "component.0.valueQuantity.value", "128",
     "component[0].valueQuantity.value", "value"),
    ("Observation", "component.1.valueQuantity.code", " mm",
     "component[1].valueQuantity.code", "value"),
    ("Condition", "onsetDateTime", "2019-04-31", "onsetDateTime", "value"),
    ("DiagnosticReport", "presentedForm.0.data", "¡no!", "presentedForm[0].data", "value"),
    ("Appointment", "minutesDuration", -5, "minutesDuration", "value"),
    ("Encounter", "diagnosis.0.rank", 2**31, "diagnosis[0].rank", "value"),
    ("Patient", "text.div", "<div>sin espacio de nombres</div>", "text.div", "value"),
    ("Patient", "text.div",
     '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>', "text.div", "value"),
]  # fmt: skip
CODIGOS: list[tuple[str, str, Any, str, str]] = [
    ("Observation", "status", "terminado", "status", "code-invalid"),
    ("Patient", "gender", "hombre", "gender", "code-invalid"),
    ("Patient", "name.0.use", "oficial", "name[0].use", "code-invalid"),
    ("Patient", "link.0.type", "igual", "link[0].type", "code-invalid"),
    ("Patient", "text.status", "hecho", "text.status", "code-invalid"),
    ("Observation", "component.0.valueQuantity.comparator", "=",
     "component[0].valueQuantity.comparator", "code-invalid"),
    ("AllergyIntolerance", "category.0", "comida", "category[0]", "code-invalid"),
    ("AllergyIntolerance", "reaction.0.severity", "leve", "reaction[0].severity", "code-invalid"),
    ("Composition", "attester.0.mode", "yo", "attester[0].mode", "code-invalid"),
    ("Bundle", "entry.0.request.method", "post", "entry[0].request.method", "code-invalid"),
    ("MedicationRequest", "dosageInstruction.0.timing.repeat.periodUnit", "horas",
     "dosageInstruction[0].timing.repeat.periodUnit", "code-invalid"),
    ("Questionnaire", "item.1.item.0.type", "si-no", "item[1].item[0].type", "code-invalid"),
]  # fmt: skip
ESTRUCTURA: list[tuple[str, str, Any, str, str]] = [
    ("Patient", "nombre", "José", "nombre", "structure"),
    ("Patient", "resourceType", "Paciente", "resourceType", "structure"),
    ("Patient", "meta.author", {"reference": "Practitioner/d1"}, "meta.author", "structure"),
    ("Patient", "meta.project", "p", "meta.project", "structure"),
    ("Patient", "name.0.apellido", "Ruiz", "name[0].apellido", "structure"),
    ("Observation", "valueString2", "x", "valueString2", "structure"),
    ("Observation", "value", "x", "value", "structure"),
    ("Observation", "valueReference", {"reference": "Patient/p1"}, "valueReference", "structure"),
    ("Patient", "deceasedDateTime", "2020", "deceasedDateTime", "structure"),
    ("Patient", "deceasedString", "no", "deceasedString", "structure"),
    ("Observation", "effectiveDateTime", "2026-01-05", "effectiveDateTime", "structure"),
    ("Patient", "name.0._given", [{"id": "a", "use": "x"}, None],
     "name[0]._given[0]", "structure"),
    ("Patient", "name.0._family", [{"id": "a"}], "name[0]._family", "structure"),
    ("Patient", "_name", [{"id": "a"}], "_name", "structure"),
    ("Patient", "_nombre", {"id": "a"}, "_nombre", "structure"),
    ("Patient", "name.0", "José Muñoz", "name[0]", "structure"),
    ("Observation", "subject", "Patient/p1", "subject", "structure"),
    ("Observation", "component", [], "component", "structure"),
    ("Patient", "contact.0", {}, "contact[0]", "invariant"),
    ("Patient", "name.1", None, "name[1]", "structure"),
    ("Patient", "gender", None, "gender", "value"),
    ("Bundle", "entry.0.resource.resourceType", "Clinica", "entry[0].resource", "structure"),
    ("Bundle", "entry.0.resource.nombre", "x", "entry[0].resource.nombre", "structure"),
    ("Bundle", "entry.0.resource", "Organization/1", "entry[0].resource", "structure"),
]  # fmt: skip
REFERENCIAS: list[tuple[str, str, Any, str, str]] = [
    ("Observation", "encounter.reference", "Patient/p1", "encounter.reference", "value"),
    ("Observation", "subject.reference", "Practitioner/d1", "subject.reference", "value"),
    ("Observation", "performer.0.reference", "Observation/o1", "performer[0].reference", "value"),
    ("Condition", "evidence.0.detail.0.reference", "con espacio/1",
     "evidence[0].detail[0].reference", "value"),
    ("Patient", "generalPractitioner.0.reference", "Patient/p1",
     "generalPractitioner[0].reference", "value"),
    ("Observation", "subject.type", "Medicamento", "subject.type", "value"),
    ("Observation", "subject.reference", "Patient/con_guion_bajo", "subject.reference", "value"),
    ("Observation", "subject.reference", "Paciente/p1", "subject.reference", "value"),
    ("MedicationRequest", "medicationReference.reference", "#otro",
     "medicationReference.reference", "invariant"),
]  # fmt: skip
INVARIANTES: list[tuple[str, str, Any, str, str]] = [
    ("Patient", "contact.0", {"gender": "female"}, "contact[0]", "invariant"),  # pat-1
    ("Patient", "telecom.0.system", QUITAR, "telecom[0]", "invariant"),  # cpt-2
    ("Observation", "component.0.valueQuantity.system", QUITAR,
     "component[0].valueQuantity", "invariant"),  # qty-3
    ("Observation", "effectivePeriod.end", "2026-01-05T08:00:00-06:00",
     "effectivePeriod", "invariant"),  # per-1
    ("Observation", "referenceRange.0", {"appliesTo": [{"text": "x"}]},
     "referenceRange[0]", "invariant"),  # obs-3
    ("Condition", "stage.0", {"type": {"text": "x"}}, "stage[0]", "invariant"),  # con-1
    ("Condition", "evidence.0", {"id": "x"}, "evidence[0]", "invariant"),  # con-2
    ("Condition", "abatementDateTime", "2021", "", "invariant"),  # con-4: still active
    ("Appointment", "start", QUITAR, "", "invariant"),  # app-2
    ("Composition", "section.0", {"title": "Vacía"}, "section[0]", "invariant"),  # cmp-1
    ("MedicationRequest", "dosageInstruction.0.timing.repeat.period", -1,
     "dosageInstruction[0].timing.repeat", "invariant"),  # tim-5
    ("MedicationRequest", "dosageInstruction.0.timing.repeat.periodUnit", QUITAR,
     "dosageInstruction[0].timing.repeat", "invariant"),  # tim-2
    ("MedicationRequest", "dosageInstruction.0.doseAndRate.0.doseRange.low.value", 9,
     "dosageInstruction[0].doseAndRate[0].doseRange", "invariant"),  # rng-2
    ("MedicationRequest", "contained.0.contained",
     [{"resourceType": "Basic", "code": {"text": "x"}}], "contained[0]", "invariant"),  # dom-2
    ("MedicationRequest", "contained.0.meta", {"versionId": "1"},
     "contained[0].meta", "invariant"),  # dom-4
    ("MedicationRequest", "contained.0.meta", {"security": [{"code": "R"}]},
     "contained[0].meta", "invariant"),  # dom-5
    ("MedicationRequest", "contained.1", {"resourceType": "Medication", "id": "nadie"},
     "contained[1]", "invariant"),  # dom-3
    ("Patient", "extension", [{"url": "urn:ece:x"}], "extension[0]", "invariant"),  # ext-1
    ("Patient", "extension", [{"url": "urn:ece:x", "valueString": "a", "extension": [
        {"url": "b", "valueString": "c"}]}], "extension[0]", "invariant"),  # ext-1
    ("Patient", "extension", [{"valueString": "a"}], "extension[0].url", "required"),
    ("DiagnosticReport", "presentedForm.0.contentType", QUITAR,
     "presentedForm[0]", "invariant"),  # att-1
    ("Immunization", "education.0", {"publicationDate": "2020"},
     "education[0]", "invariant"),  # imm-1
    ("Bundle", "entry.0.request", QUITAR, "", "invariant"),  # bdl-3
    ("Bundle", "total", 3, "", "invariant"),  # bdl-1
    ("Questionnaire", "item.1.item.0.linkId", "1", "", "invariant"),  # que-2
    ("Questionnaire", "item.1.item", QUITAR, "item[1]", "invariant"),  # que-1
    ("Encounter", "period.start", "2026-02-01", "period", "invariant"),  # per-1
]  # fmt: skip
ROTAS = CARDINALIDAD + FORMATOS + CODIGOS + ESTRUCTURA + REFERENCIAS + INVARIANTES


ARRASTRAN = {  # breaking these breaks a second rule as well
    ("MedicationRequest", "medicationReference"),
    ("MedicationRequest", "medicationReference.reference"),
    ("Observation", "effectivePeriod.start"),
    ("Appointment", "start"),
}


def test_son_bastantes() -> None:
    assert len(ROTAS) >= 100


@pytest.mark.parametrize("tipo", TIPOS)
def test_los_ejemplares_son_validos(tipo: str) -> None:
    assert fhir.validar(ejemplar(tipo)) == []


@pytest.mark.parametrize(("tipo", "ruta", "valor", "lugar", "codigo"), ROTAS, ids=range(len(ROTAS)))
def test_lo_roto_se_rechaza_donde_se_rompio(
    tipo: str, ruta: str, valor: Any, lugar: str, codigo: str
) -> None:
    problemas = fhir.validar(_cambiado(tipo, ruta, valor))
    esperado = lugar if lugar == "resourceType" else f"{tipo}.{lugar}".rstrip(".")
    assert (problemas[0].ubicacion, problemas[0].codigo) == (esperado, codigo)
    assert len(problemas) == 1 or (tipo, ruta) in ARRASTRAN


BIEN: list[tuple[str, str, Any]] = [
    ("Observation", "dataAbsentReason", {"text": "no se tomó"}),
    ("Observation", "status", "amended"),
    ("Observation", "subject", {"display": "Alguien"}),
    ("Observation", "subject", {"identifier": {"value": "1"}, "type": "Patient"}),
    ("Observation", "subject.reference", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
    ("Observation", "subject.reference", "https://otro.mx/fhir/Patient/7/_history/2"),
    ("Observation", "subject.reference", "Patient?identifier=urn:ece:expediente|000123"),
    ("Observation", "component.0.valueQuantity.value", Decimal("1E-7")),
    ("Observation", "component.0.valueQuantity.value", 10**30),
    ("Condition", "clinicalStatus", QUITAR),  # con-3 is advice, not an error
    ("Condition", "onsetDateTime", "2019-02"),
    ("Condition", "_recordedDate", {"extension": [{"url": "urn:x", "valueCode": "unknown"}]}),
    ("Patient", "birthDate", QUITAR),
    ("Patient", "telecom.0.value", "\t(555) 555\n"),
    ("Patient", "_gender", {"id": "g"}),
    ("Patient", "name.0.given.0", "\U0001f9d1"),
    ("Patient", "extension", [{"url": "urn:x", "_valueString": {"id": "a"}}]),
]


@pytest.mark.parametrize(("tipo", "ruta", "valor"), BIEN, ids=range(len(BIEN)))
def test_lo_raro_pero_valido_se_admite(tipo: str, ruta: str, valor: Any) -> None:
    assert fhir.validar(_cambiado(tipo, ruta, valor)) == []


def test_lo_obligatorio_puede_ser_una_extension() -> None:
    recurso = ejemplar("Observation")
    del recurso["status"]
    recurso["_status"] = {"extension": [{"url": "urn:x", "valueCode": "unknown"}]}
    assert fhir.validar(recurso) == []


def test_los_mensajes_dicen_que_hacer() -> None:
    problema = fhir.validar(_cambiado("Patient", "gender", "hombre"))[0]
    assert problema.mensaje.endswith("use female, male, other, unknown")
    problema = fhir.validar(_cambiado("Patient", "birthDate", "29/02/1980"))[0]
    assert "AAAA-MM-DD" in problema.mensaje
    problema = fhir.validar(_cambiado("Patient", "contact.0", {"gender": "female"}))[0]
    assert problema.mensaje == "pat-1: un contacto lleva nombre, teléfono, dirección u organización"


def test_todos_los_problemas_de_una_vez() -> None:
    recurso = ejemplar("Observation")
    recurso |= {"status": "x", "nada": 1, "issued": "ayer"}
    lugares = {p.ubicacion for p in fhir.validar(recurso)}
    assert lugares == {"Observation.status", "Observation.nada", "Observation.issued"}


@pytest.mark.parametrize("malo", [{}, {"resourceType": 1}, {"resourceType": "Element"}])
def test_lo_que_no_es_un_recurso(malo: dict[str, Any]) -> None:
    assert [p.ubicacion for p in fhir.validar(malo)] == ["resourceType"]


@pytest.mark.parametrize(
    ("datos", "bien"),
    [
        ("aG9sYQ==", True),
        ("aG9s\n  YW1p\n", True),
        ("AAAA" * 500_000, True),
        ("aG9sYQ=", False),
        ("aG9=YQ==", False),
        ("AAAA  " * 5_000 + "!", False),  # the published expression would take years
    ],
    ids=range(6),
)
def test_base64(datos: str, bien: bool) -> None:
    recurso = _cambiado("DiagnosticReport", "presentedForm.0.data", datos)
    assert (fhir.validar(recurso) == []) is bien


def test_lo_muy_hondo_se_rechaza_sin_romperse() -> None:
    extension: dict[str, Any] = {"url": "urn:x", "valueString": "fondo"}
    for _ in range(150):
        extension = {"url": "urn:x", "extension": [extension]}
    problemas = fhir.validar(
        {"resourceType": "Basic", "code": {"text": "x"}, "extension": [extension]}
    )
    assert [p.codigo for p in problemas] == ["too-long"]


def test_cada_recurso_de_un_paquete_responde_por_sus_contenidos() -> None:
    paquete = ejemplar("Bundle")
    receta = ejemplar("MedicationRequest")
    paquete["entry"][0]["resource"] = receta
    assert fhir.validar(paquete) == []
    receta["medicationReference"]["reference"] = "#otro"
    assert {p.ubicacion for p in fhir.validar(paquete)} == {
        "Bundle.entry[0].resource.medicationReference.reference",
        "Bundle.entry[0].resource.contained[0]",
    }


@pytest.mark.parametrize("tipo", sorted(fhir.tipos_de_recurso()))
def test_todos_los_tipos_por_dentro(tipo: str) -> None:
    """What is drawn from the definitions breaks no rule of structure, in any type."""
    azar = Random(tipo)
    for densidad in (0.2, 0.5, 0.9):
        recurso = generador.recurso(tipo, azar, densidad=densidad)
        assert [p for p in fhir.validar(recurso) if p.codigo != "invariant"] == []
        con_extra = recurso | {"inventado": 1}
        assert f"{tipo}.inventado" in {p.ubicacion for p in fhir.validar(con_extra)}


# official examples that break the standard they illustrate
INFIELES = {
    "codesystem-example.json": "CodeSystem",  # repeats a code
    "devicemetric-example.json": "DeviceMetric.parent.reference",  # a DeviceDefinition
    "deviceusestatement-example.json": "DeviceUseStatement.reasonReference[0].reference",
}


@publicados.hacen_falta
def test_los_ejemplos_oficiales() -> None:
    assert len(publicados.ejemplos()) >= 36
    for nombre, ejemplo in publicados.ejemplos().items():
        lugares = [p.ubicacion for p in fhir.validar(ejemplo)]
        assert lugares == ([INFIELES[nombre]] if nombre in INFIELES else []), nombre


@publicados.hacen_falta
def test_los_pacientes_ajenos() -> None:
    assert len(publicados.paquetes()) >= 60
    for paquete in publicados.paquetes():
        assert fhir.validar(paquete) == []
