"""Narrative: XHTML that carries words and no behaviour (R4 narrative.html)."""

import html
import re
from html.parser import HTMLParser

ESPACIO = "http://www.w3.org/1999/xhtml"
_ELEMENTOS = """
a abbr acronym b big blockquote br caption cite code col colgroup dd del dfn div dl dt em h1 h2 h3
h4 h5 h6 hr i img ins kbd li map ol p pre q samp small span strong sub sup table tbody td tfoot th
thead tr tt ul var area
"""
_MIEMBROS = """
abbr accesskey align alt axis border cellhalign cellpadding cellspacing cellvalign char charoff
charset cite class colspan compact coords dir frame headers height href hreflang hspace id lang
longdesc name nowrap rel rev rowspan rules scope shape span src start style summary tabindex title
type valign value vspace width xml:lang xmlns xml:space
"""
_ETIQUETAS, _ATRIBUTOS = frozenset(_ELEMENTOS.split()), frozenset(_MIEMBROS.split())
_ESQUEMAS_ACTIVOS = ("javascript:", "vbscript:", "data:text", "data:image/svg")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_BLOQUES = frozenset(
    {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "table"}
)


class _Revisor(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bien = True
        self.contenido = False
        self.cerrada = False
        self.abiertas: list[str] = []

    def handle_starttag(self, etiqueta: str, atributos: list[tuple[str, str | None]]) -> None:
        dentro = bool(self.abiertas) or (etiqueta == "div" and not self.cerrada)
        self.bien &= etiqueta in _ETIQUETAS and dentro
        for nombre, valor in atributos:
            esquema = re.sub(r"[\x00-\x20]+", "", valor or "").lower()
            activo = esquema.startswith(_ESQUEMAS_ACTIVOS)
            self.bien &= nombre in _ATRIBUTOS and not activo
        if etiqueta == "img":
            self.contenido = True
        if etiqueta not in ("br", "hr", "img", "col", "area"):
            self.abiertas.append(etiqueta)

    def handle_startendtag(self, etiqueta: str, atributos: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(etiqueta, atributos)
        if self.abiertas and self.abiertas[-1] == etiqueta:
            self.handle_endtag(etiqueta)

    def handle_endtag(self, etiqueta: str) -> None:
        if etiqueta in ("br", "hr", "img", "col", "area"):
            return
        self.bien &= bool(self.abiertas) and self.abiertas[-1] == etiqueta
        if self.abiertas:
            self.abiertas.pop()
        self.cerrada |= not self.abiertas

    def handle_data(self, datos: str) -> None:
        if datos.strip():
            self.contenido = True
            self.bien &= bool(self.abiertas)

    def handle_decl(self, decl: str) -> None:
        self.bien = False

    def handle_pi(self, data: str) -> None:
        self.bien = False

    def unknown_decl(self, data: str) -> None:
        self.bien = False

    def handle_comment(self, data: str) -> None:
        # a browser may end a comment earlier than this parser does
        self.bien &= not data.startswith((">", "->")) and "--" not in data and "<" not in data


def es_valida(div: str) -> bool:
    """Whether `div` is one XHTML div with words in it and nothing active (txt-1, txt-2)."""
    if not div.lstrip().startswith("<div") or ESPACIO not in div[:200] or _CONTROL.search(div):
        return False
    revisor = _Revisor()
    revisor.feed(div)
    revisor.close()
    return revisor.bien and revisor.contenido and not revisor.abiertas


def sin_controles(texto: str) -> str:
    """`texto` with a space for each control character, which R4 strings may not have."""
    return _CONTROL.sub(" ", texto)


def de_texto(texto: str) -> str:
    """A div that says `texto`, a paragraph a line."""
    lineas = [linea.strip() for linea in sin_controles(texto).splitlines()]
    parrafos = "".join(f"<p>{html.escape(linea)}</p>" if linea else "<br/>" for linea in lineas)
    return f'<div xmlns="{ESPACIO}">{parrafos}</div>'


class _Extractor(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.partes: list[str] = []

    def handle_starttag(self, etiqueta: str, atributos: list[tuple[str, str | None]]) -> None:
        if etiqueta == "br":
            self.partes.append("\n")

    def handle_endtag(self, etiqueta: str) -> None:
        if etiqueta in _BLOQUES:
            self.partes.append("\n")

    def handle_data(self, datos: str) -> None:
        self.partes.append(datos)


def a_texto(div: str) -> str:
    """The words of a div, with its line breaks."""
    extractor = _Extractor()
    extractor.feed(div)
    extractor.close()
    lineas = [linea.strip() for linea in "".join(extractor.partes).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lineas)).strip()
