"""What somebody may say is wrong in their record: the data they could point at, newest first."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.selectors import expediente
from registros.selectors.descripciones import CLASES

TIPOS = (
    *("Condition", "AllergyIntolerance", "MedicationRequest", "DiagnosticReport", "Composition"),
    *("Immunization", "FamilyMemberHistory", "DocumentReference", "Procedure", "Observation"),
)
LIMITE = 200


@dataclass(frozen=True, slots=True)
class Disputable:
    """A datum: its literal reference (``Condition/…``), of what kind, what it says, of when."""

    referencia: str
    clase: str
    titulo: str
    fecha: datetime


def de_paciente(acceso: Acceso) -> list[Disputable]:
    """Those that the holder of `acceso` may see; none for who does not read the record."""
    if Permiso.EXPEDIENTE_LEER not in acceso.permisos:
        return []
    entradas = expediente.linea_de_tiempo(acceso, tipos=TIPOS, limite=LIMITE).entradas
    return [
        Disputable(f"{e.tipo}/{e.id}", gettext(CLASES[e.tipo]), e.titulo, e.fecha) for e in entradas
    ]
