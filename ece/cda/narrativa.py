"""The narrative of a document as HTML of our own: each element is written anew from a short list,
every word escaped, no address followed, nothing of its style kept (CDA R2, 4.3.5; Narrative Block).
"""

import html
from dataclasses import dataclass

from lxml import etree

from ece.cda.lectura import Documento
from ece.cda.tipos import atributo

LARGO = 2_000_000
"""Characters of HTML shown of a document; what is beyond is in the original."""
PROFUNDIDAD = 60
_BLOQUES = {
    "paragraph": "p",
    "item": "li",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tfoot": "tfoot",
    "tr": "tr",
    "td": "td",
    "th": "th",
    "sup": "sup",
    "sub": "sub",
}
_FUERTES = frozenset({"Bold", "Emphasis", "Italics"})


class Html(str):
    """HTML that this module wrote: whoever escapes what is shown leaves it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


@dataclass(frozen=True, slots=True)
class Apartado:
    """A section to be shown; `nivel` is 1 for those of the body."""

    codigo: str
    titulo: str
    nivel: int
    html: Html


def apartados(documento: Documento) -> list[Apartado]:
    """What is shown of each section, in its order."""
    quedan, vistos = LARGO, []
    for seccion in documento.secciones:
        escrito = "" if seccion.texto is None else _dentro(seccion.texto, 0)
        if len(escrito) > quedan:
            break
        quedan -= len(escrito)
        vistos.append(Apartado(seccion.codigo, seccion.titulo, seccion.nivel, Html(escrito)))
    return vistos


def _dentro(nodo: etree._Element, hondo: int) -> str:
    partes = [_texto(nodo.text)]
    for hijo in nodo:
        if isinstance(hijo.tag, str) and hondo < PROFUNDIDAD:
            partes.append(_elemento(hijo, hondo + 1))
        partes.append(_texto(hijo.tail))
    return "".join(partes)


def _elemento(nodo: etree._Element, hondo: int) -> str:
    local = etree.QName(nodo).localname
    if local == "br":
        return "<br>"
    if local == "renderMultiMedia":
        return "<p>[Imagen o archivo adjunto: está en el original]</p>"
    if local == "list":
        return _lista(nodo, hondo)
    escrito = _dentro(nodo, hondo)
    if local in _BLOQUES:
        etiqueta = _BLOQUES[local]
        return f"<{etiqueta}{_medidas(nodo, local)}>{escrito}</{etiqueta}>"
    if local == "caption":
        padre = nodo.getparent()
        de_tabla = padre is not None and etree.QName(padre).localname == "table"
        return f"<caption>{escrito}</caption>" if de_tabla else f"<strong>{escrito}</strong> "
    if local == "content" and _FUERTES & set(atributo(nodo, "styleCode").split()):
        return f"<strong>{escrito}</strong>"
    return escrito  # content, linkHtml, footnote…: their words alone


def _lista(nodo: etree._Element, hondo: int) -> str:
    """A list of items alone; what else is in it (its caption) goes before."""
    hijos = [h for h in nodo if isinstance(h.tag, str) and hondo < PROFUNDIDAD]
    renglones = [h for h in hijos if etree.QName(h).localname == "item"]
    antes = "".join(_elemento(h, hondo + 1) for h in hijos if h not in renglones)
    if not renglones:
        return antes
    etiqueta = "ol" if atributo(nodo, "listType") == "ordered" else "ul"
    dentro = "".join(_elemento(h, hondo + 1) for h in renglones)
    return f"{antes}<{etiqueta}>{dentro}</{etiqueta}>"


def _medidas(nodo: etree._Element, local: str) -> str:
    """How many columns and rows a cell spans; no other attribute is kept."""
    if local not in ("td", "th"):
        return ""
    dichas = ((nombre, atributo(nodo, nombre)) for nombre in ("colspan", "rowspan"))
    return "".join(
        f' {nombre}="{int(valor)}"'
        for nombre, valor in dichas
        if valor.isascii() and valor.isdigit() and 1 < int(valor[:4]) < 100
    )


def _texto(texto: str | None) -> str:
    return html.escape(texto) if texto else ""
