"""An evaluation in a browser: drawn, read, judged, scored, with a link to what lacks."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from registros.selectors import expediente
from registros.services import notas
from registros.services.notas import Contenido
from tests import elenco as reparto
from tests.elenco import AHORA, CONTRASENA
from tests.flujos.conftest import Hospital
from tests.flujos.expediente_lleno import DIABETES, TEXTOS, muestreada


@pytest.fixture
def evaluadora(abrir: Callable[..., Page], hospital: Hospital) -> Page:
    """The page of whoever evaluates, with one record drawn whose note has an abbreviation."""
    acceso = reparto.acceso_de_medica(hospital.elenco, hospital.paciente)
    encuentro = expediente.encuentros_abiertos(acceso)[0].id
    nota = notas.redactar(acceso, tipo="evolucion", encuentro_id=encuentro, ahora=AHORA)
    textos = {**TEXTOS, "evolucion": "Paciente con HAS en control."}
    contenido = Contenido(textos, {}, (DIABETES,))
    notas.finalizar(acceso, nota_id=nota, contenido=contenido, version=1, ahora=AHORA)
    muestreada(hospital)
    pagina = abrir()
    pagina.fill("#id_username", "calidad")
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/clinica/calidad/")
    return pagina


def test_from_the_draw_to_the_score_and_to_what_lacks(evaluadora: Page) -> None:
    pagina = evaluadora
    expect(pagina.get_by_text("Por evaluar", exact=True)).to_be_visible()
    pagina.get_by_role("link", name="Xóchitl").press("Enter")

    corto = pagina.locator(".criterios > li", has_text="Los textos no llevan abreviaturas")
    expect(corto).to_contain_text("No cumple")
    expect(corto).to_contain_text("HAS")
    corto.get_by_role("link").press("Enter")
    expect(pagina.locator("main")).to_contain_text("Paciente con HAS en control.")
    pagina.go_back()

    pagina.get_by_role("button", name="Guardar evaluación").press("Enter")
    expect(pagina.get_by_text("Faltan respuestas")).to_be_visible()
    grupos = pagina.locator(".criterios fieldset")
    expect(grupos).to_have_count(3)
    for numero in range(3):
        grupos.nth(numero).get_by_label("Sí").press("Space")
    pagina.get_by_label("Comentario").first.fill("Se entiende.")
    pagina.get_by_role("button", name="Guardar evaluación").press("Enter")

    # Integration: number, unfinished, author, coded, repeated, language; not address, history,
    # abbreviations. Progress note: its four sections and two judgements.
    expect(pagina.locator(".puntaje")).to_contain_text("80 %")
    expect(pagina.locator(".puntaje")).to_contain_text("No integrado")
    expect(pagina.locator("main")).to_contain_text("Se entiende.")
    pagina.get_by_role("link", name="Volver al tablero").press("Enter")
    expect(pagina.get_by_text("Evaluado", exact=True)).to_be_visible()
    fila = pagina.get_by_role("row", name="Consulta externa")
    expect(fila).to_contain_text("67 %")
    expect(pagina.locator(".grafica .marca")).to_have_count(1)


def test_what_was_not_drawn_does_not_open(evaluadora: Page, hospital: Hospital) -> None:
    otro = reparto.registrar(hospital.elenco)
    for resto in ("", "calidad/", "signos/"):
        respuesta = evaluadora.goto(f"{hospital.url}/clinica/{otro}/{resto}")
        assert respuesta is not None
        assert respuesta.status == 404


def test_drawing_again_the_same_finds_nobody_new(evaluadora: Page) -> None:
    evaluadora.select_option("#id_unidad_id", label="Consulta externa")
    evaluadora.get_by_role("button", name="Sortear").press("Enter")
    expect(evaluadora.get_by_role("status").first).to_contain_text("0 expedientes")
