"""A thief with the tokens of a hundred thousand people and the public table of surnames.

The thief knows how tokens are made and everything that is public; not the keys. Tokens are ranked
by how often they occur, words by how often they should, and the two lists are laid side by side.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from ece.demo.poblacion.personas import persona
from ece.nucleo import fichas, frecuencias

PERSONAS = 100_000
COMUNES = 400
"""Surnames that the thief considers: nine tenths of those that the table lists."""

Termino = tuple[fichas.Clase, str]
Reparto = Callable[[fichas.Clase, str], tuple[str, int]]


@pytest.fixture(scope="module")
def gente() -> list[tuple[str, list[str], object]]:
    """(first surname as it is indexed, all the names, id) of each person."""
    azar = random.Random(2026)
    personas = (persona(azar, hoy=date(2026, 11, 24)) for _ in range(PERSONAS))
    return [
        (
            fichas.palabras(i.primer_apellido)[0],
            [i.nombre, f"{i.primer_apellido} {i.segundo_apellido}"],
            p.id,
        )
        for p in personas
        for i in (p.identificacion,)
    ]


def terminos(palabra: str) -> Iterator[Termino]:
    for largo in fichas.LARGOS_DE_PREFIJO:
        if largo <= len(palabra) or largo == fichas.LARGOS_DE_PREFIJO[0]:
            yield "prefijo", palabra[:largo]
    yield "fonetica", frecuencias.fonetica(palabra)


def esperados(reparto: Reparto) -> list[tuple[float, Termino]]:
    """What each token should weigh by the public table, the heaviest first."""
    palabras = {
        palabra
        for texto, _ in (
            *frecuencias.apellidos(),
            *frecuencias.nombres("H"),
            *frecuencias.nombres("M"),
        )
        for palabra in fichas.palabras(texto)
    }
    pesos = []
    for clase, valor in {t for palabra in palabras for t in terminos(palabra)}:
        _, variantes = reparto(clase, valor)
        frecuencia = (
            frecuencias.frecuencia_fonetica(valor)
            if clase == "fonetica"
            else frecuencias.frecuencia_prefijo(valor)
        )
        pesos += [(frecuencia / variantes, (clase, valor))] * variantes
    return sorted(pesos, reverse=True)


def atacar(gente: list[tuple[str, list[str], object]], reparto: Reparto) -> float:
    """Share of people whose first surname the thief names, above always saying the commonest."""
    guardadas = [fichas.fichas_de_nombre(id_, nombres) for _, nombres, id_ in gente]  # type: ignore[arg-type]
    cuentas = Counter(ficha for suyas in guardadas for ficha in suyas)
    significado = {
        ficha: termino
        for (ficha, _), (_, termino) in zip(cuentas.most_common(), esperados(reparto), strict=False)
    }
    comunes = Counter(apellido for apellido, _, _ in gente).most_common(COMUNES)
    candidatos: dict[Termino, list[str]] = {}
    for apellido, _ in comunes:
        for termino in terminos(apellido):
            candidatos.setdefault(termino, []).append(apellido)
    apriori = {apellido: veces / len(gente) for apellido, veces in comunes}
    mas_comun = comunes[0][0]
    aciertos = 0
    for suyas, (apellido, _, _) in zip(guardadas, gente, strict=True):
        votos: Counter[str] = Counter()
        for ficha in suyas:
            for candidato in candidatos.get(significado.get(ficha, ("prefijo", "")), ()):
                votos[candidato] += 1
        mejor = max(votos, key=lambda c: (votos[c], apriori[c]), default=mas_comun)
        aciertos += (mejor if votos[mejor] > 1 else mas_comun) == apellido
    return aciertos / len(gente) - apriori[mas_comun]


def test_counting_tokens_names_nobody(gente: list[tuple[str, list[str], object]]) -> None:
    assert atacar(gente, fichas._reparto) <= 0.01


def test_counting_tokens_that_are_not_levelled_names_many(
    gente: list[tuple[str, list[str], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control: one token a word, as blind indexes usually have."""

    def uno(clase: fichas.Clase, valor: str) -> tuple[str, int]:
        return f"{clase}:{valor}", 1

    monkeypatch.setattr(fichas, "_reparto", uno)
    assert atacar(gente[: PERSONAS // 5], uno) >= 0.1
