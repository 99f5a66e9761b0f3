"""The charts of vital signs, by pointer and by keyboard, beside their tables."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from registros.services import signos
from tests import elenco as reparto
from tests.elenco import AHORA
from tests.flujos.conftest import Hospital

PRESIONES = ((150, 95), (140, 90), (128, 82))


@pytest.fixture
def graficas(hospital: Hospital, abrir: Callable[..., Page]) -> Page:
    acceso = reparto.acceso_de_medica(hospital.elenco, hospital.paciente)
    for semana, (sistolica, diastolica) in enumerate(PRESIONES):
        signos.registrar(
            acceso,
            mediciones={"sistolica": Decimal(sistolica), "diastolica": Decimal(diastolica)},
            encuentro_id=None,
            ahora=AHORA + timedelta(days=7 * semana),
        )
    pagina = abrir("medica")
    pagina.goto(hospital.expediente("signos/"))
    return pagina


def test_both_blood_pressures_are_one_chart_beside_its_table(graficas: Page) -> None:
    assert graficas.locator(".grafica").count() == 1
    assert graficas.locator(".grafica polyline").count() == 2
    cifras = graficas.locator(".grafica td:last-child").all_inner_texts()
    assert cifras == ["128/82", "140/90", "150/95"]
    # Nothing drawn leaves its picture.
    marco = graficas.locator(".grafica svg").first.bounding_box()
    assert marco is not None
    for circulo in graficas.locator(".grafica svg >> nth=0 >> circle").all():
        caja = circulo.bounding_box()
        assert caja is not None
        assert marco["x"] <= caja["x"]
        assert caja["x"] + caja["width"] <= marco["x"] + marco["width"]


def test_the_pointer_and_the_arrows_show_each_value(graficas: Page) -> None:
    valores = graficas.locator(".marca .valor")
    expect(valores.nth(0)).to_be_hidden()
    graficas.locator(".marca circle").nth(0).hover()
    expect(valores.nth(0)).to_be_visible()
    expect(valores.nth(0)).to_contain_text("150/95")
    graficas.mouse.move(0, 0)

    graficas.locator(".marca").nth(2).focus()
    expect(valores.nth(2)).to_be_visible()
    graficas.keyboard.press("ArrowLeft")
    expect(graficas.locator(".marca").nth(1)).to_be_focused()
    expect(valores.nth(1)).to_be_visible()
    expect(valores.nth(2)).to_be_hidden()
    nombre = graficas.locator(".marca").nth(1).get_attribute("aria-label") or ""
    assert "140/90 mmHg" in nombre
