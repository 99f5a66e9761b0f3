"""A partner's system at the FHIR door: what its agreement opens, and that nothing else can be told
apart from nothing at all."""

import json
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from auditoria.models import Evento
from consentimiento.convenios import ConPacientes
from consentimiento.selectors import convenios as selectores
from consentimiento.services import compartidos, convenios
from ece.identidad.services import clientes as directorio
from ece.nucleo.roles import Permiso, Rol
from interoperabilidad.oauth import credenciales
from tests.convenios import (
    Alianza,
    alcance,
    aliado,
    firma_de_aliada,
    pactar,
    persona,
    registrar_aliado,
    terminos,
)
from tests.elenco import AHORA, CONTRASENA, Elenco, acceso_de_medica, en_consulta, registrar
from tests.interoperabilidad.test_rest import Socio, observacion

pytestmark = pytest.mark.django_db
CLINICO = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
VERIFICACION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
VIH = {"system": "http://hl7.org/fhir/sid/icd-10", "code": "B24"}


@pytest.fixture(autouse=True)
def _sin_credenciales() -> None:
    credenciales.olvidar()


@pytest.fixture
def integracion(clientes: None) -> Socio:
    return Socio("integracion")


def compartir(elenco: Elenco, alianza: Alianza, paciente: UUID) -> None:
    en_consulta(elenco, paciente)
    compartidos.compartir(
        acceso_de_medica(elenco, paciente),
        convenio_id=alianza.convenio,
        base=ConPacientes.REFERENCIA,
        hasta=AHORA.replace(year=2040),
        ahora=AHORA,
    )


def condicion(paciente: UUID, codigo: dict[str, str]) -> dict[str, object]:
    return {
        "resourceType": "Condition",
        "subject": {"reference": f"Patient/{paciente}"},
        "code": {"coding": [codigo]},
    }


def test_a_shared_patient_is_read_as_far_as_the_agreement_goes(
    elenco: Elenco, integracion: Socio, paciente: UUID
) -> None:
    alianza = pactar()
    compartir(elenco, alianza, paciente)
    alergia = integracion.crear(
        {
            "resourceType": "AllergyIntolerance",
            "patient": {"reference": f"Patient/{paciente}"},
            "code": {"text": "Penicilina"},
            "verificationStatus": {"coding": [{"code": "confirmed", "system": VERIFICACION}]},
            "clinicalStatus": {"coding": [{"code": "active", "system": CLINICO}]},
        }
    )
    signo = integracion.post("Observation", observacion(str(paciente))).json()["id"]
    comun = integracion.crear(condicion(paciente, {**VIH, "code": "I10"}))
    sensible = integracion.crear(condicion(paciente, VIH))
    ella = aliado()

    assert ella.get(f"/fhir/Patient/{paciente}").status_code == 200
    assert ella.get(f"/fhir/Observation/{signo}").status_code == 200
    assert ella.get(f"/fhir/Condition/{comun}").status_code == 200
    # Another class of data, and what is sensitive: as what is not there.
    nada = ella.get(f"/fhir/Condition/{uuid4()}")
    for oculto in (f"AllergyIntolerance/{alergia}", f"Condition/{sensible}"):
        negada = ella.get(f"/fhir/{oculto}")
        assert (negada.status_code, negada.content) == (404, nada.content)
    todo = ella.get(f"/fhir/Patient/{paciente}/$everything").json()
    tipos = {e["resource"]["resourceType"] for e in todo["entry"]}
    assert tipos <= {"Patient", "Observation", "Condition", "Organization"}
    assert sensible not in {e["resource"]["id"] for e in todo["entry"]}
    for busqueda, cuantas in (
        (f"Condition?patient={paciente}", 1),
        ("Condition?code=B24", 0),
        ("AllergyIntolerance?_total=accurate", 0),
        ("Observation?_total=accurate", 1),
        ("Patient", 1),
    ):
        assert len(ella.get(f"/fhir/{busqueda}").json().get("entry", ())) == cuantas, busqueda
        sep = "&" if "?" in busqueda else "?"
        contado = ella.get(f"/fhir/{busqueda}{sep}_summary=count").json()
        assert contado["total"] == cuantas, busqueda


def test_who_is_not_shared_is_as_who_is_not_there(
    elenco: Elenco, integracion: Socio, paciente: UUID
) -> None:
    alianza = pactar()
    ajeno = registrar(elenco)
    compartir(elenco, alianza, paciente)
    signo = integracion.post("Observation", observacion(str(ajeno))).json()["id"]
    ella, nadie = aliado(), uuid4()
    pares = [
        (f"Patient/{ajeno}", f"Patient/{nadie}"),
        (f"Observation/{signo}", f"Observation/{nadie}"),
        (f"Patient/{ajeno}/_history", f"Patient/{nadie}/_history"),
        (f"Patient/{ajeno}/$everything", f"Patient/{nadie}/$everything"),
    ]
    for existe, no_existe in pares:
        una, otra = ella.get(f"/fhir/{existe}"), ella.get(f"/fhir/{no_existe}")
        assert una.status_code == otra.status_code == 404
        assert una.content == otra.content
    for busqueda in (f"Observation?patient={ajeno}", f"Patient?_id={ajeno}"):
        assert not ella.get(f"/fhir/{busqueda}").json().get("entry")


@pytest.mark.parametrize("que", ["sin-convenio", "sin declarar", "propósito", "suspendido"])
def test_without_an_agreement_nothing_tells_who_exists(
    elenco: Elenco, integracion: Socio, paciente: UUID, que: str
) -> None:
    alianza = pactar()
    compartir(elenco, alianza, paciente)
    signo = integracion.post("Observation", observacion(str(paciente))).json()["id"]
    ella = aliado()
    if que == "sin-convenio":
        ella = aliado(client_id="sin-convenio")
    elif que == "sin declarar":
        ella = aliado(usuario="")
    elif que == "propósito":
        ella = aliado("HRESCH")
    else:
        convenios.suspender(
            alianza.enlace, convenio_id=alianza.convenio, motivo="Revisión anual", ahora=AHORA
        )
    for recurso in ("Patient", "Observation"):
        de_verdad = paciente if recurso == "Patient" else signo
        vistas = [ella.get(f"/fhir/{recurso}/{id_}") for id_ in (de_verdad, uuid4())]
        assert vistas[0].status_code == vistas[1].status_code
        assert vistas[0].status_code in (403, 404)
        assert vistas[0].content == vistas[1].content
        buscadas = [
            ella.get(
                f"/fhir/{recurso}?patient={id_}"
                if recurso != "Patient"
                else f"/fhir/{recurso}?_id={id_}"
            )
            for id_ in (paciente, uuid4())
        ]
        assert {b.status_code for b in buscadas} == {buscadas[0].status_code}
        assert not any(b.json().get("entry") for b in buscadas)
    assert not ella.get("/fhir/Organization").json().get("entry")


def test_a_suspended_agreement_refuses_the_very_next_request(
    elenco: Elenco, paciente: UUID
) -> None:
    alianza = pactar()
    compartir(elenco, alianza, paciente)
    ella = aliado()
    assert ella.get(f"/fhir/Patient/{paciente}").status_code == 200
    convenios.suspender(
        alianza.enlace, convenio_id=alianza.convenio, motivo="Incidente", ahora=AHORA
    )
    negada = ella.get(f"/fhir/Patient/{paciente}")
    assert negada.status_code == 403
    assert "vigente" in negada.json()["issue"][0]["diagnostics"]
    convenios.reanudar(alianza.enlace, convenio_id=alianza.convenio, motivo="Resuelto", ahora=AHORA)
    assert ella.get(f"/fhir/Patient/{paciente}").status_code == 200


def test_its_rate_is_counted_in_patients_and_refused_beyond(elenco: Elenco, paciente: UUID) -> None:
    alianza = pactar(por_minuto=4, por_dia=4)
    compartir(elenco, alianza, paciente)
    ella = aliado()
    estados = [ella.get(f"/fhir/Patient/{paciente}").status_code for _ in range(6)]
    assert estados == [200] * 4 + [429] * 2
    assert ella.get(f"/fhir/Patient/{uuid4()}").status_code == 429
    assert ella.get("/fhir/Patient").status_code == 429


def test_what_it_sends_is_of_the_classes_agreed(
    elenco: Elenco, integracion: Socio, paciente: UUID
) -> None:
    alianza = pactar()
    compartir(elenco, alianza, paciente)
    ella = aliado()
    tipo = {"content_type": "application/fhir+json"}
    hecha = ella.post("/fhir/Observation", observacion(str(paciente)), **tipo)
    assert hecha.status_code == 201
    negada = ella.post(
        "/fhir/Condition", json.dumps(condicion(paciente, {**VIH, "code": "I10"})), **tipo
    )
    assert negada.status_code == 403
    nuevo = {"resourceType": "Patient", "birthDate": "1990-01-01"}
    assert ella.post("/fhir/Patient", json.dumps(nuevo), **tipo).status_code == 403
    ajeno = registrar(elenco)
    lejos = ella.post("/fhir/Observation", observacion(str(ajeno)), **tipo)
    nadie = ella.post("/fhir/Observation", observacion(str(uuid4())), **tipo)
    assert lejos.status_code == nadie.status_code
    assert lejos.status_code in (404, 422)


def test_an_emergency_finds_whoever_it_is_and_is_told_to_them(
    elenco: Elenco, paciente: UUID
) -> None:
    pactar()
    assert not aliado().get("/fhir/Patient").json().get("entry")
    ella = aliado("ETREAT")
    for sin_senas in ("Patient", "Patient?family=Iba", "Patient?gender=female"):
        assert not ella.get(f"/fhir/{sin_senas}").json().get("entry"), sin_senas
        assert ella.get(f"/fhir/{sin_senas.partition('?')[0]}?_summary=count").json()["total"] == 0
    (hallado,) = ella.get("/fhir/Patient?birthdate=1984-05-17").json()["entry"]
    assert hallado["resource"]["id"] == str(paciente)
    assert ella.get(f"/fhir/Patient/{paciente}").status_code == 200
    assert not ella.get("/fhir/Observation").json().get("entry")
    assert Evento.objects.filter(tipo="convenio.urgencia", pacientes=[paciente]).count() == 1


def test_every_refusal_is_an_event_and_both_sides_see_the_totals(
    elenco: Elenco, paciente: UUID
) -> None:
    alianza = pactar()
    compartir(elenco, alianza, paciente)
    assert aliado().get(f"/fhir/Patient/{paciente}").status_code == 200
    assert aliado("HRESCH").get(f"/fhir/Patient/{paciente}").status_code == 403
    negado = Evento.objects.filter(actor=alianza.cliente, resultado="denegado").get()
    dicho = json.loads(bytes(negado.contenido))
    assert dicho["fundamento"] == "convenio.proposito"
    assert dicho["detalle"]["declarado"] == {
        "usuario": "dr-uitz",
        "rol": "medico",
        "proposito": "HRESCH",
    }
    suyo = aliado().get(f"/api/convenios/{alianza.convenio}").json()
    assert suyo["estado"] == "vigente"
    assert suyo["intercambio"]["permitidas"] == 1
    assert suyo["intercambio"]["razones"] == {"convenio.proposito": 1}
    lee = alcance(alianza.enlace.actor, Permiso.CONVENIO_LEER)
    visto = selectores.uno(lee, convenio_id=alianza.convenio, ahora=timezone.now())
    assert visto is not None
    nuestro = selectores.intercambiado(lee, visto=visto, ahora=timezone.now())
    assert (nuestro.permitidas, nuestro.negadas) == (1, 1)


def test_the_partner_signs_by_its_own_system_and_sees_no_other_agreement(
    elenco: Elenco, clientes: None
) -> None:
    cliente = registrar_aliado()
    enlace, direccion = persona("enlace", Rol.ENLACE), persona("direccion", Rol.DIRECCION)
    gobierna = alcance(enlace, Permiso.CONVENIO_GOBERNAR)
    id_ = convenios.redactar(gobierna, terminos=terminos(cliente), ahora=AHORA)
    convenios.firmar(alcance(direccion, Permiso.CONVENIO_FIRMAR), convenio_id=id_, ahora=AHORA)
    otra = directorio.registrar(
        client_id="otro-aliado", nombre="Otro", rol=Rol.ALIADO, secreto=CONTRASENA
    )
    assert otra != cliente

    ella, ajena = aliado(), aliado(client_id="otro-aliado")
    canonico = ella.get(f"/api/convenios/{id_}/terminos").content
    assert canonico == terminos(cliente).canonico()
    camino = f"/api/convenios/{id_}/firma"
    jose = {"content_type": "application/jose"}
    assert ella.post(camino, "basura", **jose).status_code == 422
    hecha = ella.post(camino, firma_de_aliada(canonico), **jose)
    assert hecha.status_code == 200
    assert hecha.json()["estado"] == "firmado"
    assert ella.post(camino, firma_de_aliada(canonico), **jose).status_code == 409

    nada = ajena.get(f"/api/convenios/{uuid4()}")
    for resto in ("", "/terminos"):
        negada = ajena.get(f"/api/convenios/{id_}{resto}")
        assert (negada.status_code, negada.content) == (404, nada.content)
    assert ajena.post(camino, firma_de_aliada(canonico), **jose).status_code == 404
    assert ajena.get("/api/convenios/").json() == {"convenios": []}
    assert aliado(client_id="sin-convenio").get("/api/convenios/").status_code == 403
    llaves = Client().get("/api/convenios/llaves").json()["keys"]
    assert [llave["crv"] for llave in llaves] == ["Ed25519", "P-384"]
    assert not any("d" in llave for llave in llaves)
