"""WHO growth references as L, M and S by age, and what they make of a measurement.

0–5 years: WHO Child Growth Standards (2006); 5–19: WHO Growth Reference (de Onis et al., Bull World
Health Organ 2007;85:660-667). ``datos/oms_lms.csv`` keeps the published values at daily knots for
the first fortnight, weekly to 13 weeks, then monthly; between knots they are interpolated, which
moves a z-score by less than 0.08. Length below two years, height from then on.
"""

import csv
import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext_noop as _

DIAS_POR_MES = 30.4375
PERCENTILES: tuple[tuple[str, float], ...] = (
    ("P3", -1.8808),
    ("P15", -1.0364),
    ("P50", 0.0),
    ("P85", 1.0364),
    ("P97", 1.8808),
)
"""(name, its z) of the curves that are drawn."""


@dataclass(frozen=True, slots=True)
class Indicador:
    """What is compared: the LOINC code of the measurement, and up to what age in days."""

    clave: str
    nombre: str
    loinc: str
    unidad: str
    hasta: int
    por_peso: bool = False


INDICADORES = (
    Indicador("peso", _("Peso para la edad"), "29463-7", "kg", 3652, por_peso=True),
    Indicador("talla", _("Longitud o talla para la edad"), "8302-2", "cm", 6940),
    Indicador("imc", _("Índice de masa corporal para la edad"), "39156-5", "kg/m²", 6940, True),
    Indicador("perimetro_cefalico", _("Perímetro cefálico para la edad"), "9843-4", "cm", 1826),
)


@dataclass(frozen=True, slots=True)
class LMS:
    """The Box-Cox power, the median and the coefficient of variation at an age."""

    l: float  # noqa: E741
    m: float
    s: float

    def valor(self, z: float) -> float:
        """The measurement at `z` standard deviations."""
        if abs(self.l) < 1e-9:
            return self.m * math.exp(self.s * z)
        return float(self.m * (1 + self.l * self.s * z) ** (1 / self.l))

    def z(self, valor: float, *, por_peso: bool = False) -> float:
        """The z-score of a measurement.

        `por_peso`: weight-based indicators go beyond 3 by the distance between 2 and 3 (WHO Child
        Growth Standards: Methods and development, 2006, chapter 7, restricted LMS).
        """
        if abs(self.l) < 1e-9:
            z = math.log(valor / self.m) / self.s
        else:
            z = ((valor / self.m) ** self.l - 1) / (self.l * self.s)
        if por_peso and abs(z) > 3:
            signo = math.copysign(1, z)
            tres, dos = self.valor(3 * signo), self.valor(2 * signo)
            return signo * 3 + (valor - tres) / abs(tres - dos)
        return z


@cache
def _tablas() -> dict[tuple[str, str], tuple[list[int], list[LMS]]]:
    tablas: dict[tuple[str, str], tuple[list[int], list[LMS]]] = {}
    with (Path(__file__).parent / "datos/oms_lms.csv").open(encoding="ascii") as archivo:
        for fila in csv.DictReader(archivo):
            dias, valores = tablas.setdefault((fila["indicador"], fila["sexo"]), ([], []))
            dias.append(int(fila["dias"]))
            valores.append(LMS(float(fila["l"]), float(fila["m"]), float(fila["s"])))
    return tablas


def lms(indicador: str, sexo: str, dias: float) -> LMS | None:
    """The reference for `sexo` (FHIR ``male`` or ``female``) at an age in days; None outside it."""
    if (indicador, sexo) not in _tablas():
        return None
    edades, valores = _tablas()[indicador, sexo]
    if not edades[0] <= dias <= edades[-1]:
        return None
    i = bisect_right(edades, dias) - 1
    if edades[i] == dias or i + 1 == len(edades):
        return valores[i]
    parte = (dias - edades[i]) / (edades[i + 1] - edades[i])
    a, b = valores[i], valores[i + 1]
    return LMS(*(x + (y - x) * parte for x, y in ((a.l, b.l), (a.m, b.m), (a.s, b.s))))


def percentil(z: float) -> float:
    """The percentage of the reference population below `z`."""
    return 50 * (1 + math.erf(z / math.sqrt(2)))


def lectura(indicador: str, z: float, dias: float) -> tuple[str, str]:
    """(what a z-score means, class of its badge), by WHO's cut-offs.

    0–5 years: WHO Training Course on Child Growth Assessment, 2008; 5–19: de Onis 2007.
    """
    menor_de_cinco = dias < 1857
    if indicador == "talla":
        if z < -3:
            return _("Talla baja grave"), "alerta"
        return (_("Talla baja"), "aviso") if z < -2 else (_("En lo esperado"), "")
    if indicador == "perimetro_cefalico":
        if z < -2 or z > 2:
            return _("Fuera de ±2 desviaciones: valorar"), "alerta" if abs(z) > 3 else "aviso"
        return _("En lo esperado"), ""
    if indicador == "peso":
        if z < -3:
            return _("Peso bajo grave"), "alerta"
        return (_("Peso bajo"), "aviso") if z < -2 else (_("En lo esperado"), "")
    if z < -3:
        return _("Emaciación grave"), "alerta"
    if z < -2:
        return _("Emaciación"), "aviso"
    sobrepeso, obesidad = (2, 3) if menor_de_cinco else (1, 2)
    if z > obesidad:
        return _("Obesidad"), "alerta"
    if z > sobrepeso:
        return _("Sobrepeso"), "aviso"
    if menor_de_cinco and z > 1:
        return _("Riesgo de sobrepeso"), "aviso"
    return _("En lo esperado"), ""
