"""FHIR R4 as a pure library: validity, search, references, dates, words. No tables, no HTTP."""

from ece.fhir import json, narrativa, resumenes, xml
from ece.fhir.anulacion import anulable, anulado, anular
from ece.fhir.compuestos import Compuesto, CriterioCompuesto, compuestos, criterio_compuesto
from ece.fhir.criterios import (
    Criterio,
    CriterioInvalido,
    Terminologia,
    criterio,
    rango_de_fecha,
)
from ece.fhir.definiciones import tipos_de_recurso
from ece.fhir.fechas import fecha_clinica
from ece.fhir.filtros import Filtro, filtro
from ece.fhir.json import JsonInvalido
from ece.fhir.parametros import Indice, Parametro, indices, parametros
from ece.fhir.referencias import (
    en_compartimento,
    pacientes_de,
    referencias,
    sujeto_sin_resolver,
    sustituir_referencias,
)
from ece.fhir.terminos import normalizar, palabras, terminos
from ece.fhir.textos import texto
from ece.fhir.validacion import Problema, validar
from ece.fhir.xml import XmlInvalido

__all__ = [
    "Compuesto",
    "Criterio",
    "CriterioCompuesto",
    "CriterioInvalido",
    "Filtro",
    "Indice",
    "JsonInvalido",
    "Parametro",
    "Problema",
    "Terminologia",
    "XmlInvalido",
    "anulable",
    "anulado",
    "anular",
    "compuestos",
    "criterio",
    "criterio_compuesto",
    "en_compartimento",
    "fecha_clinica",
    "filtro",
    "indices",
    "json",
    "narrativa",
    "normalizar",
    "pacientes_de",
    "palabras",
    "parametros",
    "rango_de_fecha",
    "referencias",
    "resumenes",
    "sujeto_sin_resolver",
    "sustituir_referencias",
    "terminos",
    "texto",
    "tipos_de_recurso",
    "validar",
    "xml",
]
