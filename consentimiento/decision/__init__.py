"""The only maker of proofs of access.

`politica` is the pure policy, `hechos` gathers what it weighs, `puertas` are the doors: each one
decides, writes the event, and only then hands out an Acceso or an Alcance.
"""

from consentimiento.decision.politica import Decision, Hechos, Relacion, Solicitud, decidir
from consentimiento.decision.puertas import (
    AccesoDenegado,
    abrir_directorio,
    abrir_paciente,
    abrir_pacientes,
    abrir_registro,
    admitir,
    admitir_lote,
    alcanzar,
)

__all__ = [
    "AccesoDenegado",
    "Decision",
    "Hechos",
    "Relacion",
    "Solicitud",
    "abrir_directorio",
    "abrir_paciente",
    "abrir_pacientes",
    "abrir_registro",
    "admitir",
    "admitir_lote",
    "alcanzar",
    "decidir",
]
