"""Who a letter names signs it: the patient in the portal, a witness at the desk, by e.firma."""

import io
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Page, Request, expect
from pypdf import PdfReader

from ece import fhir
from registros.selectors import cartas as ver
from tests import elenco as reparto
from tests.elenco import AHORA
from tests.flujos.accesible import revisar
from tests.flujos.conftest import Hospital
from tests.flujos.test_consentimientos import entrar_de_paciente
from tests.flujos.test_firma_electronica import CLAVE, archivos, llenar
from tests.registros import cartas, cartas_firmadas, firmadas
from tests.registros.cartas import CURP_DE_ROSA, DE_ROSA, TESTIGOS, XOCHITL

SOLA = "Firmar además con e.firma"


@pytest.fixture
def con_curp(hospital: Hospital) -> Hospital:
    """The same hospital, and a patient whose CURP is known."""
    firmadas.preparar_institucion()
    paciente = reparto.registrar(hospital.elenco, XOCHITL)
    reparto.en_consulta(hospital.elenco, paciente)
    return Hospital(hospital.url, hospital.elenco, paciente)


@pytest.fixture
def carta(con_curp: Hospital) -> UUID:
    acceso = reparto.acceso_de_medica(con_curp.elenco, con_curp.paciente)
    return cartas.preparada(acceso, unidad=con_curp.elenco.consulta)


def test_the_patient_at_home_and_a_witness_at_the_desk(
    abrir: Callable[..., Page], con_curp: Hospital, carta: UUID, tmp_path: Path
) -> None:
    de_ella, de_rosa = cartas_firmadas.de_xochitl(), cartas_firmadas.de_rosa()
    suyos, de_otra = archivos(de_ella, tmp_path, "ella"), archivos(de_rosa, tmp_path, "rosa")

    # Given a letter accepted at the desk, where a witness says her CURP
    pagina = abrir("medica")
    pagina.goto(con_curp.expediente(f"consentimientos/{carta}/"))
    pagina.select_option("[name=identificacion]", "ine")
    pagina.fill("[name=comprension]", cartas.ENTENDIO)
    pagina.fill("[name=decide_escrita]", "Xóchitl Ibáñez Peña")
    for n, nombre in ((1, DE_ROSA.nombre), (2, TESTIGOS[1].nombre)):
        pagina.fill(f"[name=testigo_{n}_nombre]", nombre)
        pagina.fill(f"[name=testigo_{n}_escrita]", nombre)
    pagina.fill("[name=testigo_1_curp]", "LUPR700101MOCNZS00")
    pagina.get_by_role("button", name="Acepta y firma").click()
    expect(pagina.get_by_text("El dígito verificador de la CURP no corresponde")).to_be_visible()
    revisar(pagina)
    pagina.fill("[name=testigo_1_curp]", CURP_DE_ROSA.lower())
    pagina.get_by_role("button", name="Acepta y firma").click()
    expect(pagina.locator(".aviso-de-pagina")).to_contain_text("Consentimiento otorgado")
    expect(pagina.get_by_text(f"{TESTIGOS[1].nombre} no puede firmar con e.firma")).to_be_visible()

    # When the patient signs it at home: with another's certificate it is refused
    casa = entrar_de_paciente(abrir, con_curp)
    pedidas: list[Request] = []
    casa.on("request", lambda pedida: pedidas.append(pedida))
    direccion = f"{con_curp.url}/portal/{con_curp.paciente}/consentimientos/{carta}/"
    casa.goto(direccion)
    casa.get_by_text(SOLA).click()
    expect(casa.get_by_role("radio")).to_have_count(1)
    revisar(casa)
    llenar(casa, *de_otra)
    expect(casa.locator("[data-error]")).to_contain_text("su CURP debe ser la de quien firma")
    llenar(casa, *suyos)
    revision = casa.get_by_role("dialog", name="Esto es lo que firma")
    revision.locator("summary").click()
    for dicho in (cartas.ESCRITO["riesgos"], "Acepta · Xóchitl Ibáñez Peña", DE_ROSA.nombre):
        expect(revision).to_contain_text(dicho)
    revisar(casa)
    revision.get_by_role("button", name="Firmar", exact=True).click()
    expect(casa.get_by_text("La carta quedó firmada.")).to_be_visible()
    seccion = casa.get_by_role("region", name="Firmas electrónicas")
    expect(seccion).to_contain_text("Firmó como quien decide")
    expect(seccion.get_by_text("Válida", exact=False)).to_have_count(1)
    expect(casa.get_by_text(SOLA)).to_have_count(0)
    revisar(casa)

    # Then nothing that was sent has the key, nor its password
    enviado = b"".join((p.url.encode() + (p.post_data_buffer or b"")) for p in pedidas)
    abierta = de_ella.llave.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert enviado.count(b"/firmar/") == 3
    assert CLAVE.encode() not in enviado
    assert abierta[30:78] not in enviado

    # And the witness signs at the desk, in the physician's browser
    pagina.reload()
    pagina.get_by_text(SOLA).click()
    expect(pagina.get_by_role("radio")).to_have_count(1)
    pagina.get_by_label(DE_ROSA.nombre).check()
    llenar(pagina, *de_otra)
    pagina.get_by_role("dialog").get_by_role("button", name="Firmar", exact=True).click()
    expect(pagina.get_by_text("La carta quedó firmada.")).to_be_visible()
    seccion = pagina.get_by_role("region", name="Firmas electrónicas")
    expect(seccion.get_by_text("Válida", exact=False)).to_have_count(2)
    revisar(pagina)

    # And the evidence has the very text that was read, and so has the printed letter
    acceso = reparto.acceso_de_medica(con_curp.elenco, con_curp.paciente)
    vista = ver.carta(acceso, carta_id=carta, ahora=AHORA)
    assert vista is not None
    for lugar, cuantas in ((casa, 2), (pagina, 2)):
        lugar.reload()
        enlaces = lugar.get_by_role("link", name="Evidencia")
        expect(enlaces).to_have_count(cuantas)
        enlace = enlaces.first.get_attribute("href") or ""
        paquete = zipfile.ZipFile(io.BytesIO(lugar.request.get(con_curp.url + enlace).body()))
        assert paquete.read("texto.txt").decode() == vista.texto
        declarado = fhir.json.leer(paquete.read("declaracion.json"))
        assert declarado["texto"]["sha256"] == vista.huella
        escrito = sha256(paquete.read("documento.json")).hexdigest()
        assert declarado["documento"]["sha256"] == escrito
    impreso = tmp_path / "carta.pdf"
    impreso.write_bytes(casa.request.get(f"{direccion}pdf/").body())
    lector = PdfReader(io.BytesIO(impreso.read_bytes()))
    assert {"declaracion-2.json", "firma-2.p7s"} <= set(lector.attachments)
    dicho = " ".join(hoja.extract_text() for hoja in lector.pages)
    assert "Firmó como testigo. Firma electrónica avanzada" in " ".join(dicho.split())
    anonimo = abrir()
    anonimo.goto(f"{con_curp.url}/verificar/documento/")
    anonimo.get_by_label("PDF, o CDA con su firma").set_input_files(impreso)
    anonimo.get_by_role("button", name="Verificar").click()
    expect(anonimo.locator(".veredicto")).to_contain_text("Documento íntegro")
    expect(anonimo.locator("main")).to_contain_text("Rosa Luna Paz")
