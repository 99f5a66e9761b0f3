"""Urgencias with triage and red flags, a pregnancy's control, a child's vaccines and growth.

Each by the keyboard's shortcuts where there is one, in Spanish and in English.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.flujos import contenido_clinico
from tests.flujos.conftest import Hospital

idiomas = pytest.mark.parametrize("idioma", ["es", "en"])


def _en(pagina: Page, idioma: str) -> None:
    if idioma == "en":
        pagina.get_by_role("button", name="English").click()
        expect(pagina.locator("html")).to_have_attribute("lang", "en")


def _guardar(pagina: Page) -> None:
    pagina.locator("main form button.principal").click()
    expect(pagina.locator("main .aviso-de-pagina.success")).to_be_visible()


@idiomas
def test_triage_puts_the_red_flag_first_and_its_clock_runs(
    abrir: Callable[..., Page], hospital: Hospital, idioma: str
) -> None:
    contenido_clinico.en_urgencias(hospital, hospital.paciente, minutos=12)
    pagina = abrir("urgencias")
    _en(pagina, idioma)
    fila = pagina.locator("#espera li")
    expect(fila).to_contain_text("12 min")
    expect(fila.locator(".color")).to_have_text("?")

    fila.get_by_role("link", name="triage").click()
    dolor = {"es": "Dolor torácico sugestivo", "en": "Chest pain suggesting"}[idioma]
    verde = {"es": "IV · Verde", "en": "IV · Green"}[idioma]
    pagina.get_by_role("checkbox", name=dolor).check()
    pagina.get_by_role("radio", name=verde).check()
    _guardar(pagina)
    naranja = {"es": "Naranja: emergencia", "en": "Orange: emergency"}[idioma]
    expect(pagina.locator(".vez").first).to_contain_text(naranja)

    pagina.goto(f"{hospital.url}/clinica/")
    expect(fila.locator(".color")).to_have_text("2")
    expect(fila).to_contain_text(dolor)
    expect(fila.locator(".reloj")).to_contain_text({"es": "de 10", "en": "of 10"}[idioma])
    vencida = {"es": "Espera vencida", "en": "Wait overdue"}[idioma]
    expect(fila.locator(".reloj")).to_contain_text(vencida)


@idiomas
def test_a_pregnancy_is_dated_controlled_and_corrected(
    abrir: Callable[..., Page], hospital: Hospital, idioma: str
) -> None:
    hoy = timezone.localdate()
    pagina = abrir("medica")
    _en(pagina, idioma)
    pagina.goto(hospital.expediente())
    pagina.keyboard.press("b")
    pagina.get_by_role("link", name={"es": "Registrar embarazo", "en": "Record a"}[idioma]).click()
    pagina.fill("#id_fum", (hoy - timedelta(days=28 * 7 + 3)).isoformat())
    pagina.fill("#id_gestas", "2")
    pagina.fill("#id_partos", "2")
    pagina.locator("main form button.principal").click()
    expect(pagina.locator("main [role=alert]")).to_be_visible()  # three pregnancies, then
    pagina.fill("#id_gestas", "3")
    pagina.locator("input[name=riesgos][value=hipertension]").check()
    _guardar(pagina)
    semanas = {"es": "Embarazo de 28 semanas y 3 días", "en": "Pregnant, 28 weeks and 3 days"}[
        idioma
    ]
    expect(pagina.locator(".paciente .embarazo")).to_have_text(semanas)

    pagina.goto(hospital.expediente("embarazo/control/"))
    for campo, valor in (
        ("peso", "70.5"),
        ("sistolica", "150"),
        ("diastolica", "95"),
        ("fondo_uterino", "24"),
        ("frecuencia_fetal", "104"),
    ):
        pagina.fill(f"#id_{campo}", valor)
    pagina.locator("input[name=sintomas][value=vision]").check()
    _guardar(pagina)
    fila = pagina.locator("tbody tr").first
    expect(fila).to_contain_text("28.3")
    expect(fila).to_contain_text("150/95")
    assert fila.locator(".ficha.alerta").count() == 3
    assert fila.locator(".ficha.aviso").count() == 1
    assert pagina.locator(".grafica").count() == 4

    # An ultrasound at ten weeks, nine days apart, dates it.
    pagina.goto(hospital.expediente("embarazo/corregir/"))
    pagina.fill("#id_fecha", (hoy - timedelta(days=18 * 7 + 3)).isoformat())
    pagina.fill("#id_semanas", "8")
    pagina.fill("#id_dias", "5")
    _guardar(pagina)
    corregidas = {"es": "Embarazo de 27 semanas y 1 día", "en": "Pregnant, 27 weeks and 1 day"}[
        idioma
    ]
    expect(pagina.locator(".paciente .embarazo")).to_have_text(corregidas)
    # It stays in the header of every page of the chart.
    pagina.keyboard.press("l")
    expect(pagina.locator(".paciente .embarazo")).to_have_text(corregidas)


@idiomas
def test_a_child_catches_up_and_grows_on_the_curves(
    abrir: Callable[..., Page], hospital: Hospital, idioma: str
) -> None:
    nina = contenido_clinico.nina(hospital)
    contenido_clinico.crecida(hospital, nina)
    hoy = timezone.localdate()
    pagina = abrir("medica")
    _en(pagina, idioma)
    pagina.goto(f"{hospital.url}/clinica/{nina}/")
    pagina.keyboard.press("v")
    tocan = pagina.locator(".hoy-tocan li")
    expect(tocan).to_have_count(5)
    hexa = {"es": "Hexavalente", "en": "hexavalent"}[idioma]
    tocan.filter(has_text=hexa).get_by_role("link").click()
    expect(pagina.locator("#id_biologico")).to_have_value("hexa")
    pagina.locator("main form button.principal").click()
    expect(pagina.locator("#id_lote_error")).to_be_visible()
    pagina.fill("#id_lote", "HX-2210")
    _guardar(pagina)
    aplicada = pagina.locator("tr.aplicada")
    expect(aplicada).to_contain_text("HX-2210")
    # The second may be given four weeks on.
    segunda = pagina.locator("tbody tr").filter(has_text=hexa).nth(1)
    despues = hoy + timedelta(days=28)
    escrita = {"es": f"{despues:%d/%m/%Y}", "en": f"{despues:%Y}"}[idioma]
    expect(segunda).to_contain_text(escrita)

    pagina.goto(f"{hospital.url}/clinica/{nina}/vacunas/registrar/?vacuna=bcg")
    pagina.select_option("#id_motivo", "agotada")
    _guardar(pagina)
    motivo = {"es": "No había biológico", "en": "Out of stock"}[idioma]
    expect(pagina.locator("main")).to_contain_text(motivo)

    pagina.keyboard.press("c")
    curvas = pagina.locator(".grafica.alta")
    expect(curvas).to_have_count(4)
    assert curvas.first.locator(".referencia").count() == 5
    assert curvas.first.locator(".marca").count() == 6
    pagina.fill("#id_peso", "6.4")
    pagina.fill("#id_talla", "74.5")
    _guardar(pagina)
    assert curvas.first.locator(".marca").count() == 7
    # 6.4 kg at thirteen months is below three deviations: said in words, not only drawn.
    grave = {"es": "Peso bajo grave", "en": "Severe underweight"}[idioma]
    expect(pagina.locator(".graficas .tarjeta").first.locator(".ficha.alerta")).to_contain_text(
        grave
    )
    pagina.locator(".marca").nth(6).focus()
    expect(pagina.locator(".marca").nth(6).locator(".valor")).to_be_visible()


def test_allergies_denied_recorded_and_refuted_show_in_the_header(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("enfermera")
    pagina.goto(hospital.expediente())
    pagina.keyboard.press("a")
    encabezado = pagina.locator(".paciente .alergias")
    pagina.get_by_role("button", name="Niega alergias conocidas").click()
    expect(encabezado).to_have_text("Niega alergias conocidas")
    assert pagina.locator("#alergenos option[value='Penicilina']").count() == 1
    pagina.fill("#id_sustancia", "Penicilina")
    pagina.fill("#id_reaccion", "Urticaria")
    _guardar(pagina)
    expect(encabezado).to_contain_text("Penicilina")
    expect(encabezado).not_to_contain_text("Niega")
    pagina.get_by_role("link", name="Penicilina").click()
    pagina.select_option("#id_cambio", "refuted")
    pagina.fill("#id_motivo", "La toleró en 2025")
    _guardar(pagina)
    expect(encabezado).to_have_text("Sin alergias registradas")
    expect(pagina.locator("main")).to_contain_text("La toleró en 2025")
