"""FHIR R4 as a pure library: validity, search, references, dates, words. No tables, no HTTP."""

from ece.fhir import json, narrativa, resumenes
from ece.fhir.criterios import Criterio, CriterioInvalido, criterio, rango_de_fecha
from ece.fhir.definiciones import tipos_de_recurso
from ece.fhir.fechas import fecha_clinica
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

__all__ = [
    "Criterio",
    "CriterioInvalido",
    "Indice",
    "JsonInvalido",
    "Parametro",
    "Problema",
    "criterio",
    "en_compartimento",
    "fecha_clinica",
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
]
