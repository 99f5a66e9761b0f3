"""Whoever takes the chair of somebody who left finds nothing of them."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.flujos.conftest import Hospital


def test_going_back_after_leaving_shows_nothing(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("medica")
    pagina.goto(hospital.expediente())
    pagina.wait_for_selector("text=Xóchitl")
    pagina.goto(hospital.expediente("problemas/"))
    pagina.wait_for_selector("text=Xóchitl")
    salir = pagina.locator("form[action*='salir'] button").first
    if not salir.is_visible():
        pagina.locator("summary:has-text('Elena')").first.click()
    salir.click()
    pagina.wait_for_selector("#id_username")
    for _ in range(3):
        pagina.go_back()
        pagina.wait_for_selector("#id_username")
        assert "Xóchitl" not in pagina.content()
        assert str(hospital.paciente) not in pagina.title()
