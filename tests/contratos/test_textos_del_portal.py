"""Every word of the portal is a translation: another language is another catalogue, no more."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from ece.web import constancias, portal
from ece.web.portal import palabras

PLANTILLAS = sorted((Path(portal.__file__).parents[1] / "templates" / "portal").glob("*.html"))
_BLOQUE = re.compile(r"{% blocktranslate.*?{% endblocktranslate %}", re.DOTALL)
_MARCAS = re.compile(r"{%.*?%}|{{.*?}}|<[^>]*>|&\w+;", re.DOTALL)
_ATRIBUTO = re.compile(r'(?:aria-label|alt|placeholder|title)="([^"]*)"')
SIGLAS = {"CURP", "ECE"}
TABLAS = (palabras.PROBLEMAS, palabras.MEDICINAS, palabras.ESTUDIOS)


def sueltos(html: str) -> set[str]:
    """Words of a template that no translation gives."""
    html = _BLOQUE.sub("", html)
    dichos = [_MARCAS.sub(" ", html), *(_MARCAS.sub(" ", a) for a in _ATRIBUTO.findall(html))]
    return {p for dicho in dichos for p in re.findall(r"[^\W\d_]{2,}", dicho)} - SIGLAS


@pytest.mark.parametrize("plantilla", PLANTILLAS, ids=lambda p: p.name)
def test_no_word_is_outside_the_translations(plantilla: Path) -> None:
    assert sueltos(plantilla.read_text()) == set()


def test_a_word_outside_would_be_found() -> None:
    """The positive control."""
    html = '{% if x %}<p class="tenue" aria-label="Hola">{% translate "Sí" %} Adiós</p>{% endif %}'
    assert sueltos(html) == {"Hola", "Adiós"}


@pytest.mark.parametrize("texto", sorted({t for tabla in TABLAS for t in tabla.values()}))
def test_every_plain_word_has_its_english(texto: str) -> None:
    with translation.override("en"):
        assert translation.gettext(texto) != texto


def test_every_ground_and_part_of_the_record_is_in_both_languages() -> None:
    for tabla in (constancias.FUNDAMENTOS, constancias.PROPOSITOS, constancias.TEMAS):
        for valor in tabla.values():
            with translation.override("es-mx"):
                espanol = str(valor)
            with translation.override("en"):
                assert str(valor) != espanol


def test_every_ground_of_the_decision_has_words() -> None:
    from consentimiento.decision.reglas import AUTORIZACION, NEGATIVAS, REGLAS

    fundamentos = {r.fundamento for r in (*REGLAS, AUTORIZACION)} | NEGATIVAS.keys()
    assert fundamentos <= constancias.FUNDAMENTOS.keys()
