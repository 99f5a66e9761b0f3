"""Series as accessible SVG, drawn whole on the server: the style sheet shows a point's value."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from ece.web.templatetags import fechas
from registros.catalogos.signos import SIGNOS
from registros.selectors.signos import Serie

ANCHO, ALTO = 440, 200
IZQUIERDA, DERECHA, ARRIBA, ABAJO = 52, 16, 26, 28
GUIAS = 4
SISTOLICA, DIASTOLICA = SIGNOS["sistolica"].loinc, SIGNOS["diastolica"].loinc


@dataclass(frozen=True, slots=True)
class Marca:
    """What was measured at one instant: one point, or as many as lines the chart has."""

    x: float
    ys: list[float]
    fecha: datetime
    texto: str

    @property
    def zona(self) -> float:
        """Where the target of a finger begins: 24 units across the point."""
        return self.x - 12

    @property
    def alta(self) -> float:
        return min(self.ys)

    @property
    def baja(self) -> float:
        return max(self.ys)

    @property
    def lado(self) -> str:
        """Where the value's words are anchored, so that none leaves the chart."""
        if self.x < IZQUIERDA + 50:
            return "start"
        return "end" if self.x > ANCHO - DERECHA - 50 else "middle"


@dataclass(frozen=True, slots=True)
class Trazo:
    nombre: str
    puntos: str


@dataclass(frozen=True, slots=True)
class Grafica:
    """What the template draws: lines, the instants along them, and the guides of both axes."""

    titulo: str
    unidad: str
    trazos: list[Trazo]
    marcas: list[Marca]
    guias: list[tuple[float, str]]
    extremos: list[tuple[float, str, str]]

    ancho: int = ANCHO
    alto: int = ALTO
    izquierda: int = IZQUIERDA
    arriba: int = ARRIBA
    fondo: int = ALTO - ABAJO - ARRIBA
    derecha: int = ANCHO - DERECHA

    @property
    def ultima(self) -> Marca:
        return self.marcas[-1]

    @property
    def tabla(self) -> list[Marca]:
        return self.marcas[::-1]


def de_series(series: Iterable[Serie]) -> list[Grafica]:
    """A chart a sign, but one for both blood pressures, which are read together."""
    por_loinc = {serie.signo.loinc: serie for serie in series}
    presion = [por_loinc.pop(c) for c in (SISTOLICA, DIASTOLICA) if c in por_loinc]
    primeras = [_grafica(_("Tensión arterial"), presion)] if presion else []
    return primeras + [_grafica(_(s.signo.nombre), [s]) for s in por_loinc.values()]


def _grafica(titulo: str, series: Sequence[Serie]) -> Grafica:
    instantes: dict[datetime, dict[str, Decimal]] = {}
    for serie in series:
        for punto in serie.puntos:
            instantes.setdefault(punto.fecha, {})[serie.signo.loinc] = punto.valor
    momentos = sorted(instantes)
    valores = [float(v) for juntos in instantes.values() for v in juntos.values()]
    guias = _escalones(min(valores), max(valores))
    bajo, alto = guias[0], guias[-1]
    inicio, lapso = momentos[0], (momentos[-1] - momentos[0]).total_seconds()

    def y(valor: float) -> float:
        return ALTO - ABAJO - (valor - bajo) / (alto - bajo) * (ALTO - ABAJO - ARRIBA)

    def x(fecha: datetime) -> float:
        parte = (fecha - inicio).total_seconds() / lapso if lapso else 0.5
        return IZQUIERDA + 8 + parte * (ANCHO - IZQUIERDA - DERECHA - 16)

    return Grafica(
        titulo=titulo,
        unidad=series[0].signo.unidad,
        trazos=[
            Trazo(
                _(s.signo.nombre),
                " ".join(f"{x(p.fecha):.1f},{y(float(p.valor)):.1f}" for p in s.puntos),
            )
            for s in series
        ],
        marcas=[
            Marca(
                x(momento),
                [y(float(v)) for v in instantes[momento].values()],
                momento,
                "/".join(_cifra(instantes[momento].get(s.signo.loinc)) for s in series),
            )
            for momento in momentos
        ],
        guias=[(y(guia), f"{guia:g}") for guia in guias],
        extremos=_extremos([(x(m), fechas.escribir(m, "fecha_corta")) for m in momentos]),
    )


def _escalones(bajo: float, alto: float) -> list[float]:
    """Round figures that cover the values: steps of 1, 2 or 5 by a power of ten."""
    if bajo == alto:
        holgura = max(abs(alto) * 0.05, 0.5)
        bajo, alto = bajo - holgura, alto + holgura
    crudo = (alto - bajo) / (GUIAS - 1)
    potencia = 10 ** math.floor(math.log10(crudo))
    paso = next(p * potencia for p in (1, 2, 5, 10) if p * potencia >= crudo)
    primero, ultimo = math.floor(bajo / paso), math.ceil(alto / paso)
    return [round(i * paso, 6) for i in range(primero, ultimo + 1)]


def _extremos(fechadas: Sequence[tuple[float, str]]) -> list[tuple[float, str, str]]:
    """The first and last dates under the horizontal axis: where, words, anchor."""
    (x_inicial, inicial), (x_final, final) = fechadas[0], fechadas[-1]
    if inicial == final:
        return [(x_inicial if len(fechadas) == 1 else ANCHO / 2, inicial, "middle")]
    return [(x_inicial, inicial, "start"), (x_final, final, "end")]


def _cifra(valor: Decimal | None) -> str:
    return "—" if valor is None else f"{valor.normalize():f}"
