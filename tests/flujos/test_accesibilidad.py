"""WCAG 2.2 AA on every page, at both widths and in both schemes."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.flujos.conftest import Hospital

REGLAS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}
DEL_EXPEDIENTE = (
    "", "identificacion/", "signos/", "registrar/alergia/", "registrar/diagnostico/",
    "registrar/receta/", "notas/nueva/evolucion/", "registros/Patient/{paciente}/",
)  # fmt: skip


def revisar(pagina: Page) -> None:
    faltas = Axe().run(pagina, options=REGLAS)
    assert not faltas.violations_count, f"{pagina.url}\n{faltas.generate_report()}"
    ancho = pagina.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert ancho[0] <= ancho[1], f"{pagina.url} se desborda: {ancho}"


@pytest.mark.parametrize("esquema", ["light", "dark"])
@pytest.mark.parametrize("ancho", [390, 1280])
def test_no_page_fails_axe(
    abrir: Callable[..., Page], hospital: Hospital, ancho: int, esquema: str
) -> None:
    revisar(abrir(ancho=ancho, esquema=esquema))

    pagina = abrir("medica", ancho=ancho, esquema=esquema)
    revisar(pagina)
    pagina.keyboard.press("?")
    revisar(pagina)
    pagina.keyboard.press("Escape")
    pagina.keyboard.press("/")
    pagina.keyboard.type("iba")
    pagina.wait_for_selector("#encontrados [role=option]")
    revisar(pagina)
    for resto in DEL_EXPEDIENTE:
        pagina.goto(hospital.expediente(resto.format(paciente=hospital.paciente)))
        revisar(pagina)
    pagina.goto(hospital.expediente("notas/nueva/evolucion/"))
    pagina.click("main button.principal")
    pagina.wait_for_selector("#nota")
    revisar(pagina)
    pagina.click("#terminar")
    revisar(pagina)
    pagina.goto(f"{hospital.url}/clinica/no-existe/")
    revisar(pagina)

    pagina = abrir("archivo", ancho=ancho, esquema=esquema)
    pagina.goto(f"{hospital.url}/clinica/pacientes/nuevo/")
    revisar(pagina)
    pagina.click("main button.principal")
    revisar(pagina)
