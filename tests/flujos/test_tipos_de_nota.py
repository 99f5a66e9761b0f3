"""Choosing among the documents of the norm, answering their items, and what is missing."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.elenco import CONTRASENA
from tests.flujos.conftest import Hospital
from tests.flujos.expediente_lleno import llenar


def test_from_the_menu_to_what_the_norm_misses_by_keyboard(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("medica")
    pagina.goto(hospital.expediente())

    # The chapter of the open visit comes first, and the first of its documents has the focus.
    pagina.keyboard.press("o")
    menu = pagina.locator("#menu-de-notas")
    expect(menu.locator("section").first).to_contain_text("encuentro abierto")
    expect(menu.get_by_role("link", name="Historia clínica")).to_be_focused()
    assert menu.get_by_role("link").count() == 27
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/nueva/historia-clinica/")
    expect(pagina.locator("main button.principal")).to_be_focused()
    pagina.keyboard.press("Enter")
    pagina.wait_for_selector("#nota")
    pagina.wait_for_load_state()

    # What is answered is kept, and found again.
    dislipidemia = pagina.get_by_role("group", name="Dislipidemia")
    dislipidemia.get_by_label("Ausente").check()
    with pagina.expect_response(lambda r: "facies" in (r.request.post_data or "")) as guardada:
        pagina.get_by_label("Habitus exterior").fill("Íntegro, sin facies característica.")
    assert guardada.value.ok
    pagina.reload()
    expect(dislipidemia.get_by_label("Ausente")).to_be_checked()
    expect(pagina.get_by_label("Habitus exterior")).to_have_value(
        "Íntegro, sin facies característica."
    )

    # Nobody finishes it while it lacks something: each is named, with its numeral, in its place.
    pagina.click("#terminar")
    pagina.fill("#contrasena", CONTRASENA)
    pagina.keyboard.press("Enter")
    diabetes = pagina.get_by_role("group", name="Diabetes mellitus")
    expect(diabetes.get_by_role("alert")).to_have_text(
        "Falta «Antecedentes heredofamiliares: Diabetes mellitus» (NOM-004, 6.1.1)."
    )
    expect(dislipidemia.get_by_role("alert")).to_have_count(0)
    for falta in (
        "Signos vitales y somatometría» (NOM-004, 6.1.2)",
        "Pronóstico» (NOM-004, 6.1.5)",
    ):
        expect(pagina.get_by_role("alert").filter(has_text=falta)).to_be_visible()
    expect(dislipidemia.get_by_label("Ausente")).to_be_checked()


def test_a_nurse_is_offered_what_nurses_write(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("enfermera")
    pagina.goto(hospital.expediente())
    expect(pagina.get_by_role("link", name="Hoja de enfermería").first).to_be_visible()
    expect(pagina.get_by_role("link", name="Nota de evolución", exact=True)).to_have_count(0)
    pagina.keyboard.press("o")
    ofrecidas = pagina.locator("#menu-de-notas").get_by_role("link").all_inner_texts()
    assert [texto.split("\n")[0] for texto in ofrecidas] == [
        "Lista de verificación de la cirugía",
        "Hoja de enfermería",
        "Nota de transfusión",
    ]
    respuesta = pagina.goto(hospital.expediente("notas/nueva/evolucion/"))
    assert respuesta is not None
    assert respuesta.status == 403


def test_the_whole_record_is_prepared_in_english_too(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    llenar(hospital)
    pagina = abrir("medica")
    pagina.get_by_role("button", name="English").click()
    pagina.goto(hospital.expediente())
    pagina.get_by_role("link", name="Print", exact=True).click()
    pagina.get_by_label("From").fill("2026-11-20")
    pagina.get_by_label("To", exact=True).fill("2026-11-19")
    pagina.get_by_role("button", name="Prepare the document").click()
    expect(pagina.get_by_role("alert")).to_have_text("The period ends before it begins.")
    pagina.get_by_label("To", exact=True).fill("")
    formulario = pagina.locator("main form")
    testigo = formulario.locator("[name=csrfmiddlewaretoken]").input_value()
    datos = {"csrfmiddlewaretoken": testigo, "documento": "resumen", "desde": "2026-11-20"}
    respuesta = pagina.request.post(pagina.url, form=datos, headers={"Referer": pagina.url})
    assert respuesta.headers["content-type"] == "application/pdf"
    assert respuesta.headers["cache-control"] == "no-store"
    assert respuesta.body().startswith(b"%PDF-1.7")
