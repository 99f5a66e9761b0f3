"""How well the kidneys filter, from a creatinine."""

from decimal import Decimal


def filtrado(
    creatinina: Decimal, *, edad: int, sexo: str, talla_cm: Decimal | None = None
) -> Decimal | None:
    """Estimated glomerular filtration rate, mL/min/1.73 m2; creatinine in mg/dL, age in days.

    Adults, CKD-EPI 2021 (Inker, NEJM 2021;385:1737); under 18 years, bedside Schwartz (JASN
    2009;20:629), which needs the height: None without it, or without the sex.
    """
    anios = edad / 365.25
    if creatinina <= 0:
        return None
    if anios < 18:
        return None if talla_cm is None else Decimal("0.413") * talla_cm / creatinina
    constantes = {"female": (0.7, -0.241, 1.012), "male": (0.9, -0.302, 1.0)}.get(sexo)
    if constantes is None:
        return None
    kappa, alfa, factor = constantes
    razon = float(creatinina) / kappa
    estimado = 142 * min(razon, 1) ** alfa * max(razon, 1) ** -1.2 * 0.9938**anios * factor
    return Decimal(round(estimado, 1))
