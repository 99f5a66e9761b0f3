"""What once made the server fail, refused as it should be."""

import json
from typing import Any

import pytest

from tests.interoperabilidad.socios import SocioEntero, paciente
from tests.interoperabilidad.test_errores import nota
from tests.interoperabilidad.test_rest import observacion

pytestmark = pytest.mark.django_db
GENERO = "http://hl7.org/fhir/ValueSet/administrative-gender"
SIN_UUID = "-" * 36
ES_EXTENSION = {"extension": [{"url": "urn:x:motivo", "valueCode": "x"}]}
AVISO = {
    "resourceType": "Subscription",
    "status": "requested",
    "reason": "Saber",
    "criteria": "urn:ece:tema:resultado",
    "channel": {"type": "rest-hook", "endpoint": "https://aqui.example/"},
}


@pytest.fixture
def socio(clientes: None) -> SocioEntero:
    return SocioEntero("integracion")


def parametros(**dados: dict[str, Any]) -> dict[str, Any]:
    partes = [{"name": nombre, **valor} for nombre, valor in dados.items()]
    return {"resourceType": "Parameters", "parameter": partes}


def sin(recurso: dict[str, Any], elemento: str) -> dict[str, Any]:
    """A required primitive that is an extension alone."""
    resto = {clave: valor for clave, valor in recurso.items() if clave != elemento}
    return {**resto, f"_{elemento}": ES_EXTENSION}


SIN_NOMBRE = {
    "resourceType": "Parameters",
    "parameter": [sin({"valueString": "x"}, "name")],
}


@pytest.mark.parametrize(
    ("camino", "estado"),
    [
        ("Patient?_count=²", 400),
        ("Patient/_history?_count=²", 400),
        ("_history?_count=²", 400),
        ("Observation/$lastn?patient=Patient/{paciente}&max=²", 400),
        (f"ValueSet/$expand?url={GENERO}&count=²", 400),
        (f"ValueSet/$expand?url={GENERO}&offset=²", 400),
        ("Subscription/{aviso}/$events?eventsSinceNumber=²", 400),
        ("Subscription/$status?status=%00", 200),
        ("Patient/{paciente}/$everything?_type=%00", 400),
        ("Patient/{paciente}/$everything?_type=Paciente", 400),
        (f"$export-status/{SIN_UUID}/Patient-1.ndjson", 404),
        (f"$import-status/{SIN_UUID}/1.ndjson", 404),
    ],
)
def test_lo_que_se_pregunta(socio: SocioEntero, camino: str, estado: int) -> None:
    hay = {"paciente": socio.crear(paciente()), "aviso": socio.crear(AVISO)}
    respuesta = socio.pedir("GET", camino.format(**hay))
    assert respuesta.status_code == estado, respuesta.content
    assert "issue" in respuesta.json() or estado == 200


@pytest.mark.parametrize(
    ("camino", "cuerpo", "estado"),
    [
        ("Patient/$match", parametros(resource={"valueString": "x"}), 400),
        ("Observation/$validate", parametros(resource={"valueString": "x"}), 400),
        ("Observation/$validate", parametros(resource={"resource": [1]}), 400),
        (
            "DocumentReference/$docref",
            parametros(patient={"valueString": "x"}, type={"valueInteger": 5}),
            200,
        ),
        ("Subscription/$status", parametros(status={"valueCode": "\0"}), 422),
        ("Subscription/$status", SIN_NOMBRE, 200),
        ("$export", SIN_NOMBRE, 400),
        ("Subscription", sin(AVISO, "criteria"), 422),
        ("Subscription", sin(AVISO, "status"), 422),
        ("Subscription", {**AVISO, "channel": sin(AVISO["channel"], "type")}, 422),  # type: ignore[arg-type]
    ],
)
def test_lo_que_se_envia(socio: SocioEntero, camino: str, cuerpo: Any, estado: int) -> None:
    respuesta = socio.post(camino, cuerpo, HTTP_PREFER="respond-async")
    assert respuesta.status_code == estado, respuesta.content


@pytest.mark.parametrize(
    ("recurso", "malo"),
    [
        ({**paciente(), "meta": "x"}, "Patient.meta"),
        ({**paciente(), "meta": None}, "Patient.meta"),
        ({"resourceType": "Provenance", "meta": 5}, "Provenance.meta"),
        ({"resourceType": "Binary", "securityContext": "x"}, "Binary.securityContext"),
        (
            {"resourceType": "Encounter", "status": "in-progress", "class": "x"},
            "Encounter.class",
        ),
        (
            {"resourceType": "Composition", "status": "final", "type": {"coding": ["x"]}},
            "Composition.type.coding[0]",
        ),
        (
            {"resourceType": "Appointment", "status": "booked", "serviceType": 5},
            "Appointment.serviceType",
        ),
        ({"resourceType": "Consent", "category": [None]}, "Consent.category[0]"),
        (
            {"resourceType": "Consent", "scope": {"coding": [{"code": "\0"}]}},
            "Consent.scope.coding[0].code",
        ),
    ],
)
def test_lo_mal_formado_se_dice_antes_de_mirarlo(
    socio: SocioEntero, recurso: dict[str, Any], malo: str
) -> None:
    """The rules that look into a resource before it is sealed stumble on it: it says where."""
    persona = socio.crear(paciente())
    sujeto = {"reference": f"Patient/{persona}"}
    if recurso["resourceType"] == "Appointment":
        recurso = {**recurso, "participant": [{"actor": sujeto, "status": "accepted"}]}
    de_quien = "patient" if recurso["resourceType"] == "Consent" else "subject"
    if recurso["resourceType"] in ("Encounter", "Composition", "Consent"):
        recurso = {**recurso, de_quien: sujeto}
    respuesta = socio.post(recurso["resourceType"], recurso)
    assert respuesta.status_code == 422, respuesta.content
    assert malo in [asunto["expression"][0] for asunto in respuesta.json()["issue"]]


def test_un_cambio_que_deja_algo_mal_formado(socio: SocioEntero) -> None:
    id_ = socio.crear(paciente())
    cambio = [{"op": "replace", "path": "/meta", "value": "x"}]
    assert socio.parchar(f"Patient/{id_}", cambio).status_code == 422
    assert socio.put(f"Patient/{id_}", {**paciente(id=id_), "meta": 5}).status_code == 422


def test_una_direccion_rota_en_un_lote(socio: SocioEntero) -> None:
    """It is of its entry; the others go on."""
    entradas = [{"request": {"method": "GET", "url": url}} for url in ("//[", "Patient?_count=1")]
    hecho = socio.post("", {"resourceType": "Bundle", "type": "batch", "entry": entradas})
    estados = [entrada["response"]["status"] for entrada in hecho.json()["entry"]]
    assert estados == ["400", "200 OK"]


def test_un_si_ha_cambiado_de_ninguna_fecha(socio: SocioEntero) -> None:
    """It says nothing, and so is as if it were not there."""
    id_ = socio.crear(paciente())
    nunca = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
    assert socio.get(f"Patient/{id_}", HTTP_IF_MODIFIED_SINCE=nunca).status_code == 200


def test_lo_que_se_exige_puede_ser_solo_una_extension(socio: SocioEntero) -> None:
    """As R4 lets every primitive be: what is written so is read, searched and changed."""
    persona = socio.crear(paciente())
    vista = sin(json.loads(observacion(persona)), "status")
    id_ = socio.crear(vista)
    assert socio.get(f"Observation/{id_}").json()["_status"] == ES_EXTENSION
    assert socio.hallados(f"Observation?patient={persona}&code=8310-5") == [id_]
    assert socio.pedir("DELETE", f"Observation/{id_}").status_code == 204
    cita = {
        "resourceType": "Appointment",
        "start": "2026-12-01T10:00:00-06:00",
        "end": "2026-12-01T11:00:00-06:00",
        "participant": [
            {"actor": {"reference": f"Patient/{persona}"}, "status": "accepted"},
        ],
    }
    sin_relato = {"title": "Motivo", "text": sin({"status": "generated"}, "div")}
    for recurso in (sin(cita, "status"), nota(persona, section=[sin_relato])):
        assert socio.get(f"{recurso['resourceType']}/{socio.crear(recurso)}").status_code == 200
