"""The words of a page in the language that a flow runs in, so that one flow is run in both."""

import pytest
from django.utils import translation

ESPANOL, INGLES = "es-mx", "en"
ambos_idiomas = pytest.mark.parametrize("idioma", [ESPANOL, INGLES])


class Palabras:
    """`di("Guardar")` is what the page says for it; a text that has no English fails the flow."""

    def __init__(self, idioma: str) -> None:
        self.idioma = idioma

    def __call__(self, texto: str, **valores: object) -> str:
        with translation.override(self.idioma):
            dicho = translation.gettext(texto)
        assert self.idioma == ESPANOL or dicho != texto, f"sin inglés: {texto}"
        return dicho % valores if valores else dicho

    def cuantos(self, singular: str, plural: str, n: int, **valores: object) -> str:
        with translation.override(self.idioma):
            dicho = translation.ngettext(singular, plural, n)
        assert self.idioma == ESPANOL or dicho not in (singular, plural), f"sin inglés: {plural}"
        return dicho % {"n": n, **valores}
