"""POST /cda/: filed with whom the document names, or kept waiting; once; and telling nobody who is
here."""

import json
from uuid import UUID

import pytest
from django.test import Client

from auditoria.models import Evento
from consentimiento import decision
from ece.nucleo.roles import Permiso, Rol
from interoperabilidad.bandeja import selectores, servicios
from interoperabilidad.models import Estado, MensajeRecibido
from interoperabilidad.oauth import credenciales
from registros.selectors import expediente
from tests.cda.documentos import CURP, EXPEDIENTE_AJENO, ccda
from tests.convenios import Alianza, aliado, pactar, persona
from tests.elenco import AHORA, Elenco, acceso_de_medica, en_consulta
from tests.interoperabilidad.socios import SocioEntero
from tests.interoperabilidad.test_intercambio import compartir

pytestmark = pytest.mark.django_db


@pytest.fixture
def socio(clientes: None) -> SocioEntero:
    return SocioEntero("integracion")


PACIENTE = {
    "resourceType": "Patient",
    "identifier": [
        {"system": f"urn:oid:{EXPEDIENTE_AJENO}", "value": "H-77"},
        {"system": f"urn:oid:{CURP}", "value": "IAPX840517MOCBXC09"},
    ],
    "name": [{"family": "Ibáñez Peña", "given": ["Xóchitl"]}],
    "gender": "female",
    "birthDate": "1984-05-17",
}


@pytest.fixture(autouse=True)
def _sin_credenciales() -> None:
    credenciales.olvidar()


def documentos(socio: SocioEntero) -> int:
    return len(socio.hallados("DocumentReference"))


def enviar(http: Client, contenido: bytes, mime: str = "application/xml"):
    return http.post("/cda/", contenido, content_type=mime)


def test_se_archiva_con_quien_dice(socio: SocioEntero) -> None:
    quien = socio.crear(PACIENTE)
    respuesta = enviar(socio.http, ccda())
    assert respuesta.status_code == 201, respuesta.content
    id_ = respuesta["Location"].rsplit("/", 1)[1]
    leido = socio.get(f"DocumentReference/{id_}").json()
    assert leido["subject"] == {"reference": f"Patient/{quien}"}
    assert leido["masterIdentifier"]["value"] == "DOC-1"
    assert leido["custodian"] == {"display": "Clínica del Mayab"}
    url = leido["content"][0]["attachment"]["url"]
    entero = socio.get(url, HTTP_ACCEPT="text/xml")
    assert entero.content == ccda()  # byte for byte
    assert entero["Content-Disposition"] == "attachment"
    fila = MensajeRecibido.objects.get()
    assert (fila.estado, fila.paciente) == (Estado.APLICADO, UUID(quien))
    assert fila.contenido is None
    tipos = set(Evento.objects.values_list("tipo", flat=True))
    assert {"mensaje.recibido", "mensaje.aplicado"} <= tipos


def test_otra_vez_es_el_mismo_y_con_otro_contenido_no(socio: SocioEntero) -> None:
    socio.crear(PACIENTE)
    primera = enviar(socio.http, ccda())
    segunda = enviar(socio.http, ccda(), "text/xml")
    assert (segunda.status_code, segunda["Location"]) == (201, primera["Location"])
    otra = enviar(socio.http, ccda(titulo="Otro"))
    assert otra.status_code == 409
    assert documentos(socio) == 1
    assert MensajeRecibido.objects.filter(estado=Estado.RECHAZADO).count() == 1


def test_de_quien_no_esta_espera_y_se_archiva_cuando_llega(socio: SocioEntero) -> None:
    respuesta = enviar(socio.http, ccda())
    assert respuesta.status_code == 202
    assert "Location" not in respuesta
    fila = MensajeRecibido.objects.get()
    assert (fila.estado, fila.motivo) == (Estado.EN_ESPERA, "paciente-desconocido")
    assert documentos(socio) == 0
    enlace = decision.alcanzar(
        persona("enlace", Rol.ENLACE), Permiso.MENSAJE_ATENDER, motivo="bandeja", ahora=AHORA
    )
    (renglon,) = selectores.recibidos(enlace, estado=Estado.EN_ESPERA)
    assert (renglon.remitente, renglon.clinico) == ("integracion", True)
    abierto = selectores.abrir(enlace, id=fila.id, ahora=AHORA)
    assert abierto is not None
    assert "Penicilina" in abierto.texto
    with pytest.raises(servicios.SigueMal):
        servicios.corregir(enlace, id=fila.id, texto="x", ahora=AHORA)
    servicios.reintentar(enlace, id=fila.id, ahora=AHORA)
    assert MensajeRecibido.objects.get().motivo == "paciente-desconocido"
    socio.crear(PACIENTE)
    servicios.reintentar(enlace, id=fila.id, ahora=AHORA)
    assert MensajeRecibido.objects.get().estado == Estado.APLICADO
    assert documentos(socio) == 1


def test_nunca_se_adivina(socio: SocioEntero) -> None:
    """The number is here somebody else's, or two people's; and nobody is found by their name."""
    socio.crear({**PACIENTE, "name": [{"family": "Canul"}], "birthDate": "1970-01-01"})
    assert enviar(socio.http, ccda()).status_code == 202
    socio.crear(
        {
            **PACIENTE,
            "identifier": [{"system": f"urn:oid:{EXPEDIENTE_AJENO}", "value": "H-78"}],
        }
    )
    ids = ((EXPEDIENTE_AJENO, "H-77"), (EXPEDIENTE_AJENO, "H-78"))
    assert enviar(socio.http, ccda("DOC-2", ids=ids)).status_code == 202
    assert enviar(socio.http, ccda("DOC-3", ids=())).status_code == 202
    motivos = [*MensajeRecibido.objects.order_by("orden").values_list("motivo", flat=True)]
    assert motivos == ["identidad-discrepante", "identificadores-cruzados", "paciente-desconocido"]
    assert documentos(socio) == 0
    enlace = decision.alcanzar(
        persona("enlace", Rol.ENLACE), Permiso.MENSAJE_ATENDER, motivo="bandeja", ahora=AHORA
    )
    primera = MensajeRecibido.objects.order_by("orden")[0]
    servicios.reintentar(enlace, id=primera.id, ahora=AHORA, dispensa="misma-persona")
    assert MensajeRecibido.objects.get(orden=primera.orden).estado == Estado.APLICADO


@pytest.mark.parametrize(
    ("contenido", "mime", "estado"),
    [
        (b"<html/>", "application/xml", 422),
        (ccda()[:400], "text/xml", 422),
        (ccda(), "application/pdf", 415),
        (b"", "text/xml", 422),
    ],
)
def test_lo_que_no_es_se_dice(socio: SocioEntero, contenido: bytes, mime: str, estado: int) -> None:
    respuesta = enviar(socio.http, contenido, mime)
    assert respuesta.status_code == estado
    assert respuesta.json()["issue"][0]["diagnostics"]
    assert documentos(socio) == 0
    assert socio.http.get("/cda/").status_code == 405


def test_lo_demasiado_grande(socio: SocioEntero, settings: object) -> None:
    settings.ECE_DOCUMENTO_BYTES = 1_000  # type: ignore[attr-defined]
    assert enviar(socio.http, ccda()).status_code == 413
    assert MensajeRecibido.objects.count() == 0


class TestAliado:
    """A partner: its agreement first, whoever the document is about."""

    @pytest.fixture
    def alianza(self, elenco: Elenco) -> Alianza:
        return pactar(entra=frozenset({"Observation", "DocumentReference"}))

    def del_expediente(self, elenco: Elenco, paciente: UUID) -> bytes:
        acceso = acceso_de_medica(elenco, paciente)
        quien, _, _ = expediente.identidad(acceso)
        return ccda(ids=(("2.16.840.1.113883.3.9999.7", quien.expediente),))

    def test_sin_convenio_no_se_sabe_nada(self, elenco: Elenco, clientes: None) -> None:
        nadie = SocioEntero("sin-convenio")
        assert enviar(nadie.http, ccda()).status_code == 403
        assert MensajeRecibido.objects.count() == 0

    def test_lo_ajeno_y_lo_desconocido_se_responden_igual(
        self, elenco: Elenco, alianza: Alianza, paciente: UUID, settings: object
    ) -> None:
        settings.ECE_OID_INSTITUCIONAL = "2.16.840.1.113883.3.9999.7"  # type: ignore[attr-defined]
        en_consulta(elenco, paciente)
        suyo = self.del_expediente(elenco, paciente)
        http = aliado()
        espera = enviar(http, suyo)
        nadie = enviar(http, ccda("DOC-2", ids=()))
        assert espera.status_code == nadie.status_code == 202
        assert espera.content == nadie.content
        motivos = [*MensajeRecibido.objects.order_by("orden").values_list("motivo", flat=True)]
        assert motivos == ["decision", "paciente-desconocido"]
        compartir(elenco, alianza, paciente)
        otra = enviar(http, suyo)
        assert otra.status_code == 201, otra.content
        assert MensajeRecibido.objects.order_by("orden")[0].estado == Estado.APLICADO

    def test_sin_declarar_no_pasa(self, elenco: Elenco, alianza: Alianza) -> None:
        http = aliado("HRESCH")
        respuesta = enviar(http, ccda())
        assert respuesta.status_code == 403
        assert json.loads(respuesta.content)["issue"]
