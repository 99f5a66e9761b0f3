"""``{% translate %}`` is remembered by language, and says what Django's own would."""

import pytest
from django.template import Context, Template, engines
from django.template.engine import Engine
from django.utils import translation

FORMAS = [
    '{% translate "Guardar" %}',
    '{% translate "Guardar" as dicho %}[{{ dicho }}]',
    '{% translate "Guardar" noop %}',
    '{% translate "Guardar" context "botón" %}',
    '{% translate "100 %% de <b>" %}',
    "{% translate cosa %}",
    "{% translate cosa as dicho %}[{{ dicho }}]",
    '{% translate "guardar"|capfirst %}',
    '{% autoescape off %}{% translate "Guardar & salir" %}{% endautoescape %}',
]


@pytest.fixture(scope="module")
def de_django() -> Engine:
    return Engine(libraries={"i18n": "django.templatetags.i18n"})


@pytest.mark.parametrize("forma", FORMAS)
def test_it_says_the_same_in_each_language_and_with_each_variable(
    forma: str, de_django: Engine
) -> None:
    fuente = "{% load i18n %}" + forma
    propia, ajena = Template(fuente), Template(fuente, engine=de_django)
    assert propia.engine is engines["django"].engine
    for idioma in ("es-mx", "en", "es-mx", "en"):
        for cosa in ("Guardar", "Cancelar", "<i>"):
            with translation.override(idioma):
                dicho = propia.render(Context({"cosa": cosa}))
                assert dicho == ajena.render(Context({"cosa": cosa}))


def test_it_is_remembered_apart_for_each_language() -> None:
    plantilla = Template('{% load i18n %}{% translate "Guardar" %}')
    dichos = []
    for idioma in ("es-mx", "en", "es-mx"):
        with translation.override(idioma):
            dichos.append(plantilla.render(Context()))
    assert dichos == ["Guardar", "Save", "Guardar"]
