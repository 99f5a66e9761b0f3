"""Every interaction of R4's HTTP (http.html), called as a client calls it."""

import base64
import gzip
import json
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from auditoria.models import Evento
from ece import fhir
from tests.interoperabilidad.socios import (
    FHIR_XML,
    JSON_PATCH,
    SocioEntero,
    operacion,
    paciente,
    parche_fhirpath,
)
from tests.interoperabilidad.test_rest import PACIENTE, ids, observacion

pytestmark = pytest.mark.django_db

NADIE = "00000000-0000-4000-8000-000000000404"


def _hondo(niveles: int) -> Any:
    nodo: Any = "x"
    for _ in range(niveles):
        nodo = {"extension": [nodo]}
    return nodo


def con_expediente(numero: str, **cambios: Any) -> dict[str, Any]:
    return paciente(identifier=[{"system": "urn:x:socio", "value": numero}], **cambios)


@pytest.fixture
def socio(clientes: None) -> SocioEntero:
    return SocioEntero("integracion")


@pytest.fixture
def persona(socio: SocioEntero) -> str:
    return socio.crear(con_expediente("A-1"))


class TestLeer:
    def test_sin_cambios_no_se_manda(self, socio: SocioEntero, persona: str) -> None:
        leido = socio.get(f"Patient/{persona}")
        for cabeceras in (
            {"HTTP_IF_NONE_MATCH": leido["ETag"]},
            {"HTTP_IF_NONE_MATCH": f'W/"9", {leido["ETag"]}'},
            {"HTTP_IF_MODIFIED_SINCE": leido["Last-Modified"]},
        ):
            igual = socio.get(f"Patient/{persona}", **cabeceras)
            assert (igual.status_code, igual.content) == (304, b"")
        antes = {"HTTP_IF_MODIFIED_SINCE": "Mon, 01 Jan 2024 00:00:00 GMT"}
        assert socio.get(f"Patient/{persona}", **antes).status_code == 200
        # The tag decides when both are given.
        otra = {"HTTP_IF_NONE_MATCH": 'W/"9"', "HTTP_IF_MODIFIED_SINCE": leido["Last-Modified"]}
        assert socio.get(f"Patient/{persona}", **otra).status_code == 200

    def test_recortado(self, socio: SocioEntero, persona: str) -> None:
        leido = socio.get(f"Patient/{persona}?_elements=gender").json()
        assert set(leido) == {"resourceType", "id", "meta", "gender"}
        assert socio.get(f"Patient/{persona}?_summary=todo").status_code == 400

    def test_head_dice_lo_mismo_sin_el_cuerpo(self, socio: SocioEntero, persona: str) -> None:
        cabeza = socio.pedir("HEAD", f"Patient/{persona}")
        assert (cabeza.status_code, cabeza["ETag"]) == (200, 'W/"1"')
        assert socio.pedir("HEAD", f"Patient/{NADIE}").status_code == 404


class TestFormas:
    def test_xml_de_ida_y_vuelta(self, socio: SocioEntero, persona: str) -> None:
        leido = socio.get(f"Patient/{persona}", HTTP_ACCEPT=FHIR_XML)
        assert leido["Content-Type"].startswith(FHIR_XML)
        recurso = fhir.xml.leer(leido.content)
        assert recurso == socio.get(f"Patient/{persona}").json()
        recurso["gender"] = "other"
        escrito = socio.pedir(
            "PUT", f"Patient/{persona}", fhir.xml.escribir(recurso), FHIR_XML, HTTP_ACCEPT=FHIR_XML
        )
        assert fhir.xml.leer(escrito.content)["gender"] == "other"
        assert socio.get(f"Patient/{persona}").json()["gender"] == "other"

    @pytest.mark.parametrize(
        ("consulta", "acepta", "mime"),
        [
            ("_format=xml", "", "application/fhir+xml"),
            ("_format=application/fhir%2Bxml", "application/fhir+json", "application/fhir+xml"),
            ("_format=application/fhir+xml", "", "application/fhir+xml"),
            ("", "text/html, application/fhir+xml;q=0.9, */*;q=0.1", "application/fhir+xml"),
            ("", "application/fhir+json; fhirVersion=4.0", "application/fhir+json"),
            ("", "text/html,*/*", "application/fhir+json"),
            ("_format=json", FHIR_XML, "application/fhir+json"),
        ],
    )
    def test_negociacion(
        self, socio: SocioEntero, persona: str, consulta: str, acepta: str, mime: str
    ) -> None:
        cabeceras = {"HTTP_ACCEPT": acepta} if acepta else {}
        leido = socio.http.get(f"/fhir/Patient/{persona}?{consulta}", **cabeceras)
        assert leido.status_code == 200
        assert leido["Content-Type"].startswith(mime)

    def test_lo_que_nadie_habla(self, socio: SocioEntero, persona: str) -> None:
        for acepta in ("text/html", "application/fhir+json; fhirVersion=5.0"):
            assert socio.get(f"Patient/{persona}", HTTP_ACCEPT=acepta).status_code == 406
        antes = Evento.objects.count()
        assert socio.post("Patient", PACIENTE, HTTP_ACCEPT="text/html").status_code == 406
        assert Evento.objects.count() == antes

    def test_bonito_y_comprimido(self, socio: SocioEntero, persona: str) -> None:
        assert b"\n" in socio.get(f"Patient/{persona}?_pretty=true").content
        llano = socio.get("metadata")
        corto = socio.get("metadata", HTTP_ACCEPT_ENCODING="gzip")
        assert corto["Content-Encoding"] == "gzip"
        assert gzip.decompress(corto.content) == llano.content
        enviado = socio.pedir(
            "POST",
            "Patient",
            gzip.compress(json.dumps(PACIENTE).encode()),
            "application/fhir+json",
            HTTP_CONTENT_ENCODING="gzip",
        )
        assert enviado.status_code == 201

    def test_los_errores_en_xml(self, socio: SocioEntero) -> None:
        fallo = socio.get(f"Patient/{NADIE}", HTTP_ACCEPT=FHIR_XML)
        assert fallo.status_code == 404
        assert fhir.xml.leer(fallo.content)["resourceType"] == "OperationOutcome"

    @pytest.mark.parametrize(
        "malo",
        [
            b"<Patient/>",
            b'<Patient xmlns="http://hl7.org/fhir"><color value="azul"/></Patient>',
            b'<!DOCTYPE x [<!ENTITY a "b">]><Patient xmlns="http://hl7.org/fhir"/>',
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            b'<Patient xmlns="http://hl7.org/fhir"><language value="&a;"/></Patient>',
            b'<Patient xmlns="http://hl7.org/fhir">',
        ],
    )
    def test_xml_malo(self, socio: SocioEntero, malo: bytes) -> None:
        respuesta = socio.pedir("POST", "Patient", malo, FHIR_XML)
        assert respuesta.status_code == 400, respuesta.content
        assert b"root:" not in respuesta.content

    def test_lo_que_se_prefiere(self, socio: SocioEntero) -> None:
        minimo = socio.post("Patient", PACIENTE, HTTP_PREFER="return=minimal")
        assert (minimo.status_code, minimo.content) == (201, b"")
        dicho = socio.post("Patient", PACIENTE, HTTP_PREFER="return=OperationOutcome")
        assert dicho.json()["resourceType"] == "OperationOutcome"


class TestBinarios:
    def test_como_son(self, socio: SocioEntero) -> None:
        recurso = {
            "resourceType": "Binary",
            "contentType": "text/html",
            "data": base64.b64encode(b"<script>1</script>").decode(),
        }
        id_ = socio.crear(recurso)
        for acepta in ("text/html", "text/*", "text/html, */*;q=0.1"):
            nativo = socio.get(f"Binary/{id_}", HTTP_ACCEPT=acepta)
            assert nativo.content == b"<script>1</script>"
            assert nativo["Content-Type"] == "text/html"
            assert nativo["Content-Disposition"] == "attachment"
            assert "default-src 'none'" in nativo["Content-Security-Policy"]
            assert nativo["ETag"] == 'W/"1"'
        for acepta in ("*/*", "application/fhir+json"):
            assert socio.get(f"Binary/{id_}", HTTP_ACCEPT=acepta).json()["data"] == recurso["data"]
        assert socio.get(f"Binary/{id_}", HTTP_ACCEPT="application/pdf").status_code == 406
        assert socio.get(f"Binary/{NADIE}", HTTP_ACCEPT="text/html").status_code == 404


class TestCondicional:
    def test_crear_si_no_existe(self, socio: SocioEntero) -> None:
        condicion = {"HTTP_IF_NONE_EXIST": "identifier=urn:x:socio|B-1"}
        primera = socio.post("Patient", con_expediente("B-1"), **condicion)
        assert primera.status_code == 201
        segunda = socio.post("Patient", con_expediente("B-1"), **condicion)
        assert segunda.status_code == 200
        assert segunda.json()["id"] == primera.json()["id"]
        assert segunda["Location"].endswith(f"{primera.json()['id']}/_history/1")
        socio.crear(con_expediente("B-1", gender="male"))
        assert socio.post("Patient", con_expediente("B-1"), **condicion).status_code == 412

    def test_actualizar_lo_que_se_halla(self, socio: SocioEntero, persona: str) -> None:
        consulta = "Patient?identifier=urn:x:socio|A-1"
        cambiado = socio.put(consulta, con_expediente("A-1", gender="other"))
        assert (cambiado.status_code, cambiado.json()["id"]) == (200, persona)
        nuevo = socio.put("Patient?identifier=urn:x:socio|A-2", con_expediente("A-2"))
        assert nuevo.status_code == 201
        ajeno = con_expediente("A-1", id=nuevo.json()["id"])
        assert socio.put(consulta, ajeno).status_code == 400
        assert socio.put("Patient?", con_expediente("A-1")).status_code == 400
        inventado = con_expediente("A-3", id=str(uuid4()))
        assert socio.put("Patient?identifier=urn:x:socio|A-3", inventado).status_code == 405

    def test_if_match(self, socio: SocioEntero, persona: str) -> None:
        consulta = "Patient?identifier=urn:x:socio|A-1"
        viejo = socio.put(consulta, con_expediente("A-1"), HTTP_IF_MATCH='W/"7"')
        assert viejo.status_code == 412

    def test_los_ids_los_da_el_servidor(self, socio: SocioEntero, persona: str) -> None:
        otro = json.loads(observacion(persona)) | {"id": NADIE}
        respuesta = socio.put(f"Observation/{NADIE}", otro)
        assert respuesta.status_code == 405
        assert respuesta.json()["issue"][0]["code"] == "not-supported"

    def test_donde_se_permite_put_crea(
        self, socio: SocioEntero, persona: str, settings: Any
    ) -> None:
        settings.ECE_FHIR_CREAR_CON_PUT = True
        propio = str(uuid4())
        otra = json.loads(observacion(persona)) | {"id": propio}
        assert socio.put(f"Observation/{propio}", otra).status_code == 201
        assert socio.put(f"Observation/{propio}", otra).status_code == 200
        quien = str(uuid4())
        assert socio.put(f"Patient/{quien}", paciente(id=quien)).status_code == 201
        assert socio.get(f"Patient/{quien}").status_code == 200


class TestParchar:
    def test_json_patch(self, socio: SocioEntero, persona: str) -> None:
        cambio = [
            {"op": "test", "path": "/gender", "value": "female"},
            {"op": "replace", "path": "/gender", "value": "other"},
            {"op": "add", "path": "/name/0/given/-", "value": "Itzel"},
        ]
        respuesta = socio.parchar(f"Patient/{persona}", cambio, HTTP_IF_MATCH='W/"1"')
        assert respuesta.status_code == 200, respuesta.content
        assert respuesta.json()["name"][0]["given"] == ["Xóchitl", "Itzel"]
        assert respuesta["ETag"] == 'W/"2"'
        assert socio.parchar(f"Patient/{persona}", cambio, HTTP_IF_MATCH='W/"1"').status_code == 412
        assert socio.parchar(f"Patient/{persona}", cambio).status_code == 422  # the test fails

    @pytest.mark.parametrize(
        "cambio",
        [
            [{"op": "replace", "path": "/gender", "value": "mujer"}],
            [{"op": "remove", "path": "/photo"}],
            [{"op": "replace", "path": "/id", "value": NADIE}],
            [{"op": "add", "path": "/name/9", "value": {}}],
            [{"op": "volar", "path": "/name"}],
            [{"op": "replace", "path": "", "value": []}],
            [{"op": "move", "from": "/name", "path": "/name/0/x"}],
            [{"op": "copy", "from": "/name", "path": "/name/0/x"}] * 60,
            [{"op": "add", "path": "/name", "value": _hondo(400)}],
        ],
    )
    def test_un_parche_malo_no_cambia_nada(
        self, socio: SocioEntero, persona: str, cambio: Any
    ) -> None:
        assert socio.parchar(f"Patient/{persona}", cambio).status_code == 422
        assert socio.get(f"Patient/{persona}")["ETag"] == 'W/"1"'

    def test_fhirpath_patch(self, socio: SocioEntero, persona: str) -> None:
        cambio = parche_fhirpath(
            operacion(type="replace", path="Patient.gender", value={"valueCode": "other"}),
            operacion(
                type="add",
                path="Patient",
                name="telecom",
                value={"valueContactPoint": {"system": "phone", "value": "951"}},
            ),
            operacion(type="delete", path="Patient.birthDate"),
            operacion(
                type="insert",
                path="Patient.name[0].given",
                index=0,
                value={"valueString": "Itzel"},
            ),
            operacion(
                type="add",
                path="Patient",
                name="contact",
                value={"part": [{"name": "name", "valueHumanName": {"text": "Luis"}}]},
            ),
        )
        respuesta = socio.pedir("PATCH", f"Patient/{persona}", cambio)
        assert respuesta.status_code == 200, respuesta.content
        nuevo = respuesta.json()
        assert nuevo["gender"] == "other"
        assert nuevo["telecom"][0]["value"] == "951"
        assert "birthDate" not in nuevo
        assert nuevo["name"][0]["given"] == ["Itzel", "Xóchitl"]
        assert nuevo["contact"] == [{"name": {"text": "Luis"}}]

    @pytest.mark.parametrize(
        "malo",
        [
            operacion(type="replace", path="Patient.photo", value={"valueString": "x"}),
            operacion(type="add", path="Patient", name="gender", value={"valueCode": "male"}),
            operacion(type="replace", path="Patient.name.given.matches('(a+)+$')"),
            operacion(type="delete", path="Patient.name.given | Patient.name.family"),
            operacion(type="delete", path="Patient" + ".select(%resource.name)" * 15),
            operacion(type="delete", path="Patient" + ".descendants()" * 20),
            operacion(type="replace", path="(" * 300, value={"valueString": "x"}),
        ],
    )
    def test_un_fhirpath_patch_malo(self, socio: SocioEntero, persona: str, malo: Any) -> None:
        respuesta = socio.pedir("PATCH", f"Patient/{persona}", parche_fhirpath(malo))
        assert respuesta.status_code == 422, respuesta.content
        assert socio.get(f"Patient/{persona}")["ETag"] == 'W/"1"'

    def test_por_condicion(self, socio: SocioEntero, persona: str) -> None:
        cambio = [{"op": "replace", "path": "/gender", "value": "other"}]
        assert socio.parchar("Patient?identifier=urn:x:socio|A-1", cambio).status_code == 200
        assert socio.parchar("Patient?identifier=urn:x:socio|A-9", cambio).status_code == 404

    def test_no_se_cambia_de_paciente(self, socio: SocioEntero, persona: str) -> None:
        suya, otro = socio.observar(persona), socio.crear(PACIENTE)
        cambio = [{"op": "replace", "path": "/subject/reference", "value": f"Patient/{otro}"}]
        assert socio.parchar(f"Observation/{suya}", cambio).status_code == 404
        assert socio.get(f"Observation/{suya}")["ETag"] == 'W/"1"'


class TestBorrar:
    def test_borrar_es_anular(self, socio: SocioEntero, persona: str) -> None:
        id_ = socio.observar(persona)
        assert socio.pedir("DELETE", f"Observation/{id_}", HTTP_IF_MATCH='W/"4"').status_code == 412
        borrada = socio.pedir("DELETE", f"Observation/{id_}")
        assert (borrada.status_code, borrada["ETag"]) == (204, 'W/"2"')
        assert socio.get(f"Observation/{id_}").json()["status"] == "entered-in-error"
        assert socio.get(f"Observation/{id_}/_history/1").json()["status"] == "final"
        assert Evento.objects.filter(tipo="recurso.anulado").count() == 1
        assert socio.pedir("DELETE", f"Observation/{id_}").status_code == 204
        assert socio.get(f"Observation/{id_}")["ETag"] == 'W/"2"'

    def test_lo_que_se_verifica(self, socio: SocioEntero, persona: str) -> None:
        sistema = "http://terminology.hl7.org/CodeSystem/"
        alergia = socio.crear(
            {
                "resourceType": "AllergyIntolerance",
                "clinicalStatus": {
                    "coding": [
                        {"system": f"{sistema}allergyintolerance-clinical", "code": "active"}
                    ]
                },
                "code": {"text": "Polvo"},
                "patient": {"reference": f"Patient/{persona}"},
            }
        )
        assert socio.pedir("DELETE", f"AllergyIntolerance/{alergia}").status_code == 204
        anulada = socio.get(f"AllergyIntolerance/{alergia}").json()
        assert anulada["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
        assert "clinicalStatus" not in anulada

    def test_a_nadie_se_le_borra(self, socio: SocioEntero, persona: str) -> None:
        assert socio.pedir("DELETE", f"Patient/{persona}").status_code == 405
        assert socio.pedir("DELETE", f"Observation/{NADIE}").status_code == 404

    def test_por_condicion(self, socio: SocioEntero, persona: str) -> None:
        id_ = socio.observar(persona, codigo="1-1")
        consulta = f"Observation?patient={persona}&code=1-1"
        assert socio.pedir("DELETE", consulta).status_code == 204
        assert socio.get(f"Observation/{id_}").json()["status"] == "entered-in-error"
        socio.observar(persona, codigo="1-1")
        assert socio.pedir("DELETE", consulta).status_code == 412


class TestHistoria:
    def test_de_tipo_y_de_todo(self, socio: SocioEntero, persona: str) -> None:
        id_ = socio.observar(persona)
        socio.parchar(
            f"Observation/{id_}", [{"op": "replace", "path": "/status", "value": "amended"}]
        )
        otra = socio.observar(persona)
        visto = socio.buscar("Observation/_history")
        assert [(e["resource"]["id"], e["response"]["etag"]) for e in visto["entry"]] == [
            (otra, 'W/"1"'),
            (id_, 'W/"2"'),
            (id_, 'W/"1"'),
        ]
        todo = socio.buscar("_history?_count=2")
        assert len(todo["entry"]) == 2
        vistos = [(e["resource"]["id"], e["response"]["etag"]) for e in todo["entry"]]
        while siguiente := [e["url"] for e in todo.get("link", ()) if e["relation"] == "next"]:
            todo = socio.buscar(siguiente[0].split("/fhir/")[1])
            vistos += [(e["resource"]["id"], e["response"]["etag"]) for e in todo["entry"]]
        assert len(vistos) == len(set(vistos)) == 4
        assert (persona, 'W/"1"') in vistos

    def test_desde_y_en(self, socio: SocioEntero, persona: str) -> None:
        momento = socio.get(f"Patient/{persona}").json()["meta"]["lastUpdated"]
        assert ids(socio.buscar("Patient/_history?_since=2999-01-01T00:00:00Z")) == []
        assert ids(socio.buscar(f"Patient/_history?_at={momento[:10]}")) == [persona]
        assert ids(socio.buscar(f"Patient/{persona}/_history?_since=2999")) == []
        assert socio.get("Patient/_history?name=x").status_code == 400
        assert socio.get("Patient/_history?_cursor=roto").status_code == 400


class TestPaquetes:
    def entrada(self, metodo: str, url: str, recurso: Any = None, **mas: Any) -> dict[str, Any]:
        completo = mas.pop("completo", "")
        return {
            **({"fullUrl": completo} if completo else {}),
            **({"resource": recurso} if recurso else {}),
            "request": {"method": metodo, "url": url, **mas},
        }

    def enviar(self, socio: SocioEntero, *entradas: Any, tipo: str = "transaction") -> Any:
        return socio.post("", {"resourceType": "Bundle", "type": tipo, "entry": list(entradas)})

    def test_todos_los_verbos(self, socio: SocioEntero, persona: str) -> None:
        anulada, parchada = socio.observar(persona), socio.observar(persona)
        cambio = [{"op": "replace", "path": "/status", "value": "amended"}]
        binario = {
            "resourceType": "Binary",
            "contentType": JSON_PATCH,
            "data": base64.b64encode(json.dumps(cambio).encode()).decode(),
        }
        nueva = json.loads(observacion("x"))
        nueva["subject"] = {"reference": "Patient?identifier=urn:x:socio|A-1"}
        nueva["derivedFrom"] = [{"reference": "urn:uuid:6f0e5e0c-7b1c-4a57-9c3b-2f9a0c8f7a01"}]
        respuesta = self.enviar(
            socio,
            self.entrada("GET", f"Observation?patient={persona}&_summary=count"),
            self.entrada("POST", "Observation", nueva),
            self.entrada("DELETE", f"Observation/{anulada}"),
            self.entrada("PATCH", f"Observation/{parchada}", binario),
            self.entrada(
                "POST",
                "Observation",
                json.loads(observacion(persona)),
                completo="urn:uuid:6f0e5e0c-7b1c-4a57-9c3b-2f9a0c8f7a01",
            ),
            self.entrada(
                "PUT",
                "Patient?identifier=urn:x:socio|A-1",
                con_expediente("A-1", gender="other"),
            ),
            self.entrada("GET", f"Patient/{persona}", ifNoneMatch='W/"2"'),
            self.entrada("HEAD", f"Patient/{persona}/_history/1"),
        )
        assert respuesta.status_code == 200, respuesta.content
        entradas = respuesta.json()["entry"]
        assert [e["response"]["status"][:3] for e in entradas] == [
            *("200", "201", "204", "200", "201", "200", "304", "200")
        ]
        assert entradas[0]["resource"]["total"] == 4  # what is read is read after what is written
        creada, citada = (entradas[n]["response"]["location"].split("/")[1] for n in (1, 4))
        leida = socio.get(f"Observation/{creada}").json()
        assert leida["subject"]["reference"] == f"Patient/{persona}"
        assert leida["derivedFrom"][0]["reference"] == f"Observation/{citada}"
        assert socio.get(f"Observation/{anulada}").json()["status"] == "entered-in-error"
        assert socio.get(f"Observation/{parchada}").json()["status"] == "amended"
        assert Evento.objects.filter(tipo="recursos.transaccion").count() == 1

    def test_lo_que_ya_estaba_se_cita(self, socio: SocioEntero, persona: str) -> None:
        completo = f"urn:uuid:{uuid4()}"
        suya = json.loads(observacion("x")) | {"subject": {"reference": completo}}
        condicion = {"ifNoneExist": "identifier=urn:x:socio|A-1"}
        respuesta = self.enviar(
            socio,
            self.entrada("POST", "Patient", con_expediente("A-1"), completo=completo, **condicion),
            self.entrada("POST", "Observation", suya),
        )
        una, otra = respuesta.json()["entry"]
        assert una["response"]["status"] == "200 OK"
        assert una["response"]["location"].startswith(f"Patient/{persona}/")
        id_ = otra["response"]["location"].split("/")[1]
        assert (
            socio.get(f"Observation/{id_}").json()["subject"]["reference"] == f"Patient/{persona}"
        )

    @pytest.mark.parametrize("consulta", ["identifier=urn:x:socio|Z-9", "gender=female"])
    def test_una_cita_sin_uno_solo_lo_para_todo(
        self, socio: SocioEntero, persona: str, consulta: str
    ) -> None:
        socio.crear(con_expediente("A-2"))
        suya = json.loads(observacion("x"))
        suya["subject"] = {"reference": f"Patient?{consulta}"}
        respuesta = self.enviar(
            socio,
            self.entrada("POST", "Patient", con_expediente("N-1")),
            self.entrada("POST", "Observation", suya),
        )
        assert respuesta.status_code == 412
        assert socio.hallados("Patient?identifier=urn:x:socio|N-1") == []

    def test_dos_veces_lo_mismo(self, socio: SocioEntero, persona: str) -> None:
        id_ = socio.observar(persona)
        respuesta = self.enviar(
            socio,
            self.entrada("DELETE", f"Observation/{id_}"),
            self.entrada(
                "PUT", f"Observation/{id_}", json.loads(observacion(persona)) | {"id": id_}
            ),
        )
        assert respuesta.status_code == 400

    def test_un_lote_va_entrada_por_entrada(self, socio: SocioEntero, persona: str) -> None:
        id_ = socio.observar(persona)
        respuesta = self.enviar(
            socio,
            self.entrada("DELETE", f"Observation/{id_}"),
            self.entrada("DELETE", f"Patient/{persona}"),
            self.entrada("PATCH", f"Observation/{id_}", {"resourceType": "Parameters"}),
            self.entrada("PUT", f"Observation/{NADIE}", json.loads(observacion(persona))),
            self.entrada("GET", f"Patient/{persona}/Observation?_summary=count"),
            self.entrada("GET", f"Observation/{id_}/_history"),
            self.entrada("POST", "Patient/1", PACIENTE),
            tipo="batch",
        )
        estados = [e["response"]["status"][:3] for e in respuesta.json()["entry"]]
        assert estados == ["204", "405", "422", "405", "200", "200", "400"]

    def test_con_lo_escrito(self, socio: SocioEntero) -> None:
        paquete = {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [self.entrada("POST", "Patient", PACIENTE)],
        }
        respuesta = socio.post("", paquete, HTTP_PREFER="return=representation")
        assert respuesta.json()["entry"][0]["resource"]["gender"] == "female"


@pytest.mark.django_db(transaction=True)
def test_dos_a_la_vez_crean_uno_solo(clientes: None) -> None:
    """Ten clients create under the same condition at once: one does."""
    resultados: list[int] = []

    def crear() -> None:
        try:
            respuesta = SocioEntero("integracion").post(
                "Patient", con_expediente("C-1"), HTTP_IF_NONE_EXIST="identifier=urn:x:socio|C-1"
            )
            resultados.append(respuesta.status_code)
        finally:
            connection.close()

    hilos = [threading.Thread(target=crear) for _ in range(10)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    assert sorted(resultados) == [200] * 9 + [201]
    assert len(SocioEntero("integracion").hallados("Patient?identifier=urn:x:socio|C-1")) == 1
