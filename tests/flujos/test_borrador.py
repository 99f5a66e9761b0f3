"""What is written is not lost, and the desk says truly why it is not saved yet."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.elenco import CONTRASENA
from tests.flujos.conftest import Hospital

PALABRAS = "Refiere mejoría; duerme bien y camina treinta minutos al día."


@pytest.fixture
def editor(abrir: Callable[..., Page], hospital: Hospital) -> Page:
    pagina = abrir("medica")
    pagina.goto(hospital.expediente("notas/nueva/evolucion/"))
    pagina.click("main button.principal")
    pagina.wait_for_selector("#nota")
    pagina.wait_for_load_state()
    return pagina


def guardado_aqui(pagina: Page) -> str | None:
    clave = pagina.locator("#nota").get_attribute("data-nota")
    guardado: str | None = pagina.evaluate(
        "c => { const k = Object.keys(localStorage).find(k => k.startsWith(c)); "
        "return k ? localStorage[k] : null }",
        f"nota:{clave}:",
    )
    return guardado


def test_what_was_written_survives_a_crash(editor: Page) -> None:
    # The server is out of reach, and then the window dies.
    editor.route("**/guardar/", lambda ruta: ruta.abort())
    editor.fill("[name=evolucion]", PALABRAS)
    expect(editor.locator("#estado")).to_contain_text("Sin conexión")
    # What is kept in the browser tells nothing to whoever finds it.
    editor.wait_for_function("() => localStorage.length === 1")
    assert "mejor" not in (guardado_aqui(editor) or "mejor")
    otra = editor.context.new_page()
    direccion = editor.url
    editor.close()
    otra.goto(direccion)
    expect(otra.locator("[name=evolucion]")).to_have_value(PALABRAS)
    expect(otra.locator("#estado")).to_have_text("Guardado")
    otra.wait_for_function("() => localStorage.length === 0")


def test_a_server_that_fails_is_not_called_a_lost_connection(editor: Page) -> None:
    editor.route("**/guardar/", lambda ruta: ruta.fulfill(status=500, body="<h1>500</h1>"))
    editor.fill("[name=evolucion]", PALABRAS)
    expect(editor.locator("#estado")).to_contain_text("El servidor falló al guardar")
    assert guardado_aqui(editor)
    editor.unroute("**/guardar/")
    # The next try comes by itself, some seconds later.
    expect(editor.locator("#estado")).to_have_text("Guardado", timeout=20_000)


def test_a_session_that_ended_offers_to_sign_in_and_loses_nothing(editor: Page) -> None:
    editor.context.clear_cookies()
    editor.fill("[name=evolucion]", PALABRAS)
    expect(editor.locator("#estado")).to_contain_text("La sesión terminó")
    assert guardado_aqui(editor)

    with editor.context.expect_page() as abierta:
        editor.get_by_role("link", name="Entrar de nuevo").click()
    puerta = abierta.value
    puerta.wait_for_selector("#id_username:focus")
    puerta.fill("#id_username", "medica")
    puerta.fill("#id_password", CONTRASENA)
    puerta.keyboard.press("Enter")
    puerta.wait_for_url("**/clinica/")
    puerta.close()

    editor.evaluate("dispatchEvent(new Event('focus'))")
    expect(editor.locator("#estado")).to_have_text("Guardado")
    editor.reload()
    expect(editor.locator("[name=evolucion]")).to_have_value(PALABRAS)
