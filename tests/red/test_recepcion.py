"""What a partner sends of a referral: kept once, marked as theirs, or refused with its reason."""

import json
import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from auditoria.models import Evento
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from consentimiento.directivas import Destino, Rango
from ece.demo.red import CONOCIDA
from ece.identidad.models import Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.oauth import credenciales
from red import legajo, mensajes, referencias
from red.models import Envio, Recibido, Referencia
from red.pasos import LLEVA_A, Estado, Paso, PasoInvalido, Sentido, siguiente
from registros.catalogos.procedencias import recibido_de
from registros.selectors import expediente
from tests import elenco as reparto
from tests.consentimiento.permisos import dirigir
from tests.convenios import Alianza, aliado, pactar
from tests.elenco import AHORA, Elenco
from tests.instancia import RAIZ
from tests.red.referidos import CURP, NOTA, PERSONA, bundle, mensaje
from tests.registros import del_portal

pytestmark = pytest.mark.django_db
ENTRA = frozenset({"Composition", "ServiceRequest", "Task", "AllergyIntolerance"})


@pytest.fixture(autouse=True)
def _sin_credenciales_de_otra() -> None:
    credenciales.olvidar()


@pytest.fixture
def alianza(elenco: Elenco) -> Alianza:
    return pactar(entra=ENTRA, sale=ENTRA | {"Patient"})


@pytest.fixture
def conocida(elenco: Elenco) -> UUID:
    """Who has the CURP of whom is referred."""
    return reparto.registrar(elenco, CONOCIDA)


def enviar(cuerpo: dict[str, Any], cliente: Client | None = None) -> Any:
    return (cliente or aliado()).post(
        "/fhir/$process-message", json.dumps(cuerpo), content_type="application/fhir+json"
    )


def ventanilla(elenco: Elenco) -> Alcance:
    actor = actor_de_usuario(elenco.archivo, ahora=AHORA)
    return decision.alcanzar(actor, Permiso.REFERENCIA_ATENDER, motivo="referencias", ahora=AHORA)


def test_se_acusa_una_vez_guardada_y_se_guarda_una_vez(alianza: Alianza) -> None:
    dicho = bundle(mensaje())
    for _ in range(3):
        respuesta = enviar(dicho)
        assert respuesta.status_code == 200, respuesta.content
        cabecera = respuesta.json()["entry"][0]["resource"]
        assert cabecera["response"] == {"identifier": dicho["id"], "code": "ok"}
    referencia = Referencia.objects.get()
    assert (referencia.estado, referencia.sentido, referencia.paciente) == (
        "solicitada",
        "recibida",
        None,
    )
    assert b"Sosa" not in bytes(referencia.contenido or b"")
    assert Recibido.objects.count() == 1
    assert Evento.objects.filter(tipo="referencia.recibida").count() == 1


def test_otra_con_el_mismo_folio_no_pisa_a_la_primera(alianza: Alianza) -> None:
    primera = mensaje()
    assert enviar(bundle(primera)).status_code == 200
    antes = bytes(Referencia.objects.get().contenido or b"")
    assert enviar(bundle(mensaje(folio=primera.folio))).status_code == 403
    assert bytes(Referencia.objects.get().contenido or b"") == antes


@pytest.mark.parametrize(
    ("quitar", "dice"),
    [
        (lambda b: b.update(type="collection"), "tipo message"),
        (lambda b: b["entry"].pop(0), "MessageHeader"),
        (lambda b: b["entry"].pop(1), "Task"),
        (lambda b: b["entry"].pop(2), "ServiceRequest"),
        (lambda b: b["entry"].pop(3), "Patient"),
        (lambda b: b["entry"].pop(4), "nota"),
        (lambda b: b["entry"][0]["resource"]["eventCoding"].update(code="otro"), "paso"),
        (lambda b: b["entry"][1]["resource"].pop("groupIdentifier"), "folio"),
        (lambda b: b["entry"][4]["resource"].pop("status"), "status"),
        (lambda b: b["entry"][0]["resource"].update(id="no-es-uuid"), "UUID"),
        (lambda b: b["entry"][3]["resource"].pop("id"), "id"),
        (lambda b: b["entry"].append(b["entry"][4]), "repite"),
        (lambda b: b.pop("timestamp"), "timestamp"),
    ],
)
def test_lo_mal_formado_se_rechaza_y_no_deja_nada(alianza: Alianza, quitar: Any, dice: str) -> None:
    dicho = bundle(mensaje())
    quitar(dicho)
    respuesta = enviar(dicho)
    assert respuesta.status_code == 422
    assert dice in respuesta.json()["issue"][0]["diagnostics"]
    assert not Referencia.objects.exists()
    assert not Recibido.objects.exists()


def test_solo_entra_lo_convenido(elenco: Elenco) -> None:
    pactar(entra=ENTRA - {"Composition"}, sale=ENTRA)
    respuesta = enviar(bundle(mensaje()))
    assert respuesta.status_code == 403
    assert "Composition" in respuesta.json()["issue"][0]["diagnostics"]
    assert not Referencia.objects.exists()


def test_sin_base_de_referencia_sin_proposito_o_sin_convenio_no_entra(elenco: Elenco) -> None:
    pactar(
        entra=ENTRA,
        sale=ENTRA,
        bases=frozenset({"consentimiento", "urgencia"}),
    )
    assert enviar(bundle(mensaje())).status_code == 403
    assert enviar(bundle(mensaje()), aliado("PUBHLTH")).status_code == 403
    assert not Referencia.objects.exists()


def test_al_aceptarla_es_parte_del_expediente_y_dice_de_quien_viene(
    alianza: Alianza, elenco: Elenco, conocida: UUID
) -> None:
    enviar(bundle(mensaje()))
    referencia = Referencia.objects.get()
    referencias.aceptar(
        ventanilla(elenco), referencia_id=referencia.pk, paciente=conocida, ahora=timezone.now()
    )
    referencia.refresh_from_db()
    assert (referencia.estado, referencia.paciente, referencia.contenido) == (
        "aceptada",
        conocida,
        None,
    )
    reparto.en_consulta(elenco, conocida)
    acceso = reparto.acceso_de_medica(elenco, conocida)
    (nota,) = expediente.ultimas(acceso, "Composition", 9)
    assert recibido_de(nota.recurso) == "Hospital aliado"
    assert nota.detalle == "Dr. Uitz · recibido de Hospital aliado"
    assert nota.recurso["subject"]["reference"] == f"Patient/{conocida}"
    assert "reference" not in nota.recurso["author"][0]
    (orden,) = expediente.ultimas(acceso, "ServiceRequest", 9)
    assert orden.recurso["supportingInfo"][0]["reference"] == f"Composition/{nota.id}"
    (tarea,) = expediente.ultimas(acceso, "Task", 9)
    assert tarea.recurso["status"] == "accepted"
    assert [e.paso for e in Envio.objects.all()] == ["aceptacion"]
    with pytest.raises(PasoInvalido):
        referencias.rechazar(
            ventanilla(elenco), referencia_id=referencia.pk, motivo="Ya no", ahora=AHORA
        )


def test_nunca_se_le_pone_a_otra_persona(alianza: Alianza, elenco: Elenco, paciente: UUID) -> None:
    enviar(bundle(mensaje()))
    referencia = Referencia.objects.get()
    with pytest.raises(referencias.OtraPersona):
        referencias.aceptar(
            ventanilla(elenco), referencia_id=referencia.pk, paciente=paciente, ahora=timezone.now()
        )
    referencia.refresh_from_db()
    assert referencia.estado == "solicitada"


def test_si_la_persona_se_lo_nego_no_entra(
    alianza: Alianza, elenco: Elenco, conocida: UUID
) -> None:
    usuario = Usuario.objects.create_user("marisol", password="x")
    usuario.paciente = conocida
    usuario.save()
    suya = del_portal.acceso_del_paciente(usuario, conocida)
    dirigir(suya, destinos=frozenset({Destino(Rango.INSTITUCION, str(alianza.cliente))}))
    enviar(bundle(mensaje()))
    referencia = Referencia.objects.get()
    with pytest.raises(AccesoDenegado):
        referencias.aceptar(
            ventanilla(elenco), referencia_id=referencia.pk, paciente=conocida, ahora=timezone.now()
        )
    referencia.refresh_from_db()
    assert (referencia.estado, referencia.contenido is not None) == ("solicitada", True)
    assert not Envio.objects.exists()


def test_cancelada_antes_de_abrirla_se_olvida_lo_que_traia(alianza: Alianza) -> None:
    primera = mensaje()
    enviar(bundle(primera))
    motivo = "El paciente no quiso ir."
    cancela = mensaje(
        paso=Paso.CANCELACION, folio=primera.folio, nota="", motivo=motivo, recursos=()
    )
    assert enviar(bundle(cancela, Estado.CANCELADA)).status_code == 200
    referencia = Referencia.objects.get()
    assert (referencia.estado, referencia.contenido) == ("cancelada", None)
    assert legajo.motivo_de(referencia) == motivo


def test_cada_mensaje_cuenta_una_vez_en_el_ritmo_del_convenio(
    elenco: Elenco, conocida: UUID
) -> None:
    """By day, so that no minute begins in between; one that opens the record counts as one too."""
    pactar(entra=ENTRA, sale=ENTRA | {"Patient"}, por_minuto=2, por_dia=2)
    primera = mensaje()
    assert enviar(bundle(primera)).status_code == 200
    referencia = Referencia.objects.get()
    referencias.aceptar(  # ours: they asked for nothing
        ventanilla(elenco), referencia_id=referencia.pk, paciente=conocida, ahora=timezone.now()
    )
    cancela = mensaje(
        paso=Paso.CANCELACION, folio=primera.folio, nota="", motivo="Mejoró.", recursos=()
    )
    assert enviar(bundle(cancela, Estado.CANCELADA)).status_code == 200
    negado = enviar(bundle(mensaje()))
    assert (negado.status_code, negado["Retry-After"]) == (429, "60")
    dicho = negado.json()["issue"][0]
    assert dicho["code"] == "throttled"
    assert "límite de solicitudes del convenio" in dicho["diagnostics"]
    assert "mensajes de referencia" in dicho["diagnostics"]
    assert (Referencia.objects.count(), Recibido.objects.count()) == (1, 2)
    assert aliado().get(f"/fhir/Patient/{conocida}").status_code == 429  # one count for both ways


def test_un_paso_de_una_referencia_ajena_es_como_de_una_que_no_existe(alianza: Alianza) -> None:
    Referencia.objects.create(
        folio=(folio := uuid7()),
        sentido=Sentido.ENVIADA,
        convenio=alianza.convenio,
        cliente=uuid7(),
        estado=Estado.SOLICITADA,
        prioridad="routine",
        creada_at=AHORA,
        estado_at=AHORA,
    )
    respuestas = [
        enviar(
            bundle(
                mensaje(paso=Paso.RECHAZO, folio=f, nota="", motivo="No cabe", recursos=()),
                Estado.RECHAZADA,
            )
        )
        for f in (folio, uuid7())
    ]
    assert [r.status_code for r in respuestas] == [404, 404]
    assert respuestas[0].content == respuestas[1].content


def test_cada_paso_es_de_su_lado_y_de_su_estado() -> None:
    validos = {
        (estado, paso, sentido) for paso, (sentido, desde, _) in LLEVA_A.items() for estado in desde
    }
    for estado in Estado:
        for paso in Paso:
            for sentido in Sentido:
                if (estado, paso, sentido) in validos:
                    assert siguiente(estado, paso, sentido) is LLEVA_A[paso][2]
                else:
                    with pytest.raises(PasoInvalido):
                        siguiente(estado, paso, sentido)


def test_el_ejemplo_de_la_documentacion_se_acusa(alianza: Alianza) -> None:
    texto = (RAIZ / "docs" / "api.md").read_text(encoding="utf-8")
    (ejemplo,) = (b for b in re.findall(r"```python\n(.*?)```", texto, re.S) if "solicitud" in b)
    espacio: dict[str, Any] = {}
    exec(ejemplo, espacio)
    assert enviar(espacio["message"]).status_code == 200
    assert str(Referencia.objects.get().folio) == espacio["folio"]


def test_lo_que_se_escribe_es_lo_que_se_lee() -> None:
    dicho = mensaje()
    leido = mensajes.leer(bundle(dicho))
    assert (leido.folio, leido.paso, leido.servicio, leido.nota) == (
        dicho.folio,
        dicho.paso,
        dicho.servicio,
        dicho.nota,
    )
    assert leido.recursos == (PERSONA, NOTA)
    assert legajo.curp_de(leido) == CURP
