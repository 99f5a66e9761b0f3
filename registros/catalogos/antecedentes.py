"""Family and social history: who counts as family, what is asked of each habit, with its codes."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop as _

SISTEMA_PARENTESCO = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
SISTEMA = "urn:ece:fhir:habito"


@dataclass(frozen=True, slots=True)
class Parentesco:
    """A relative: `generacion` counts from the patient (2 grandparents, −1 children)."""

    codigo: str
    nombre: str
    generacion: int
    sexo: str
    varios: bool = False


PARENTESCOS: dict[str, Parentesco] = {
    p.codigo: p
    for p in (
        Parentesco("FTH", _("Padre"), 1, "male"),
        Parentesco("MTH", _("Madre"), 1, "female"),
        Parentesco("PGRFTH", _("Abuelo paterno"), 2, "male"),
        Parentesco("PGRMTH", _("Abuela paterna"), 2, "female"),
        Parentesco("MGRFTH", _("Abuelo materno"), 2, "male"),
        Parentesco("MGRMTH", _("Abuela materna"), 2, "female"),
        Parentesco("BRO", _("Hermano"), 0, "male", varios=True),
        Parentesco("SIS", _("Hermana"), 0, "female", varios=True),
        Parentesco("SON", _("Hijo"), -1, "male", varios=True),
        Parentesco("DAU", _("Hija"), -1, "female", varios=True),
    )
}

PADECIMIENTOS: dict[str, tuple[str, str]] = {
    "hipertension": ("I10X", _("Hipertensión")),
    "dislipidemia": ("E785", _("Dislipidemia")),
    "diabetes": ("E149", _("Diabetes")),
    "cardiopatia": ("I259", _("Cardiopatía isquémica")),
    "evc": ("I64X", _("Enfermedad vascular cerebral")),
    "cancer": ("C80X", _("Cáncer")),
    "renal": ("N189", _("Enfermedad renal crónica")),
    "asma": ("J459", _("Asma")),
    "mental": ("F99X", _("Trastorno mental")),
    "epilepsia": ("G409", _("Epilepsia")),
}
"""key -> CIE-10, words. The first three are always answered for in a historia clínica."""


@dataclass(frozen=True, slots=True)
class Habito:
    """A question of the social history; `opciones` are key -> words."""

    clave: str
    nombre: str
    loinc: str
    opciones: dict[str, str]


HABITOS: dict[str, Habito] = {
    h.clave: h
    for h in (
        Habito(
            "tabaco",
            _("Tabaco"),
            "72166-2",
            {"nunca": _("Nunca ha fumado"), "ex": _("Dejó de fumar"), "actual": _("Fuma")},
        ),
        Habito(
            "alcohol",
            _("Alcohol"),
            "11331-6",
            {
                "nunca": _("No bebe"),
                "ocasional": _("Ocasional"),
                "frecuente": _("Cada semana o más"),
                "dependencia": _("Dependencia"),
            },
        ),
        Habito(
            "sustancias",
            _("Otras sustancias"),
            "11343-1",
            {"nunca": _("Nunca"), "ex": _("En el pasado"), "actual": _("Actualmente")},
        ),
        Habito(
            "actividad",
            _("Actividad física"),
            "68516-4",
            {
                "ninguna": _("Ninguna"),
                "poca": _("Menos de 150 minutos a la semana"),
                "suficiente": _("150 minutos a la semana o más"),
            },
        ),
    )
}
"""NOM-004 6.1.1 asks for tobacco, alcohol and other substances (NOM-028-SSA2)."""


def indice_tabaquico(cigarros_al_dia: int, anos: int) -> Decimal:
    """Pack-years: cigarettes a day by years, over twenty."""
    return Decimal(cigarros_al_dia * anos) / 20
