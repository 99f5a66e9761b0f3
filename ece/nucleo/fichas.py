"""Keyed search tokens (a blind index): the only thing the database can search by.

A ficha is HMAC-SHA256 under a key of its parameter, cut to a signed 64-bit integer. Words of
names would leak who is who through their frequency (a third of the surnames, by counting against a
public table), so their tokens are levelled: a frequent word is spread over keyed variants, and rare
words share one, until every token is about as common as every other. A query asks for all
the variants of its word and verifies what comes back on the decrypted summary.
"""

import hmac
import math
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Literal
from uuid import UUID

from ece.nucleo import frecuencias, llavero

Clase = Literal["prefijo", "fonetica"]

COMUNIDAD = 0.001
"""Share of patients that each name token aims at."""

LARGOS_DE_PREFIJO = (3, 4, 5, 6)
PALABRAS_DE_UN_TEXTO = 20_000
_PALABRA = re.compile(r"\w{2,40}")
_PARTICULAS = frozenset({"DE", "DEL", "LA", "LAS", "LOS", "Y", "E", "VON", "VAN", "DA", "DOS"})


@lru_cache(maxsize=512)
def _clave(parametro: str) -> bytes:
    return llavero.clave_de_indice(parametro)


LARGO_QUE_SE_RECUERDA = 200
"""Characters: a hundred thousand longer terms would fill the memory of whoever writes them."""


def ficha(parametro: str, termino: str) -> int:
    """The token of `termino` under `parametro` (``Type.code``), a signed 64-bit integer."""
    if len(termino) > LARGO_QUE_SE_RECUERDA:
        return _calcular(parametro, termino)
    return _recordada(parametro, termino)


@lru_cache(maxsize=100_000)
def _recordada(parametro: str, termino: str) -> int:
    return _calcular(parametro, termino)


def _calcular(parametro: str, termino: str) -> int:
    resumen = hmac.digest(_clave(parametro), termino.encode(), "sha256")
    return int.from_bytes(resumen[:8], "big", signed=True)


def ficha_de_etiqueta(paciente: UUID, categoria: str) -> int:
    """The token of a sensitive label: each patient's own, so that none is told across them."""
    return ficha("etiqueta", f"{paciente.hex}:{categoria}")


def palabras(nombre: str) -> list[str]:
    """Searchable words of a name: normalised, without particles."""
    todas = frecuencias.normalizar(nombre).replace("-", " ").split()
    return [palabra for palabra in todas if palabra not in _PARTICULAS] or todas


@lru_cache(maxsize=20_000)
def _reparto(clase: Clase, valor: str) -> tuple[str, int]:
    """Label and number of variants that bring `valor` to the common frequency."""
    if clase == "fonetica":
        frecuencia = frecuencias.frecuencia_fonetica(valor)
    else:
        frecuencia = frecuencias.frecuencia_prefijo(valor)
    if frecuencia < COMUNIDAD:
        largo = len(valor) if clase == "prefijo" else 0
        cubeta = int.from_bytes(sha256(f"{clase}:{valor}".encode()).digest()[:4], "big")
        return f"{clase}:#{largo}:{cubeta % _cubetas(clase, largo)}", 1
    return f"{clase}:{valor}", math.ceil(frecuencia / COMUNIDAD)


@lru_cache(maxsize=64)
def _cubetas(clase: Clase, largo: int) -> int:
    """Shared buckets for the rare words, as many as keep them at the common frequency."""
    return max(1, round(frecuencias.resto_poco_frecuente(clase, largo, COMUNIDAD) / COMUNIDAD))


def _terminos_de_palabra(palabra: str) -> Iterator[tuple[Clase, str]]:
    for largo in LARGOS_DE_PREFIJO:
        if largo <= len(palabra) or largo == LARGOS_DE_PREFIJO[0]:
            yield "prefijo", palabra[:largo]
    yield "fonetica", frecuencias.fonetica(palabra)


def fichas_de_nombre(paciente: UUID, nombres: Iterable[str]) -> set[int]:
    """Tokens to store for the words of a person's names: one variant of each, by the patient."""
    resultado = set()
    for nombre in nombres:
        for palabra in palabras(nombre):
            for clase, valor in _terminos_de_palabra(palabra):
                etiqueta, variantes = _reparto(clase, valor)
                eleccion = ficha("nombre.variante", f"{paciente.hex}:{etiqueta}") % variantes
                resultado.add(ficha("nombre", f"{etiqueta}~{eleccion}"))
    return resultado


def fichas_de_texto(paciente: UUID, textos: Iterable[str]) -> set[int]:
    """Tokens of the words of what somebody wrote: each patient's own, so that none says anything
    of the words of another, and a count across patients finds nothing repeated."""
    prefijo = paciente.hex
    halladas = {
        palabra for texto in textos for palabra in _PALABRA.findall(frecuencias.normalizar(texto))
    }
    clave = _clave("texto")
    return {
        int.from_bytes(
            hmac.digest(clave, f"{prefijo}:{p}".encode(), "sha256")[:8], "big", signed=True
        )
        for p in sorted(halladas)[:PALABRAS_DE_UN_TEXTO]
    }


def buscables(palabras: Iterable[str]) -> list[str]:
    """The words to look for by token: those of three letters or, with none so long, the longest.

    (The others are compared on what is found.)
    """
    todas = list(palabras)
    menos = min(LARGOS_DE_PREFIJO[0], max(map(len, todas), default=0))
    return [palabra for palabra in todas if palabra and len(palabra) >= menos]


def busqueda_de_palabra(palabra: str, *, fonetica: bool = False) -> list[int]:
    """All variants under which a word that begins with `palabra` (normalised) may be stored.

    One or two letters find the words that are just those (Ek, Uc, de la O): a token of all that
    begin with them would say nothing and match a tenth of the patients.
    """
    clase: Clase
    if fonetica:
        clase, valor = "fonetica", frecuencias.fonetica(palabra)
    else:
        largo = max((n for n in LARGOS_DE_PREFIJO if n <= len(palabra)), default=len(palabra))
        clase, valor = "prefijo", palabra[:largo]
    etiqueta, variantes = _reparto(clase, valor)
    return [ficha("nombre", f"{etiqueta}~{n}") for n in range(variantes)]
