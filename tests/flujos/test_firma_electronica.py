"""A physician signs in her browser with a pair like the SAT's: key and password stay there."""

import base64
import io
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone
from playwright.sync_api import Page, Request, expect
from pypdf import PdfReader

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece.identidad.services import firmantes
from ece.nucleo.roles import Permiso
from registros.services import ordenes, resultados
from registros.services.ordenes import Prioridad
from tests import elenco as reparto
from tests.firma.autoridades import Persona
from tests.flujos.conftest import Hospital
from tests.flujos.test_accesibilidad import revisar
from tests.registros import clinica, firmadas

CLAVE = "clave-ñandú-2026"
NOTAS = 10


@pytest.fixture
def notas(hospital: Hospital) -> list[UUID]:
    """Ten finished notes of `medica` that wait for her advanced signature."""
    firmadas.preparar_institucion()
    firmantes.pedir("evolucion", nivel="avanzada")
    acceso = reparto.acceso_de_medica(hospital.elenco, hospital.paciente)
    return [firmadas.terminada(acceso, ahora=timezone.now()) for _ in range(NOTAS)]


def archivos(persona: Persona, carpeta: Path, nombre: str) -> tuple[Path, Path]:
    """The .cer and the .key, encrypted with 3DES as those of the SAT."""
    cer, llave = carpeta / f"{nombre}.cer", carpeta / f"{nombre}.key"
    cer.write_bytes(persona.der)
    abierta = persona.llave.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    orden = "openssl pkcs8 -topk8 -v2 des3 -outform DER -passout env:CLAVE"
    hecha = subprocess.run(
        orden.split(),
        input=abierta,
        capture_output=True,
        check=True,
        env={"CLAVE": CLAVE, "PATH": "/usr/bin:/bin"},
    )
    llave.write_bytes(hecha.stdout)
    return cer, llave


def llenar(pagina: Page, cer: Path, llave: Path, clave: str = CLAVE) -> None:
    pagina.get_by_label("Certificado (.cer)").set_input_files(cer)
    pagina.get_by_label("Llave privada (.key)").set_input_files(llave)
    pagina.get_by_label("Contraseña de la llave").fill(clave)
    pagina.get_by_role("button", name="Revisar y firmar").click()


def test_ten_notes_in_the_browser_and_the_printed_page_verifies(
    abrir: Callable[..., Page], hospital: Hospital, notas: list[UUID], tmp_path: Path
) -> None:
    medica = firmadas.con_certificado(hospital.elenco.medica)
    ajena = firmadas.expedido(rfc="OTRA800101AB1", curp="OTRA800101MOCBXL07", cual=12)
    propios, ajenos = archivos(medica, tmp_path, "mia"), archivos(ajena, tmp_path, "ajena")
    pagina = abrir("medica")
    pedidas: list[Request] = []
    pagina.on("request", lambda pedida: pedidas.append(pedida))

    # Given the notes of her shift
    pagina.get_by_role("link", name="Firmar con e.firma: Nota de evolución").first.click()
    expect(pagina.get_by_text("Este documento pide su firma electrónica avanzada.")).to_be_visible()
    pagina.get_by_role("link", name="Firmar con e.firma").first.click()
    expect(pagina.get_by_role("checkbox")).to_have_count(NOTAS)
    revisar(pagina)

    # When the password is wrong, the key another's pair, or the certificate another person's
    error = pagina.locator("[data-error]")
    llenar(pagina, *propios, clave="no es")
    expect(error).to_have_text("La contraseña no abre esa llave.")
    llenar(pagina, propios[0], ajenos[1])
    expect(error).to_have_text("La llave y el certificado no son pareja.")
    llenar(pagina, *ajenos)
    expect(error).to_contain_text("El certificado es de otra persona")
    assert Evento.objects.filter(tipo=TipoDeEvento.NOTA_FIRMADA).count() == 0

    # And when all is hers, she sees what she signs, and signs it
    llenar(pagina, *propios)
    revision = pagina.get_by_role("dialog", name="Esto es lo que firma")
    expect(revision).to_contain_text("ELENA DE EJEMPLO")
    revision.locator("summary").first.click()
    revisar(pagina)
    expect(revision).to_contain_text("Lo escrito en evolucion.")
    revision.get_by_role("button", name="Firmar", exact=True).click()
    expect(pagina.get_by_text(f"Se firmaron {NOTAS} documentos.")).to_be_visible()
    expect(pagina.get_by_text("Nada espera su firma.")).to_be_visible()

    # Then nothing that was sent has the key, in any form, nor its password
    enviado = b"".join((p.url.encode() + (p.post_data_buffer or b"")) for p in pedidas)
    assert enviado.count(b"/firmar/preparar/") == 2
    abierta = medica.llave.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    for secreto in (propios[1].read_bytes(), abierta, CLAVE.encode()):
        trozo = secreto[30:78] if len(secreto) > 100 else secreto
        for forma in (trozo, base64.b64encode(trozo), trozo.hex().encode()):
            assert forma not in enviado
    primo = medica.llave.private_numbers().p.to_bytes(128, "big")
    assert not any(base64.b64encode(primo[n:60])[:40] in enviado for n in range(3))

    # And each note shows both signatures, and its printed page proves them
    pagina.goto(hospital.expediente(f"notas/{notas[0]}/"))
    seccion = pagina.get_by_role("region", name="Firmas")
    expect(seccion.get_by_text("Válida", exact=False)).to_have_count(2)
    expect(seccion).to_contain_text("Firma electrónica avanzada")
    revisar(pagina)
    respuesta = pagina.request.get(hospital.expediente(f"notas/{notas[0]}/pdf/"))
    impreso = tmp_path / "nota.pdf"
    impreso.write_bytes(respuesta.body())
    dentro = PdfReader(io.BytesIO(impreso.read_bytes())).attachments
    assert {"declaracion-2.json", "firma-2.p7s"} <= set(dentro)

    anonimo = abrir()
    anonimo.goto(f"{hospital.url}/verificar/documento/")
    anonimo.get_by_label("PDF, o CDA con su firma").set_input_files(impreso)
    anonimo.get_by_role("button", name="Verificar").click()
    expect(anonimo.locator(".veredicto")).to_contain_text("Documento íntegro")
    expect(anonimo.locator("article")).to_contain_text("certificado de ELENA DE EJEMPLO")
    revisar(anonimo)

    cambiado = bytearray(impreso.read_bytes())
    cambiado[cambiado.index(b"stream") + 40] ^= 1
    impreso.write_bytes(bytes(cambiado))
    anonimo.goto(f"{hospital.url}/verificar/documento/")
    anonimo.get_by_label("PDF, o CDA con su firma").set_input_files(impreso)
    anonimo.get_by_role("button", name="Verificar").click()
    expect(anonimo.locator(".veredicto")).to_have_class("veredicto mala")


def test_prescriber_and_laboratory_sign_what_they_made(
    abrir: Callable[..., Page], hospital: Hospital, tmp_path: Path
) -> None:
    firmadas.preparar_institucion()
    for documento in ("receta", "informe"):
        firmantes.pedir(documento, nivel="avanzada")
    elenco = hospital.elenco
    acceso = reparto.acceso_de_medica(elenco, hospital.paciente)
    receta = clinica.paracetamol(acceso, ahora=timezone.now())
    (orden,) = ordenes.solicitar(
        acceso,
        estudios=("es6",),
        prioridad=Prioridad.URGENTE,
        problema="Debilidad",
        encuentro_id=None,
        ahora=timezone.now(),
    )
    servicio = decision.abrir_paciente(
        elenco.actor(elenco.laboratorio),
        hospital.paciente,
        Permiso.ORDEN_ATENDER,
        ahora=timezone.now(),
    )
    informe = resultados.informar(
        servicio,
        orden_id=orden,
        valores={"k": Decimal("4.1")},
        conclusion="Sin hemólisis",
        definitivo=True,
        ahora=timezone.now(),
    )
    quimico = ("QUIM800101AB1", "QUIM800101HOCBXL07")
    de_quien = {
        "medica": (firmadas.con_certificado(elenco.medica), ("Paracetamol", "1 tableta")),
        "laboratorio": (
            firmadas.con_certificado(elenco.laboratorio, rfc=quimico[0], curp=quimico[1], cual=16),
            ("Potasio", "4.1 mmol/L", "Sin hemólisis"),
        ),
    }
    for usuario, (persona, dichos) in de_quien.items():
        pagina = abrir(usuario)
        pagina.goto(f"{hospital.url}/clinica/firmar/")
        llenar(pagina, *archivos(persona, tmp_path, usuario))
        revision = pagina.get_by_role("dialog", name="Esto es lo que firma")
        revision.locator("summary").click()
        for dicho in dichos:
            expect(revision).to_contain_text(dicho)
        revisar(pagina)
        revision.get_by_role("button", name="Firmar", exact=True).click()
        expect(pagina.get_by_text("Se firmó 1 documento.")).to_be_visible()

    pagina = abrir("medica")
    for camino in (f"registros/MedicationRequest/{receta}/", f"informes/{informe}/"):
        pagina.goto(hospital.expediente(camino))
        seccion = pagina.get_by_role("region", name="Firmas electrónicas")
        expect(seccion.get_by_text("Válida", exact=False)).to_have_count(1)
        enlace = seccion.get_by_role("link", name="Evidencia").get_attribute("href") or ""
        assert pagina.request.get(hospital.url + enlace).ok
        revisar(pagina)
