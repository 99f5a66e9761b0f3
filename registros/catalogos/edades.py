"""Ages in whole months, as schemes and limits count them."""

from calendar import monthrange
from datetime import date


def sumar_meses(fecha: date, meses: int) -> date:
    """The same day `meses` later, or the last of that month when it has no such day."""
    total = fecha.year * 12 + fecha.month - 1 + meses
    ano, mes = divmod(total, 12)
    return date(ano, mes + 1, min(fecha.day, monthrange(ano, mes + 1)[1]))


def meses_cumplidos(nacimiento: date, hoy: date) -> int:
    """Whole months lived."""
    meses = (hoy.year - nacimiento.year) * 12 + hoy.month - nacimiento.month
    return meses - (hoy.day < nacimiento.day)
