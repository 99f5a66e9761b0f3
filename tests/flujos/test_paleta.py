"""The palette of commands, the sheet of shortcuts, and what a lost connection looks like."""

import io
import json
from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tests.elenco import CONTRASENA
from tests.flujos.conftest import Hospital


def opciones(pagina: Page) -> list[str]:
    return pagina.locator("#paleta [role=option] > span:first-child").all_text_contents()


def test_from_any_page_to_a_person_by_name(abrir: Callable[..., Page], hospital: Hospital) -> None:
    pagina = abrir("medica")
    pagina.keyboard.press("Control+k")
    expect(pagina.locator("#paleta-texto")).to_be_focused()
    pagina.keyboard.type("ibanez")
    expect(pagina.get_by_role("option", name="Xóchitl Ibáñez Peña")).to_be_visible()
    pagina.keyboard.press("Enter")
    pagina.wait_for_url(hospital.expediente())


def test_what_can_be_done_with_this_patient_from_wherever_one_reads(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("medica")
    pagina.goto(hospital.expediente(f"registros/Patient/{hospital.paciente}/"))
    pagina.keyboard.press("Control+k")
    for nombre in ("Nota de evolución", "Recetar", "Signos vitales", "Inicio"):
        assert nombre in opciones(pagina)
    # Each once, though the chart has a button for it too; accents and order of words do not count.
    assert len(opciones(pagina)) == len(set(opciones(pagina)))
    pagina.keyboard.type("evolucion nota")
    expect(pagina.locator("#paleta [aria-selected=true]")).to_contain_text("Nota de evolución")
    marcada = pagina.locator("#paleta-texto").get_attribute("aria-activedescendant")
    assert pagina.locator(f"#{marcada}").get_attribute("aria-selected") == "true"
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/notas/nueva/evolucion/")

    pagina.keyboard.press("Control+k")
    pagina.keyboard.type("zzz")
    expect(pagina.locator("[data-nada]")).to_be_visible()
    pagina.keyboard.press("Escape")
    expect(pagina.locator("#paleta")).to_be_hidden()


def test_nobody_is_offered_what_their_post_does_not_include(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("archivo")
    pagina.goto(hospital.expediente("identificacion/"))
    pagina.keyboard.press("Control+k")
    assert "Registrar paciente" in opciones(pagina)
    assert not {"Recetar", "Nota de evolución", "Mis fragmentos de texto"} & set(opciones(pagina))


def test_in_english_too(abrir: Callable[..., Page], hospital: Hospital) -> None:
    pagina = abrir("medica")
    pagina.get_by_role("button", name="English").click()
    pagina.goto(hospital.expediente())
    pagina.keyboard.press("Control+k")
    pagina.keyboard.type("progress")
    expect(pagina.locator("#paleta [aria-selected=true]")).to_contain_text("Progress note")
    pagina.keyboard.press("Escape")
    pagina.keyboard.press("?")
    hoja = pagina.locator("#atajos")
    expect(hoja.get_by_role("heading", name="On this page")).to_be_visible()
    expect(hoja.locator("[data-de-aqui] li").filter(has_text="Prescribe")).to_contain_text("r")


def test_single_keys_never_fire_while_one_writes_and_can_be_turned_off(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("medica")
    pagina.goto(hospital.expediente())
    pagina.keyboard.press("/")
    pagina.keyboard.type("nsr?")
    expect(pagina.locator("#buscar")).to_have_value("nsr?")
    pagina.locator("#buscar").evaluate("campo => campo.blur()")
    pagina.keyboard.press("?")
    pagina.keyboard.press("s")  # not with a dialog open
    pagina.get_by_label("Atajos de una sola tecla").uncheck()
    pagina.keyboard.press("Escape")
    pagina.keyboard.press("s")
    pagina.keyboard.press("?")  # the way back stays
    pagina.get_by_label("Atajos de una sola tecla").check()
    pagina.keyboard.press("Escape")
    assert pagina.url == hospital.expediente()
    pagina.keyboard.press("s")
    pagina.wait_for_url(hospital.expediente("signos/"))


@pytest.fixture
def editor(abrir: Callable[..., Page], hospital: Hospital) -> Page:
    pagina = abrir("medica")
    pagina.goto(hospital.expediente("notas/nueva/evolucion/"))
    pagina.click("main button.principal")
    pagina.wait_for_selector("#nota")
    pagina.wait_for_load_state()
    return pagina


def test_without_a_connection_it_says_so_keeps_what_is_written_and_sends_it_later(
    editor: Page,
) -> None:
    aviso = editor.locator("#sin-conexion")
    expect(aviso).to_be_hidden()
    editor.context.set_offline(True)
    expect(aviso).to_be_visible()
    editor.fill("[name=evolucion]", "Refiere mejoría.")
    expect(editor.locator("#estado")).to_contain_text("Sin conexión")
    guardado = editor.evaluate("() => JSON.stringify(localStorage)")
    assert json.loads(guardado)
    assert "mejor" not in guardado
    editor.context.set_offline(False)
    # At once, not at the next try.
    expect(aviso).to_be_hidden()
    expect(editor.locator("#estado")).to_have_text("Guardado", timeout=3_000)
    editor.reload()
    expect(editor.locator("[name=evolucion]")).to_have_value("Refiere mejoría.")


def test_a_note_finished_elsewhere_gives_back_what_never_reached_it(
    editor: Page, abrir: Callable[..., Page]
) -> None:
    call_command("cargar_catalogos", stdout=io.StringIO())
    otra = abrir("medica")
    otra.goto(editor.url)
    editor.route("**/guardar/", lambda ruta: ruta.abort())
    editor.fill("[name=pronostico]", "Reservado hasta ver el estudio.")
    editor.wait_for_function("() => localStorage.length === 1")
    for campo in ("evolucion", "pronostico", "tratamiento"):
        otra.fill(f"[name={campo}]", "Bien.")
    otra.evaluate(
        "() => { const d = document.querySelector('[name=diagnosticos]');"
        "d.value = JSON.stringify([{clave: 'E119', texto: 'x'}]);"
        "d.dispatchEvent(new CustomEvent('recuperado')) }"
    )
    otra.keyboard.press("Control+Enter")
    otra.wait_for_selector("#contrasena:focus")
    otra.keyboard.type(CONTRASENA)
    otra.keyboard.press("Enter")
    expect(otra.get_by_role("link", name="Imprimir (PDF)")).to_be_visible()

    editor.reload()
    rescate = editor.locator("#rescate")
    expect(rescate).to_contain_text("Reservado hasta ver el estudio.")
    rescate.get_by_role("button", name="Ponerlo en una adenda").click()
    expect(editor.locator("#id_texto")).to_have_value("Reservado hasta ver el estudio.")
    rescate.get_by_role("button", name="Borrarlo de este equipo").click()
    expect(rescate).to_be_hidden()
    assert editor.evaluate("localStorage.length") == 0
