"""The figures of a run, as JSON and as the table of ``docs/performance.md``."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.__main__ import Serie


VISTA_DE_REFERENCIA = 7_900
"""What the bare view makes a second on the machine for which the targets were set."""


@dataclass(frozen=True, slots=True)
class Renglon:
    """Medians over the repeats: requests a second, milliseconds, CPU milliseconds a request."""

    carga: str
    objetivo: float
    en_milisegundos: bool
    ritmo: float
    p50: float
    p95: float
    p99: float
    cpu: float
    errores: int

    @property
    def logrado(self) -> float:
        return self.p50 if self.en_milisegundos else self.ritmo

    @property
    def cumple(self) -> bool:
        if self.en_milisegundos:
            return self.p50 <= self.objetivo
        return self.ritmo >= self.objetivo


@dataclass(frozen=True, slots=True)
class Corrida:
    """One size; `vista` and `psycopg` are the ceilings of the same minutes, a second."""

    pacientes: int
    renglones: list[Renglon]
    vista: float
    psycopg: float


def renglon(serie: Serie) -> Renglon:
    return Renglon(
        carga=serie.carga.nombre,
        objetivo=serie.carga.objetivo,
        en_milisegundos=serie.carga.en_milisegundos,
        ritmo=serie.mediana("ritmo"),
        p50=serie.percentil(0.50) * 1000,
        p95=serie.percentil(0.95) * 1000,
        p99=serie.percentil(0.99) * 1000,
        cpu=serie.mediana("cpu_por_peticion") * 1000,
        errores=serie.errores,
    )


_CABECERA = (
    "| work | /s | target | | ÷ bare view | target | | ÷ psycopg "
    "| p50 ms | p95 ms | p99 ms | CPU ms |\n"
    "| --- | ---: | ---: | --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |"
)


def _marca(cumple: bool) -> str:
    return "yes" if cumple else "**no**"


def tabla(corrida: Corrida) -> str:
    lineas = [_CABECERA]
    for r in corrida.renglones:
        objetivo = f"≤ {r.objetivo:g} ms" if r.en_milisegundos else f"≥ {r.objetivo:,.0f}"
        errores = f", {r.errores} errors" if r.errores else ""
        relacion = f"{(logrado := r.ritmo / corrida.vista):.3f} | |"
        if not r.en_milisegundos:
            pedido = r.objetivo / VISTA_DE_REFERENCIA
            relacion = f"{logrado:.3f} | ≥ {pedido:.3f} | {_marca(logrado >= pedido)}"
        lineas.append(
            f"| {r.carga} | {r.ritmo:,.0f} | {objetivo} | {_marca(r.cumple)}{errores} "
            f"| {relacion} | {r.ritmo / corrida.psycopg:.3f} "
            f"| {r.p50:.2f} | {r.p95:.2f} | {r.p99:.2f} | {r.cpu:.2f} |"
        )
    lineas.append(f"| *ceiling: bare view* | {corrida.vista:,.0f} | | | 1 | | | | | | | |")
    lineas.append(f"| *ceiling: psycopg* | {corrida.psycopg:,.0f} | | | | | | 1 | | | | |")
    return "\n".join(lineas)


def comparacion(primera: Corrida, ultima: Corrida) -> str:
    """How much slower each workload is at the larger size (1.0: as fast)."""
    lineas = ["| work | ratio of p50 |", "| --- | ---: |"]
    for antes, ahora in zip(primera.renglones, ultima.renglones, strict=True):
        lineas.append(f"| {antes.carga} | {ahora.p50 / antes.p50:.2f} |")
    return "\n".join(lineas)


def escribir(corridas: list[Corrida], carpeta: Path, *, vueltas: int, segundos: float) -> None:
    """``performance.json`` and, between its two marks, the tables of ``performance.md``."""
    datos = {
        "fecha": date.today().isoformat(),
        "nucleos": os.cpu_count(),
        "python": platform.python_version(),
        "vueltas": vueltas,
        "segundos": segundos,
        "corridas": [asdict(corrida) for corrida in corridas],
    }
    (carpeta / "performance.json").write_text(json.dumps(datos, indent=1, ensure_ascii=False))
    partes = [
        f"{datos['fecha']}, {datos['nucleos']} cores, Python {datos['python']}, concurrency 8 "
        f"(pages: 1), {vueltas} interleaved repeats of {segundos:g} s, medians. The driver runs on "
        "the same cores."
    ]
    for corrida in corridas:
        partes += [f"### {corrida.pacientes:,} patients", tabla(corrida)]
    if len(corridas) > 1:
        menos, mas = corridas[0], corridas[-1]
        partes += [
            f"### From {menos.pacientes:,} to {mas.pacientes:,} patients",
            comparacion(menos, mas),
        ]
    documento = carpeta / "performance.md"
    antes, _, resto = documento.read_text().partition(_INICIO)
    _, _, despues = resto.partition(_FIN)
    cuerpo = "\n\n".join(partes)
    documento.write_text(f"{antes}{_INICIO}\n{cuerpo}\n{_FIN}{despues}")


_INICIO = "<!-- figures: written by make bench -->"
_FIN = "<!-- /figures -->"
