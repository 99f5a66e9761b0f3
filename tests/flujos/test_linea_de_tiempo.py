"""The timeline by keyboard, with and without scripts."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect

from registros.services import alergias, signos
from registros.services.alergias import Categoria, Criticidad
from tests import elenco as reparto
from tests.elenco import AHORA, CONTRASENA
from tests.flujos.conftest import Hospital

MEDICIONES = 40


@pytest.fixture
def historia(hospital: Hospital) -> None:
    acceso = reparto.acceso_de_medica(hospital.elenco, hospital.paciente)
    for dias in range(MEDICIONES):
        peso = Decimal(60) + Decimal(dias) / 10
        ahora = AHORA - timedelta(days=dias)
        signos.registrar(acceso, mediciones={"peso": peso}, encuentro_id=None, ahora=ahora)
    alergias.registrar(
        acceso,
        sustancia="Penicilina",
        categoria=Categoria.MEDICAMENTO,
        criticidad=Criticidad.ALTA,
        reaccion="Urticaria",
        ahora=AHORA,
    )


def titulos(pagina: Page) -> list[str]:
    return pagina.locator("#linea li:not(.dia, .mas)").all_inner_texts()


def test_focus_goes_to_the_first_of_what_was_loaded(
    historia: None, abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("medica")
    pagina.goto(hospital.expediente())
    antes = len(titulos(pagina))
    pagina.focus("[data-anteriores]")
    pagina.keyboard.press("Enter")
    expect(pagina.locator("#linea li:not(.dia, .mas)").nth(antes)).to_be_visible()
    enfocado = pagina.locator(f"#linea li:not(.dia, .mas) >> nth={antes}").locator("a")
    expect(enfocado).to_be_focused()
    # A day is announced once, however many pages it spans.
    dias = pagina.locator("#linea .dia").all_inner_texts()
    assert len(dias) == len(set(dias))


def test_the_filter_in_force_says_so_and_keeps_the_focus(
    historia: None, abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("medica")
    pagina.goto(hospital.expediente())
    expect(pagina.locator(".filtros [aria-current=true]")).to_have_text("Todo")
    pagina.focus("#filtro-AllergyIntolerance")
    pagina.keyboard.press("Enter")
    expect(pagina.locator(".filtros [aria-current=true]")).to_have_text("Alergia")
    expect(pagina.locator("#filtro-AllergyIntolerance")).to_be_focused()
    expect(pagina.locator("#anuncio")).to_have_text("Línea de tiempo: Alergia")
    (unica,) = titulos(pagina)
    assert "Penicilina" in unica


def test_without_scripts_filters_and_pages_are_links(
    historia: None, navegador: Browser, hospital: Hospital
) -> None:
    contexto = navegador.new_context(java_script_enabled=False, locale="es-MX")
    pagina = contexto.new_page()
    pagina.goto(f"{hospital.url}/")
    pagina.fill("#id_username", "medica")
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/clinica/")
    pagina.goto(hospital.expediente())
    primeros = titulos(pagina)
    pagina.click("#filtro-Observation")
    expect(pagina.locator(".filtros [aria-current=true]")).to_have_text("Medición")
    pagina.click("[data-anteriores]")
    expect(pagina.locator(".filtros [aria-current=true]")).to_have_text("Medición")
    assert not set(titulos(pagina)) & set(primeros)
    contexto.close()


def test_a_session_that_ended_leads_to_the_door_and_back(
    historia: None, abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("medica")
    pagina.goto(hospital.expediente())
    pagina.context.clear_cookies()
    pagina.click("#filtro-AllergyIntolerance")
    pagina.wait_for_url(re.compile(r"/cuenta/entrar/\?next=/clinica/"))
