"""Series as accessible SVG, drawn on the server: a script only adds what the pointer shows."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from registros.selectors.signos import Serie

ANCHO, ALTO, MARGEN = 640, 180, 34


@dataclass(frozen=True, slots=True)
class Marca:
    x: float
    y: float
    fecha: datetime
    valor: Decimal


@dataclass(frozen=True, slots=True)
class Grafica:
    """What the template draws: a polyline, its points, and the guides of the vertical axis."""

    titulo: str
    unidad: str
    marcas: list[Marca]
    guias: list[tuple[float, str]]

    ancho: int = ANCHO
    alto: int = ALTO
    margen: int = MARGEN

    @property
    def trazo(self) -> str:
        return " ".join(f"{m.x:.1f},{m.y:.1f}" for m in self.marcas)

    @property
    def ultima(self) -> Marca:
        return self.marcas[-1]

    @property
    def tabla(self) -> list[Marca]:
        return self.marcas[::-1]


def de_serie(serie: Serie) -> Grafica:
    valores = [float(p.valor) for p in serie.puntos]
    bajo, alto = min(valores), max(valores)
    holgura = (alto - bajo) * 0.15 or max(abs(alto) * 0.05, 1)
    bajo, alto = bajo - holgura, alto + holgura
    inicio, fin = serie.puntos[0].fecha, serie.puntos[-1].fecha
    lapso = (fin - inicio).total_seconds() or 1

    def y(valor: float) -> float:
        return ALTO - MARGEN / 2 - (valor - bajo) / (alto - bajo) * (ALTO - MARGEN)

    def x(fecha: datetime) -> float:
        if len(serie.puntos) == 1:
            return ANCHO / 2
        return MARGEN + (fecha - inicio).total_seconds() / lapso * (ANCHO - 2 * MARGEN)

    guias = [bajo + (alto - bajo) * parte for parte in (0.1, 0.5, 0.9)]
    return Grafica(
        titulo=serie.signo.nombre,
        unidad=serie.signo.unidad,
        marcas=[Marca(x(p.fecha), y(float(p.valor)), p.fecha, p.valor) for p in serie.puntos],
        guias=[(y(guia), f"{guia:.{serie.signo.decimales and 1}f}") for guia in guias],
    )
