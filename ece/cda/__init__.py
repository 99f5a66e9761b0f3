"""HL7 CDA R2 as a pure library: documents read, their narrative shown, their data in FHIR, and the
clinical summary of Mexico's guide GIIS-A001 written. No tables, no clock, no HTTP.
"""

from ece.cda.entradas import Dato, datos
from ece.cda.lectura import CdaInvalido, Documento, Persona, leer
from ece.cda.narrativa import Apartado, apartados
from ece.cda.paquete import LARGO_DE_FIRMA, MIME, MIME_DE_FIRMA, MIME_DE_ZIP, Firmado, partir

__all__ = [
    "LARGO_DE_FIRMA",
    "MIME",
    "MIME_DE_FIRMA",
    "MIME_DE_ZIP",
    "Apartado",
    "CdaInvalido",
    "Dato",
    "Documento",
    "Firmado",
    "Persona",
    "apartados",
    "datos",
    "leer",
    "partir",
]
