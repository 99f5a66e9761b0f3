"""An ordinary follow-up, by keyboard: how many steps it takes besides what is written."""

import io
import re
from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from ece.identidad.services import fragmentos
from tests.elenco import CONTRASENA
from tests.flujos.conftest import Hospital
from tests.flujos.expediente_lleno import llenar
from tests.flujos.idiomas import Palabras, ambos_idiomas

PASOS = 25


class Manos:
    """Whoever works: each key that is not text, and each click, is a step."""

    def __init__(self, pagina: Page) -> None:
        self.pagina = pagina
        self.pasos: list[str] = []

    def tecla(self, *teclas: str) -> None:
        for tecla in teclas:
            self.pagina.keyboard.press(tecla)
            self.pasos.append(tecla)

    def texto(self, texto: str) -> None:
        self.pagina.keyboard.type(texto)

    def en(self, selector: str) -> None:
        """The cursor is there without anybody having taken it."""
        expect(self.pagina.locator(selector)).to_be_focused()


@ambos_idiomas
def test_a_follow_up_takes_at_most_twenty_five_steps(
    abrir: Callable[..., Page], hospital: Hospital, idioma: str
) -> None:
    di = Palabras(idioma)
    # Given the shipped CIE-10 and a patient with a history
    call_command("cargar_catalogos", stdout=io.StringIO())
    llenar(hospital)
    pagina = abrir("medica", idioma=idioma)
    manos = Manos(pagina)

    # Find and read
    manos.tecla("/")
    manos.texto("xoc")
    pagina.wait_for_selector("#encontrados [role=option]")
    manos.tecla("Enter")
    pagina.wait_for_url(hospital.expediente())
    expect(pagina.get_by_role("heading", name=di("Problemas activos"))).to_be_visible()
    adenda = di("Adenda: %(que)s", que=di("Nota de evolución"))
    expect(pagina.locator("main").get_by_text(adenda).first).to_be_visible()

    # Write: the text, the pressure, the weight, one diagnosis
    manos.tecla("n")
    pagina.wait_for_url("**/notas/nueva/evolucion/")
    manos.en("main button.principal")
    manos.tecla("Enter")
    pagina.wait_for_selector("#nota")
    pagina.wait_for_load_state()
    manos.en("[name=evolucion]")
    manos.texto("Refiere mejoría; camina treinta minutos al día.")
    manos.tecla("Alt+ArrowDown")
    manos.en("[name=sistolica]")
    manos.texto("128")
    manos.tecla("Tab")
    manos.texto("82")
    manos.tecla("Alt+ArrowDown", "Alt+ArrowDown")
    manos.en("#dx")
    manos.texto("hipertension esencial")
    pagina.wait_for_selector("#dx-opciones [role=option]")
    manos.tecla("Enter")
    manos.tecla("Alt+ArrowDown")
    manos.en("[name=pronostico]")
    pagina.wait_for_selector("[data-pone=pronostico]")
    manos.tecla("Control+.")
    expect(pagina.locator("[name=pronostico]")).to_have_value("Bueno para la vida y la función.")

    # Prescribe without leaving, and say it in the note
    manos.tecla("Control+Shift+Enter")
    pagina.wait_for_selector("#cuadro form")
    manos.en("[name=r-0-medicamento]")
    manos.texto("losartan")
    manos.tecla("Enter")
    manos.en("[name=r-0-dosis]")
    manos.tecla("Enter")
    expect(pagina.locator("#cuadro")).to_be_hidden()
    expect(pagina.locator("#apoyo")).to_contain_text("Losartán")
    manos.en("[name=pronostico]")
    manos.tecla("Alt+ArrowDown")
    manos.en("[name=tratamiento]")
    manos.tecla("Control+.")
    expect(pagina.locator("[name=tratamiento]")).to_have_value(
        re.compile("Losartán, tableta 50 mg")
    )

    # Finish and print
    manos.tecla("Control+Enter")
    pagina.wait_for_selector("#contrasena:focus")
    manos.texto(CONTRASENA)
    manos.tecla("Enter")
    enlace = pagina.get_by_role("link", name=di("Imprimir (PDF)"))
    expect(enlace).to_be_visible()
    impresa = pagina.request.get(hospital.url + (enlace.get_attribute("href") or ""))
    manos.tecla("p")
    texto = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(impresa.body())).pages)
    for esperado in ("camina treinta minutos", "128", "Losartán"):
        assert esperado in re.sub(r"\s+", " ", texto)

    assert len(manos.pasos) <= PASOS, manos.pasos


@pytest.fixture
def editor(abrir: Callable[..., Page], hospital: Hospital) -> Page:
    """A draft of a patient with a history, and a piece of text of its author."""
    llenar(hospital)
    fragmentos.guardar(
        hospital.elenco.actor(hospital.elenco.medica),
        abreviatura="cita",
        texto="Cita en {{plazo}} con {{estudio}}.",
        unidad_id=None,
    )
    pagina = abrir("medica")
    pagina.goto(hospital.expediente("notas/nueva/evolucion/"))
    expect(pagina.locator("main button.principal")).to_be_focused()
    pagina.keyboard.press("Enter")
    pagina.wait_for_selector("#apoyo section")
    return pagina


def test_a_fragment_is_put_and_its_fields_are_visited_with_tab(editor: Page) -> None:
    manos = Manos(editor)
    manos.texto("Bien. /ci")
    expect(editor.get_by_role("option", name="/cita")).to_be_visible()
    manos.tecla("Enter")
    manos.texto("un mes")
    manos.tecla("Tab")
    manos.texto("química sanguínea")
    expect(editor.locator("[name=evolucion]")).to_have_value(
        "Bien. Cita en un mes con química sanguínea."
    )
    manos.tecla("Tab")
    expect(editor.locator("[name=evolucion]")).not_to_be_focused()
    # What is left to fill in keeps a note from being finished unawares.
    editor.fill("[name=pronostico]", "Ver en {{plazo}}.")
    manos.tecla("Control+Enter")
    expect(editor.locator("#estado")).to_contain_text("hueco")
    assert editor.evaluate("getSelection().toString()") == "{{plazo}}"


def test_what_was_said_before_is_one_key_away(editor: Page, hospital: Hospital) -> None:
    manos = Manos(editor)
    manos.tecla("Control+.")
    expect(editor.locator("[name=evolucion]")).to_have_value(re.compile("camina treinta minutos"))
    # Measurements of another day are shown, and only today's may be written as today's.
    expect(editor.locator("#apoyo")).to_contain_text("68.5 kg")
    manos.tecla("Alt+ArrowDown", "Control+.")
    expect(editor.locator("[name=peso]")).to_have_value("")
    manos.tecla("Alt+ArrowDown", "Alt+ArrowDown", "Control+.")
    expect(editor.locator("[data-diagnosticos]")).to_contain_text("E119")


def test_another_document_is_read_beside_the_note(editor: Page) -> None:
    editor.select_option("#documento", index=1)
    expect(editor.locator("#al-lado")).to_contain_text("camina treinta minutos")
    expect(editor.locator("#al-lado")).to_be_focused()
    caja, nota = (editor.locator(s).bounding_box() for s in ("#al-lado", "[name=evolucion]"))
    assert caja
    assert nota
    assert caja["x"] > nota["x"] + nota["width"] - 1
    editor.keyboard.press("Tab")
    editor.keyboard.press("Enter")
    expect(editor.locator("#al-lado")).to_be_hidden()
    expect(editor.locator("#documento")).to_be_focused()
