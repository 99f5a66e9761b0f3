"""The clinical summary of guide GIIS-A001-01-05 (DGIS, 2014): CDA R2 with Mexico's header.

Pure: what it is made of comes in a `Fuente`, already without what is withheld from who asks.
"""

from pathlib import Path

from lxml import etree

from ece.cda.giis import cuerpo, encabezado
from ece.cda.giis.fuente import Establecimiento, Fuente, Persona, Profesional
from ece.nucleo.archivos.xml import ESPACIO

__all__ = ["REGLAS", "Establecimiento", "Fuente", "Persona", "Profesional", "resumen"]

REGLAS = Path(__file__).parent / "giis_a001.sch"
"""What the guide asks of a summary, as ISO Schematron."""


def resumen(fuente: Fuente) -> bytes:
    """The document, in UTF-8 with its XML declaration."""
    raiz = etree.Element(
        f"{{{ESPACIO}}}ClinicalDocument",
        nsmap={None: ESPACIO, "xsi": "http://www.w3.org/2001/XMLSchema-instance"},
    )
    raiz.extend(encabezado.de(fuente))
    raiz.append(cuerpo.de(fuente))
    escrito: bytes = etree.tostring(raiz, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return escrito
