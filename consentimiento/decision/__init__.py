"""The only maker of proofs of access.

`politica` is the pure policy over the rules of `reglas`, in the words of `terminos`; `hechos`
gathers what it weighs; `puertas`, to whom one knows, and `alcances`, to many, are doors: each
turns the lock (`cerradura`), which decides, writes the event, and only then hands out the proof.
"""

from consentimiento.decision.alcances import alcanzar, alcanzar_convenios
from consentimiento.decision.negativas import AccesoDenegado, MotivoRequerido
from consentimiento.decision.politica import decidir
from consentimiento.decision.puertas import (
    abrir_directorio,
    abrir_documento,
    abrir_paciente,
    abrir_pacientes,
    abrir_registro,
    abrir_vinculados,
    admitir,
    admitir_lote,
    admitir_recien_nacido,
    romper_el_cristal,
)
from consentimiento.decision.terminos import (
    Decision,
    Hechos,
    Obligacion,
    Proposito,
    Relacion,
    Solicitud,
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
