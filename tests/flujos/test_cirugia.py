"""A surgery, from the admission to the discharge: each document written, finished and printed."""

import io
import re
from collections.abc import Callable

from django.core.management import call_command
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from registros.catalogos.notas import TIPOS
from tests import elenco as reparto
from tests.elenco import CONTRASENA
from tests.flujos.conftest import Hospital
from tests.flujos.idiomas import Palabras, ambos_idiomas
from tests.registros import cartas

CARTAS = ("ingreso", "cirugia-mayor", "anestesia")
CAMINO = (
    *("ingreso", "preoperatoria", "preanestesica", "cirugia-segura"),
    *("postoperatoria", "postanestesica", "egreso"),
)
LLENAR = """texto => {
  const avisar = c => c.dispatchEvent(new Event("input", {bubbles: true}));
  const vistos = new Set();
  for (const c of document.querySelectorAll("#nota textarea, #nota input, #nota select")) {
    const parte = c.closest("[data-parte]");
    if (!parte || parte.querySelector("#dx, [name=temperatura]") || c.type === "hidden") continue;
    if (c.type === "radio") {
      if (!vistos.has(c.name)) { vistos.add(c.name); c.click(); }
    } else if (c.type === "checkbox") {
      if (!c.checked) c.click();
    } else if (c.tagName === "SELECT") {
      c.selectedIndex = 1; c.dispatchEvent(new Event("change", {bubbles: true}));
    } else if (c.type === "datetime-local") { c.value = "2026-11-25T08:30"; avisar(c); }
    else if (c.type === "number") { c.value = "10"; avisar(c); }
    else { c.value = texto; avisar(c); }
  }
}"""


def consentir(hospital: Hospital) -> None:
    """The patient signs what an admission, a surgery and its anaesthesia ask for."""
    acceso = reparto.acceso_de_medica(hospital.elenco, hospital.paciente)
    for tipo in CARTAS:
        cartas.otorgada(acceso, tipo, hospital.elenco.consulta)


def ingresar(pagina: Page, hospital: Hospital, di: Palabras) -> None:
    pagina.goto(hospital.expediente("encuentros/abrir/"))
    pagina.select_option("[name=clase]", label=di("Hospitalización"))
    pagina.fill("[name=motivo]", "Colecistectomía programada")
    pagina.locator("main form button.principal").click()
    pagina.wait_for_url(hospital.expediente())
    expect(pagina.locator("main")).to_contain_text(di("Hospitalización"))


def escribir(pagina: Page, hospital: Hospital, tipo: str, di: Palabras) -> str:
    """Write, finish and print a document; returns what its printed page says."""
    pagina.goto(hospital.expediente(f"notas/nueva/{tipo}/"))
    expect(pagina.locator("main")).to_contain_text(di(TIPOS[tipo].titulo))
    pagina.click("main button.principal")
    pagina.wait_for_selector("#nota")
    pagina.wait_for_load_state()
    dicho = f"Lo escrito en {tipo}."
    with pagina.expect_response("**/guardar/"):  # it saves itself a moment later
        pagina.evaluate(LLENAR, dicho)
        temperatura = pagina.locator("[name=temperatura]")
        if temperatura.count():
            temperatura.fill("36.5")
        if pagina.locator("#dx").count():
            pagina.fill("#dx", "diabetes tipo 2")
            pagina.locator("#dx-opciones [role=option]").first.click()
    expect(pagina.locator("#estado")).to_have_text(di("Guardado"))
    pagina.click("#terminar")
    pagina.fill("#contrasena", CONTRASENA)
    with pagina.expect_navigation():
        pagina.keyboard.press("Enter")
    assert pagina.get_by_role("alert").all_inner_texts() == [], tipo
    enlace = pagina.get_by_role("link", name=di("Imprimir (PDF)"))
    impreso = pagina.request.get(hospital.url + (enlace.get_attribute("href") or ""))
    assert impreso.headers["content-type"] == "application/pdf"
    hojas = PdfReader(io.BytesIO(impreso.body())).pages
    return re.sub(r"\s+", " ", " ".join(hoja.extract_text() for hoja in hojas))


@ambos_idiomas
def test_from_the_admission_to_the_discharge(
    abrir: Callable[..., Page], hospital: Hospital, idioma: str
) -> None:
    """In either language of the screen; what is printed is in Spanish, as the norm asks."""
    di = Palabras(idioma)
    call_command("cargar_catalogos", stdout=io.StringIO())
    consentir(hospital)
    pagina = abrir("medica", idioma=idioma)
    ingresar(pagina, hospital, di)
    for tipo in CAMINO:
        impreso = escribir(pagina, hospital, tipo, di)
        assert "Ibáñez" in impreso
        assert TIPOS[tipo].titulo in impreso
