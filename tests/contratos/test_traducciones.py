"""``{% translate %}`` is remembered by language, and says what Django's own would."""

import pytest
from django.template import Context, Template, engines
from django.template.engine import Engine
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

FORMAS = [
    '{% translate "Guardar" %}',
    '{% translate "Guardar" as dicho %}[{{ dicho }}]',
    '{% translate "Guardar" noop %}',
    '{% translate "Guardar" context "botón" %}',
    '{% translate "100 %% de <b>" %}',
    "{% translate cosa %}",
    "{% translate cosa as dicho %}[{{ dicho }}]",
    "{% translate que.cosa %}",
    "{% translate no.existe %}",
    "{% autoescape off %}{% translate cosa %}{% endautoescape %}",
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
        for cosa in (
            "Guardar",
            "Cancelar",
            "<i>",
            "100 %",
            SafeString("<b>"),
            gettext_lazy("Guardar"),
        ):
            hay = {"cosa": cosa, "que": {"cosa": cosa}}
            with translation.override(idioma):
                assert propia.render(Context(hay)) == ajena.render(Context(hay))


def test_it_is_remembered_apart_for_each_language() -> None:
    plantilla = Template('{% load i18n %}{% translate "Guardar" %}')
    dichos = []
    for idioma in ("es-mx", "en", "es-mx"):
        with translation.override(idioma):
            dichos.append(plantilla.render(Context()))
    assert dichos == ["Guardar", "Save", "Guardar"]
