"""A value on a ruler: where it falls against what is expected, for an SVG of 240 by 20 units."""

from dataclasses import dataclass
from decimal import Decimal

from registros.selectors.resultados import Valor

ANCHO = 240
_DESDE, _HASTA = 70.0, 170.0
"""Where what is expected is drawn; beyond it, as much again on either side."""


@dataclass(frozen=True, slots=True)
class Regla:
    """`x` is the value; `desde` and `hasta`, the band of what is expected."""

    x: float
    desde: float
    hasta: float

    @property
    def ancho(self) -> float:
        return self.hasta - self.desde


def de_valor(valor: Valor) -> Regla | None:
    """The ruler of a figure with limits; None for words, and for what has none."""
    cifra, bajo, alto = valor.cifra, valor.bajo, valor.alto
    if cifra is None or (bajo is None and alto is None):
        return None
    if bajo is None or alto is None:
        return _abierta(cifra, bajo, alto)
    tramo = (alto - bajo) or Decimal(1)
    x = _DESDE + float((cifra - bajo) / tramo) * (_HASTA - _DESDE)
    return Regla(_dentro(x), _DESDE, _HASTA)


def _abierta(cifra: Decimal, bajo: Decimal | None, alto: Decimal | None) -> Regla:
    """With one limit, the band reaches the end of the ruler on the other side."""
    limite = bajo if bajo is not None else alto
    assert limite is not None
    medio = ANCHO / 2
    x = _dentro(medio * float(cifra / limite)) if limite else medio
    return Regla(x, medio, ANCHO) if bajo is not None else Regla(x, 0, medio)


def _dentro(x: float) -> float:
    return min(max(x, 5.0), ANCHO - 5.0)
