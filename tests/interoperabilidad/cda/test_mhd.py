"""Document sharing in the manner of IHE MHD, identity in that of PIXm and PDQm, and the summary."""

import base64
from hashlib import sha1
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from auditoria.models import Evento
from interoperabilidad.oauth import credenciales
from registros.selectors import recursos
from tests.cda.documentos import ccda, problema, seccion
from tests.cda.test_giis import reprueba
from tests.convenios import aliado, pactar
from tests.elenco import Elenco
from tests.interoperabilidad.cda.test_buzon import PACIENTE
from tests.interoperabilidad.socios import SocioEntero
from tests.interoperabilidad.test_intercambio import compartir

pytestmark = pytest.mark.django_db
V3 = {"h": "urn:hl7-org:v3"}


@pytest.fixture(autouse=True)
def _sin_credenciales() -> None:
    credenciales.olvidar()


@pytest.fixture
def socio(clientes: None) -> SocioEntero:
    return SocioEntero("integracion")


def entrega(paciente: str, contenido: bytes, **cambios: Any) -> dict[str, Any]:
    """ITI-65: a SubmissionSet (List), a DocumentReference and its Binary."""
    documento, binario, lista = (f"urn:uuid:00000000-0000-4000-8000-00000000000{n}" for n in "123")
    adjunto = {
        "contentType": "text/xml",
        "url": binario,
        "size": len(contenido),
        "hash": base64.b64encode(sha1(contenido, usedforsecurity=False).digest()).decode(),
        **cambios,
    }
    sujeto = {"reference": f"Patient/{paciente}"}
    recursos = {
        lista: {
            "resourceType": "List",
            "status": "current",
            "mode": "working",
            "code": {
                "coding": [
                    {
                        "system": "https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes",
                        "code": "submissionset",
                    }
                ]
            },
            "subject": sujeto,
            "date": "2026-11-20T10:00:00-06:00",
            "entry": [{"item": {"reference": documento}}],
        },
        documento: {
            "resourceType": "DocumentReference",
            "masterIdentifier": {"system": "urn:ietf:rfc:3986", "value": "urn:oid:2.25.77"},
            "status": "current",
            "type": {"coding": [{"system": "http://loinc.org", "code": "34133-9"}]},
            "subject": sujeto,
            "date": "2026-11-20T10:00:00-06:00",
            "description": "Resumen del Mayab",
            "content": [{"attachment": adjunto}],
        },
        binario: {
            "resourceType": "Binary",
            "contentType": "text/xml",
            "data": base64.b64encode(contenido).decode(),
        },
    }
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": url,
                "resource": recurso,
                "request": {"method": "POST", "url": recurso["resourceType"]},
            }
            for url, recurso in recursos.items()
        ],
    }


def test_iti_65_67_y_68(socio: SocioEntero) -> None:
    quien = socio.crear(PACIENTE)
    respuesta = socio.post("", entrega(quien, ccda()))
    assert respuesta.status_code == 200, respuesta.content
    lugares = [e["response"]["location"] for e in respuesta.json()["entry"]]
    assert [lugar.split("/")[0] for lugar in lugares] == ["List", "DocumentReference", "Binary"]
    consulta = f"DocumentReference?patient={quien}&status=current&type=http://loinc.org|34133-9"
    (hallado,) = socio.buscar(consulta)["entry"]
    url = hallado["resource"]["content"][0]["attachment"]["url"]
    assert url == lugares[2].split("/_history")[0]
    entero = socio.get(url, HTTP_ACCEPT="text/xml")
    assert (entero.status_code, entero.content) == (200, ccda())
    assert entero["Content-Type"] == "text/xml"
    assert socio.get(url, HTTP_ACCEPT="application/fhir+xml").content.count(b"<Binary") == 1
    lista = f"List?patient={quien}&code=submissionset&status=current"
    assert len(socio.hallados(lista)) == 1
    assert socio.get(url).json()["securityContext"] == {"reference": f"Patient/{quien}"}


@pytest.mark.parametrize("cambio", [{"size": 3}, {"hash": "AAAA"}])
def test_lo_que_no_es_lo_anunciado_no_entra(socio: SocioEntero, cambio: dict[str, Any]) -> None:
    quien = socio.crear(PACIENTE)
    respuesta = socio.post("", entrega(quien, ccda(), **cambio))
    assert respuesta.status_code == 422
    assert socio.hallados(f"DocumentReference?patient={quien}") == []


def test_un_binario_es_de_su_paciente(socio: SocioEntero, elenco: Elenco, paciente: Any) -> None:
    """Nobody reads the bytes who may not read the document."""
    alianza = pactar(
        entra=frozenset({"DocumentReference", "Binary", "List"}),
        sale=frozenset({"Patient", "DocumentReference"}),
    )
    ajeno = aliado().post("/fhir", entrega(str(paciente), ccda()), content_type="application/json")
    assert ajeno.status_code in (404, 422)
    compartir(elenco, alianza, paciente)
    hecho = aliado().post("/fhir", entrega(str(paciente), ccda()), content_type="application/json")
    assert hecho.status_code == 200, hecho.content
    binario = hecho.json()["entry"][2]["response"]["location"].split("/_history")[0]
    assert socio.get(binario).status_code == 200
    assert SocioEntero("sin-convenio").get(binario).status_code == 404


class TestResumen:
    def test_cda_de_quien_se_alcanza(self, socio: SocioEntero) -> None:
        quien = socio.crear(PACIENTE)
        socio.crear(
            {
                "resourceType": "AllergyIntolerance",
                "patient": {"reference": f"Patient/{quien}"},
                "code": {"text": "Penicilina"},
                "clinicalStatus": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/"
                            "allergyintolerance-clinical",
                            "code": "active",
                        }
                    ]
                },
                "verificationStatus": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/"
                            "allergyintolerance-verification",
                            "code": "confirmed",
                        }
                    ]
                },
            }
        )
        binario = socio.get(f"Patient/{quien}/$cda").json()
        assert (binario["resourceType"], binario["contentType"]) == ("Binary", "text/xml")
        documento = base64.b64decode(binario["data"])
        assert reprueba(documento) == []
        assert b"Penicilina" in documento
        entero = socio.get(f"Patient/{quien}/$cda", HTTP_ACCEPT="text/xml")
        assert etree.fromstring(entero.content).findtext("h:title", namespaces=V3)
        assert entero["Content-Disposition"] == "attachment"
        dichos = [str(e.contenido) for e in Evento.objects.filter(tipo="acceso.decidido")]
        assert sum("$cda" in dicho for dicho in dichos) == 2
        nadie = "00000000-0000-4000-8000-000000000404"
        assert socio.get(f"Patient/{nadie}/$cda").status_code == 404
        assert socio.pedir("DELETE", f"Patient/{quien}/$cda").status_code == 405

    def test_a_un_aliado_no_le_queda_rastro_de_lo_reservado(
        self, socio: SocioEntero, elenco: Elenco, paciente: Any
    ) -> None:
        alianza = pactar(sale=frozenset({"Patient", "Condition"}))
        compartir(elenco, alianza, paciente)
        for clave, dicho in (("B24", "Enfermedad por VIH"), ("J459", "Asma")):
            socio.crear(
                {
                    "resourceType": "Condition",
                    "subject": {"reference": f"Patient/{paciente}"},
                    "code": {
                        "coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": clave}],
                        "text": dicho,
                    },
                }
            )
        nuestro = socio.get(f"Patient/{paciente}/$cda", HTTP_ACCEPT="text/xml").content.decode()
        assert "VIH" in nuestro
        assert 'confidentialityCode code="R"' in nuestro
        suyo = aliado().get(f"/fhir/Patient/{paciente}/$cda", headers={"Accept": "text/xml"})
        assert suyo.status_code == 200
        escrito = suyo.content.decode()
        assert "Asma" in escrito
        assert "VIH" not in escrito
        assert 'confidentialityCode code="N"' in escrito


class TestCruce:
    """PIXm."""

    def test_los_otros_identificadores(self, socio: SocioEntero) -> None:
        quien = socio.crear(PACIENTE)
        origen = "urn:oid:2.16.840.1.113883.3.9999.2|H-77"
        partes = socio.buscar(f"Patient/$ihe-pix?sourceIdentifier={origen}")["parameter"]
        assert partes[0]["valueIdentifier"]["value"] == "IAPX840517MOCBXC09"
        assert partes[1]["valueReference"] == {"reference": f"Patient/{quien}"}
        curp = "urn:oid:2.16.840.1.113883.4.629"
        una = socio.buscar(f"Patient/$ihe-pix?sourceIdentifier={origen}&targetSystem={curp}")
        assert [p["name"] for p in una["parameter"]] == ["targetIdentifier"]

    @pytest.mark.parametrize(
        ("consulta", "estado"),
        [
            ("sourceIdentifier=urn:x|nadie", 404),
            ("sourceIdentifier=suelto", 400),
            ("", 400),
            ("sourceIdentifier=urn:x|1&sourceIdentifier=urn:x|2", 400),
        ],
    )
    def test_lo_que_no_es(self, socio: SocioEntero, consulta: str, estado: int) -> None:
        assert socio.get(f"Patient/$ihe-pix?{consulta}").status_code == estado

    def test_a_un_aliado_solo_de_quien_alcanza(
        self, socio: SocioEntero, elenco: Elenco, paciente: Any
    ) -> None:
        alianza = pactar()
        numero = socio.get(f"Patient/{paciente}").json()["identifier"][0]
        camino = f"/fhir/Patient/$ihe-pix?sourceIdentifier={numero['system']}|{numero['value']}"
        antes = aliado().get(camino)
        nadie = aliado().get(f"{camino}0")
        assert (antes.status_code, antes.content) == (404, nadie.content)
        compartir(elenco, alianza, paciente)
        assert aliado().get(camino).status_code == 200


def test_pdqm_es_buscar_pacientes(socio: SocioEntero) -> None:
    quien = socio.crear(PACIENTE)
    consulta = "Patient?family=ibáñez&given=xóch&birthdate=1984-05-17&gender=female"
    assert socio.hallados(consulta) == [quien]
    curp = "urn:oid:2.16.840.1.113883.4.629|IAPX840517MOCBXC09"
    assert socio.hallados(f"Patient?identifier={curp}") == [quien]


def test_las_etiquetas_de_unos_octetos_son_las_de_lo_que_dicen(socio: SocioEntero) -> None:
    quien = socio.crear(PACIENTE)
    vih = problema("B24X", "2.16.840.1.113883.6.3", "Enfermedad por VIH", "00077")
    contenido = ccda(secciones=seccion("11348-0", "Antecedentes", "<paragraph>.</paragraph>", vih))
    hecho = socio.post("", entrega(quien, contenido))
    assert hecho.status_code == 200
    binario = hecho.json()["entry"][2]["response"]["location"].split("/")[1]
    sellado = recursos.sellado("Binary", UUID(binario))
    assert sellado is not None
    assert sellado.etiquetas
