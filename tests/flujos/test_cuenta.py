"""Signing in and out as people do: passkeys, codes, a screen left alone, a dismissal."""

import base64
import time
from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import Page, expect

from ece.identidad.models import Usuario
from ece.identidad.services import codigos, personas
from ece.nucleo.roles import Permiso, Rol
from tests.elenco import CONTRASENA
from tests.flujos.accesible import revisar
from tests.flujos.conftest import Hospital
from tests.identidad.gobierno import alcance_de, gobierno

Abrir = Callable[..., Page]
PALABRAS = "Refiere mejoría; duerme bien."


def con_autenticador(pagina: Page) -> None:
    """A device that makes passkeys and always recognises its owner."""
    cdp = pagina.context.new_cdp_session(pagina)
    cdp.send("WebAuthn.enable")
    opciones = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    opciones |= {"hasUserVerification": True, "isUserVerified": True}
    opciones["automaticPresenceSimulation"] = True
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": opciones})


def salir(pagina: Page) -> None:
    pagina.locator(".barra").get_by_role("button", name="Salir").click()
    pagina.wait_for_url("**/cuenta/entrar/")


def con_contrasena(pagina: Page) -> None:
    pagina.fill("#id_username", "medica")
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")


def test_a_passkey_opens_the_door_and_the_locked_screen(abrir: Abrir, hospital: Hospital) -> None:
    pagina = abrir("medica")
    con_autenticador(pagina)
    pagina.goto(f"{hospital.url}/cuenta/")
    pagina.get_by_role("button", name="Agregar este equipo").click()
    expect(pagina.get_by_text("Llave de acceso guardada")).to_be_visible()
    expect(pagina.get_by_text("Chrome · Linux").first).to_be_visible()
    revisar(pagina)
    salir(pagina)
    pagina.get_by_role("button", name="Usar mi llave de acceso").click()
    pagina.wait_for_url("**/clinica/")
    pagina.clock.install()
    pagina.reload()
    pagina.clock.fast_forward("11:00")
    dialogo = pagina.get_by_role("dialog", name="Pantalla bloqueada")
    dialogo.get_by_role("button", name="Usar mi llave de acceso").click()
    expect(dialogo).to_be_hidden()
    pagina.goto(f"{hospital.url}/cuenta/confirmar/?next=/cuenta/")
    revisar(pagina)
    pagina.get_by_role("button", name="Usar mi llave de acceso").click()
    pagina.wait_for_url("**/cuenta/")
    pagina.get_by_role("button", name="Quitar la llave").click()
    expect(pagina.get_by_text("Llave de acceso quitada.")).to_be_visible()


def test_a_code_is_asked_of_whoever_has_a_generator(abrir: Abrir, hospital: Hospital) -> None:
    pagina = abrir("medica", ancho=390)
    pagina.goto(f"{hospital.url}/cuenta/generador/")
    clave = pagina.locator(".clave").inner_text().replace(" ", "")

    def codigo(mas: int = 0) -> str:
        paso = int(time.time()) // codigos.PASO + mas
        return codigos.en(base64.b32decode(clave), paso)

    pagina.fill("#id_codigo", codigo())
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_text("al entrar se le pedirá un código")).to_be_visible()
    pagina.get_by_role("button", name="Generar otros").click()
    expect(pagina.locator(".codigos li")).to_have_count(codigos.RECUPERACION)
    revisar(pagina)
    suelto = pagina.locator(".codigos li").first.inner_text()
    salir(pagina)
    con_contrasena(pagina)
    pagina.wait_for_url("**/cuenta/entrar/codigo/**")
    revisar(pagina)
    pagina.goto(f"{hospital.url}/clinica/")  # the password alone opens nothing
    pagina.wait_for_url("**/cuenta/entrar/**")
    con_contrasena(pagina)
    pagina.fill("#id_codigo", "000000")
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_text("El código no es correcto o ya se usó.")).to_be_visible()
    revisar(pagina)
    pagina.fill("#id_codigo", codigo(1))
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/clinica/")
    salir(pagina)
    con_contrasena(pagina)
    pagina.fill("#id_codigo", suelto)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/clinica/")


def test_a_screen_left_alone_is_covered_and_keeps_what_was_written(
    abrir: Abrir, hospital: Hospital
) -> None:
    pagina = abrir("medica")
    pagina.clock.install()
    pagina.goto(hospital.expediente("notas/nueva/evolucion/"))
    pagina.click("main button.principal")
    pagina.wait_for_selector("#nota")
    pagina.wait_for_load_state()
    pagina.route("**/guardar/", lambda ruta: ruta.abort())
    pagina.fill("[name=evolucion]", PALABRAS)
    with pagina.expect_response("**/cuenta/bloquear/"):
        pagina.clock.fast_forward("11:00")
        pagina.clock.run_for(60_000)
    dialogo = pagina.get_by_role("dialog", name="Pantalla bloqueada")
    expect(dialogo).to_be_visible()
    revisar(pagina)
    pagina.keyboard.press("Escape")
    pagina.keyboard.press("Escape")
    expect(dialogo).to_be_visible()
    # The server is locked as well, in every window.
    otra = pagina.context.new_page()
    otra.goto(hospital.expediente())
    otra.wait_for_url("**/cuenta/desbloquear/**")
    otra.close()
    pagina.fill("#bloqueo-contrasena", "no es esta")
    pagina.keyboard.press("Enter")
    expect(dialogo.get_by_text("La contraseña no es correcta.")).to_be_visible()
    pagina.unroute("**/guardar/")
    pagina.fill("#bloqueo-contrasena", CONTRASENA)
    pagina.keyboard.press("Enter")
    expect(dialogo).to_be_hidden()
    expect(pagina.locator("[name=evolucion]")).to_have_value(PALABRAS)
    expect(pagina.locator("#estado")).to_have_text("Guardado")


def test_whoever_is_dismissed_is_out_at_the_next_click(abrir: Abrir, hospital: Hospital) -> None:
    pagina, otra = abrir("medica"), abrir("medica")
    pagina.goto(hospital.expediente())
    otra.goto(hospital.expediente())
    alcance = alcance_de(gobierno(Rol.SISTEMAS), Permiso.ASIGNACION_OTORGAR)
    medica = Usuario.objects.get(username="medica")
    personas.dar_de_baja(alcance, persona_id=medica.pk, ahora=timezone.now())
    pagina.locator(f"main a[href*='{hospital.paciente}']:visible").first.click()
    pagina.wait_for_url("**/cuenta/entrar/**")
    otra.fill("#buscar", "iba")  # a piece, by htmx
    otra.wait_for_url("**/cuenta/entrar/**")
    con_contrasena(otra)
    expect(otra.get_by_role("alert")).to_be_visible()


def test_sign_out_everywhere(abrir: Abrir, hospital: Hospital) -> None:
    aqui, alla = abrir("medica"), abrir("medica")
    aqui.goto(f"{hospital.url}/cuenta/")
    aqui.get_by_role("button", name="Cerrar todas las demás").click()
    expect(aqui.get_by_text("Se cerraron todas las demás sesiones.")).to_be_visible()
    alla.goto(f"{hospital.url}/clinica/")
    alla.wait_for_url("**/cuenta/entrar/**")


def test_somebody_is_invited_given_a_post_and_enters(abrir: Abrir, hospital: Hospital) -> None:
    gobierno(Rol.SISTEMAS)
    sistemas = abrir()
    sistemas.fill("#id_username", "sistemas")
    sistemas.fill("#id_password", CONTRASENA)
    sistemas.keyboard.press("Enter")
    sistemas.wait_for_url("**/cuenta/personas/")
    for campo, valor in (("usuario", "ines"), ("nombres", "Inés"), ("apellidos", "Robles")):
        sistemas.fill(f"#id_{campo}", valor)
    sistemas.keyboard.press("Enter")
    enlace = sistemas.locator(".enlace kbd").inner_text()
    revisar(sistemas)
    sistemas.get_by_role("link", name="Inés Robles").click()
    sistemas.select_option("#id_rol", "privacidad")
    sistemas.get_by_role("button", name="Dar el puesto").click()
    expect(sistemas.get_by_text("Este puesto lleva plazo")).to_be_visible()
    revisar(sistemas)
    sistemas.select_option("#id_rol", "archivo")
    sistemas.get_by_role("button", name="Dar el puesto").click()
    expect(sistemas.get_by_text("Puesto registrado.")).to_be_visible()
    nueva = abrir()
    nueva.goto(enlace)
    nueva.fill("#id_contrasena", "una frase larga y propia 2026")
    nueva.fill("#id_otra_vez", "una frase larga y propia 2026")
    nueva.keyboard.press("Enter")
    nueva.wait_for_url("**/cuenta/entrar/")
    nueva.fill("#id_username", "ines")
    nueva.fill("#id_password", "una frase larga y propia 2026")
    nueva.keyboard.press("Enter")
    nueva.wait_for_url("**/clinica/")
    nueva.goto(enlace)
    expect(nueva.get_by_role("heading", name="Este enlace ya no sirve")).to_be_visible()
