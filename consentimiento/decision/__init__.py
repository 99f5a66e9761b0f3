"""The only maker of proofs of access.

`politica` is the pure policy, `hechos` gathers what it weighs, `puertas` are the doors: each one
decides, writes the event, and only then hands out an Acceso or an Alcance.
"""

from consentimiento.decision.politica import (
    Decision,
    Hechos,
    Obligacion,
    Proposito,
    Relacion,
    Solicitud,
    decidir,
)
from consentimiento.decision.puertas import (
    AccesoDenegado,
    MotivoRequerido,
    abrir_directorio,
    abrir_documento,
    abrir_paciente,
    abrir_pacientes,
    abrir_registro,
    abrir_vinculados,
    admitir,
    admitir_lote,
    admitir_recien_nacido,
    alcanzar,
    alcanzar_convenios,
    romper_el_cristal,
)

__all__ = [
    "AccesoDenegado",
    "Decision",
    "Hechos",
    "MotivoRequerido",
    "Obligacion",
    "Proposito",
    "Relacion",
    "Solicitud",
    "abrir_directorio",
    "abrir_documento",
    "abrir_paciente",
    "abrir_pacientes",
    "abrir_registro",
    "abrir_vinculados",
    "admitir",
    "admitir_lote",
    "admitir_recien_nacido",
    "alcanzar",
    "alcanzar_convenios",
    "decidir",
    "romper_el_cristal",
]
