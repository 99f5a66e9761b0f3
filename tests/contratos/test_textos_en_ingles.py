"""Every text that the code or a template asks a translation of has its English."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

RAIZ = Path(__file__).resolve().parents[2]
CATALOGO = polib.pofile(str(RAIZ / "locale/en/LC_MESSAGES/django.po"))
TRADUCIDOS = {(e.msgctxt, e.msgid) for e in CATALOGO if e.translated()}
FUNCIONES = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), False),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), False),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), True),
}
"""function -> whether its first argument is a context."""
PAQUETES = (
    "ece",
    "registros",
    "consentimiento",
    "auditoria",
    "red",
    "interoperabilidad",
    "settings",
)
DE_DJANGO = {"Idioma"}


def pedidos(codigo: str) -> Iterator[tuple[str | None, str]]:
    """(context, text) of each literal that is asked a translation of."""
    for nodo in ast.walk(ast.parse(codigo)):
        if not isinstance(nodo, ast.Call):
            continue
        nombre = getattr(nodo.func, "id", getattr(nodo.func, "attr", ""))
        if nombre not in FUNCIONES:
            continue
        dichos = [a.value for a in nodo.args[:2] if isinstance(a, ast.Constant)]
        if FUNCIONES[nombre] and len(dichos) == 2:
            yield str(dichos[0]), str(dichos[1])
        elif not FUNCIONES[nombre] and nodo.args and isinstance(nodo.args[0], ast.Constant):
            yield None, str(nodo.args[0].value)


def de_plantilla(html: str) -> Iterator[tuple[str | None, str]]:
    """The same of a template, as Django's own extractor reads it."""
    for codigo in re.findall(r"(?:p|n)?gettext\((?:[^()]|\([^()]*\))*\)", templatize(html)):
        yield from pedidos(codigo)


ARCHIVOS = sorted(
    archivo
    for paquete in PAQUETES
    for patron in ("*.py", "*.html")
    for archivo in (RAIZ / paquete).rglob(patron)
    if "migrations" not in archivo.parts
)


def test_each_text_has_its_english() -> None:
    faltan = {
        (str(archivo.relative_to(RAIZ)), texto)
        for archivo in ARCHIVOS
        for contexto, texto in (de_plantilla if archivo.suffix == ".html" else pedidos)(
            archivo.read_text()
        )
        if texto and (contexto, texto) not in TRADUCIDOS
    }
    assert not faltan, "\n".join(f"{archivo}: {texto}" for archivo, texto in sorted(faltan))


@pytest.mark.parametrize(
    ("leer", "codigo"),
    [
        (pedidos, 'x = _("Algo que nadie tradujo")'),
        (de_plantilla, '{% load i18n %}{% translate "Algo que nadie tradujo" %}'),
        (
            de_plantilla,
            "{% load i18n %}{% blocktranslate %}Algo que nadie tradujo{% endblocktranslate %}",
        ),
    ],
)
def test_one_without_it_would_be_found(leer: object, codigo: str) -> None:
    """The positive control."""
    assert [*leer(codigo)] == [(None, "Algo que nadie tradujo")]  # type: ignore[operator]


def test_what_is_compiled_is_what_is_written() -> None:
    compilado = polib.mofile(str(RAIZ / "locale/en/LC_MESSAGES/django.mo"))
    assert {
        (e.msgctxt, e.msgid, e.msgstr, *sorted(e.msgstr_plural.items())) for e in compilado
    } == {(e.msgctxt, e.msgid, e.msgstr, *sorted(e.msgstr_plural.items())) for e in CATALOGO}
