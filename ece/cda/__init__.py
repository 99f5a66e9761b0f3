"""HL7 CDA R2 as a pure library: documents read, their narrative shown, their data in FHIR, and the
clinical summary of Mexico's guide GIIS-A001 written. No tables, no clock, no HTTP.
"""

from ece.cda.entradas import Dato, datos
from ece.cda.lectura import CdaInvalido, Documento, Persona, leer
from ece.cda.narrativa import Apartado, apartados

__all__ = [
    "Apartado",
    "CdaInvalido",
    "Dato",
    "Documento",
    "Persona",
    "apartados",
    "datos",
    "leer",
]
