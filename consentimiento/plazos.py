"""Terms in business days (*días hábiles*): pure arithmetic, the calendar and the terms given.

Days that are not business days: Saturdays, Sundays, the federal days of rest (LFT art. 74) and
those of the institution's own calendar. A term begins the business day after what starts it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

_DIA = timedelta(days=1)
PRIMER_CAMBIO = 2024
"""A presidential term begins every six years from this one, on the first of October."""


class PlazosMalConfigurados(Exception):
    """The file of terms lacks a regime, or a term of it, or one is not a number of days."""


@dataclass(frozen=True, slots=True)
class Terminos:
    """The terms of a regime, in business days; `fuente` is the law they come from.

    `ampliacion` of the time to carry out; how long what is delivered can be downloaded (`entrega`,
    the institution's own); `recurso`, to appeal before the authority.
    """

    fuente: str
    incompetencia: int
    tramite: int
    prevencion: int
    desahogo: int
    resolver: int
    prorroga: int
    efectuar: int
    ampliacion: int
    entrega: int
    recurso: int = 15


def terminos(datos: Mapping[str, Any], regimen: str) -> Terminos:
    """The terms of `regimen` in what a file of terms says. Raises `PlazosMalConfigurados`."""
    try:
        leidos = Terminos(**datos[regimen])
    except (KeyError, TypeError) as error:
        raise PlazosMalConfigurados(f"plazos del régimen {regimen!r}: {error}") from error
    dias = [getattr(leidos, c) for c in Terminos.__slots__ if c != "fuente"]
    if any(type(d) is not int or d < 0 for d in dias):
        raise PlazosMalConfigurados(f"plazos del régimen {regimen!r}: se esperan días enteros")
    return leidos


@lru_cache(maxsize=64)
def descansos(anio: int) -> frozenset[date]:
    """The federal days of rest of a year (LFT art. 74; electoral ones are the calendar's)."""
    fijos = [date(anio, mes, dia) for mes, dia in ((1, 1), (5, 1), (9, 16), (12, 25))]
    moviles = [_lunes(anio, 2, 1), _lunes(anio, 3, 3), _lunes(anio, 11, 3)]
    cambio = [date(anio, 10, 1)] if (anio - PRIMER_CAMBIO) % 6 == 0 else []
    return frozenset([*fijos, *moviles, *cambio])


def _lunes(anio: int, mes: int, cual: int) -> date:
    primero = date(anio, mes, 1)
    return primero + timedelta(days=-primero.weekday() % 7 + 7 * (cual - 1))


def es_habil(dia: date, propios: Collection[date] = ()) -> bool:
    return dia.weekday() < 5 and dia not in descansos(dia.year) and dia not in propios


def sumar(desde: date, dias: int, propios: Collection[date] = ()) -> date:
    """The last day of a term of `dias` business days that `desde` starts."""
    dia = desde
    while dias > 0:
        dia += _DIA
        dias -= es_habil(dia, propios)
    return dia


def restantes(hoy: date, vence: date, propios: Collection[date] = ()) -> int:
    """Business days left after `hoy`, up to `vence`; negative, how many it is overdue."""
    if hoy <= vence:
        return _entre(hoy, vence, propios)
    return -max(1, _entre(vence, hoy, propios))


def _entre(antes: date, despues: date, propios: Collection[date]) -> int:
    return sum(
        es_habil(antes + timedelta(days=n), propios) for n in range(1, (despues - antes).days + 1)
    )
