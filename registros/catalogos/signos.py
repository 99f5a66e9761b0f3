"""Vital signs: LOINC codes, UCUM units and the limits beyond which a value is a typing error."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop as _

SISTEMA_LOINC = "http://loinc.org"
SISTEMA_UCUM = "http://unitsofmeasure.org"
CATEGORIA = "http://terminology.hl7.org/CodeSystem/observation-category"
TENSION_ARTERIAL = "85354-9"


@dataclass(frozen=True, slots=True)
class Signo:
    """A measurement: `minimo` and `maximo` bound what a living person can have."""

    clave: str
    nombre: str
    loinc: str
    ucum: str
    unidad: str
    minimo: Decimal
    maximo: Decimal
    decimales: int = 0


def _signo(
    clave: str,
    nombre: str,
    loinc: str,
    ucum: str,
    unidad: str,
    limites: tuple[str, str],
    d: int = 0,
) -> Signo:
    return Signo(clave, nombre, loinc, ucum, unidad, Decimal(limites[0]), Decimal(limites[1]), d)


SIGNOS: dict[str, Signo] = {
    signo.clave: signo
    for signo in (
        _signo(
            "sistolica", _("Tensión arterial sistólica"), "8480-6", "mm[Hg]", "mmHg", ("30", "300")
        ),
        _signo(
            "diastolica",
            _("Tensión arterial diastólica"),
            "8462-4",
            "mm[Hg]",
            "mmHg",
            ("10", "200"),
        ),
        _signo(
            "frecuencia_cardiaca", _("Frecuencia cardiaca"), "8867-4", "/min", "lpm", ("20", "300")
        ),
        _signo(
            "frecuencia_respiratoria",
            _("Frecuencia respiratoria"),
            "9279-1",
            "/min",
            "rpm",
            ("4", "120"),
        ),
        _signo("temperatura", _("Temperatura"), "8310-5", "Cel", "°C", ("25", "45"), 1),
        _signo("saturacion", _("Saturación de oxígeno"), "59408-5", "%", "%", ("30", "100")),
        _signo("peso", _("Peso"), "29463-7", "kg", "kg", ("0.2", "500"), 3),
        _signo("talla", _("Talla"), "8302-2", "cm", "cm", ("20", "260"), 1),
        _signo(
            "perimetro_cefalico", _("Perímetro cefálico"), "9843-4", "cm", "cm", ("20", "70"), 1
        ),
        _signo(
            "glucosa_capilar", _("Glucosa capilar"), "41653-7", "mg/dL", "mg/dL", ("10", "1500")
        ),
    )
}

IMC = _signo("imc", _("Índice de masa corporal"), "39156-5", "kg/m2", "kg/m²", ("3", "200"), 1)

FUERA_DEL_FORMULARIO = frozenset({"perimetro_cefalico"})
"""Signs that the common form does not ask: they are measured where growth is watched."""

ESPERADO: dict[str, tuple[tuple[int, Decimal, Decimal], ...]] = {
    clave: tuple((meses, Decimal(str(bajo)), Decimal(str(alto))) for meses, bajo, alto in tramos)
    for clave, tramos in {
        "frecuencia_cardiaca": (
            *((1, 100, 205), (12, 100, 180), (36, 98, 140), (72, 80, 120), (144, 75, 118)),
            (9999, 60, 100),
        ),
        "frecuencia_respiratoria": (
            *((12, 30, 53), (36, 22, 37), (72, 20, 28), (144, 18, 25), (9999, 12, 20)),
        ),
        "sistolica": (
            *((1, 67, 84), (12, 72, 104), (36, 86, 106), (72, 89, 112), (120, 97, 115)),
            *((144, 102, 120), (192, 110, 131), (9999, 90, 139)),
        ),
        "diastolica": (
            *((1, 35, 53), (12, 37, 56), (36, 42, 63), (72, 46, 72), (120, 57, 76)),
            *((144, 61, 80), (192, 64, 83), (9999, 60, 89)),
        ),
        "temperatura": ((9999, "36.0", "37.9"),),
        "saturacion": ((9999, 92, 100),),
    }.items()
}
"""sign -> (below this age in months, low, high): what is expected, not what is possible.

Children: Pediatric Advanced Life Support, American Heart Association, 2020 (awake ranges). Adults'
pressure: below 140/90, NOM-030-SSA2-2009. Beyond it a value is
shown as out of range, never refused.
"""


def esperado(clave: str, meses: int) -> tuple[Decimal, Decimal] | None:
    """(low, high) expected of a sign at an age in months, or None when it has no range."""
    return next(
        ((bajo, alto) for hasta, bajo, alto in ESPERADO.get(clave, ()) if meses < hasta), None
    )


POR_LOINC: dict[str, Signo] = {signo.loinc: signo for signo in (*SIGNOS.values(), IMC)}
