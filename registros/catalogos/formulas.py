"""What is computed from measurements, each with its formula and who published it. Pure figures."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Calculado:
    """A computed value: `con` is what from, `fuente` who published the formula."""

    nombre: str
    valor: Decimal
    unidad: str
    formula: str
    con: str
    fuente: str


def redondear(valor: float | Decimal, decimales: int = 0) -> Decimal:
    """To so many decimals, halves up, as people round."""
    return Decimal(str(valor)).quantize(Decimal(1).scaleb(-decimales), ROUND_HALF_UP)


def superficie_corporal(peso: Decimal, talla: Decimal) -> Calculado:
    """m² from kg and cm (Mosteller)."""
    valor = (float(peso) * float(talla) / 3600) ** 0.5
    return Calculado(
        _("Superficie corporal"),
        redondear(valor, 2),
        "m²",
        "√(peso × talla / 3600)",
        f"{peso} kg, {talla} cm",
        "Mosteller RD. N Engl J Med 1987;317:1098.",
    )


def masa_corporal(peso: Decimal, talla: Decimal) -> Calculado:
    """kg/m² from kg and cm (Quetelet)."""
    metros = talla / 100
    return Calculado(
        _("Índice de masa corporal"),
        redondear(peso / (metros * metros), 1),
        "kg/m²",
        "peso / talla²",
        f"{peso} kg, {talla} cm",
        "Quetelet; OMS, serie de informes técnicos 894, 2000.",
    )


def presion_media(sistolica: Decimal, diastolica: Decimal) -> Calculado:
    """mmHg: a third of the way from diastolic to systolic."""
    return Calculado(
        _("Presión arterial media"),
        redondear(diastolica + (sistolica - diastolica) / 3),
        "mmHg",
        "diastólica + (sistólica − diastólica) / 3",
        f"{sistolica}/{diastolica} mmHg",
        "Meaney E et al. Heart 2000;84:64.",
    )


def filtrado_ckd_epi(creatinina: Decimal, edad: int, *, mujer: bool) -> Calculado:
    """mL/min/1.73 m² from creatinine in mg/dL, adults (CKD-EPI 2021, without race)."""
    k, a = (0.7, -0.241) if mujer else (0.9, -0.302)
    razon = float(creatinina) / k
    valor = 142 * min(razon, 1) ** a * max(razon, 1) ** -1.200 * 0.9938**edad
    if mujer:
        valor *= 1.012
    return Calculado(
        _("Filtrado glomerular estimado"),
        redondear(valor),
        "mL/min/1.73 m²",
        "142 × mín(Cr/κ, 1)^α × máx(Cr/κ, 1)^−1.200 × 0.9938^edad (× 1.012 si es mujer)",
        f"creatinina {creatinina} mg/dL, {edad} años",
        "CKD-EPI 2021: Inker LA et al. N Engl J Med 2021;385:1737-1749.",
    )


def filtrado_schwartz(creatinina: Decimal, talla: Decimal) -> Calculado:
    """mL/min/1.73 m² from creatinine (mg/dL) and height (cm), 1 to 17 years: bedside Schwartz."""
    return Calculado(
        _("Filtrado glomerular estimado"),
        redondear(Decimal("0.413") * talla / creatinina),
        "mL/min/1.73 m²",
        "0.413 × talla / creatinina",
        f"creatinina {creatinina} mg/dL, {talla} cm",
        "Schwartz GJ et al. J Am Soc Nephrol 2009;20:629-637.",
    )
