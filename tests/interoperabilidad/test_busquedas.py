"""Search, whole (R4 search.html): chains, filters, sets of codes, sorts, includes."""

from typing import Any

import pytest

from auditoria.models import Evento
from registros.catalogos import fuentes
from registros.catalogos.fuentes import Fila, Fuente
from registros.services import catalogos
from tests.elenco import AHORA
from tests.interoperabilidad.socios import SocioEntero, paciente
from tests.interoperabilidad.test_rest import ids

pytestmark = pytest.mark.django_db

LOINC = "http://loinc.org"
CIE10 = "http://hl7.org/fhir/sid/icd-10"


class Hospital:
    """Two people, two units, a visit, a panel with its members, a diagnosis."""

    def __init__(self, socio: SocioEntero) -> None:
        self.socio = socio
        crear = socio.crear
        self.clinica = crear({"resourceType": "Organization", "name": "Clínica del Valle"})
        self.filial = crear(
            {
                "resourceType": "Organization",
                "name": "Anexo",
                "partOf": {"reference": f"Organization/{self.clinica}"},
            }
        )
        self.ana = crear(
            paciente(
                name=[{"family": "Zúñiga", "given": ["Ana"]}],
                birthDate="1970-01-01",
                managingOrganization={"reference": f"Organization/{self.filial}"},
            )
        )
        self.luis = crear(
            paciente(
                name=[{"family": "Águila", "given": ["Luis"]}],
                birthDate="1990-01-01",
                gender="male",
                active=True,
            )
        )
        self.visita = crear(
            {
                "resourceType": "Encounter",
                "status": "finished",
                "class": {
                    "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                    "code": "AMB",
                },
                "subject": {"reference": f"Patient/{self.ana}"},
                "serviceProvider": {"reference": f"Organization/{self.clinica}"},
            }
        )
        self.fiebre = socio.observar(
            self.ana, "38.5", "2026-11-02", encounter={"reference": f"Encounter/{self.visita}"}
        )
        self.normal = socio.observar(self.luis, "36.5", "2026-11-03")
        self.presion = crear(
            {
                "resourceType": "Observation",
                "status": "final",
                "code": {"coding": [{"system": LOINC, "code": "85354-9", "display": "Presión"}]},
                "subject": {"reference": f"Patient/{self.luis}"},
                "effectiveDateTime": "2026-11-04",
                "component": [_parte("8480-6", 150), _parte("8462-4", 90)],
            }
        )
        self.panel = crear(
            {
                "resourceType": "Observation",
                "status": "preliminary",
                "code": {"text": "Panel de signos"},
                "subject": {"reference": f"Patient/{self.ana}"},
                "effectiveDateTime": "2026-11-05",
                "hasMember": [{"reference": f"Observation/{self.fiebre}"}],
            }
        )
        self.diabetes = crear(
            {
                "resourceType": "Condition",
                "code": {"coding": [{"system": CIE10, "code": "E119"}]},
                "subject": {"reference": f"Patient/{self.ana}"},
            }
        )


def _parte(codigo: str, valor: int) -> dict[str, Any]:
    unidad = {"unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
    return {
        "code": {"coding": [{"system": LOINC, "code": codigo}]},
        "valueQuantity": {"value": valor, **unidad},
    }


@pytest.fixture
def hospital(clientes: None) -> Hospital:
    return Hospital(SocioEntero("integracion"))


TODAS = ("fiebre", "normal", "presion", "panel")


@pytest.mark.parametrize(
    ("consulta", "esperados"),
    [
        # chains
        ("Observation?patient.family=zuñiga", "fiebre panel"),
        ("Observation?subject:Patient.name=luis", "normal presion"),
        ("Observation?subject.gender=male&status=final", "normal presion"),
        ("Observation?patient.birthdate=lt1980", "fiebre panel"),
        ("Observation?encounter.status=finished", "fiebre"),
        ("Observation?encounter.service-provider.name=clinica", "fiebre"),
        ("Observation?patient.family=nadie", ""),
        ("Observation?has-member.code=8310-5", "panel"),
        ("Patient?organization.partof.name=valle", ""),
        ("Patient?organization.partof.name=clinica", "ana"),
        ("Patient/{ana}/Observation?encounter.status=finished", "fiebre"),
        # reverse chains
        ("Patient?_has:Observation:patient:code=85354-9", "luis"),
        ("Patient?_has:Condition:subject:code:below=http://hl7.org/fhir/sid/icd-10|E11", "ana"),
        ("Patient?_has:Observation:subject:encounter.status=finished", "ana"),
        ("Encounter?_has:Observation:encounter:value-quantity=gt38", "visita"),
        ("Encounter?_has:Observation:encounter:value-quantity=gt40", ""),
        ("Observation?_has:Observation:has-member:status=preliminary", "fiebre"),
        ("Organization?_has:Patient:organization:_has:Observation:patient:status=final", "filial"),
        ("Patient?gender=male&_has:Observation:patient:status=preliminary", ""),
        # composites
        ("Observation?code-value-quantity=8310-5$gt38", "fiebre"),
        ("Observation?component-code-value-quantity=8480-6$gt140", "presion"),
        ("Observation?component-code-value-quantity=8462-4$gt140", ""),
        ("Observation?combo-code-value-quantity=8462-4$90,8310-5$36.5", "normal presion"),
        # filters
        ("Observation?_filter=code eq 8310-5 and status eq final", "fiebre normal"),
        ("Observation?_filter=code eq 85354-9 or value-quantity ge 38", "fiebre presion"),
        ("Observation?_filter=not (status eq final)", "panel"),
        ("Observation?_filter=encounter pr false and date ge 2026-11-04", "presion panel"),
        ('Organization?_filter=name co "del valle"', "clinica"),
        ("Organization?_filter=name sw cli or (name ew exo and partof pr true)", "clinica filial"),
        ("Patient?_filter=family sw agu", "luis"),
        ("Patient?_filter=gender ne male", "ana"),
        ("Observation?_filter=patient eq Patient/{ana}", "fiebre panel"),
        # tokens
        ("Observation?code:text=presion", "presion"),
        ("Observation?code:text=panel", "panel"),
        ("Observation?status:in=http://hl7.org/fhir/ValueSet/observation-status", " ".join(TODAS)),
        ("Observation?status:not-in=http://hl7.org/fhir/ValueSet/observation-status", ""),
        ("Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", "ana luis"),
        ("Condition?code:above=http://hl7.org/fhir/sid/icd-10|E119", "diabetes"),
        ("Condition?code:below=http://hl7.org/fhir/sid/icd-10|E10", ""),
        # missing, not
        ("Observation?encounter:missing=true&subject:missing=false", "normal presion panel"),
        ("Patient?active:missing=false", "luis"),
        ("Patient?family:missing=true", ""),
        ("Observation?status:not=final", "panel"),
        # references
        ("Observation?subject:Patient={ana}", "fiebre panel"),
        ("Encounter?subject=Patient/{ana}", "visita"),
    ],
)
def test_halla(hospital: Hospital, consulta: str, esperados: str) -> None:
    fuente = Fuente(fuentes.CIE10, "prueba", [Fila("E119", "Diabetes"), Fila("E149", "Otra")])
    catalogos.cargar(fuente, ahora=AHORA)
    suyos = {nombre: getattr(hospital, nombre) for nombre in vars(hospital) if nombre != "socio"}
    hallados = hospital.socio.hallados(consulta.format(**suyos))
    por_id = {id_: nombre for nombre, id_ in suyos.items()}
    assert {por_id.get(id_, id_) for id_ in hallados} == set(esperados.split())


@pytest.mark.parametrize(
    "consulta",
    [
        "Observation?patient.color=azul",
        "Observation?code.name=x",
        "Observation?focus.status=x",  # anything at all: the type must be said
        "Observation?_has:Observation:patient=x",
        "Patient?_has:Observation:code:status=x",
        "Organization?_has:Observation:has-member:status=x",
        "Observation?component-code-value-quantity=8480-6",
        "Observation?_filter=status eq",
        "Observation?_filter=(status eq final",
        "Observation?_filter=subject.name eq x",
        "Observation?_filter=status gt final",
        "Observation?_filter=" + "(" * 40 + "status eq final" + ")" * 40,
        "Observation?status:in=http://example.org/ValueSet/ninguno",
        "Observation?code:below=http://loinc.org|8310-5",
        "Observation?code:below=8310-5",
        "Observation?_content=fiebre",
        "Observation?_text=fiebre",
        "Location?near=19|99|10",
        "Observation?_sort=-fecha",
        "Observation?_revinclude=*",
        "Observation?_include=Observation:code",
        "Observation?patient.organization.partof.partof.name=x",
        "Observation?" + "&".join(["patient.gender=male"] * 7),
        "Observation?_sort=status,code,date,_id,_lastUpdated",
        "Observation?" + "&".join(["_include=Observation:subject"] * 21),
    ],
)
def test_lo_que_no_se_admite_dice_por_que(hospital: Hospital, consulta: str) -> None:
    respuesta = hospital.socio.get(consulta)
    assert respuesta.status_code == 400
    assert respuesta.json()["issue"][0]["diagnostics"]


class TestOrden:
    @pytest.mark.parametrize(
        ("orden", "esperados"),
        [
            ("family", "luis ana"),
            ("-family", "ana luis"),
            ("gender,birthdate", "ana luis"),
            ("active,family", "luis ana"),  # what lacks the key comes last
            ("-active,family", "luis ana"),
            ("-birthdate", "luis ana"),
        ],
    )
    def test_por_cualquier_parametro(self, hospital: Hospital, orden: str, esperados: str) -> None:
        hallados = hospital.socio.hallados(f"Patient?_sort={orden}")
        assert hallados == [getattr(hospital, nombre) for nombre in esperados.split()]

    @pytest.mark.parametrize(
        "orden", ["status,-date", "code,_id", "-_id", "value-quantity,-status"]
    )
    def test_las_paginas_siguen_el_orden(self, hospital: Hospital, orden: str) -> None:
        socio = hospital.socio
        for n in range(7):
            socio.observar(hospital.ana, str(36 + n % 3), f"2026-10-{n + 1:02d}")
        todas = socio.hallados(f"Observation?_sort={orden}&_count=500")
        vistas, camino = [], f"Observation?_sort={orden}&_count=3"
        while camino:
            pagina = socio.buscar(camino)
            vistas += ids(pagina)
            enlaces = [e["url"] for e in pagina["link"] if e["relation"] == "next"]
            camino = enlaces[0].split("/fhir/")[1] if enlaces else ""
        assert vistas == todas
        assert len(todas) == 11

    def test_el_cursor_no_dice_nada_y_aguanta_cambios(self, hospital: Hospital) -> None:
        socio = hospital.socio
        pagina = socio.buscar("Patient?_sort=family&_count=1&gender=female,male")
        (siguiente,) = [e["url"] for e in pagina["link"] if e["relation"] == "next"]
        assert "guila" not in siguiente
        cambio = [{"op": "replace", "path": "/gender", "value": "other"}]
        assert socio.parchar(f"Patient/{hospital.luis}", cambio).status_code == 200
        assert ids(socio.buscar(siguiente.split("/fhir/")[1])) == [hospital.ana]


class TestIncluir:
    @pytest.mark.parametrize(
        ("consulta", "esperados"),
        [
            ("Observation?_id={panel}&_include=Observation:has-member", "panel fiebre"),
            (
                "Observation?_id={panel}&_include=Observation:has-member"
                "&_include:iterate=Observation:encounter&_include:iterate=Encounter:service-provider",
                "panel fiebre visita clinica",
            ),
            ("Observation?_id={fiebre}&_include=*", "fiebre ana visita"),
            ("Observation?_id={fiebre}&_include=Observation:*", "fiebre ana visita"),
            (
                "Organization?_id={clinica}&_revinclude=Organization:partof"
                "&_revinclude:iterate=Patient:organization",
                "clinica filial ana",
            ),
            ("Observation?_id={fiebre}&_revinclude=Observation:*", "fiebre panel"),
            (
                "Patient?_id={ana}&_revinclude=Condition:*&_include=Patient:organization",
                "ana diabetes filial",
            ),
            ("Observation?_id={fiebre}&_include=Observation:subject:Group", "fiebre"),
        ],
    )
    def test_incluye(self, hospital: Hospital, consulta: str, esperados: str) -> None:
        suyos = {n: getattr(hospital, n) for n in vars(hospital) if n != "socio"}
        hallado = hospital.socio.buscar(consulta.format(**suyos))
        por_id = {id_: nombre for nombre, id_ in suyos.items()}
        assert {por_id[id_] for id_ in ids(hallado)} == set(esperados.split())
        assert len(ids(hallado)) == len(esperados.split())


class TestPorPost:
    def test_en_el_cuerpo_y_en_la_direccion(self, hospital: Hospital) -> None:
        formulario = "application/x-www-form-urlencoded"
        respuesta = hospital.socio.pedir(
            "POST", "Observation/_search?status=final", b"patient.family=zuniga", formulario
        )
        assert ids(respuesta.json()) == [hospital.fiebre]
        dentro = hospital.socio.pedir(
            "POST", f"Patient/{hospital.ana}/Observation/_search", b"status=preliminary", formulario
        )
        assert ids(dentro.json()) == [hospital.panel]


def test_una_cadena_deja_eventos_de_lo_que_miro(hospital: Hospital) -> None:
    antes = Evento.objects.count()
    hospital.socio.buscar("Observation?patient.family=zuñiga")
    assert Evento.objects.count() >= antes + 2


def test_quien_no_alcanza_a_nadie_no_encadena(hospital: Hospital) -> None:
    ajeno = SocioEntero("sin-convenio")
    for consulta in (
        "Observation?patient.family=zuñiga",
        "Patient?_has:Observation:patient:code=8310-5",
        "Patient?_filter=gender eq male",
        "_history",
        "Patient/_history",
    ):
        assert ajeno.get(consulta).status_code == 403
