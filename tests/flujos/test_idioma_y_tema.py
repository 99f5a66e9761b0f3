"""English as the second language, and a colour scheme that says which it is."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from ece.web.clinica import palabras
from registros.catalogos import mecic
from registros.catalogos.notas import TIPOS, Capitulo
from registros.catalogos.signos import POR_LOINC
from registros.selectors.descripciones import CLASES
from tests.elenco import CONTRASENA
from tests.flujos.conftest import Hospital

# Words that both languages write alike.
IGUALES = {"Series", "Fax", "Legal", "Personal", "Plan", "Total", "CURP"}
IGUALES |= {"Cardiovascular", "Abdomen", "Diabetes mellitus", "Mallampati", "Plasma", "CLUES"}
IGUALES |= {"General", "Regional", "Local", "No", "mL", "h", "min", "g", "I", "II", "III", "IV"}
IGUALES |= {f"ASA {numero}" for numero in ("I", "II", "III", "IV", "V", "VI")}


def textos() -> Iterator[str]:
    for tipo in TIPOS.values():
        yield tipo.titulo
        if tipo.plazo:
            yield tipo.plazo.texto
        for seccion in tipo.secciones:
            yield seccion.titulo
            yield from filter(None, [seccion.ayuda])
            for reactivo in seccion.reactivos:
                yield reactivo.titulo
                yield from filter(None, [reactivo.unidad[0]])
                yield from (opcion.titulo for opcion in reactivo.opciones)
    yield from Capitulo
    yield from CLASES.values()
    yield from (signo.nombre for signo in POR_LOINC.values())
    yield from (dominio.titulo for dominio in mecic.DOMINIOS)
    yield from (criterio.texto for criterio in mecic.CRITERIOS.values())
    for tabla in (
        *(palabras.ELEMENTOS, palabras.CODIGOS, palabras.EXTENSIONES),
        *(palabras.SITUACIONES, palabras.ESTADOS_DE_CITA),
        *(palabras.RESPUESTAS, palabras.NIVELES),
    ):
        with translation.override("es-mx"):
            yield from map(str, tabla.values())


@pytest.mark.parametrize("texto", sorted({*textos()} - IGUALES))
def test_every_word_of_the_chart_has_its_english(texto: str) -> None:
    with translation.override("en"):
        assert translation.gettext(texto) != texto


def test_the_door_changes_language_and_the_chart_follows(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir()
    expect(pagina.locator("html")).to_have_attribute("lang", "es-mx")
    pagina.get_by_role("button", name="English").click()
    expect(pagina.locator("html")).to_have_attribute("lang", "en")
    expect(pagina.get_by_label("Password")).to_be_visible()
    pagina.fill("#id_username", "medica")
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/clinica/")
    pagina.goto(hospital.expediente())
    expect(pagina.get_by_role("link", name="Progress note")).to_be_visible()
    expect(pagina.locator("#filtro-Encounter")).to_have_text("Visit")
    assert "\\d" not in pagina.content()


@pytest.mark.parametrize("esquema", ["light", "dark"])
def test_the_theme_button_says_its_state(abrir: Callable[..., Page], esquema: str) -> None:
    pagina = abrir("medica", esquema=esquema)
    boton = pagina.get_by_role("button", name="Modo oscuro")
    antes, despues = ("false", "true") if esquema == "light" else ("true", "false")
    expect(boton).to_have_attribute("aria-pressed", antes)
    boton.press("Enter")
    expect(boton).to_have_attribute("aria-pressed", despues)
    pagina.reload()
    expect(boton).to_have_attribute("aria-pressed", despues)
