"""Note types as descriptions: what NOM-004 asks of each, in the order it asks it.

The form, the completeness meter, the validation and the printed page all read these; adding a type
is adding a description to the module of its chapter.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from registros.catalogos.notas import (
    anestesia,
    consulta,
    hospitalizacion,
    otros,
    quirurgicas,
    reportes,
    urgencias,
)
from registros.catalogos.notas.consulta import HISTORIA_CLINICA, NOTA_DE_EVOLUCION
from registros.catalogos.notas.tipos import (
    EN_FORMACION,
    MEDICOS,
    SISTEMA_LOINC,
    SISTEMA_NOTA,
    SISTEMA_OPCION,
    SISTEMA_SECCION,
    Capitulo,
    Clase,
    Forma,
    Opcion,
    Plazo,
    Reactivo,
    Seccion,
    TipoDeNota,
    norma,
)
from registros.catalogos.notas.urgencias import NOTA_DE_URGENCIAS

__all__ = [
    "CAPITULO_DE",
    "EN_FORMACION",
    "HABITUALES",
    "HISTORIA_CLINICA",
    "MEDICOS",
    "NOTA_DE_EVOLUCION",
    "NOTA_DE_URGENCIAS",
    "SISTEMA_LOINC",
    "SISTEMA_NOTA",
    "SISTEMA_OPCION",
    "SISTEMA_SECCION",
    "TIPOS",
    "Capitulo",
    "Clase",
    "Forma",
    "Opcion",
    "Plazo",
    "Reactivo",
    "Seccion",
    "TipoDeNota",
    "clave_de_seccion",
    "de_concepto",
    "norma",
    "por_loinc",
]

TIPOS: dict[str, TipoDeNota] = {
    tipo.clave: tipo
    for capitulo in (
        consulta,
        urgencias,
        hospitalizacion,
        quirurgicas,
        anestesia,
        reportes,
        otros,
    )
    for tipo in capitulo.TIPOS
}

CAPITULO_DE: dict[str, Capitulo] = {
    "AMB": Capitulo.CONSULTA,
    "EMER": Capitulo.URGENCIAS,
    "IMP": Capitulo.HOSPITALIZACION,
}
"""The chapter of each HL7 class of visit."""

_DE_SU_PUESTO = ("psicologia", "trabajo-social")
HABITUALES: dict[str, tuple[str, ...]] = {
    "AMB": ("evolucion", "historia-clinica", "enfermeria", *_DE_SU_PUESTO),
    "EMER": ("urgencias-evolucion", "urgencias", "enfermeria", *_DE_SU_PUESTO),
    "IMP": ("hospital-evolucion", "ingreso", "enfermeria", *_DE_SU_PUESTO),
}
"""By class of visit, the notes written every day, the most frequent first."""


def por_loinc(loinc: str) -> TipoDeNota | None:
    """The first type with a LOINC code; several types share some (see `de_concepto`)."""
    return next((tipo for tipo in TIPOS.values() if tipo.loinc == loinc), None)


def clave_de_seccion(seccion: Mapping[str, Any]) -> str:
    """The key of a Composition.section of ours, or an empty string."""
    codigos: Iterable[Mapping[str, str]] = seccion.get("code", {}).get("coding", ())
    return next((c["code"] for c in codigos if c.get("system") == SISTEMA_SECCION), "")


def de_concepto(concepto: Mapping[str, Any]) -> TipoDeNota | None:
    """The type that a Composition.type names: by our own code, or else by its LOINC code."""
    codigos: Iterable[Mapping[str, str]] = concepto.get("coding", ())
    propios = (TIPOS.get(c.get("code", "")) for c in codigos if c.get("system") == SISTEMA_NOTA)
    publicos = (por_loinc(c.get("code", "")) for c in codigos)
    return next((tipo for tipo in (*propios, *publicos) if tipo is not None), None)
