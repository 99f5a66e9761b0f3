"""The boxes that look up while one types: what they ask, and what Enter takes."""

import io
import json
from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, Request, expect

from tests.flujos.conftest import Hospital

OPCIONES = "#dx-opciones [role=option]"


@pytest.fixture
def editor(abrir: Callable[..., Page], hospital: Hospital) -> Page:
    call_command("cargar_catalogos", stdout=io.StringIO())
    pagina = abrir("medica")
    pagina.goto(hospital.expediente("notas/nueva/evolucion/"))
    pagina.click("main button.principal")
    pagina.wait_for_selector("#nota")
    pagina.wait_for_load_state()
    return pagina


def test_what_is_written_is_asked_once(editor: Page) -> None:
    pedidas: list[Request] = []
    editor.on("request", lambda r: pedidas.append(r) if "/cie10/" in r.url else None)
    editor.fill("#dx", "diabetes tipo 2")
    editor.wait_for_selector(OPCIONES)
    editor.wait_for_timeout(1_000)
    assert len(pedidas) == 1


def test_enter_takes_what_the_arrows_point_at_though_the_answer_comes_again(editor: Page) -> None:
    editor.fill("#dx", "diabetes")
    editor.wait_for_selector(OPCIONES)
    expect(editor.locator(f"{OPCIONES}[aria-selected=true]")).to_have_count(0)
    for _ in range(3):
        editor.press("#dx", "ArrowDown")
    elegida = editor.locator(OPCIONES).nth(2)
    expect(elegida).to_have_attribute("aria-selected", "true")
    clave = elegida.get_attribute("data-clave")
    with editor.expect_response("**/cie10/**"):
        editor.locator("#dx").dispatch_event("temprano")
    expect(editor.locator("#dx")).not_to_have_class("htmx-request")
    expect(elegida).to_have_attribute("aria-selected", "true")
    editor.press("#dx", "Enter")
    tomadas = json.loads(editor.locator("[name=diagnosticos]").input_value())
    assert [una["clave"] for una in tomadas] == [clave]


def test_enter_pressed_too_soon_takes_the_first_of_what_was_written(editor: Page) -> None:
    editor.fill("#dx", "hipertension esencial")
    editor.press("#dx", "Enter")
    expect(editor.locator("[data-diagnosticos] li")).to_have_count(1)
    expect(editor.locator("[data-diagnosticos] li")).to_contain_text("I10")
