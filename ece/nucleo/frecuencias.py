"""How common the words of Mexican names are: a public table, the same in every installation.

Shares are approximate. They level the search tokens of `ece.nucleo.fichas` and give an invented
population its names; nothing clinical depends on them. The listed words add up to about 85 % of
surnames and of given names; the rest is a tail nobody lists. Changing the table changes the
tokens: whatever was indexed with the old one must be indexed again.
"""

import json
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import Literal, TypedDict

APELLIDOS_POR_PERSONA = 2.0
NOMBRES_POR_PERSONA = 1.4
SIN_LISTAR = 0.15
"""Share of surnames, and of given names, that are in no list."""

Clase = Literal["prefijo", "fonetica"]
Sexo = Literal["H", "M"]

_SEXOS: tuple[Sexo, ...] = ("H", "M")
_LARGO_MINIMO = 3
_PARTICULAS = frozenset({"DE", "DEL", "LA", "LAS", "LOS", "Y"})

_SONIDOS = tuple(
    (re.compile(patron), cambio)
    for patron, cambio in (
        (r"[^A-Z]", ""),
        (r"^X(?=IM|AV)", "J"),  # Ximena, Xavier: the old spelling of J
        (r"^P(?=S)", ""),
        (r"TL$", "L"),  # Xóchitl, as it is heard
        (r"PH", "F"),
        (r"[XZ]", "S"),
        (r"CH", "X"),  # X is free by now: it stands for the one sound CH
        (r"H", ""),
        (r"QU(?=[EI])|Q|CK|C(?![EI])", "K"),
        (r"C", "S"),
        (r"LL", "Y"),
        (r"Y(?![AEIOU])", "I"),
        (r"GU(?=[EI])", "#"),
        (r"G(?=[EI])", "J"),
        (r"#", "G"),
        (r"(?<=S)W", "B"),  # Oswaldo
        (r"W", "U"),
        (r"V", "B"),
        (r"N(?=[BP])", "M"),
        (r"(.)\1+", r"\1"),
    )
)


class _Tabla(TypedDict):
    apellidos: dict[str, float]
    nombres: dict[Sexo, dict[str, float]]


@lru_cache(maxsize=100_000)
def normalizar(texto: str) -> str:
    """Upper case, no accents, Ñ as N, single spaces."""
    descompuesto = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", texto).upper())
    letras = "".join(c for c in descompuesto if not unicodedata.combining(c))
    return " ".join(letras.split())


@lru_cache(maxsize=100_000)
def fonetica(palabra: str) -> str:
    """How a word sounds to a Mexican ear: one key for Hernández and Ernandes."""
    clave = normal = normalizar(palabra)
    for patron, cambio in _SONIDOS:
        clave = patron.sub(cambio, clave)
    return clave or normal


@lru_cache(maxsize=1)
def _tabla() -> _Tabla:
    texto = resources.files(__package__).joinpath("datos/frecuencias.json").read_text("utf-8")
    tabla: _Tabla = json.loads(texto)
    return tabla


def apellidos() -> list[tuple[str, float]]:
    """(surname as written, share of surnames), the most common first."""
    return list(_tabla()["apellidos"].items())


def nombres(sexo: Sexo) -> list[tuple[str, float]]:
    """(given name as written, share of the given names of that sex), the most common first."""
    return list(_tabla()["nombres"][sexo].items())


def _por_palabra(textos: Iterable[tuple[str, float]]) -> dict[str, float]:
    suma: dict[str, float] = defaultdict(float)
    for texto, peso in textos:
        for palabra in normalizar(texto).split():
            if palabra not in _PARTICULAS:
                suma[palabra] += peso
    return dict(suma)


@lru_cache(maxsize=1)
def _apellidos() -> dict[str, float]:
    return _por_palabra(apellidos())


@lru_cache(maxsize=1)
def _nombres() -> dict[str, float]:
    """Words of given names over the whole population, half of each sex."""
    return _por_palabra((nombre, peso / 2) for sexo in _SEXOS for nombre, peso in nombres(sexo))


def frecuencia_apellido(palabra: str) -> float:
    """Share of surnames that are this word (normalised); 0 when it is not listed."""
    return _apellidos().get(palabra, 0.0)


def frecuencia_nombre(palabra: str) -> float:
    """Share of the words of given names that are this one (normalised); 0 when not listed."""
    return _nombres().get(palabra, 0.0)


def _valor(clase: Clase, largo: int, palabra: str) -> str | None:
    """What a word is indexed by: its sound, or its first `largo` letters if it has so many.

    A word of fewer than three letters is indexed whole, and is all that such a value stands for.
    """
    if clase == "fonetica":
        valor = fonetica(palabra)
        return valor if len(valor) == largo else None
    if len(palabra) < largo or (largo < _LARGO_MINIMO and len(palabra) != largo):
        return None
    return palabra[:largo]


@lru_cache(maxsize=64)
def _valores(clase: Clase, largo: int) -> dict[str, tuple[float, float]]:
    """Share among surnames and among given names of every listed value of that length."""
    partes: tuple[dict[str, float], dict[str, float]] = (defaultdict(float), defaultdict(float))
    for parte, palabras in zip(partes, (_apellidos(), _nombres()), strict=True):
        for palabra, peso in palabras.items():
            if valor := _valor(clase, largo, palabra):
                parte[valor] += peso
    de_apellido, de_nombre = partes
    return {
        valor: (de_apellido.get(valor, 0.0), de_nombre.get(valor, 0.0))
        for valor in de_apellido.keys() | de_nombre.keys()
    }


def _por_paciente(clase: Clase, valor: str) -> float:
    apellido, nombre = _valores(clase, len(valor)).get(valor, (0.0, 0.0))
    ninguna = math.pow(1 - apellido, APELLIDOS_POR_PERSONA)
    return 1 - ninguna * math.pow(1 - nombre, NOMBRES_POR_PERSONA)


@lru_cache(maxsize=100_000)
def frecuencia_prefijo(prefijo: str) -> float:
    """Share of patients with some word that begins with `prefijo` (normalised)."""
    return _por_paciente("prefijo", prefijo)


@lru_cache(maxsize=100_000)
def frecuencia_fonetica(clave: str) -> float:
    """Share of patients with some word that sounds like `clave`."""
    return _por_paciente("fonetica", clave)


@lru_cache(maxsize=256)
def resto_poco_frecuente(clase: Clase, largo: int, umbral: float) -> float:
    """How many values of that length, each rarer than `umbral`, a patient has on average.

    Words in no list count as rare; their lengths are taken to be those of the listed ones.
    """
    frecuencias = (_por_paciente(clase, valor) for valor in _valores(clase, largo))
    listado = sum(sorted(frecuencia for frecuencia in frecuencias if frecuencia < umbral))
    palabras = _apellidos().keys() | _nombres().keys()
    del_largo = sum(_valor(clase, largo, palabra) is not None for palabra in palabras)
    por_persona = APELLIDOS_POR_PERSONA + NOMBRES_POR_PERSONA
    return listado + por_persona * SIN_LISTAR * del_largo / len(palabras)
