"""Names of patients: their tokens are levelled, and their words are compared one by one."""

from dataclasses import replace
from functools import partial

from ece.fhir import Criterio, CriterioInvalido
from ece.fhir.valores import Cadena, Valor
from ece.nucleo import fichas, frecuencias

DE_NOMBRE = frozenset({"name", "family", "given", "phonetic"})


def criterios(criterio: Criterio, modificador: str, valor: str) -> list[Criterio]:
    """Names are compared word by word, for people have two surnames and several given names."""
    if modificador:
        return [criterio]
    clave = frecuencias.fonetica if criterio.parametro == "phonetic" else str
    alternativas = [[clave(p) for p in fichas.palabras(parte)] for parte in valor.split(",")]

    def prueba(encontrado: Valor, palabras: tuple[str, ...]) -> bool:
        if not isinstance(encontrado, Cadena):
            return False
        propias = [clave(p) for p in fichas.palabras(encontrado.texto)]
        return any(propia.startswith(p) for propia in propias for p in palabras)

    if len(alternativas) > 1:
        grupos = [tuple(palabras[0] for palabras in alternativas)]
    else:
        grupos = [(palabra,) for palabra in alternativas[0]]
    return [replace(criterio, prueba=partial(prueba, palabras=grupo)) for grupo in grupos]


def grupos(codigo: str, modificador: str, valor: str) -> list[tuple[int, ...]]:
    """Token groups, one a word; with several alternatives, one group of all their first words."""
    if modificador == "contains":
        raise CriterioInvalido(f"{codigo}:contains no se puede buscar sobre nombres cifrados")
    if modificador == "missing":
        return []
    partes = [parte.strip() for parte in valor.split(",")]
    buscadas = [fichas.buscables(fichas.palabras(parte)) for parte in partes]
    if not all(buscadas) or min(map(len, partes)) < 2:
        raise CriterioInvalido(f"{codigo}: escriba al menos tres letras, o un apellido más corto")
    fonetica = codigo == "phonetic"
    if len(partes) == 1:
        return [tuple(fichas.busqueda_de_palabra(p, fonetica=fonetica)) for p in buscadas[0]]
    unidas = [f for b in buscadas for f in fichas.busqueda_de_palabra(b[0], fonetica=fonetica)]
    return [tuple(unidas)]
