"""Clinical documents in XML (HL7 CDA R2): no DTD, no entities, no network, no code."""

import re

from django.utils.translation import gettext_noop as _
from lxml import etree

from ece.nucleo.archivos.textos import visible
from ece.nucleo.archivos.tipos import Archivo, ArchivoRechazado, Tipo

ESPACIO = "urn:hl7-org:v3"
_DTD = _("El XML declara entidades o un DTD, que no se aceptan. Pida el documento sin ellos.")
_ROTO = _("El XML está mal formado o incompleto. Pida que se lo envíen de nuevo.")
_OTRO = _("El XML no es un documento clínico CDA. Si es una página o un dibujo, imprímalo a PDF.")
_CODIGO = _("El CDA lleva código o contenido activo. Pida el documento sin él.")
_HOJA = _("El CDA pedía una hoja de estilo externa; no se aplica.")
_ACTIVOS = frozenset({"script", "iframe", "object", "embed", "foreignObject", "form", "link"})
_BLOQUES = frozenset({"paragraph", "tr", "item", "title", "br", "text", "caption", "list"})


def parece(contenido: bytes) -> bool:
    inicio = contenido[:200].removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"").lstrip(b"\xff\xfe")
    return bool(re.match(rb"\s*<(\?xml|[A-Za-z!])", inicio))


def abrir(contenido: bytes) -> etree._Element:
    """The ClinicalDocument, and nothing outside of it is read. Raises `ArchivoRechazado`."""
    lector = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        raiz = etree.fromstring(contenido, lector)
    except (etree.XMLSyntaxError, ValueError) as error:
        declara = b"<!DOCTYPE" in contenido.replace(b"\x00", b"").upper()
        raise ArchivoRechazado(_DTD if declara else _ROTO) from error
    if raiz.getroottree().docinfo.doctype or raiz.getroottree().docinfo.internalDTD is not None:
        raise ArchivoRechazado(_DTD)
    if raiz.tag != f"{{{ESPACIO}}}ClinicalDocument":
        raise ArchivoRechazado(_OTRO)
    for elemento in raiz.iter(etree.Element):
        local = etree.QName(elemento).localname
        eventos = [a for a in elemento.attrib if str(a).lower().startswith("on")]
        enlaces = [str(v) for a, v in elemento.attrib.items() if str(a).endswith(("href", "value"))]
        if local in _ACTIVOS or eventos or any(_es_codigo(e) for e in enlaces):
            raise ArchivoRechazado(_CODIGO)
    return raiz


def revisar(contenido: bytes) -> Archivo:
    """A CDA, with the words of its narrative. Raises `ArchivoRechazado`."""
    raiz = abrir(contenido)
    instrucciones = raiz.xpath("preceding-sibling::processing-instruction()")
    return Archivo(Tipo.CDA, contenido, _narrativa(raiz), avisos=(_HOJA,) if instrucciones else ())


def _es_codigo(enlace: str) -> bool:
    return re.sub(r"\s", "", enlace).lower().startswith(("javascript:", "vbscript:", "data:text/"))


def _narrativa(raiz: etree._Element) -> str:
    """Titles and texts of the sections, a block a line."""
    partes: list[str] = []
    for elemento in raiz.iter(f"{{{ESPACIO}}}title", f"{{{ESPACIO}}}text"):
        for dentro in elemento.iter():
            if isinstance(dentro.tag, str) and etree.QName(dentro).localname in _BLOQUES:
                partes.append("\n")
            partes.append(dentro.text or "" if isinstance(dentro.tag, str) else "")
            if dentro is not elemento:
                partes.append(f" {dentro.tail or ''}")
    lineas = (" ".join(linea.split()) for linea in "".join(partes).split("\n"))
    return visible("\n".join(linea for linea in lineas if linea))
