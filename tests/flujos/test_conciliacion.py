"""A document from another hospital: read, and what it says taken in with the keyboard alone."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import Page, expect

from ece import cda
from registros.selectors import expediente
from registros.services import alergias
from registros.services.alergias import Categoria, Criticidad
from tests.cda.documentos import ccda
from tests.cda.test_giis import reprueba
from tests.elenco import AHORA, CONTRASENA, acceso_de_medica
from tests.flujos.accesible import revisar
from tests.flujos.conftest import Hospital
from tests.registros.test_conciliacion import agregar

CAPTURAS = os.environ.get("ECE_CAPTURAS_DE_CDA", "")


def capturar(pagina: Page, nombre: str) -> None:
    if CAPTURAS:
        pagina.screenshot(path=Path(CAPTURAS) / f"{nombre}.png", full_page=True)


def pulsar(pagina: Page, texto: str) -> None:
    """Tab until that button has the focus, and press Enter."""
    for _ in range(60):
        pagina.keyboard.press("Tab")
        if pagina.evaluate("document.activeElement.textContent.trim()") == texto:
            pagina.keyboard.press("Enter")
            return
    raise AssertionError(f"no se llega con el teclado a {texto!r}")


def test_se_concilia_con_el_teclado(hospital: Hospital, abrir: Callable[..., Page]) -> None:
    acceso = acceso_de_medica(hospital.elenco, hospital.paciente)
    documento = agregar(acceso, ccda())
    pagina = abrir("medica")
    pagina.goto(hospital.expediente(f"documentos/{documento}/"))
    expect(pagina.locator(".documento-clinico")).to_contain_text("Penicilina: urticaria")
    capturar(pagina, "documento-1280")
    pagina.get_by_role("link", name="Conciliar sus datos").focus()
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/conciliar/")
    expect(pagina.locator("main")).to_contain_text("6 datos por decidir")
    revisar(pagina)
    capturar(pagina, "conciliar-1280")
    pagina.locator("#t-conciliar").evaluate("e => { e.tabIndex = -1; e.focus(); }")
    pulsar(pagina, "Incorporar")
    expect(pagina.locator("[role=status]").first).to_contain_text("con su procedencia")
    expect(pagina.locator(".conciliacion .hecho")).to_contain_text("Penicilina")
    expect(pagina.locator("main")).to_contain_text("5 datos por decidir")
    assert [a.titulo for a in expediente.alergias(acceso)] == ["Penicilina"]


def test_en_el_telefono_lo_que_ya_esta_se_suma(
    hospital: Hospital, abrir: Callable[..., Page]
) -> None:
    acceso = acceso_de_medica(hospital.elenco, hospital.paciente)
    alergias.registrar(
        acceso,
        sustancia="Penicilina",
        categoria=Categoria.MEDICAMENTO,
        criticidad=Criticidad.ALTA,
        reaccion="",
        ahora=AHORA,
    )
    documento = agregar(acceso, ccda())
    pagina = abrir("medica", ancho=390, esquema="dark")
    pagina.goto(hospital.expediente(f"documentos/{documento}/conciliar/"))
    tarjeta = pagina.locator(".conciliacion > li").filter(has_text="Penicilina")
    expect(tarjeta).to_contain_text("Parece que ya está")
    tarjeta.get_by_text("No incorporarlo").click()
    revisar(pagina)
    capturar(pagina, "conciliar-390")
    ancho = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert pagina.evaluate(ancho)
    tarjeta.get_by_role("button", name="Sumar").click()
    expect(pagina.locator(".conciliacion .hecho")).to_contain_text("Sumado a uno que ya estaba")
    pagina.goto(hospital.expediente(f"documentos/{documento}/"))
    revisar(pagina)
    capturar(pagina, "documento-390")
    assert pagina.evaluate(ancho)


def test_el_resumen_para_otra_institucion(hospital: Hospital, abrir: Callable[..., Page]) -> None:
    pagina = abrir("medica")
    pagina.goto(hospital.expediente("imprimir/"))
    if pagina.url.endswith("/confirmar/") or "confirmar" in pagina.url:
        pagina.get_by_label("Contraseña", exact=True).fill(CONTRASENA)
        pagina.keyboard.press("Enter")
    capturar(pagina, "imprimir-1280")
    pagina.get_by_label("Resumen clínico para otra institución").check()
    with pagina.expect_download() as bajada:
        pagina.locator("main form button.principal").click()
    assert bajada.value.suggested_filename == "resumen-cda.zip"
    traido = cda.partir(Path(bajada.value.path()).read_bytes(), limite=10_000_000)
    documento = traido.documento
    assert reprueba(documento) == []
    assert cda.leer(documento).persona.apellidos == ("Ibáñez", "Peña")
    quien = etree.fromstring(documento).find(".//{urn:hl7-org:v3}legalAuthenticator")
    assert quien is not None


@pytest.mark.parametrize("ancho", [390])
def test_de_otra_persona_se_dice(
    hospital: Hospital, abrir: Callable[..., Page], ancho: int
) -> None:
    acceso = acceso_de_medica(hospital.elenco, hospital.paciente)
    documento = agregar(acceso, ccda(quien=("Pedro", "Canul Pech", "19700101", "M")))
    pagina = abrir("medica", ancho=ancho)
    pagina.goto(hospital.expediente(f"documentos/{documento}/conciliar/"))
    expect(pagina.locator("main [role=alert]")).to_contain_text("dice ser de otra persona")
    expect(pagina.get_by_role("button", name="Incorporar")).to_have_count(0)
    revisar(pagina)
