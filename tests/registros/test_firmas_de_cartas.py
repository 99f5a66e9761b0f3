"""Patients, who decides for them, and witnesses sign a letter with a certificate of their own."""

import base64
import io
import subprocess
import zipfile
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from jwcrypto import jwk
from jwcrypto import jws as jose

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from consentimiento.services import sellado
from ece import fhir
from ece.identidad.services import credenciales
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import FirmaInvalida
from ece.nucleo.roles import Permiso
from registros.models import Consentimiento, Firma
from registros.models.firma import Papel
from registros.selectors import cartas as ver_cartas
from registros.selectors import firmas
from registros.selectors.firmas import Documento
from registros.services import cartas, firmas_de_cartas
from registros.services.carta_en_fhir import QuienDecide
from registros.services.cartas import CartaIncompleta
from registros.services.firmas import NadaQueFirmar
from registros.services.firmas_de_cartas import SinCurp
from registros.services.pliegos import Caducada
from tests import elenco as reparto
from tests.elenco import AHORA, Elenco
from tests.firma import autoridades as con
from tests.registros import cartas_firmadas, firmadas
from tests.registros.cartas import CURP_DE_ROSA, DE_ROSA, PACIENTE, TESTIGOS, XOCHITL
from tests.registros.cartas_firmadas import firmar, otorgada, preparada

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def institucion(elenco: Elenco) -> None:
    firmadas.preparar_institucion()


@pytest.fixture
def suyo(elenco: Elenco) -> Acceso:
    """To the record of a patient whose CURP is known."""
    paciente = reparto.registrar(elenco, XOCHITL)
    reparto.en_consulta(elenco, paciente)
    return reparto.acceso_de_medica(elenco, paciente)


@pytest.fixture
def propia() -> con.Persona:
    return cartas_firmadas.de_xochitl()


@pytest.fixture
def de_rosa() -> con.Persona:
    return cartas_firmadas.de_rosa()


def ver(acceso: Acceso, carta: UUID) -> list[firmas.Veredicto]:
    return firmas.de_documento(acceso, tipo="Consent", id=carta)


def test_the_patient_and_a_witness_sign_what_was_accepted(
    suyo: Acceso, propia: con.Persona, de_rosa: con.Persona
) -> None:
    carta = otorgada(suyo)
    assert [(f.clave, f.con_curp) for f in firmas_de_cartas.faltan(suyo, carta_id=carta)] == [
        ("decide", True),
        ("testigo_1", True),
        ("testigo_2", False),
    ]
    firmar(suyo, carta, propia)
    firmar(suyo, carta, de_rosa, "testigo_1")
    de_ella, de_testigo = ver(suyo, carta)
    assert (de_ella.vale, de_ella.papel, de_ella.nivel) == (True, "otorgante", "avanzada")
    assert (de_testigo.vale, de_testigo.papel) == (True, "testigo")
    assert (de_ella.firmante, de_testigo.firmante) == (PACIENTE.firma.nombre, DE_ROSA.nombre)
    assert de_ella.sellado_at is not None
    dicha = fhir.json.leer(de_ella.declaracion)
    vista = ver_cartas.carta(suyo, carta_id=carta, ahora=AHORA)
    assert vista is not None
    assert dicha["texto"] == {"sha256": vista.huella}
    assert dicha["firmante"]["curp"] == XOCHITL.curp
    assert "cedula" not in dicha["firmante"]
    filas = {fila.papel: fila for fila in Firma.objects.de(suyo)}
    assert filas["otorgante"].autor == suyo.paciente
    for fila in filas.values():
        assert fhir.validar(fila.recurso) == []
    # what is clear of a witness tells nothing of them in another letter
    otra = otorgada(suyo)
    firmar(suyo, otra, de_rosa, "testigo_1")
    (suya,) = Firma.objects.de(suyo).filter(objeto=otra)
    assert suya.autor != filas["testigo"].autor
    assert Evento.objects.filter(tipo=TipoDeEvento.CARTA_FIRMADA).count() == 3
    assert [f.clave for f in firmas_de_cartas.faltan(suyo, carta_id=carta)] == ["testigo_2"]


class TestLoQueSeRehusa:
    @pytest.fixture(autouse=True)
    def carta(self, suyo: Acceso) -> UUID:
        return otorgada(suyo)

    def test_anothers_certificate(
        self, suyo: Acceso, carta: UUID, propia: con.Persona, de_rosa: con.Persona
    ) -> None:
        for persona, clave in ((de_rosa, "decide"), (propia, "testigo_1")):
            with pytest.raises(FirmaInvalida, match="titular"):
                firmar(suyo, carta, persona, clave)
        assert ver(suyo, carta) == []

    def test_revoked_or_expired_or_of_nobody_in_the_list(
        self, suyo: Acceso, carta: UUID, propia: con.Persona
    ) -> None:
        credenciales.revocar(propia.certificado, ahora=timezone.now())
        with pytest.raises(FirmaInvalida, match="revocado"):
            firmar(suyo, carta, propia)
        with pytest.raises(FirmaInvalida, match="cadena"):
            firmar(suyo, carta, con.persona(con.autoridad(cual=13), curp=XOCHITL.curp))
        with pytest.raises(FirmaInvalida, match="vigencia"):
            firmas_de_cartas.preparar(
                suyo,
                carta_id=carta,
                clave="decide",
                certificado=propia.der,
                ahora=timezone.now() + timedelta(days=3650),
            )

    def test_a_signature_over_another_letter(
        self, suyo: Acceso, carta: UUID, propia: con.Persona
    ) -> None:
        otra = otorgada(suyo)
        with pytest.raises(FirmaInvalida, match="firma"):
            firmar(suyo, carta, propia, carta_id=otra)
        with pytest.raises(Caducada):
            firmar(suyo, carta, propia, ahora=timezone.now() + timedelta(minutes=11))
        assert ver(suyo, otra) == []

    def test_twice_or_undecided_or_revoked_or_without_a_curp(
        self, suyo: Acceso, carta: UUID, propia: con.Persona
    ) -> None:
        firmar(suyo, carta, propia)
        with pytest.raises(NadaQueFirmar):
            firmar(suyo, carta, propia)
        with pytest.raises(SinCurp):
            firmar(suyo, carta, propia, "testigo_2")
        with pytest.raises(NadaQueFirmar):
            firmar(suyo, preparada(suyo), propia)
        otra = otorgada(suyo)
        cartas.revocar(suyo, carta_id=otra, motivo="", ahora=AHORA)
        with pytest.raises(NadaQueFirmar):
            firmar(suyo, otra, propia)


def test_without_a_curp_in_the_record_nobody_is_told_to_be_the_patient(
    acceso: Acceso, propia: con.Persona
) -> None:
    carta = otorgada(acceso)
    assert not firmas_de_cartas.faltan(acceso, carta_id=carta)[0].con_curp
    with pytest.raises(SinCurp):
        firmar(acceso, carta, propia)


def test_who_decides_for_them_signs_by_the_curp_that_the_letter_has(
    suyo: Acceso, de_rosa: con.Persona, propia: con.Persona
) -> None:
    por_ella = QuienDecide(DE_ROSA, "hermano", "Pasaporte", "No despierta")
    otros = (TESTIGOS[1], replace(TESTIGOS[0], nombre="Eva Ruiz Mora"))
    carta = otorgada(suyo, quien=por_ella, testigos=otros)
    with pytest.raises(FirmaInvalida, match="titular"):
        firmar(suyo, carta, propia)
    firmar(suyo, carta, de_rosa)
    (firma,) = ver(suyo, carta)
    assert (firma.vale, firma.papel, firma.firmante) == (True, "otorgante", DE_ROSA.nombre)


def test_a_no_is_signed_too_and_a_later_revocation_is_said(
    suyo: Acceso, propia: con.Persona
) -> None:
    negada = preparada(suyo)
    cartas.rechazar(suyo, carta_id=negada, quien=PACIENTE, ahora=AHORA)
    firmar(suyo, negada, propia)
    assert [f.vale for f in ver(suyo, negada)] == [True]
    carta = otorgada(suyo)
    firmar(suyo, carta, propia)
    cartas.revocar(suyo, carta_id=carta, motivo="", ahora=AHORA)
    assert [(f.vale, f.documento) for f in ver(suyo, carta)] == [(True, Documento.CAMBIADO)]


def test_one_of_whom_the_letter_does_not_name_does_not_hold(
    suyo: Acceso, propia: con.Persona
) -> None:
    carta = otorgada(suyo)
    firmar(suyo, carta, propia)
    (firma,) = Firma.objects.de(suyo)
    fila = Consentimiento.objects.uno(suyo, carta)
    assert fila is not None
    sin_ella = {**fila.recurso, "extension": []}
    dicho = firmas.verificar(firma, {1: fila.recurso, 2: sin_ella})
    assert (dicho.vale, dicho.falla, dicho.documento) == (False, "titular", Documento.ALTERADO)


def test_two_witnesses_are_two_people_also_by_their_curp(suyo: Acceso) -> None:
    with pytest.raises(CartaIncompleta):
        otorgada(suyo, testigos=(DE_ROSA, replace(TESTIGOS[1], curp=CURP_DE_ROSA)))


def test_the_code_is_verified_and_it_is_stamped_again(
    elenco: Elenco, suyo: Acceso, propia: con.Persona
) -> None:
    carta = otorgada(suyo)
    firmar(suyo, carta, propia)
    (firma,) = ver(suyo, carta)
    portador = decision.abrir_documento(firma.codigo, origen="", ahora=timezone.now())
    hallada = firmas.por_codigo(portador, codigo=firma.codigo)
    assert hallada is not None
    assert (hallada.titulo, hallada.firma.vale) == ("Carta de consentimiento", True)
    hechas = sellado.resellar(
        ahora=timezone.now(), antes=timedelta(days=3650), avisar=lambda _: None
    )
    assert hechas == 1
    (despues,) = ver(suyo, carta)
    assert (despues.vale, despues.papel) == (True, Papel.OTORGANTE)


def test_who_asks_at_the_counter_sees_the_signatures_without_reading_the_record(
    elenco: Elenco, suyo: Acceso, propia: con.Persona
) -> None:
    carta = otorgada(suyo)
    firmar(suyo, carta, propia)
    archivo = decision.abrir_paciente(
        elenco.actor(elenco.archivo), suyo.paciente, Permiso.CONSENTIMIENTO_RECABAR, ahora=AHORA
    )
    assert Permiso.EXPEDIENTE_LEER not in archivo.permisos
    assert [f.vale for f in ver(archivo, carta)] == [True]


def test_openssl_and_another_jose_library_verify_what_the_evidence_holds(
    elenco: Elenco, suyo: Acceso, propia: con.Persona, tmp_path: Path
) -> None:
    carta = otorgada(suyo)
    firmar(suyo, carta, propia)
    (firma,) = ver(suyo, carta)
    cliente = Client()
    cliente.force_login(elenco.medica)
    direccion = reverse("clinica:consentimiento-evidencia", args=[suyo.paciente, carta, firma.id])
    paquete = zipfile.ZipFile(io.BytesIO(cliente.get(direccion).content))
    paquete.extractall(tmp_path)
    dicha = fhir.json.leer(paquete.read("declaracion.json"))
    for dicho, archivo in ((dicha["documento"], "documento.json"), (dicha["texto"], "texto.txt")):
        assert sha256(paquete.read(archivo)).hexdigest() == dicho["sha256"]
    firmado = paquete.read("firmado.json")
    assert sha256(firma.declaracion).hexdigest() in fhir.json.leer(firmado)["hojas"]
    orden = (
        "openssl cms -verify -cades -inform DER -in firma.p7s -content firmado.json -binary "
        "-CAfile autoridades.pem -purpose any -out salida"
    )
    assert subprocess.run(orden.split(), cwd=tmp_path, capture_output=True).returncode == 0
    encabezado, _, valor = firma.jws.split(".")
    cuerpo = base64.urlsafe_b64encode(firmado).rstrip(b"=").decode()
    llave = jwk.JWK.from_pyca(propia.llave.public_key())
    jose.JWS().deserialize(f"{encabezado}.{cuerpo}.{valor}", llave)
    (tmp_path / "firmado.json").write_bytes(firmado + b" ")
    assert subprocess.run(orden.split(), cwd=tmp_path, capture_output=True).returncode != 0
