"""The catalogue: each medicine with its presentations and limits, and finding it by typing."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from importlib import resources

from ece import fhir
from registros.catalogos.medicamentos.grupos import Grupo

SISTEMA_MEDICAMENTO = "urn:ece:medicamento"
SISTEMA_ATC = "http://www.whocc.no/atc"

FORMAS = {
    "tab": ("tableta", "oral"),
    "tablp": ("tableta de liberación prolongada", "oral"),
    "masc": ("tableta masticable", "oral"),
    "ef": ("tableta efervescente", "oral"),
    "subl": ("tableta sublingual", "sublingual"),
    "cap": ("cápsula", "oral"),
    "susp": ("suspensión", "oral"),
    "jbe": ("jarabe", "oral"),
    "sol": ("solución oral", "oral"),
    "got": ("solución oral en gotas", "oral"),
    "polvo": ("polvo para solución oral", "oral"),
    "iv": ("solución inyectable", "intravenosa"),
    "im": ("solución inyectable", "intramuscular"),
    "ivim": ("solución inyectable", "intramuscular"),
    "sc": ("solución inyectable", "subcutánea"),
    "cre": ("crema", "cutánea"),
    "ung": ("ungüento", "cutánea"),
    "gel": ("gel", "cutánea"),
    "loc": ("loción", "cutánea"),
    "oft": ("solución oftálmica", "oftálmica"),
    "otic": ("solución ótica", "ótica"),
    "nas": ("solución nasal", "nasal"),
    "inh": ("aerosol o polvo para inhalación", "inhalada"),
    "neb": ("solución para nebulizar", "inhalada"),
    "sup": ("supositorio", "rectal"),
    "ovu": ("óvulo", "vaginal"),
    "crev": ("crema vaginal", "vaginal"),
    "par": ("parche", "transdérmica"),
    "imp": ("implante", "subdérmica"),
}
"""abbreviation of the file -> (pharmaceutical form, its route)."""

VIAS = tuple(dict.fromkeys(via for _, via in FORMAS.values()))
_CONTABLES = frozenset(
    {"tab", "tablp", "masc", "ef", "subl", "cap", "sup", "ovu", "par", "imp", "polvo"}
)
_EN_MILIGRAMOS = {"mcg": Decimal("0.001"), "mg": Decimal(1), "g": Decimal(1000)}
_ANTIBIOTICOS = ("J01", "J04AB", "P01AB")
LOCALES = frozenset({"cutánea", "oftálmica", "ótica", "nasal", "vaginal"})
"""Routes by which a dose hardly reaches the rest of the body: limits by mouth do not hold."""


@dataclass(frozen=True, slots=True)
class Dosis:
    """An amount: milligrams of any size are kept as they are written (``mg mcg g UI mL``)."""

    valor: Decimal
    unidad: str

    def en(self, unidad: str) -> Decimal | None:
        """The amount in `unidad`, when one can be turned into the other."""
        if unidad == self.unidad:
            return self.valor
        if unidad in _EN_MILIGRAMOS and self.unidad in _EN_MILIGRAMOS:
            return self.valor * _EN_MILIGRAMOS[self.unidad] / _EN_MILIGRAMOS[unidad]
        return None

    def __str__(self) -> str:
        varias = self.valor > 1 and self.unidad not in (*_EN_MILIGRAMOS, "UI", "mL", "dosis", "h")
        plural = "es" if self.unidad.endswith("ón") else "s"
        unidad = self.unidad.replace("ión", "ion") if varias else self.unidad
        return f"{cifra(self.valor)} {unidad}{plural if varias else ''}"


def cifra(valor: Decimal) -> str:
    """A figure as people write it: no needless zeros, thousands apart."""
    normal = valor.quantize(Decimal("0.001")).normalize()
    return f"{normal:,f}"


@dataclass(frozen=True, slots=True)
class Presentacion:
    """A form and its strength: `contiene` in each unit, or in each `por` of a liquid."""

    clave: str
    forma: str
    via: str
    contiene: Dosis | None = None
    por: Dosis | None = None

    @property
    def nombre(self) -> str:
        fuerza = self.clave.partition(" ")[2].replace("/1 mL", "/mL")
        return f"{self.forma} {fuerza}".strip()

    @property
    def contable(self) -> str:
        """The unit it is counted in (``tableta``), or mL, dosis or an empty string."""
        abreviatura = self.clave.partition(" ")[0]
        if abreviatura in _CONTABLES:
            return "sobre" if abreviatura == "polvo" else self.forma.split(" ", 1)[0]
        return self.por.unidad if self.por is not None else ""

    def en(self, dosis: Dosis, unidad: str) -> Decimal | None:
        """How much active substance, in `unidad`, a dose written in any way holds."""
        if (directa := dosis.en(unidad)) is not None:
            return directa
        if self.contiene is None or dosis.unidad != self.contable:
            return None
        cada = self.contiene.en(unidad)
        divisor = self.por.valor if self.por is not None else Decimal(1)
        return None if cada is None else dosis.valor * cada / divisor

    def piezas(self, dosis: Dosis) -> Decimal | None:
        """How many of the units it is counted in make a dose."""
        if dosis.unidad == self.contable:
            return dosis.valor
        if self.contiene is None or not self.contable:
            return None
        if not (cada := self.contiene.en(dosis.unidad)):
            return None
        por = self.por.valor if self.por is not None else Decimal(1)
        return dosis.valor * por / cada


@dataclass(frozen=True, slots=True)
class Habitual:
    """What is usually written for an adult."""

    dosis: Dosis
    cada_horas: int
    dias: int


@dataclass(frozen=True)
class Medicamento:
    """A generic medicine; limits are None where none is known. Ages in days, `renal` in eGFR."""

    clave: str
    nombre: str
    sinonimos: tuple[str, ...]
    atc: str
    grupo: Grupo
    presentaciones: tuple[Presentacion, ...]
    habitual: Habitual | None
    maximo_por_toma: Dosis | None
    maximo_por_dia: Dosis | None
    maximo_por_kg: Dosis | None
    edad_minima: int | None
    embarazo: str
    lactancia: str
    renal_evitar: int | None
    renal_ajustar: int | None
    componentes: tuple[str, ...]

    @property
    def antibiotico(self) -> bool:
        """Whether its prescription is retained (Acuerdo of the DOF of 27 May 2010)."""
        return self.atc.startswith(_ANTIBIOTICOS)

    @cached_property
    def sustancias(self) -> tuple["Medicamento", ...]:
        """Itself and, of a combination, each ingredient that the catalogue has."""
        partes = (por_clave(clave_de(nombre)) for nombre in self.componentes)
        return (self, *(parte for parte in partes if parte is not None))

    def es(self, seleccion: frozenset[str]) -> bool:
        """Whether it, or an ingredient, is in `seleccion`: names, or beginnings of ATC codes."""
        return any(
            uno.nombre in seleccion or any(uno.atc[:n] in seleccion for n in (3, 4, 5, 7))
            for uno in self.sustancias
        )

    @cached_property
    def palabras(self) -> tuple[str, ...]:
        return tuple(fhir.palabras(" ".join((self.nombre, *self.sinonimos))))


def clave_de(nombre: str) -> str:
    """The key of a medicine: its name without accents, words joined."""
    return "-".join(fhir.palabras(nombre))


def filas(archivo: str) -> Iterator[dict[str, str]]:
    """Rows of one of the files of this package."""
    texto = resources.files(__package__).joinpath(archivo).read_text(encoding="utf-8")
    lineas = [linea for linea in texto.splitlines() if not linea.startswith("#")]
    yield from csv.DictReader(lineas, delimiter="|")


def _dosis(texto: str) -> Dosis | None:
    hallada = re.fullmatch(r"([\d.]+) ?(mg|mcg|g|UI|mL|dosis|h)?", texto)
    return Dosis(Decimal(hallada[1]), hallada[2] or "dosis") if hallada else None


def _presentacion(texto: str) -> Presentacion:
    abreviatura, _, fuerza = texto.partition(" ")
    forma, via = FORMAS[abreviatura]
    contiene, _, por = fuerza.partition("/")
    return Presentacion(
        texto,
        forma,
        via,
        None if "%" in fuerza else _dosis(contiene),
        Dosis(Decimal(1), por) if por in ("dosis", "h") else _dosis(por) if por else None,
    )


def _habitual(texto: str) -> Habitual | None:
    hallada = re.fullmatch(r"(.+) c/(\d+)h (\d+)d", texto)
    dosis = _dosis(hallada[1]) if hallada else None
    return Habitual(dosis, int(hallada[2]), int(hallada[3])) if hallada and dosis else None


def _edad(texto: str) -> int | None:
    dias = {"a": 365.25, "m": 30.4375, "d": 1.0}
    return int(int(texto[:-1]) * dias[texto[-1]]) if texto else None


def _renal(texto: str, letra: str) -> int | None:
    return next((int(p[:-1]) for p in texto.split(";") if p.endswith(letra)), None)


def _lista(texto: str) -> tuple[str, ...]:
    return tuple(parte.strip() for parte in texto.split(",") if parte.strip())


def _medicamento(fila: dict[str, str]) -> Medicamento:
    return Medicamento(
        clave=clave_de(fila["nombre"]),
        nombre=fila["nombre"],
        sinonimos=_lista(fila["sinonimos"]),
        atc=fila["atc"],
        grupo=Grupo(fila["grupo"]),
        presentaciones=tuple(map(_presentacion, fila["presentaciones"].split(";"))),
        habitual=_habitual(fila["habitual"]),
        maximo_por_toma=_dosis(fila["max_toma"]),
        maximo_por_dia=_dosis(fila["max_dia"]),
        maximo_por_kg=_dosis(fila["kg_dia"]),
        edad_minima=_edad(fila["edad"]),
        embarazo=fila["embarazo"],
        lactancia=fila["lactancia"],
        renal_evitar=_renal(fila["renal"], "X"),
        renal_ajustar=_renal(fila["renal"], "A"),
        componentes=_lista(fila["componentes"]),
    )


MEDICAMENTOS: tuple[Medicamento, ...] = tuple(map(_medicamento, filas("medicamentos.csv")))
_POR_CLAVE = {uno.clave: uno for uno in MEDICAMENTOS}


def por_clave(clave: str) -> Medicamento | None:
    return _POR_CLAVE.get(clave)


def buscar(texto: str, *, limite: int = 12) -> list[Medicamento]:
    """Medicines that have a word beginning with each one typed; generic names go first."""
    buscadas = fhir.palabras(texto)
    if not buscadas:
        return []
    hallados = [
        (_lugar(uno, buscadas), uno)
        for uno in MEDICAMENTOS
        if all(any(p.startswith(b) for p in uno.palabras) for b in buscadas)
    ]
    return [uno for _, uno in sorted(hallados, key=lambda par: par[0])[:limite]]


def _lugar(uno: Medicamento, buscadas: list[str]) -> tuple[bool, bool, int, str]:
    junta = "-".join(buscadas)
    generico = all(any(p.startswith(b) for p in fhir.palabras(uno.nombre)) for b in buscadas)
    return (not generico, not uno.clave.startswith(junta), len(uno.componentes), uno.nombre)


@lru_cache(maxsize=1)
def _nombres() -> tuple[tuple[tuple[str, ...], Medicamento], ...]:
    """Every name and synonym as words, the longest first."""
    pares = [
        (tuple(fhir.palabras(nombre)), uno)
        for uno in MEDICAMENTOS
        for nombre in (uno.nombre, *uno.sinonimos)
    ]
    return tuple(sorted(pares, key=lambda par: -len(par[0])))


@lru_cache(maxsize=2_000)
def reconocer(texto: str) -> Medicamento | None:
    """The medicine that free words name ("Metformina 850 mg tab."), or None."""
    escrito = f" {' '.join(fhir.palabras(texto))} "
    return next((uno for nombre, uno in _nombres() if f" {' '.join(nombre)} " in escrito), None)
