"""The family of a patient as a drawing: squares and circles, filled for whoever has something.

Symbols: Bennett RL et al. J Genet Couns 2008;17:424-433.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from registros.catalogos.antecedentes import PARENTESCOS
from registros.selectors.antecedentes import Familiar

ANCHO, RADIO = 760, 17
FILAS = {2: 34, 1: 144, 0: 254, -1: 364}
"""generation -> where its row is."""
SITIOS = {"PGRFTH": 100, "PGRMTH": 250, "MGRFTH": 510, "MGRMTH": 660, "FTH": 175, "MTH": 585}


@dataclass(frozen=True, slots=True)
class Figura:
    """A person of the drawing: `sin_dato` when nobody has asked about them."""

    x: float
    y: float
    sexo: str
    nombre: str
    renglones: list[str]
    afectado: bool = False
    fallecido: bool = False
    paciente: bool = False
    sin_dato: bool = False

    @property
    def lado(self) -> float:
        return self.x - RADIO

    @property
    def techo(self) -> float:
        return self.y - RADIO

    @property
    def diagonal(self) -> tuple[float, float, float, float]:
        """The stroke across whoever died."""
        r = RADIO + 5
        return self.x - r, self.y + r, self.x + r, self.y - r

    @property
    def pie(self) -> float:
        return self.y + RADIO + 15


@dataclass(frozen=True, slots=True)
class Arbol:
    """Figures, and the lines (x1, y1, x2, y2) between them."""

    figuras: list[Figura]
    lineas: list[tuple[float, float, float, float]]
    alto: int
    ancho: int = ANCHO
    radio: int = RADIO
    diametro: int = RADIO * 2


def arbol(familiares: Sequence[Familiar], *, sexo: str) -> Arbol:
    """Grandparents, parents, the patient among brothers and sisters, and children."""
    por_codigo = {f.parentesco.codigo: f for f in familiares if not f.parentesco.varios}
    figuras = [
        _de(por_codigo.get(codigo), codigo, x, FILAS[PARENTESCOS[codigo].generacion])
        for codigo, x in SITIOS.items()
    ]
    hermanos = [f for f in familiares if f.parentesco.generacion == 0]
    hijos = [f for f in familiares if f.parentesco.generacion == -1]
    equis = _repartir(len(hermanos) + 1, ANCHO / 2)
    x_paciente = equis[0]
    figuras.append(Figura(x_paciente, FILAS[0], sexo, _("Paciente"), [], paciente=True))
    for x, hermano in zip(equis[1:], hermanos, strict=True):
        figuras.append(_de(hermano, hermano.parentesco.codigo, x, FILAS[0]))
    centro = min(max(x_paciente, 130), ANCHO - 130) if len(hijos) < 3 else ANCHO / 2
    equis_de_hijos = _repartir(len(hijos), centro)
    for x, hijo in zip(equis_de_hijos, hijos, strict=True):
        figuras.append(_de(hijo, hijo.parentesco.codigo, x, FILAS[-1]))
    lineas = [
        *_pareja("PGRFTH", "PGRMTH", [SITIOS["FTH"]], FILAS[2], FILAS[1]),
        *_pareja("MGRFTH", "MGRMTH", [SITIOS["MTH"]], FILAS[2], FILAS[1]),
        *_pareja("FTH", "MTH", equis, FILAS[1], FILAS[0]),
    ]
    if equis_de_hijos:
        lineas += _descendencia(x_paciente, FILAS[0] + RADIO, equis_de_hijos, FILAS[-1], 66)
    return Arbol(figuras, lineas, alto=FILAS[-1] + 70 if hijos else FILAS[0] + 70)


def _repartir(cuantos: int, centro: float) -> list[float]:
    paso = min(150.0, (ANCHO - 100) / max(cuantos - 1, 1))
    return [centro + (i - (cuantos - 1) / 2) * paso for i in range(cuantos)]


def _pareja(
    uno: str, otra: str, hijos: Sequence[float], y: float, abajo: float
) -> list[tuple[float, float, float, float]]:
    a, b = SITIOS[uno], SITIOS[otra]
    return [
        (a + RADIO, y, b - RADIO, y),
        *_descendencia((a + b) / 2, y, hijos, abajo, 66),
    ]


def _descendencia(
    x: float, y: float, hijos: Sequence[float], abajo: float, caida: float
) -> list[tuple[float, float, float, float]]:
    barra = min(y + caida, abajo - RADIO - 10)
    todos = [x, *hijos]
    return [
        (x, y, x, barra),
        (min(todos), barra, max(todos), barra),
        *((h, barra, h, abajo - RADIO) for h in hijos),
    ]


def _de(familiar: Familiar | None, codigo: str, x: float, y: float) -> Figura:
    parentesco = PARENTESCOS[codigo]
    if familiar is None:
        return Figura(x, y, parentesco.sexo, _(parentesco.nombre), [], sin_dato=True)
    return Figura(
        x,
        y,
        parentesco.sexo,
        familiar.nombre or _(parentesco.nombre),
        [_(p) for p in familiar.padecimientos[:2]]
        + ([f"+{len(familiar.padecimientos) - 2}"] if len(familiar.padecimientos) > 2 else []),
        afectado=bool(familiar.padecimientos),
        fallecido=not familiar.vive,
    )
