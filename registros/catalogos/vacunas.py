"""The national vaccination scheme, dose by dose, as facts of our own wording.

After the *Cartilla Nacional de Salud* and the *Programa de Vacunación Universal*. The rules for
catching up (least age, least interval, greatest age) follow the *Manual de Vacunación* and, for
intervals, ACIP's General Best Practice Guidelines (Kroger et al.). Policy changes yearly, and these
facts are from general knowledge of the scheme of 2025: whoever runs the system reviews the table
against the guideline in force.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

SISTEMA_CVX = "http://hl7.org/fhir/sid/cvx"
GRACIA_DIAS = 4
"""A dose up to four days early still counts (ACIP)."""


@dataclass(frozen=True, slots=True)
class Biologico:
    clave: str
    nombre: str
    protege: str
    cvx: tuple[str, ...]
    via: str
    sitio: str


@dataclass(frozen=True, slots=True)
class Dosis:
    """A box of the cartilla. Ages in months, from birth; intervals in days.

    `atraso` is how many months after `edad` it counts as overdue; `maxima`, the age past which it
    is no longer given (None: always).
    """

    biologico: Biologico
    etiqueta: str
    edad: int
    minima_dias: int
    intervalo: int = 0
    maxima_dias: int | None = None
    atraso: int = 1
    sexo: str = ""


_MUSLO, _BRAZO = _("Muslo"), _("Brazo")
_IM, _SC, _ID, _VO = _("Intramuscular"), _("Subcutánea"), _("Intradérmica"), _("Oral")

BCG = Biologico(
    "bcg", _("BCG"), _("Tuberculosis meníngea y miliar"), ("19",), _ID, _("Brazo derecho")
)
HEPATITIS_B = Biologico("hepb", _("Hepatitis B"), _("Hepatitis B"), ("08", "43", "45"), _IM, _MUSLO)
HEXAVALENTE = Biologico(
    "hexa",
    _("Hexavalente acelular"),
    _("Difteria, tos ferina, tétanos, polio, H. influenzae b y hepatitis B"),
    ("146", "132"),
    _IM,
    _MUSLO,
)
ROTAVIRUS = Biologico(
    "rv", _("Rotavirus"), _("Diarrea por rotavirus"), ("119", "122", "116"), _VO, _("Boca")
)
NEUMOCOCO = Biologico(
    "vnc",
    _("Neumocócica conjugada"),
    _("Infecciones por neumococo"),
    ("133", "152", "109"),
    _IM,
    _MUSLO,
)
INFLUENZA = Biologico(
    "inf", _("Influenza"), _("Influenza estacional"), ("141", "140", "88"), _IM, _MUSLO
)
SRP = Biologico(
    "srp", _("Triple viral (SRP)"), _("Sarampión, rubéola y parotiditis"), ("03", "94"), _SC, _BRAZO
)
DPT = Biologico("dpt", _("DPT"), _("Difteria, tos ferina y tétanos"), ("01", "20"), _IM, _BRAZO)
VPH = Biologico(
    "vph", _("VPH"), _("Cáncer por virus del papiloma humano"), ("62", "165", "137"), _IM, _BRAZO
)
TD = Biologico("td", _("Td"), _("Tétanos y difteria"), ("09", "113", "139"), _IM, _BRAZO)
TDPA = Biologico("tdpa", _("Tdpa"), _("Tétanos, difteria y tos ferina"), ("115",), _IM, _BRAZO)

BIOLOGICOS: dict[str, Biologico] = {
    b.clave: b
    for b in (
        BCG, HEPATITIS_B, HEXAVALENTE, ROTAVIRUS, NEUMOCOCO, INFLUENZA, SRP, DPT, VPH, TD, TDPA
    )
}  # fmt: skip

_PRIMERA, _SEGUNDA, _TERCERA = _("Primera"), _("Segunda"), _("Tercera")
_UNICA, _REFUERZO, _ANUAL = _("Única"), _("Refuerzo"), _("Revacunación anual")

ESQUEMA: tuple[Dosis, ...] = (
    Dosis(BCG, _UNICA, 0, 0, maxima_dias=1826),
    Dosis(HEPATITIS_B, _("Al nacer"), 0, 0, maxima_dias=60),
    Dosis(HEXAVALENTE, _PRIMERA, 2, 42, maxima_dias=2556),
    Dosis(ROTAVIRUS, _PRIMERA, 2, 42, maxima_dias=104),
    Dosis(NEUMOCOCO, _PRIMERA, 2, 42, maxima_dias=1826),
    Dosis(HEXAVALENTE, _SEGUNDA, 4, 70, 28, maxima_dias=2556),
    Dosis(ROTAVIRUS, _SEGUNDA, 4, 70, 28, maxima_dias=240),
    Dosis(NEUMOCOCO, _SEGUNDA, 4, 70, 28, maxima_dias=1826),
    Dosis(HEXAVALENTE, _TERCERA, 6, 98, 28, maxima_dias=2556),
    Dosis(INFLUENZA, _PRIMERA, 6, 180, maxima_dias=1826),
    Dosis(INFLUENZA, _SEGUNDA, 7, 208, 28, maxima_dias=1826),
    Dosis(SRP, _PRIMERA, 12, 365),
    Dosis(NEUMOCOCO, _REFUERZO, 12, 365, 56, maxima_dias=1826),
    Dosis(HEXAVALENTE, _REFUERZO, 18, 365, 180, maxima_dias=2556),
    Dosis(SRP, _SEGUNDA, 18, 393, 28),
    Dosis(INFLUENZA, _ANUAL, 19, 365, 180, maxima_dias=1826, atraso=6),
    Dosis(INFLUENZA, _ANUAL, 31, 730, 180, maxima_dias=1826, atraso=6),
    Dosis(INFLUENZA, _ANUAL, 43, 1095, 180, maxima_dias=1826, atraso=6),
    Dosis(DPT, _REFUERZO, 48, 1460, 180, maxima_dias=2556),
    Dosis(INFLUENZA, _ANUAL, 55, 1461, 180, maxima_dias=1826, atraso=6),
    Dosis(VPH, _UNICA, 132, 3287, maxima_dias=6940, atraso=12),
    Dosis(TD, _REFUERZO, 180, 3652, atraso=12),
)

MOTIVOS: dict[str, tuple[str, str]] = {
    "contraindicada": ("MEDPREC", _("Contraindicación médica")),
    "rechazada": ("PATOBJ", _("Rechazo de la persona o de su tutor")),
    "agotada": ("OSTOCK", _("No había biológico")),
    "inmune": ("IMMUNE", _("Ya tiene inmunidad")),
}
"""Why a dose was not given: our key -> code of v3-ActReason, words."""
