"""Vital signs: LOINC codes, UCUM units and the limits beyond which a value is a typing error."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop as _

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
            "glucosa_capilar", _("Glucosa capilar"), "41653-7", "mg/dL", "mg/dL", ("10", "1500")
        ),
    )
}

IMC = _signo("imc", _("Índice de masa corporal"), "39156-5", "kg/m2", "kg/m²", ("3", "200"), 1)

POR_LOINC: dict[str, Signo] = {signo.loinc: signo for signo in (*SIGNOS.values(), IMC)}
