"""Operations, called as a client calls them."""

import io
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from auditoria.models import Evento
from ece import fhir
from ece.identidad.services import clientes as directorio
from ece.nucleo.roles import Rol
from tests.elenco import CONTRASENA
from tests.interoperabilidad.negar import negar
from tests.interoperabilidad.socios import SocioEntero, paciente
from tests.interoperabilidad.test_rest import ids

pytestmark = pytest.mark.django_db

CURP = "urn:oid:2.16.840.1.113883.4.629"


@pytest.fixture
def socio(clientes: None) -> SocioEntero:
    return SocioEntero("integracion")


def parametros(**dados: Any) -> dict[str, Any]:
    partes = [{"name": nombre, clave: valor} for nombre, (clave, valor) in dados.items()]
    return {"resourceType": "Parameters", "parameter": partes}


class TestUltimas:
    def test_de_cada_codigo(self, socio: SocioEntero) -> None:
        persona, otra = socio.crear(paciente()), socio.crear(paciente())
        socio.observar(persona, "36", "2026-11-01")
        media = socio.observar(persona, "37", "2026-11-02")
        ultima = socio.observar(persona, "38", "2026-11-03")
        pulso = socio.observar(persona, "70", "2026-10-01", codigo="8867-4")
        socio.observar(otra, "39", "2026-11-09")
        assert ids(socio.buscar(f"Observation/$lastn?patient={persona}")) == [ultima, pulso]
        dos = socio.buscar(f"Observation/$lastn?subject=Patient/{persona}&max=2&code=8310-5")
        assert ids(dos) == [ultima, media]
        assert dos["total"] == 2

    @pytest.mark.parametrize("consulta", ["code=1", "patient={p}&max=0", "patient={p}&_sort=date"])
    def test_lo_que_no_es(self, socio: SocioEntero, consulta: str) -> None:
        persona = socio.crear(paciente())
        assert socio.get(f"Observation/$lastn?{consulta.format(p=persona)}").status_code == 400

    def test_de_quien_no_se_alcanza_no_hay_nada(self, socio: SocioEntero) -> None:
        nadie = "00000000-0000-4000-8000-000000000404"
        assert ids(socio.buscar(f"Observation/$lastn?patient={nadie}")) == []


class TestValidar:
    def test_dice_donde(self, socio: SocioEntero) -> None:
        bueno = socio.post("Patient/$validate", paciente())
        assert [a["severity"] for a in bueno.json()["issue"]] == ["information"]
        malo = socio.post(
            "Patient/$validate", parametros(resource=("resource", paciente(gender="mujer")))
        )
        assert malo.status_code == 200
        assert malo.json()["issue"][0]["expression"] == ["Patient.gender"]
        assert socio.post("Observation/$validate", paciente()).json()["issue"][0]["code"]

    def test_no_escribe_nada(self, socio: SocioEntero) -> None:
        antes = Evento.objects.count()
        socio.post("Patient/$validate", paciente())
        assert Evento.objects.count() == antes

    def test_lo_que_ya_esta(self, socio: SocioEntero) -> None:
        persona = socio.crear(paciente())
        assert socio.get(f"Patient/{persona}/$validate").status_code == 200
        nadie = "00000000-0000-4000-8000-000000000404"
        assert socio.get(f"Patient/{nadie}/$validate").status_code == 404
        perfil = socio.post("Patient/$validate?profile=http://x.org/otro", paciente())
        assert perfil.json()["issue"][0]["severity"] == "warning"


class TestQuienPuedeSer:
    def preguntar(self, socio: SocioEntero, recurso: Any, **mas: Any) -> Any:
        cuerpo = parametros(resource=("resource", recurso), **mas)
        respuesta = socio.post("Patient/$match", cuerpo)
        assert respuesta.status_code == 200, respuesta.content
        return respuesta.json()

    def test_con_su_grado(self, socio: SocioEntero) -> None:
        telefono = [{"system": "phone", "value": "9511234567"}]
        seguro = socio.crear(paciente(telecom=telefono))
        parecido = socio.crear(
            paciente(name=[{"family": "Ivañes", "given": ["Sochil"]}], birthDate="1984-05-17")
        )
        socio.crear(
            paciente(name=[{"family": "Zamora", "given": ["Luis"]}], birthDate="1950-01-01")
        )
        hallado = self.preguntar(socio, paciente(telecom=telefono))
        assert ids(hallado)[0] == seguro
        assert parecido in ids(hallado)
        grados = [e["search"]["extension"][0]["valueCode"] for e in hallado["entry"]]
        puntos = [e["search"]["score"] for e in hallado["entry"]]
        assert grados[0] == "certain"
        assert puntos == sorted(puntos, reverse=True)
        uno = self.preguntar(
            socio, paciente(telecom=telefono), onlyCertainMatches=("valueBoolean", True)
        )
        assert ids(uno) == [seguro]

    def test_a_nadie(self, socio: SocioEntero) -> None:
        nadie = paciente(name=[{"family": "Inexistente"}], birthDate="1901-01-01")
        assert ids(self.preguntar(socio, nadie)) == []

    def test_quien_no_puede_no_pregunta(self, socio: SocioEntero) -> None:
        socio.crear(paciente())
        cuerpo = parametros(resource=("resource", paciente()))
        assert SocioEntero("sin-convenio").post("Patient/$match", cuerpo).status_code == 403
        assert socio.post("Patient/$match", paciente(gender="x")).status_code == 422
        assert socio.get("Patient/$match").status_code == 405


class TestResumen:
    def test_lo_que_hay_y_lo_que_falta(self, socio: SocioEntero) -> None:
        persona = socio.crear(paciente())
        sujeto = {"reference": f"Patient/{persona}"}
        clinico = "http://terminology.hl7.org/CodeSystem/condition-clinical"

        def problema(palabras: str, estado: str) -> str:
            return socio.crear(
                {
                    "resourceType": "Condition",
                    "clinicalStatus": {"coding": [{"system": clinico, "code": estado}]},
                    "code": {"text": palabras},
                    "subject": sujeto,
                }
            )

        vigente = problema("Asma <leve>", "active")
        problema("Catarro", "resolved")
        vital = "http://terminology.hl7.org/CodeSystem/observation-category"
        signo = socio.observar(
            persona, category=[{"coding": [{"system": vital, "code": "vital-signs"}]}]
        )
        respuesta = socio.get(f"Patient/{persona}/$summary")
        assert respuesta.status_code == 200, respuesta.content
        assert fhir.validar(fhir.json.leer(respuesta.content)) == []
        entradas = [e["resource"] for e in respuesta.json()["entry"]]
        assert {r["id"] for r in entradas if "id" in r} == {persona, vigente, signo}
        composicion = entradas[0]
        assert composicion["type"]["coding"][0]["code"] == "60591-5"
        secciones = {s["code"]["coding"][0]["code"]: s for s in composicion["section"]}
        assert set(secciones) == {"10160-0", "48765-2", "11450-4", "8716-3"}
        assert secciones["48765-2"]["emptyReason"]["coding"][0]["code"] == "unavailable"
        assert "Asma &lt;leve&gt;" in secciones["11450-4"]["text"]["div"]
        citados = {e["reference"] for s in secciones.values() for e in s.get("entry", ())}
        assert citados == {f"Condition/{vigente}", f"Observation/{signo}"}

    def test_de_quien_no_se_alcanza(self, socio: SocioEntero) -> None:
        persona = socio.crear(paciente())
        assert SocioEntero("sin-convenio").get(f"Patient/{persona}/$summary").status_code == 404

    @pytest.mark.parametrize(
        ("camino", "cabeceras"),
        [("$summary", {"HTTP_ACCEPT": "application/pdf"}), ("$summary?_format=pdf", {})],
    )
    def test_impreso(self, socio: SocioEntero, camino: str, cabeceras: dict[str, str]) -> None:
        persona = socio.crear(paciente())
        sujeto = {"reference": f"Patient/{persona}"}
        for palabras in ("Asma <leve> #let x", "Vigilada"):
            etiqueta = {"security": [{"system": "urn:ece:etiqueta", "code": "VIH"}]}
            socio.crear(
                {
                    "resourceType": "Condition",
                    **({"meta": etiqueta} if palabras == "Vigilada" else {}),
                    "code": {"text": palabras},
                    "subject": sujeto,
                    "recordedDate": "2026-11-20T10:00:00-06:00",
                }
            )
        respuesta = socio.get(f"Patient/{persona}/{camino}", **cabeceras)
        assert (respuesta.status_code, respuesta["Content-Type"]) == (200, "application/pdf")
        documento = PdfReader(io.BytesIO(respuesta.content))
        texto = " ".join(pagina.extract_text() for pagina in documento.pages)
        for dicho in ("Resumen internacional", "Xóchitl Ibáñez Peña", "17/05/1984", "Femenino"):
            assert dicho in texto
        # Words are words, and a section without any says no more than that.
        assert "Asma <leve> #let x" in texto
        assert "20/11/2026" in texto
        assert "Sin información disponible." in texto
        negado = SocioEntero("sin-convenio").get(f"Patient/{persona}/{camino}", **cabeceras)
        assert negado.status_code == 404
        assert negado.json()["resourceType"] == "OperationOutcome"
        # Elsewhere there is no such form.
        assert socio.get(f"Patient/{persona}", HTTP_ACCEPT="application/pdf").status_code == 406

    def test_impreso_calla_lo_que_se_niega(self, socio: SocioEntero) -> None:
        persona = socio.crear(paciente())
        condicion = {"resourceType": "Condition", "subject": {"reference": f"Patient/{persona}"}}
        socio.crear({**condicion, "code": {"text": "Algo callado"}})
        cliente = directorio.registrar(
            client_id="integracion", nombre="x", rol=Rol.INTEGRACION, secreto=CONTRASENA
        )
        pedido = f"Patient/{persona}/$summary?_format=pdf"
        antes = PdfReader(io.BytesIO(socio.get(pedido).content)).pages[0].extract_text()
        negar(UUID(persona), cliente, ["Condition"])
        despues = PdfReader(io.BytesIO(socio.get(pedido).content)).pages[0].extract_text()
        assert "Algo callado" in antes
        assert "Algo callado" not in despues


class TestDocumentos:
    def test_los_de_un_paciente(self, socio: SocioEntero) -> None:
        persona = socio.crear(paciente())
        de_mayo, de_junio = (
            socio.crear(
                {
                    "resourceType": "DocumentReference",
                    "status": "current",
                    "type": {"coding": [{"system": "http://loinc.org", "code": "34133-9"}]},
                    "subject": {"reference": f"Patient/{persona}"},
                    "date": "2026-07-01T00:00:00Z",
                    "content": [{"attachment": {"title": "Resumen"}}],
                    **contexto,
                }
            )
            for contexto in (
                {"context": {"period": {"start": "2026-05-01", "end": "2026-05-02"}}},
                {},
            )
        )
        todos = f"DocumentReference/$docref?patient={persona}"
        assert set(ids(socio.buscar(todos))) == {de_mayo, de_junio}
        assert ids(socio.buscar(f"{todos}&end=2026-06-01")) == [de_mayo]
        assert ids(socio.buscar(f"{todos}&start=2026-06-01")) == [de_junio]
        assert ids(socio.buscar(f"{todos}&type=http://loinc.org|1-1")) == []
        assert socio.get("DocumentReference/$docref").status_code == 400

    def test_uno_entero(self, socio: SocioEntero) -> None:
        persona = socio.crear(paciente())
        dato = socio.observar(persona)
        nota = socio.crear(
            {
                "resourceType": "Composition",
                "status": "final",
                "type": {"coding": [{"system": "http://loinc.org", "code": "11506-3"}]},
                "subject": {"reference": f"Patient/{persona}"},
                "date": "2026-11-20T10:00:00-06:00",
                "author": [{"display": "Elena Cruz Robles"}],
                "title": "Nota de evolución",
                "section": [
                    {
                        "title": "Datos",
                        "section": [
                            {"title": "Más", "entry": [{"reference": f"Observation/{dato}"}]}
                        ],
                    }
                ],
            }
        )
        documento = socio.get(f"Composition/{nota}/$document")
        assert documento.status_code == 200
        assert fhir.validar(fhir.json.leer(documento.content)) == []
        assert ids(documento.json())[0] == nota
        assert set(ids(documento.json())) == {nota, persona, dato}
        nadie = "00000000-0000-4000-8000-000000000404"
        assert socio.get(f"Composition/{nadie}/$document").status_code == 404


class TestCodigos:
    GENERO = "http://hl7.org/fhir/administrative-gender"
    CONJUNTO = "http://hl7.org/fhir/ValueSet/administrative-gender"

    def parametro(self, respuesta: Any, nombre: str) -> Any:
        assert respuesta.status_code == 200, respuesta.content
        (hallado,) = [p for p in respuesta.json()["parameter"] if p["name"] == nombre]
        return next(v for c, v in hallado.items() if c.startswith("value"))

    def test_como_se_llama(self, socio: SocioEntero) -> None:
        hallado = socio.get(f"CodeSystem/$lookup?system={self.GENERO}&code=female")
        assert self.parametro(hallado, "display") == "Female"
        por_post = parametros(
            coding=("valueCoding", {"system": "http://loinc.org", "code": "8480-6"})
        )
        assert self.parametro(socio.post("CodeSystem/$lookup", por_post), "display")
        assert socio.get(f"CodeSystem/$lookup?system={self.GENERO}&code=x").status_code == 404
        assert socio.get("CodeSystem/$lookup?code=x").status_code == 400

    def test_si_esta(self, socio: SocioEntero) -> None:
        de = f"ValueSet/$validate-code?url={self.CONJUNTO}&system={self.GENERO}"
        assert self.parametro(socio.get(f"{de}&code=male"), "result") is True
        assert self.parametro(socio.get(f"{de}&code=hombre"), "result") is False
        mal = socio.get(f"{de}&code=male&display=Hombre")
        assert self.parametro(mal, "result") is False
        assert "Male" in self.parametro(mal, "message")
        suelto = socio.get(f"CodeSystem/$validate-code?url={self.GENERO}&code=male")
        assert self.parametro(suelto, "result") is True

    def test_los_de_un_conjunto(self, socio: SocioEntero) -> None:
        hallado = socio.get(f"ValueSet/$expand?url={self.CONJUNTO}").json()["expansion"]
        assert {c["code"] for c in hallado["contains"]} == {"male", "female", "other", "unknown"}
        uno = socio.get(f"ValueSet/$expand?url={self.CONJUNTO}&filter=fem").json()["expansion"]
        assert [c["code"] for c in uno["contains"]] == ["female"]
        pagina = socio.get(f"ValueSet/$expand?url={self.CONJUNTO}&count=1&offset=1").json()
        assert len(pagina["expansion"]["contains"]) == 1
        vacunas = socio.get("ValueSet/$expand?url=http://hl7.org/fhir/sid/cvx%3Ffhir_vs").json()
        assert vacunas["expansion"]["total"] > 10
        assert socio.get("ValueSet/$expand?url=http://x.org/no").status_code == 404

    def test_en_otro_sistema(self, socio: SocioEntero) -> None:
        consulta = "system=urn:ece:biologico&code=bcg&targetsystem=http://hl7.org/fhir/sid/cvx"
        hallado = socio.get(f"ConceptMap/$translate?{consulta}").json()
        assert hallado["parameter"][0] == {"name": "result", "valueBoolean": True}
        assert hallado["parameter"][1]["part"][1]["valueCoding"]["code"] == "19"
        assert socio.get("ConceptMap/$translate?system=urn:x&code=1").status_code == 404

    def test_lo_que_nadie_tiene(self, socio: SocioEntero) -> None:
        assert socio.get("Patient/$lookup?code=x").status_code == 404
        assert SocioEntero("nadie").get("CodeSystem/$lookup?code=x").status_code == 401
