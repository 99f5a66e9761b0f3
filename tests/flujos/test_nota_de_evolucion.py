"""From the search field to the printed page, by keyboard alone."""

import io
import re
from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from auditoria.models import Evento
from auditoria.tipos import Resultado
from tests.elenco import CONTRASENA
from tests.flujos.conftest import Hospital

IMAGEN = Path(__file__).resolve().parents[2] / "docs/imagenes/expediente.png"
PALABRAS = "Refiere mejoría; duerme bien y camina treinta minutos al día."


def hasta(pagina: Page, selector: str) -> None:
    """Reach something with the Tab key, as a person would."""
    for _ in range(80):
        if pagina.evaluate("s => document.activeElement.matches(s)", selector):
            return
        pagina.keyboard.press("Tab")
    raise AssertionError(f"con Tab no se llega a {selector}")


def escribir(pagina: Page, selector: str, texto: str) -> None:
    hasta(pagina, selector)
    pagina.keyboard.type(texto)


def buscar(pagina: Page, letras: str) -> None:
    pagina.keyboard.press("/")
    pagina.keyboard.type(letras)
    pagina.wait_for_selector("#encontrados [role=option]")
    pagina.keyboard.press("ArrowDown")
    pagina.keyboard.press("Enter")


def test_from_three_letters_to_the_printed_page(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    # Given the shipped CIE-10, and the physician at her desk
    call_command("cargar_catalogos", stdout=io.StringIO())
    pagina = abrir("medica")

    # When she finds the patient by a surname without accents and starts a note
    buscar(pagina, "iba")
    pagina.wait_for_url(hospital.expediente())
    expect(pagina.get_by_role("heading", level=1)).to_contain_text("Ibáñez")
    pagina.keyboard.press("n")
    pagina.wait_for_url("**/notas/nueva/evolucion/")
    expect(pagina.locator("main button.principal")).to_be_focused()
    pagina.keyboard.press("Enter")
    pagina.wait_for_selector("#nota")
    pagina.wait_for_load_state()

    # And writes it, with vital signs and a diagnosis
    escribir(pagina, "[name=evolucion]", PALABRAS)
    escribir(pagina, "[name=sistolica]", "128")
    escribir(pagina, "[name=diastolica]", "82")
    with pagina.expect_response(lambda r: "q=diabetes+tipo+2" in r.url.replace("%20", "+")):
        escribir(pagina, "#dx", "diabetes tipo 2")
    pagina.wait_for_selector("#dx:not(.htmx-request) + #dx-opciones [role=option]")
    pagina.keyboard.press("ArrowDown")
    elegido = pagina.locator("#dx-opciones [aria-selected=true]").get_attribute("data-texto") or ""
    pagina.keyboard.press("Enter")
    escribir(pagina, "[name=pronostico]", "Bueno para la vida y la función.")
    escribir(pagina, "[name=tratamiento]", "Metformina 850 mg vía oral cada 12 horas.")
    expect(pagina.locator("#estado")).to_have_text("Guardado")

    # And finishes it with her password
    hasta(pagina, "#terminar")
    pagina.keyboard.press("Enter")
    escribir(pagina, "#contrasena", CONTRASENA)
    pagina.keyboard.press("Enter")
    enlace = pagina.get_by_role("link", name="Imprimir (PDF)")
    expect(enlace).to_be_visible()

    # Then it is in the timeline
    impresion = pagina.request.get(hospital.url + (enlace.get_attribute("href") or ""))
    pagina.goto(hospital.expediente())
    expect(pagina.locator("#linea")).to_contain_text("Nota de evolución")
    expect(pagina.locator("#linea")).to_contain_text("128/82")
    IMAGEN.parent.mkdir(parents=True, exist_ok=True)
    pagina.screenshot(path=IMAGEN)

    # And on the printed page
    assert impresion.headers["content-type"] == "application/pdf"
    paginas = PdfReader(io.BytesIO(impresion.body())).pages
    impreso = re.sub(r"\s+", " ", " ".join(p.extract_text() for p in paginas))
    for esperado in (PALABRAS, "Ibáñez", "128", elegido, "1000001", "Hospital General"):
        assert esperado in impreso


def test_a_stranger_is_told_nothing_and_the_refusal_is_an_event(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("medico-ajeno")
    respuesta = pagina.goto(hospital.expediente())
    assert respuesta is not None
    assert respuesta.status == 404
    assert "Ibáñez" not in pagina.content()
    assert Evento.objects.filter(
        actor=hospital.elenco.medico_ajeno.pk,
        resultado=Resultado.DENEGADO,
        pacientes__contains=[hospital.paciente],
    ).exists()
