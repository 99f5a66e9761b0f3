"""Series as accessible SVG, drawn whole on the server: the style sheet shows a point's value."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from django.utils.translation import gettext as _

from ece.web.templatetags import fechas
from registros.catalogos.aportaciones import APORTADO
from registros.catalogos.signos import SIGNOS, Signo
from registros.selectors.resultados import SerieDeAnalito
from registros.selectors.signos import Punto, Serie

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
    nota: str = ""
    grado: str = ""

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
class Curva:
    """A line of reference behind the measurements, named where it ends."""

    nombre: str
    puntos: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Grafica:
    """What the template draws: lines, the instants along them, and the guides of both axes."""

    titulo: str
    unidad: str
    trazos: list[Trazo]
    marcas: list[Marca]
    guias: list[tuple[float, str]]
    extremos: list[tuple[float, str, str]]
    curvas: Sequence[Curva] = ()

    ancho: int = ANCHO
    alto: int = ALTO
    izquierda: int = IZQUIERDA
    arriba: int = ARRIBA
    fondo: int = ALTO - ABAJO - ARRIBA
    derecha: int = ANCHO - DERECHA
    banda: tuple[float, float] | None = None
    """Top and height of what is within the reference limits."""

    @property
    def ancho_util(self) -> int:
        return self.derecha - self.izquierda

    @property
    def ultima(self) -> Marca | None:
        return self.marcas[-1] if self.marcas else None

    @property
    def con_notas(self) -> bool:
        return any(marca.nota for marca in self.marcas)

    @property
    def tabla(self) -> list[Marca]:
        return self.marcas[::-1]


def de_series(
    series: Iterable[Serie], *, nombres: Mapping[str, str] = MappingProxyType({})
) -> list[Grafica]:
    """A chart a sign, but one for both blood pressures, which are read together.

    `nombres` is what some are called to these readers, by their key (``presion`` is both).
    """

    def nombre(clave: str, clinico: str) -> str:
        return str(nombres.get(clave, "")) or _(clinico)

    por_loinc = {serie.signo.loinc: serie for serie in series}
    presion = [por_loinc.pop(c) for c in (SISTOLICA, DIASTOLICA) if c in por_loinc]
    ambas = str(nombres.get("presion", "")) or _("Tensión arterial")
    juntas = [(ambas, presion)] if presion else []
    cada_una = [(nombre(s.signo.clave, s.signo.nombre), [s]) for s in por_loinc.values()]
    return [
        _grafica(titulo, suyas, trazos=[nombre(s.signo.clave, s.signo.nombre) for s in suyas])
        for titulo, suyas in (*juntas, *cada_una)
    ]


def de_analito(serie: SerieDeAnalito) -> Grafica:
    """The chart of something that a laboratory measures, with its reference limits behind."""
    signo = Signo(serie.loinc, serie.nombre, serie.loinc, "", serie.unidad, Decimal(0), Decimal(0))
    puntos = [Punto(m.fecha, m.valor) for m in serie.puntos]
    limites = (serie.bajo, serie.alto)
    return _grafica(serie.nombre, [Serie(signo, puntos)], trazos=[serie.nombre], limites=limites)


def _grafica(
    titulo: str,
    series: Sequence[Serie],
    *,
    trazos: Sequence[str],
    limites: tuple[Decimal | None, Decimal | None] = (None, None),
) -> Grafica:
    instantes: dict[datetime, dict[str, Decimal]] = {}
    for serie in series:
        for punto in serie.puntos:
            instantes.setdefault(punto.fecha, {})[serie.signo.loinc] = punto.valor
    aportados = {punto.fecha for serie in series for punto in serie.puntos if punto.aportado}
    momentos = sorted(instantes)
    valores = [float(v) for juntos in instantes.values() for v in juntos.values()]
    valores += [float(limite) for limite in limites if limite is not None]
    guias = escalones(min(valores), max(valores))
    bajo, alto = guias[0], guias[-1]
    inicio, lapso = momentos[0], (momentos[-1] - momentos[0]).total_seconds()

    def y(valor: float) -> float:
        return ALTO - ABAJO - (valor - bajo) / (alto - bajo) * (ALTO - ABAJO - ARRIBA)

    def x(fecha: datetime) -> float:
        parte = (fecha - inicio).total_seconds() / lapso if lapso else 0.5
        return IZQUIERDA + 8 + parte * (ANCHO - IZQUIERDA - DERECHA - 16)

    def banda() -> tuple[float, float] | None:
        if limites == (None, None):
            return None
        bajo_normal, alto_normal = limites
        techo = y(alto if alto_normal is None else float(alto_normal))
        piso = y(bajo if bajo_normal is None else float(bajo_normal))
        return techo, piso - techo

    return Grafica(
        banda=banda(),
        titulo=titulo,
        unidad=series[0].signo.unidad,
        trazos=[
            Trazo(
                nombre,
                " ".join(f"{x(p.fecha):.1f},{y(float(p.valor)):.1f}" for p in s.puntos),
            )
            for nombre, s in zip(trazos, series, strict=True)
        ],
        marcas=[
            Marca(
                x(momento),
                [y(float(v)) for v in instantes[momento].values()],
                momento,
                "/".join(_cifra(instantes[momento].get(s.signo.loinc)) for s in series)
                + (f" · {_(APORTADO)}" if momento in aportados else ""),
            )
            for momento in momentos
        ],
        guias=[(y(guia), f"{guia:g}") for guia in guias],
        extremos=_extremos([(x(m), fechas.escribir(m, "fecha_corta")) for m in momentos]),
    )


def escalones(bajo: float, alto: float, cuantas: int = GUIAS) -> list[float]:
    """Round figures that cover the values: steps of 1, 2 or 5 by a power of ten."""
    if bajo == alto:
        holgura = max(abs(alto) * 0.05, 0.5)
        bajo, alto = bajo - holgura, alto + holgura
    crudo = (alto - bajo) / (cuantas - 1)
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
