"""How common names are among Mexicans: what levels search tokens, and whom invented people resemble.

The table is public knowledge, approximate, of our own making (`datos/frecuencias.json`).
"""

import json
import re
import unicodedata
from collections import Counter
from functools import cache
from importlib import resources
from typing import Any, Literal

NOMBRES_POR_PERSONA = 1.4
APELLIDOS_POR_PERSONA = 1.97
SIN_LISTAR = 0.07
"""Share of words that are in no list."""

LARGOS = (3, 4, 5, 6)


def normalizar(texto: str) -> str:
    """Upper case, no accents, Ñ as N, single spaces."""
    descompuesto = unicodedata.normalize("NFD", texto.upper())
    letras = "".join(c for c in descompuesto if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", letras).strip()


_SONIDOS = (
    (r"[^A-Z]", ""),
    (r"PH", "F"),
    (r"TL$", "L"),
    (r"^X(?=[AEIOU])", "S"),
    (r"QU(?=[EI])|Q|K", "K"),
    (r"C(?=[EI])", "S"),
    (r"CH", "1"),
    (r"C", "K"),
    (r"GU(?=[EI])", "2"),
    (r"G(?=[EI])|J", "J"),
    (r"G|2", "G"),
    (r"LL|Y(?=[AEIOU])", "Y"),
    (r"Y$", "I"),
    (r"H|W(?=U)", ""),
    (r"[ZX]", "S"),
    (r"[VW]", "B"),
    (r"M(?=[PB])", "N"),
    (r"(.)\1+", r"\1"),
)


@cache
def _patrones() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(patron), cambio) for patron, cambio in _SONIDOS)


def fonetica(palabra: str) -> str:
    """How a word sounds to a Mexican ear: one key for Hernández and Ernandes."""
    clave = normalizar(palabra)
    for patron, cambio in _patrones():
        clave = patron.sub(cambio, clave)
    return clave or normalizar(palabra)


@cache
def _tabla() -> dict[str, Any]:
    texto = resources.files(__package__).joinpath("datos/frecuencias.json").read_text("utf-8")
    tabla: dict[str, Any] = json.loads(texto)
    return tabla


def apellidos() -> list[tuple[str, float]]:
    """(surname as written, share of surnames)."""
    return [(nombre, peso) for nombre, peso in _tabla()["apellidos"]]


def nombres(sexo: str) -> list[tuple[str, float]]:
    """(given name as written, share of the given names of that sex: H or M)."""
    return [(nombre, peso) for nombre, peso in _tabla()["nombres"][sexo]]


@cache
def _palabras() -> dict[str, float]:
    """word -> expected occurrences in one person's names."""
    esperadas: Counter[str] = Counter()
    for apellido, peso in apellidos():
        for palabra in normalizar(apellido).split():
            esperadas[palabra] += peso * APELLIDOS_POR_PERSONA
    for sexo in ("H", "M"):
        for nombre, peso in nombres(sexo):
            for palabra in normalizar(nombre).split():
                esperadas[palabra] += peso * NOMBRES_POR_PERSONA / 2
    return dict(esperadas)


@cache
def _por_clave(clase: str) -> dict[str, float]:
    sumas: Counter[str] = Counter()
    for palabra, peso in _palabras().items():
        if clase == "fonetica":
            sumas[fonetica(palabra)] += peso
        else:
            for largo in LARGOS:
                if largo <= len(palabra) or largo == LARGOS[0]:
                    sumas[palabra[:largo]] += peso
    return dict(sumas)


def frecuencia_prefijo(prefijo: str) -> float:
    """Expected words of one person that begin with `prefijo` (normalised, 3 to 6 letters)."""
    return _por_clave("prefijo").get(prefijo, 0.0)


def frecuencia_fonetica(clave: str) -> float:
    """Expected words of one person that sound like `clave`."""
    return _por_clave("fonetica").get(clave, 0.0)


def resto_poco_frecuente(clase: Literal["prefijo", "fonetica"], largo: int, umbral: float) -> float:
    """Expected words of one person whose value of that length is rarer than `umbral`."""
    total = (NOMBRES_POR_PERSONA + APELLIDOS_POR_PERSONA) * SIN_LISTAR
    if clase == "fonetica":
        propios = [p for p in _por_clave(clase).values() if p < umbral]
        return total + sum(propios)
    propios = [p for c, p in _por_clave(clase).items() if len(c) == largo and p < umbral]
    return total + sum(propios)
