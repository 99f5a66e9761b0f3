"""The Mexican childhood schedule, as it is generally known."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vacuna:
    """A dose and the month of age it is due; `cvx` is its code (CDC's vaccine codes)."""

    mes: int
    nombre: str
    cvx: str
    sitio: str = "Muslo"
    via: str = "Intramuscular"


_HEXAVALENTE = "Hexavalente acelular"
ESQUEMA: tuple[Vacuna, ...] = (
    Vacuna(0, "BCG, dosis única", "19", "Brazo derecho", "Intradérmica"),
    Vacuna(0, "Hepatitis B, al nacer", "08"),
    Vacuna(2, f"{_HEXAVALENTE}, primera dosis", "146"),
    Vacuna(2, "Rotavirus, primera dosis", "119", "Boca", "Oral"),
    Vacuna(2, "Neumocócica conjugada, primera dosis", "133"),
    Vacuna(4, f"{_HEXAVALENTE}, segunda dosis", "146"),
    Vacuna(4, "Rotavirus, segunda dosis", "119", "Boca", "Oral"),
    Vacuna(4, "Neumocócica conjugada, segunda dosis", "133"),
    Vacuna(6, f"{_HEXAVALENTE}, tercera dosis", "146"),
    Vacuna(6, "Influenza, primera dosis", "141"),
    Vacuna(12, "Triple viral (SRP), primera dosis", "03", "Brazo izquierdo", "Subcutánea"),
    Vacuna(12, "Neumocócica conjugada, refuerzo", "133"),
    Vacuna(18, f"{_HEXAVALENTE}, refuerzo", "146"),
    Vacuna(48, "DPT, refuerzo", "01", "Brazo izquierdo"),
    Vacuna(72, "Triple viral (SRP), segunda dosis", "03", "Brazo izquierdo", "Subcutánea"),
)
