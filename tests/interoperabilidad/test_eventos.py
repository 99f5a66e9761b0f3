"""The log as AuditEvent (IHE BALP): valid, searchable by who reviews it, and by nobody else."""

from base64 import b64decode
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auditoria import merkle
from auditoria.models import Evento
from auditoria.sello import llaves, recibos, sellador, teselas
from ece import fhir
from ece.identidad.services import clientes as servicio
from ece.nucleo import sentencias
from ece.nucleo.roles import Rol
from interoperabilidad.fhir import eventos
from tests.elenco import AHORA, CONTRASENA
from tests.interoperabilidad.test_rest import PACIENTE, Socio, ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def revisor(clientes: None) -> Socio:
    servicio.registrar(
        client_id="privacidad", nombre="Colector", rol=Rol.PRIVACIDAD, secreto=CONTRASENA
    )
    return Socio("privacidad")


@pytest.fixture
def paciente(clientes: None) -> str:
    """Somebody whom `integracion` registered, read, corrected and was asked for."""
    integracion = Socio("integracion")
    id_ = integracion.crear(PACIENTE)
    integracion.get(f"Patient/{id_}")
    integracion.put(f"Patient/{id_}", {**PACIENTE, "id": id_, "birthDate": "1984-05-18"})
    integracion.buscar(f"Observation?patient={id_}")
    return id_


def test_each_event_is_a_valid_audit_event_of_its_pattern(revisor: Socio, paciente: str) -> None:
    paquete = revisor.buscar(f"AuditEvent?patient=Patient/{paciente}")
    recursos = [e["resource"] for e in paquete["entry"]]
    for recurso in recursos:
        assert fhir.validar(recurso) == []
        assert recurso["agent"][0]["requestor"]
        assert recurso["entity"][0]["what"]["reference"] == f"Patient/{paciente}"
    acciones = {r["action"]: r["meta"]["profile"][0].rpartition(".")[2] for r in recursos}
    assert acciones == {
        "C": "PatientCreate",
        "R": "PatientRead",
        "U": "PatientUpdate",
        "E": "PatientQuery",
    }
    creado = next(r for r in recursos if r["action"] == "C")
    assert f"Patient/{paciente}/_history/1" in [
        e["what"].get("reference") for e in creado["entity"] if "what" in e
    ]


def test_every_kind_of_event_can_be_said(revisor: Socio, paciente: str) -> None:
    """Whatever is in the log: nothing that is appended has no AuditEvent."""
    revisor.get("AuditEvent/nada")
    paquete = revisor.buscar("AuditEvent?_count=200")
    assert len(ids(paquete)) >= Evento.objects.count() - 2
    assert all(fhir.validar(e["resource"]) == [] for e in paquete["entry"])


def test_it_is_searched_by_who_when_what_and_how_it_ended(revisor: Socio, paciente: str) -> None:
    ((actor,),) = set(Evento.objects.filter(tipo="recurso.creado").values_list("actor"))
    de_uno = ids(revisor.buscar(f"AuditEvent?agent={actor}&patient={paciente}"))
    assert de_uno
    assert de_uno == sorted(de_uno, reverse=True)
    assert ids(revisor.buscar(f"AuditEvent?patient={paciente}&subtype=recurso.creado"))
    assert ids(revisor.buscar(f"AuditEvent?patient={paciente}&outcome=4")) == []
    assert ids(revisor.buscar(f"AuditEvent?patient={paciente}&date=ge2020")) == de_uno
    assert ids(revisor.buscar(f"AuditEvent?patient={paciente}&date=lt2020")) == []
    assert ids(revisor.buscar(f"AuditEvent?patient={uuid4()}")) == []
    primera = revisor.buscar(f"AuditEvent?patient={paciente}&_count=2")
    (siguiente,) = [e["url"] for e in primera["link"] if e["relation"] == "next"]
    resto = revisor.get(siguiente.partition("/fhir/")[2]).json()
    assert [*ids(primera), *ids(resto)][: len(de_uno)] == de_uno[:4]
    uno = revisor.get(f"AuditEvent/{de_uno[0]}").json()
    assert uno["id"] == de_uno[0]
    assert revisor.get("AuditEvent?foo=1").status_code == 400
    assert revisor.get(f"AuditEvent/{uuid4()}").status_code == 404


def test_asking_is_an_event_too_and_nobody_else_is_answered(revisor: Socio, paciente: str) -> None:
    antes = Evento.objects.filter(tipo="alcance.decidido").count()
    revisor.buscar(f"AuditEvent?patient={paciente}")
    assert Evento.objects.filter(tipo="alcance.decidido").count() == antes + 1
    for otro in ("integracion", "sin-convenio"):
        respuesta = Socio(otro).get(f"AuditEvent?patient={paciente}")
        assert ids(respuesta.json()) == []
    assert revisor.get(f"Patient/{paciente}").status_code in (403, 404)


def test_a_search_of_its_own_kind_is_a_query() -> None:
    dicho = {
        "resultado": "permitido",
        "tipo": "alcance.decidido",
        "detalle": {},
        "escritos": [],
    }
    assert eventos._accion(dicho) == "E"


@pytest.mark.django_db(transaction=True)
def test_an_answer_carries_a_receipt_of_what_it_left_in_the_log(clientes: None) -> None:
    """The entries promised are leaves of the next seal, and the signature is the log's."""
    recibos.olvidar()
    integracion = Socio("integracion")
    assert "ECE-Recibo" not in integracion.post("Patient", PACIENTE)  # no key before the first seal
    list(sellador.sellar_todo(ahora=AHORA))
    recibos.olvidar()  # that there was none
    creado = integracion.post("Patient", PACIENTE)
    leido = integracion.get(f"Patient/{creado.json()['id']}")
    list(sellador.sellar_todo(ahora=AHORA))
    with sentencias.cursor() as cursor:
        hojas = teselas.hojas(cursor, 0, Evento.objects.count())
    (_, publica, _) = llaves.generaciones()[-1]
    for respuesta in (creado, leido):
        version, id_, segundos, entradas, firma = respuesta["ECE-Recibo"].split()
        assert (version, id_) == ("v1", publica.id.hex())
        dicho = recibos.texto(publica.nombre, int(segundos), entradas.split(","))
        Ed25519PublicKey.from_public_bytes(publica.publica).verify(b64decode(firma), dicho.encode())
        for entrada in entradas.split(","):
            assert merkle.hoja(b64decode(entrada)) in hojas
    assert len(creado["ECE-Recibo"].split()[3].split(",")) == 2
    assert "ECE-Recibo" not in integracion.post("Patient", {"resourceType": "Patient", "x": 1})
    recibos.olvidar()
