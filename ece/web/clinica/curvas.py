"""WHO's percentiles as curves behind a child's measurements, in the shape of every chart here."""

import math
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ece.web.clinica.graficas import ANCHO, Curva, Grafica, Marca, Trazo, escalones
from registros.catalogos import crecimiento as catalogo
from registros.catalogos.crecimiento import DIAS_POR_MES, PERCENTILES
from registros.selectors.crecimiento import Crecimiento, Medicion
from registros.selectors.crecimiento import Curva as CurvaDeNino

ALTO = 330
IZQUIERDA, DERECHA, ARRIBA, ABAJO = 44, 40, 18, 30
VENTANAS = (24, 60, 228)
"""Months the horizontal axis may reach: the first that holds the child's age."""
PASOS = {24: 6, 60: 12, 120: 24, 228: 24}
PUNTOS, RENGLON = 60, 15


def de_crecimiento(crecimiento: Crecimiento, *, hoy: date) -> list[Grafica]:
    """A chart an indicator that has a reference at the child's age or any measurement."""
    if not crecimiento.comparable or crecimiento.nacimiento is None:
        return []
    dias = (hoy - crecimiento.nacimiento).days
    return [
        _grafica(curva, dias)
        for curva in crecimiento.curvas
        if curva.mediciones or dias <= curva.indicador.hasta
    ]


def _grafica(curva: CurvaDeNino, dias: int) -> Grafica:
    indicador = curva.indicador
    tope = round(indicador.hasta / DIAS_POR_MES)
    ventana = min(next((v for v in VENTANAS if dias / DIAS_POR_MES <= v), 228), tope)
    # Up to two years one lies down: the chart ends before the first standing day.
    ultimo = min(ventana * DIAS_POR_MES, indicador.hasta, 730 if ventana == 24 else math.inf)
    edades = [ultimo * i / PUNTOS for i in range(PUNTOS + 1)]
    referencias = [
        (edad, lms) for edad in edades if (lms := catalogo.lms(indicador.clave, curva.sexo, edad))
    ]
    suyas = [m for m in curva.mediciones if m.meses <= ventana]
    lineas = {
        nombre: [(edad, lms.valor(z)) for edad, lms in referencias] for nombre, z in PERCENTILES
    }
    valores = [v for linea in lineas.values() for _edad, v in linea]
    valores += [float(m.valor) for m in suyas]
    guias = escalones(min(valores), max(valores), 6)

    def x(edad: float) -> float:
        return IZQUIERDA + edad / DIAS_POR_MES / ventana * (ANCHO - IZQUIERDA - DERECHA)

    def y(valor: float) -> float:
        alto = ALTO - ABAJO - ARRIBA
        return ALTO - ABAJO - (valor - guias[0]) / (guias[-1] - guias[0]) * alto

    return Grafica(
        titulo=_(indicador.nombre),
        unidad=indicador.unidad,
        trazos=[
            Trazo(
                _(indicador.nombre),
                " ".join(f"{x(m.dias):.1f},{y(float(m.valor)):.1f}" for m in suyas),
            )
        ],
        marcas=[
            Marca(
                x(m.dias),
                [y(float(m.valor))],
                m.fecha,
                f"{m.valor.normalize():f}",
                nota=_nota(m),
                grado=m.grado,
            )
            for m in suyas
        ],
        guias=[(y(guia), f"{guia:g}") for guia in guias],
        extremos=[
            (x(meses * DIAS_POR_MES), _edad(meses, ventana), "middle")
            for meses in range(0, ventana + 1, PASOS[ventana])
        ],
        curvas=[
            Curva(
                nombre,
                " ".join(f"{x(edad):.1f},{y(v):.1f}" for edad, v in puntos),
                x(puntos[-1][0]) + 4,
                altura,
            )
            for (nombre, puntos), altura in zip(
                lineas.items(),
                _separadas([y(puntos[-1][1]) for puntos in lineas.values()]),
                strict=True,
            )
        ],
        alto=ALTO,
        izquierda=IZQUIERDA,
        derecha=ANCHO - DERECHA,
        arriba=ARRIBA,
        fondo=ALTO - ABAJO - ARRIBA,
    )


def _separadas(alturas: Sequence[float]) -> list[float]:
    """Where the names of the curves go, lowest curve first: at their ends, never overlapping."""
    centro = len(alturas) // 2
    puestas = list(alturas)
    for i in range(centro - 1, -1, -1):
        puestas[i] = max(puestas[i], puestas[i + 1] + RENGLON)
    for i in range(centro + 1, len(puestas)):
        puestas[i] = min(puestas[i], puestas[i - 1] - RENGLON)
    return puestas


def _nota(medicion: Medicion) -> str:
    """Percentile and z, and what they mean when it is not what is expected."""
    percentil = medicion.percentil
    centil = "<P1" if percentil < 1 else ">P99" if percentil > 99 else f"P{percentil:.0f}"
    z = f"{medicion.z:+.2f}".replace("-", "−")
    lectura = f" · {_(medicion.lectura)}" if medicion.grado else ""
    return f"{centil}, z {z}{lectura}"


def _edad(meses: int, ventana: int) -> str:
    if ventana <= 24:
        return _("%(n)s m") % {"n": meses} if meses else _("nacer")
    return ngettext("%(n)s año", "%(n)s años", meses // 12) % {"n": meses // 12}
