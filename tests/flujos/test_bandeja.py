"""What waits for a person: read, fixed, applied again or let go, by the post that attends it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from auditoria.models import Evento
from ece.identidad.models import Asignacion, Usuario
from ece.nucleo.roles import Rol
from interoperabilidad.hl7v2 import aplicador
from interoperabilidad.models import Estado, MensajeRecibido
from interoperabilidad.oauth import credenciales
from tests.cda.documentos import ccda
from tests.elenco import AHORA, CONTRASENA
from tests.flujos.accesible import revisar
from tests.flujos.bandeja_llena import llenar_bandeja
from tests.flujos.conftest import Hospital
from tests.interoperabilidad.cda.test_buzon import PACIENTE
from tests.interoperabilidad.hl7v2.conftest import interlocutores_
from tests.interoperabilidad.socios import SocioEntero

__all__ = ["interlocutores_"]


@pytest.fixture
def enlace(hospital: Hospital, abrir: Callable[..., Page]) -> Callable[..., Page]:
    """A window of `enlace`, on the desk."""
    usuario = Usuario.objects.create_user(
        "enlace", password=CONTRASENA, first_name="Olga", last_name="de Ejemplo"
    )
    Asignacion.objects.create(usuario=usuario, rol=Rol.ENLACE, desde=AHORA - timedelta(days=9))

    def entrar(**opciones: object) -> Page:
        pagina = abrir(**opciones)
        pagina.get_by_label("Usuario").fill("enlace")
        pagina.get_by_label("Contraseña", exact=True).fill(CONTRASENA)
        pagina.keyboard.press("Enter")
        pagina.wait_for_url("**/clinica/convenios/")
        pagina.get_by_role("link", name="Bandeja de mensajes").click()
        pagina.wait_for_url("**/clinica/bandeja/")
        return pagina

    return entrar


@pytest.fixture
def llena(interlocutores_: None) -> None:
    llenar_bandeja()


def test_un_mensaje_se_corrige_y_se_aplica(enlace: Callable[..., Page], llena: None) -> None:
    pagina = enlace()
    entrada = pagina.get_by_role("region", name="Entrada")
    expect(entrada).to_contain_text("No está el paciente")
    expect(entrada).to_contain_text("El número es aquí de otra persona")
    assert "HERNANDEZ" not in pagina.content()
    entrada.get_by_role("link", name="ORU^R01").click()
    expect(pagina.locator("main")).to_contain_text("identificadores de PID-3")
    texto = pagina.get_by_role("textbox", name="Mensaje")
    texto.fill(texto.input_value().replace("000132", ""))
    pagina.get_by_role("button", name="Corregir y aplicar").click()
    expect(pagina.locator("main [role=alert]")).to_contain_text("PID-3")
    texto.fill(texto.input_value().replace("PID|1||^", "PID|1||000123^"))
    pagina.get_by_role("button", name="Corregir y aplicar").click()
    pagina.wait_for_url("**/clinica/bandeja/")
    aplicador.aplicar_lote()
    corregido = MensajeRecibido.objects.get(canal="persona")
    assert corregido.estado == Estado.APLICADO
    assert MensajeRecibido.objects.get(orden=corregido.corrige).estado == Estado.DESCARTADO
    assert Evento.objects.filter(tipo="mensaje.corregido").count() == 1
    assert Evento.objects.filter(tipo="mensaje.abierto").exists()


def test_se_responde_por_uno_y_se_descarta_otro(enlace: Callable[..., Page], llena: None) -> None:
    pagina = enlace(ancho=390, esquema="dark")
    entrada = pagina.get_by_role("region", name="Entrada")
    entrada.get_by_role("link", name="ADT^A08").click()
    pagina.get_by_role("button", name="Es la misma persona").click()
    pagina.wait_for_url("**/clinica/bandeja/")
    aplicador.aplicar_lote()
    assert MensajeRecibido.objects.filter(estado=Estado.APLICADO).count() == 2
    pagina.get_by_role("link", name="Rechazados", exact=True).click()
    pagina.get_by_role("region", name="Entrada").get_by_role("link", name="ADT^A08").click()
    expect(pagina.locator("main")).to_contain_text("ayer")
    pagina.get_by_role("button", name="Descartar").click()
    expect(pagina.locator("main [role=alert]")).to_contain_text("Diga por qué")
    pagina.get_by_label("Por qué no se aplica").fill("El remitente lo envió de nuevo")
    pagina.get_by_role("button", name="Descartar").click()
    expect(pagina.locator("[role=status]").first).to_contain_text("se conserva como llegó")


def test_un_documento_de_quien_no_esta_se_lee_y_se_archiva(
    enlace: Callable[..., Page], clientes: None
) -> None:
    socio = SocioEntero("integracion")
    credenciales.olvidar()
    assert socio.http.post("/cda/", ccda(), content_type="text/xml").status_code == 202
    pagina = enlace()
    entrada = pagina.get_by_role("region", name="Entrada")
    expect(entrada).to_contain_text("No está el paciente")
    entrada.get_by_role("link", name="CDA R2").click()
    expect(pagina.locator("pre.mensaje")).to_contain_text("Penicilina")
    expect(pagina.get_by_role("button", name="Corregir y aplicar")).to_have_count(0)
    revisar(pagina)
    pagina.get_by_role("button", name="Aplicar de nuevo").click()
    expect(pagina.locator("[role=status]").first).to_contain_text("Se intentó archivar")
    socio.crear(PACIENTE)
    pagina.get_by_role("region", name="Entrada").get_by_role("link", name="CDA R2").click()
    pagina.get_by_role("button", name="Aplicar de nuevo").click()
    pagina.wait_for_url("**/clinica/bandeja/")
    assert MensajeRecibido.objects.get(familia="CDA").estado == Estado.APLICADO


def test_no_es_para_otros_puestos(hospital: Hospital, abrir: Callable[..., Page]) -> None:
    pagina = abrir("medica")
    respuesta = pagina.goto(f"{hospital.url}/clinica/bandeja/")
    assert respuesta is not None
    assert respuesta.status == 404
