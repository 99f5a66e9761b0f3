"""The FHIR face, called as a client calls it."""

import base64
import json
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client

from auditoria.models import Evento
from tests.elenco import CONTRASENA

pytestmark = pytest.mark.django_db

PACIENTE = {
    "resourceType": "Patient",
    "name": [{"family": "Ibáñez Peña", "given": ["Xóchitl"]}],
    "birthDate": "1984-05-17",
    "gender": "female",
}


class Socio:
    """A partner's HTTP client."""

    def __init__(self, client_id: str) -> None:
        credencial = base64.b64encode(f"{client_id}:{CONTRASENA}".encode()).decode()
        self.http = Client(HTTP_AUTHORIZATION=f"Basic {credencial}", raise_request_exception=True)

    def get(self, camino: str, **cabeceras):
        return self.http.get(f"/fhir/{camino}", **cabeceras)

    def post(self, camino: str, cuerpo, **cabeceras):
        return self._enviar(self.http.post, camino, cuerpo, cabeceras)

    def put(self, camino: str, cuerpo, **cabeceras):
        return self._enviar(self.http.put, camino, cuerpo, cabeceras)

    def _enviar(self, verbo, camino, cuerpo, cabeceras):
        datos = cuerpo if isinstance(cuerpo, bytes) else json.dumps(cuerpo)
        camino = f"/fhir/{camino}" if camino else "/fhir"
        return verbo(camino, datos, content_type="application/fhir+json", **cabeceras)

    def crear(self, recurso) -> str:
        respuesta = self.post(recurso["resourceType"], recurso)
        assert respuesta.status_code == 201, respuesta.content
        return respuesta.json()["id"]

    def buscar(self, camino: str):
        camino = quote(camino, safe="/?&=:$|,%")
        respuesta = self.get(camino)
        assert respuesta.status_code == 200, respuesta.content
        return respuesta.json()


def ids(paquete) -> list[str]:
    return [e["resource"]["id"] for e in paquete.get("entry", ())]


@pytest.fixture
def integracion(clientes) -> Socio:
    return Socio("integracion")


def observacion(paciente: str, valor: str = "36.50", dia: str = "2026-11-20", codigo="8310-5"):
    return (
        json.dumps(
            {
                "resourceType": "Observation",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": codigo}]},
                "subject": {"reference": f"Patient/{paciente}"},
                "effectiveDateTime": f"{dia}T10:00:00-06:00",
                "valueQuantity": {
                    "value": "@",
                    "unit": "°C",
                    "system": "http://unitsofmeasure.org",
                    "code": "Cel",
                },
            }
        )
        .replace('"@"', valor)
        .encode()
    )


class TestLeerYEscribir:
    def test_lo_que_entra_sale_igual(self, integracion):
        id_ = integracion.crear(PACIENTE)
        leido = integracion.get(f"Patient/{id_}")
        assert leido.status_code == 200
        assert leido["ETag"] == 'W/"1"'
        recurso = leido.json()
        assert recurso.pop("id") == id_
        assert recurso.pop("meta")["versionId"] == "1"
        assert recurso == PACIENTE

    def test_los_decimales_conservan_sus_cifras(self, integracion):
        paciente = integracion.crear(PACIENTE)
        creada = integracion.post("Observation", observacion(paciente, "36.50"))
        assert b'"value":36.50,' in creada.content
        assert b'"value":36.50,' in integracion.get(f"Observation/{creada.json()['id']}").content

    def test_actualizar_pide_la_version_vigente(self, integracion):
        id_ = integracion.crear(PACIENTE)
        cambiado = {**PACIENTE, "id": id_, "gender": "other"}
        assert integracion.put(f"Patient/{id_}", cambiado, HTTP_IF_MATCH='W/"1"').status_code == 200
        tarde = integracion.put(f"Patient/{id_}", cambiado, HTTP_IF_MATCH='W/"1"')
        assert tarde.status_code == 412
        assert tarde.json()["resourceType"] == "OperationOutcome"
        assert integracion.get(f"Patient/{id_}/_history/1").json()["gender"] == "female"
        assert integracion.get(f"Patient/{id_}/_history/2").json()["gender"] == "other"
        historia = integracion.get(f"Patient/{id_}/_history").json()
        assert [e["response"]["etag"] for e in historia["entry"]] == ['W/"2"', 'W/"1"']

    def test_lo_invalido_se_rechaza_con_su_lugar(self, integracion):
        antes = Evento.objects.filter(tipo="recurso.creado").count()
        malo = {**PACIENTE, "gender": "mujer", "birthDate": "17/05/1984"}
        respuesta = integracion.post("Patient", malo)
        assert respuesta.status_code == 422
        lugares = [a["expression"][0] for a in respuesta.json()["issue"]]
        assert sorted(lugares) == ["Patient.birthDate", "Patient.gender"]
        assert Evento.objects.filter(tipo="recurso.creado").count() == antes

    @pytest.mark.parametrize(
        ("camino", "estado"),
        [
            ("Patient/00000000-0000-4000-8000-000000000404", 404),
            ("Patient/no-es-uuid", 404),
            ("Paciente", 404),
            ("Patient?nombre=x", 400),
            ("Patient?birthdate=ayer", 400),
            ("Patient?name=a", 400),
            ("Observation?_sort=value", 400),
            ("Observation?_cursor=roto", 400),
        ],
    )
    def test_errores_con_resultado(self, integracion, camino, estado):
        respuesta = integracion.get(camino)
        assert respuesta.status_code == estado
        assert respuesta.json()["resourceType"] == "OperationOutcome"

    def test_json_roto(self, integracion):
        assert integracion.post("Patient", b"{").status_code == 400
        assert (
            integracion.http.post("/fhir/Patient", "x", content_type="text/plain").status_code
            == 415
        )

    def test_de_un_paciente_que_no_existe_nada_se_escribe(self, integracion):
        assert (
            integracion.post(
                "Observation", observacion("00000000-0000-4000-8000-000000000404")
            ).status_code
            == 404
        )

    def test_quien_no_se_identifica_no_entra(self, clientes):
        assert Client().get("/fhir/Patient").status_code == 401
        malo = base64.b64encode(b"integracion:otra").decode()
        assert Client(HTTP_AUTHORIZATION=f"Basic {malo}").get("/fhir/Patient").status_code == 401

    def test_sin_convenio_no_ve_nada(self, integracion, clientes):
        id_ = integracion.crear(PACIENTE)
        socio = Socio("sin-convenio")
        assert socio.get(f"Patient/{id_}").status_code == 404
        assert socio.get("Patient?birthdate=1984-05-17").status_code == 403
        negados = Evento.objects.filter(resultado="denegado")
        assert negados.count() == 2

    def test_cada_lectura_deja_un_evento(self, integracion):
        id_ = integracion.crear(PACIENTE)
        antes = Evento.objects.count()
        integracion.get(f"Patient/{id_}")
        assert Evento.objects.count() == antes + 1


class TestBuscar:
    @pytest.fixture
    def paciente(self, integracion) -> str:
        return integracion.crear(PACIENTE)

    @pytest.mark.parametrize(
        "consulta",
        [
            "family=ibanez",
            "family=Ibáñ",
            "name=xoch",
            "given=XÓCHITL&family=pena",
            "birthdate=1984-05-17",
            "birthdate=1984",
            "birthdate=ge1984-05-01&birthdate=lt1984-06-01",
            "family=ibanez&birthdate=1984-05-17",
            "gender=female",
            "gender:not=male&birthdate=1984-05-17",
            "phonetic=sochil",
            "_lastUpdated=ge2026-01-01",
            "family:exact=Ibáñez Peña",
            "death-date:missing=true",
        ],
    )
    def test_encuentra_al_paciente(self, integracion, paciente, consulta):
        integracion.crear(
            {
                **PACIENTE,
                "name": [{"family": "Zamora"}],
                "birthDate": "1950-01-01",
                "gender": "male",
            }
        )
        encontrado = integracion.buscar(f"Patient?{consulta}")
        esperados = (
            [paciente] if "_lastUpdated" not in consulta and "missing" not in consulta else None
        )
        assert ids(encontrado) == esperados if esperados else paciente in ids(encontrado)

    def test_un_apellido_de_una_letra(self, integracion, paciente):
        otra = integracion.crear({**PACIENTE, "name": [{"family": "de la O"}]})
        for consulta in ("family=de la O", "family=de la O&birthdate=1984-05-17"):
            assert ids(integracion.buscar(f"Patient?{consulta}")) == [otra]

    @pytest.mark.parametrize(
        "consulta",
        [
            "family=garcia",
            "birthdate=1985",
            "gender=male",
            "family=garcia&birthdate=1984-05-17",
            "family=ibanez&birthdate=1984-05-18",
        ],
    )
    def test_no_encuentra_lo_que_no_es(self, integracion, paciente, consulta):
        assert ids(integracion.buscar(f"Patient?{consulta}")) == []

    def test_observaciones_de_un_paciente(self, integracion, paciente):
        otro = integracion.crear({**PACIENTE, "birthDate": "1990-01-01"})
        for dia, valor in (("2026-11-01", "36"), ("2026-11-02", "38.5"), ("2026-11-03", "37")):
            integracion.crear(json.loads(observacion(paciente, valor, dia)))
        integracion.crear(json.loads(observacion(paciente, "70", "2026-11-02", "8867-4")))
        integracion.crear(json.loads(observacion(otro)))

        def valores(consulta):
            paquete = integracion.buscar(f"Observation?{consulta}")
            return [e["resource"]["valueQuantity"]["value"] for e in paquete.get("entry", ())]

        assert valores(f"patient={paciente}&code=8310-5&_sort=-date") == [37, 38.5, 36]
        assert valores(f"subject=Patient/{paciente}&code=http://loinc.org|8310-5&_sort=date") == [
            36,
            38.5,
            37,
        ]
        assert valores(f"patient={paciente}&value-quantity=gt36.5&_sort=date") == [38.5, 70, 37]
        assert valores(f"patient={paciente}&value-quantity=37||Cel") == [37]
        assert valores(f"patient={paciente}&date=2026-11-02&code:not=8867-4") == [38.5]
        assert valores(f"patient={paciente}&date=ge2026-11-02&code=8310-5&_sort=date") == [38.5, 37]
        assert valores("code=8867-4") == [70]
        assert valores(f"patient={paciente},{otro}&code=8310-5,8867-4&_summary=false&_sort=-date")[
            0
        ]
        assert len(valores(f"patient={paciente},{otro}")) == 5
        directo = integracion.buscar(f"Patient/{paciente}/Observation?code=8867-4")
        assert directo["total"] == 1

    def test_las_paginas_no_repiten_ni_pierden(self, integracion, paciente):
        creados = {
            integracion.crear(
                json.loads(observacion(paciente, str(30 + n), f"2026-10-{n + 1:02d}"))
            )
            for n in range(7)
        }
        for orden in ("-date", "date", "_id", "-_lastUpdated"):
            vistos, camino = [], f"Observation?patient={paciente}&_count=3&_sort={orden}"
            while camino:
                pagina = integracion.buscar(camino)
                vistos += ids(pagina)
                siguiente = [e["url"] for e in pagina["link"] if e["relation"] == "next"]
                camino = siguiente[0].split("/fhir/")[1] if siguiente else ""
            assert len(vistos) == 7
            assert set(vistos) == creados
        contado = integracion.buscar(f"Observation?patient={paciente}&_summary=count")
        assert contado["total"] == 7
        assert "entry" not in contado

    def test_incluir(self, integracion, paciente):
        obs = integracion.crear(json.loads(observacion(paciente)))
        con = integracion.buscar(f"Observation?_id={obs}&_include=Observation:subject")
        assert ids(con) == [obs, paciente]
        assert [e["search"]["mode"] for e in con["entry"]] == ["match", "include"]
        inverso = integracion.buscar(f"Patient?_id={paciente}&_revinclude=Observation:subject")
        assert ids(inverso) == [paciente, obs]

    def test_resumen_y_elementos(self, integracion, paciente):
        (entrada,) = integracion.buscar(f"Patient?_id={paciente}&_elements=gender")["entry"]
        assert set(entrada["resource"]) == {"resourceType", "id", "meta", "gender"}
        assert entrada["resource"]["meta"]["tag"][-1]["code"] == "SUBSETTED"

    def test_lo_que_no_se_entiende(self, integracion, paciente):
        laxo = integracion.get("Patient?color=azul&gender=female", HTTP_PREFER="handling=lenient")
        modos = [e["search"]["mode"] for e in laxo.json()["entry"]]
        assert modos == ["match", "outcome"]

    def test_todo_el_expediente(self, integracion, paciente):
        obs = integracion.crear(json.loads(observacion(paciente)))
        assert set(ids(integracion.buscar(f"Patient/{paciente}/$everything"))) == {paciente, obs}


class TestPaquetes:
    def paquete(self, tipo="transaction", **extra):
        pac, obs = f"urn:uuid:{uuid4()}", json.loads(observacion("x"))
        obs["subject"]["reference"] = pac
        return {
            "resourceType": "Bundle",
            "type": tipo,
            "entry": [
                {"fullUrl": f"urn:uuid:{uuid4()}", "resource": {**obs, **extra},
                 "request": {"method": "POST", "url": "Observation"}},
                {"fullUrl": pac, "resource": PACIENTE,
                 "request": {"method": "POST", "url": "Patient"}},
                {"fullUrl": f"urn:uuid:{uuid4()}",
                 "resource": {"resourceType": "Organization", "name": "Clínica"},
                 "request": {"method": "POST", "url": "Organization"}},
            ],
        }  # fmt: skip

    def test_transaccion(self, integracion):
        respuesta = integracion.post("", self.paquete())
        assert respuesta.status_code == 200, respuesta.content
        obs, pac, org = (e["response"]["location"].split("/")[1] for e in respuesta.json()["entry"])
        leida = integracion.get(f"Observation/{obs}").json()
        assert leida["subject"]["reference"] == f"Patient/{pac}"
        assert integracion.get(f"Organization/{org}").json()["name"] == "Clínica"
        assert Evento.objects.filter(tipo="recursos.transaccion").count() == 1

    def test_todo_o_nada(self, integracion):
        antes = Evento.objects.count()
        respuesta = integracion.post("", self.paquete(status="inventado"))
        assert respuesta.status_code == 422
        assert "Observation.status" in respuesta.json()["issue"][0]["expression"][0]
        assert Evento.objects.count() == antes
        assert integracion.buscar("Organization?name=clinica")["total"] == 0

    def test_lote(self, integracion):
        lote = self.paquete("batch")
        lote["entry"].append({"request": {"method": "GET", "url": "Patient?gender=female"}})
        lote["entry"].append({"request": {"method": "DELETE", "url": "Patient/1"}})
        estados = [e["response"]["status"] for e in integracion.post("", lote).json()["entry"]]
        assert estados == ["422", "201 Created", "201 Created", "200 OK", "404"]


def test_lo_declarado_es_valido(client):
    from ece import fhir

    declarado = client.get("/fhir/metadata")
    assert fhir.validar(fhir.json.leer(declarado.content)) == []
    assert client.get("/fhir/.well-known/smart-configuration").json()["token_endpoint"]
