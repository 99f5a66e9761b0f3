"""From the counter to the portal, and back in when the password is lost."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from consentimiento.notificaciones import derivacion
from consentimiento.notificaciones.derivacion import Ocasion, Tipo
from ece.identidad.models import Recuperacion, Usuario
from registros.selectors import expediente
from tests import elenco as reparto
from tests.consentimiento import asentada, servidores
from tests.consentimiento.servidores import Correo
from tests.elenco import CONTRASENA
from tests.flujos.accesible import revisar
from tests.flujos.conftest import Hospital

FRASE = "un colibri en la ventana"
OTRA_FRASE = "dos nubes sobre el cerro"


@pytest.fixture
def buzon(settings: Any, hospital: Hospital) -> Iterator[Correo]:
    with servidores.de_correo() as servidor:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", servidor.puerto
        settings.EMAIL_USE_TLS, settings.ECE_URL = False, hospital.url
        yield servidor


def invitar(abrir: Callable[..., Page], hospital: Hospital, **ventana: Any) -> str:
    """`medica` checks an identification and hands over a code."""
    pagina = abrir("medica", **ventana)
    pagina.goto(hospital.expediente("invitar/"))
    pagina.click("main button.principal")
    expect(pagina.locator("main [role=alert]").first).to_be_visible()
    revisar(pagina)
    pagina.select_option("#id_documento", "ine")
    pagina.check("#id_cotejada")
    pagina.click("main button.principal")
    codigo = pagina.locator(".codigo-grande").inner_text()
    revisar(pagina)
    return codigo


def numero(hospital: Hospital) -> str:
    """The patient has no CURP yet; their expediente number stands for it."""
    acceso = reparto.acceso_de_medica(hospital.elenco, hospital.paciente)
    return expediente.identidad(acceso)[0].expediente


def entrar(pagina: Page, hospital: Hospital, usuario: str, contrasena: str) -> None:
    pagina.goto(f"{hospital.url}/cuenta/entrar/")
    pagina.fill("#id_username", usuario)
    pagina.fill("#id_password", contrasena)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/portal/**")


def avisar() -> None:
    asentada.esperar()
    call_command("enviar_notificaciones")


def test_from_the_counter_to_the_portal(abrir: Callable[..., Page], hospital: Hospital) -> None:
    codigo = invitar(abrir, hospital, ancho=390)
    pagina = abrir(ancho=390)
    pagina.goto(f"{hospital.url}/cuenta/inscribirse/#{codigo}")
    expect(pagina.locator("#id_curp")).to_be_focused()
    assert "#" not in pagina.url
    pagina.keyboard.type("OTRA")
    pagina.fill("#id_nacimiento", "1984-05-17")
    pagina.keyboard.press("Enter")
    expect(pagina.locator("[role=alert]")).to_contain_text("No coincide")
    revisar(pagina)
    pagina.fill("#id_curp", numero(hospital))
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/inscribirse/datos/")
    revisar(pagina)
    pagina.fill("#id_usuario", "colibri-azul")
    pagina.fill("#id_contrasena", "12345678901234")
    pagina.fill("#id_otra_vez", FRASE)
    pagina.keyboard.press("Enter")
    expect(pagina.locator("[role=alert]").first).to_be_visible()
    revisar(pagina)
    pagina.fill("#id_contrasena", FRASE)
    pagina.fill("#id_otra_vez", FRASE)
    pagina.keyboard.press("Enter")
    expect(pagina.locator(".codigo-grande")).to_be_visible()
    revisar(pagina)
    entrar(pagina, hospital, "colibri-azul", FRASE)
    assert urlsplit(pagina.url).path == f"/portal/{hospital.paciente}/"


def test_a_lost_password_and_who_says_it_was_not_them(
    abrir: Callable[..., Page], hospital: Hospital, buzon: Correo
) -> None:
    derivacion.derivar(ahora=timezone.now())
    codigo = invitar(abrir, hospital)
    pagina = abrir(ancho=390)
    pagina.goto(f"{hospital.url}/cuenta/inscribirse/#{codigo}")
    pagina.fill("#id_curp", numero(hospital))
    pagina.fill("#id_nacimiento", "1984-05-17")
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/inscribirse/datos/")
    pagina.fill("#id_usuario", "colibri-azul")
    pagina.fill("#id_correo", "colibri@correo.example")
    pagina.fill("#id_contrasena", FRASE)
    pagina.fill("#id_otra_vez", FRASE)
    pagina.keyboard.press("Enter")
    rescate = pagina.locator(".codigo-grande").inner_text()
    duena = abrir()
    entrar(duena, hospital, "colibri-azul", FRASE)

    pagina.goto(f"{hospital.url}/cuenta/recuperar/")
    pagina.fill("#id_usuario", "colibri-azul")
    pagina.keyboard.press("Enter")
    expect(pagina.locator("h2")).to_have_text("Revise su correo")
    revisar(pagina)
    avisar()
    ((_, mensaje),) = buzon.recibidos
    enlace = next(linea for linea in mensaje.get_content().split() if "/recuperar/" in linea)
    pagina.goto(enlace)
    pagina.fill("#id_rescate", "0000")
    pagina.keyboard.press("Enter")
    expect(pagina.locator("[role=alert]")).to_be_visible()
    revisar(pagina)
    pagina.fill("#id_rescate", rescate)
    pagina.keyboard.press("Enter")
    expect(pagina.locator("h2")).to_contain_text("una espera")
    revisar(pagina)

    avisar()
    assert len(buzon.recibidos) == 2
    duena.goto(f"{hospital.url}/portal/{hospital.paciente}/notificaciones/")
    expect(duena.get_by_role("button", name="No fui yo: cancelar")).to_be_visible()
    revisar(duena)
    Recuperacion.objects.update(disponible_at=timezone.now())
    pagina.goto(enlace)
    revisar(pagina)
    pagina.fill("#id_contrasena", OTRA_FRASE)
    pagina.fill("#id_otra_vez", OTRA_FRASE)
    pagina.keyboard.press("Enter")
    expect(pagina.locator(".codigo-grande")).to_be_visible()
    duena.reload()
    assert "/cuenta/entrar/" in duena.url
    entrar(pagina, hospital, "colibri-azul", OTRA_FRASE)


def test_each_chooses_what_to_be_told(abrir: Callable[..., Page], hospital: Hospital) -> None:
    usuario = Usuario.objects.create_user("paciente", password=CONTRASENA)
    usuario.paciente = hospital.paciente
    usuario.save()
    ocasiones = [
        Ocasion(tipo.value, tipo, paciente=hospital.paciente)
        for tipo in (Tipo.RESULTADO, Tipo.CITA, Tipo.EMERGENCIA)
    ]
    derivacion.encolar(ocasiones, ahora=timezone.now())
    pagina = abrir(ancho=390)
    entrar(pagina, hospital, "paciente", CONTRASENA)
    pagina.get_by_role("link", name="Avisos").click()
    expect(pagina.locator(".avisos .nueva")).to_have_count(3)
    revisar(pagina)
    pagina.get_by_role("button", name="Marcar todos como leídos").click()
    expect(pagina.locator(".avisos .nueva")).to_have_count(0)
    pagina.get_by_role("link", name="Qué avisos quiero y cómo").click()
    expect(pagina.locator("#id_emergencia-portal")).to_be_disabled()
    pagina.uncheck("#id_resultado-correo")
    pagina.fill("#id_correo", "colibri@correo.example")
    pagina.fill("#id_silencio_desde", "22:00")
    pagina.click("main form button.principal")
    expect(pagina.locator("[role=alert]")).to_contain_text("desde y hasta")
    revisar(pagina)
    pagina.fill("#id_silencio_hasta", "07:00")
    pagina.click("main form button.principal")
    pagina.wait_for_url("**/notificaciones/")
    pagina.get_by_role("link", name="Qué avisos quiero y cómo").click()
    expect(pagina.locator("#id_resultado-correo")).not_to_be_checked()
    expect(pagina.locator("#id_silencio_hasta")).to_have_value("07:00:00")
