"""Where the keyboard is when a form opens or comes back; what a page offers to whom."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation
from playwright.sync_api import Page, expect

from ece.identidad.models import Usuario
from ece.web import urls
from ece.web.templatetags.fechas import espera
from tests import elenco as reparto
from tests.elenco import CONTRASENA
from tests.flujos.conftest import Hospital
from tests.registros import cartas


def test_a_form_opens_where_it_begins_and_comes_back_where_it_is_wrong(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("medica")
    pagina.goto(hospital.expediente("registrar/alergia/"))
    expect(pagina.locator("#id_sustancia")).to_be_focused()
    pagina.keyboard.type("Látex")
    pagina.goto(hospital.expediente("signos/"))
    pagina.fill("#id_temperatura", "99")
    pagina.keyboard.press("Enter")
    expect(pagina.locator("#id_temperatura")).to_be_focused()
    pagina.fill("#id_temperatura", "")
    pagina.keyboard.press("Enter")  # nothing measured: no field is the wrong one
    expect(pagina.locator("main .errores")).to_be_focused()


def test_who_may_not_list_patients_is_offered_no_search_for_them(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    paciente = Usuario.objects.create_user("paciente", password=CONTRASENA)
    paciente.paciente = hospital.paciente
    paciente.save()
    pagina = abrir()
    pagina.fill("#id_username", "paciente")
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/portal/**")
    pagina.goto(f"{hospital.url}/cuenta/")
    expect(pagina.get_by_role("heading", level=1)).to_be_visible()
    expect(pagina.locator("#buscar")).to_have_count(0)


def test_the_timeline_calls_a_letter_by_its_title(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    acceso = reparto.acceso_de_medica(hospital.elenco, hospital.paciente)
    cartas.otorgada(acceso, "cirugia-mayor", hospital.elenco.consulta)
    pagina = abrir("medica")
    pagina.goto(hospital.expediente("linea/?tipo=Consent"))
    expect(pagina.locator("body")).to_contain_text("Cirugía mayor")
    expect(pagina.locator("body")).to_contain_text("Consentimiento")


@pytest.mark.parametrize(
    ("minutos", "dicho"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h 0 min"), (1439, "23 h 59 min"), (8909, "6 días")],
)
def test_a_wait_is_said_as_one_would_say_it(minutos: int, dicho: str) -> None:
    with translation.override("es-mx"):
        assert espera(minutos) == dicho


def test_every_page_of_the_chart_says_in_its_title_which_it_is() -> None:
    plantillas = Path(urls.__file__).parent / "templates"
    sin_titulo = {
        str(p.relative_to(plantillas))
        for p in plantillas.rglob("*.html")
        if re.match(
            r'{% extends "clinica/(expediente_base|apartado)\.html"', texto := p.read_text()
        )
        and "{% block titulo" not in texto
    }
    assert sin_titulo == {"clinica/expediente.html", "clinica/apartado.html"}


def test_what_arrives_in_a_page_does_not_change_its_title(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("medica")
    with pagina.expect_response("**/clinica/urgencias/"):
        pagina.goto(f"{hospital.url}/clinica/")
    pagina.wait_for_load_state("networkidle")
    expect(pagina).to_have_title("Inicio · ECE")


def test_the_diagnoses_found_hang_from_where_they_were_asked(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    call_command("cargar_catalogos", stdout=io.StringIO())
    pagina = abrir("medica")
    pagina.goto(hospital.expediente("registrar/diagnostico/"))
    pagina.locator("#id_clave").press_sequentially("diab")
    pagina.wait_for_selector("#cie10-opciones [role=option]")
    campo, halladas = (pagina.locator(s).bounding_box() for s in ("#id_clave", "#cie10-opciones"))
    assert campo is not None
    assert halladas is not None
    assert halladas["y"] >= campo["y"] + campo["height"]
    assert halladas["width"] == campo["width"]
