"""Words in what people write that can mean nothing else, and whether the text denies them."""

import html
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ece import fhir
from registros.catalogos.medicamentos import MEDICAMENTOS
from registros.catalogos.sensibles.categorias import Categoria
from registros.catalogos.sensibles.conjuntos import Categorias, de_atc, filas

_NEGABLES = frozenset({Categoria.ADICCIONES, Categoria.SALUD_MENTAL})
"""Every clinical history asks for habits: ``niega toxicomanías`` tells nothing of anybody."""

_COADYUVANTES = frozenset({"ritonavir"})
"""Generic names that by themselves tell nothing: it also goes with what is given for COVID-19."""

_FIN_DE_CLAUSULA = re.compile(r"[.;|]")
_ANTES = re.compile(r"\b(?:niega|niegan|nego|sin (?:antecedentes? de|datos de|historia de))\b(.*)$")
_ROMPE = re.compile(r"\b(?:con|pero|aunque|acepta|refiere|tiene|presenta|salvo|excepto)\b")
_DESPUES = re.compile(
    r"(?:[\s,:()]|\b(?:y|e|o|u|otras?|de|al?|tabaco|alcohol|drogas|sustancias|ilicitas|\w+ismos?|"
    r"\w+manias?)\b)*\b(?:negad[oa]s?|interrogad[oa]s y negad[oa]s|ausentes?|no)\b(?! suspend)"
)
_PALABRA = re.compile(r"\w+")
_MARCA = re.compile(r"<(/?(?:p|div|br|li|tr|td|th|h\d|ul|ol|table)\b)?[^>]*>")


@dataclass(frozen=True, slots=True)
class _Expresion:
    patron: re.Pattern[str]
    categoria: Categoria


def _expresiones() -> dict[str, list[_Expresion]]:
    """By their first word."""
    por_palabra: dict[str, list[_Expresion]] = defaultdict(list)

    def agregar(palabras: str, categoria: Categoria, salvo: str = "") -> None:
        patron = rf"\b{re.escape(palabras)}\b"
        if salvo:
            patron += rf"(?!(?: (?:de|del|a|al|el|la|las|los))* (?:{salvo.replace(',', '|')})\b)"
        por_palabra[palabras.split()[0]].append(_Expresion(re.compile(patron), categoria))

    for palabras, categoria, salvo, *_ in filas("palabras.csv"):
        agregar(palabras, Categoria(categoria), salvo)
    for nombre, categorias in _genericos().items():
        for categoria in categorias:
            agregar(nombre, categoria)
    return dict(por_palabra)


def _genericos() -> dict[str, Categorias]:
    """Generic names of our medicines, with the categories they tell of."""
    dichos = {
        fhir.normalizar(nombre): de_atc(medicamento.atc)
        for medicamento in MEDICAMENTOS
        for nombre in medicamento.componentes or (medicamento.nombre,)
    }
    return {nombre: dichos[nombre] for nombre in dichos.keys() - _COADYUVANTES}


_EXPRESIONES = _expresiones()
_PRIMERAS = _EXPRESIONES.keys()
_UNIDADES = {palabras: Categoria(categoria) for palabras, categoria, *_ in filas("unidades.csv")}


def de_narrativa(div: str) -> str:
    """The words of a div, its blocks apart (quicker than reading it well: only to look into)."""
    texto = _MARCA.sub(lambda marca: " | " if marca[1] else "", div)
    return html.unescape(texto) if "&" in texto else texto


def de_textos(textos: Iterable[str]) -> set[Categoria]:
    """The categories that the words of `textos` tell of."""
    junto = fhir.normalizar(" | ".join(textos))
    halladas: set[Categoria] = set()
    for primera in _PRIMERAS & set(_PALABRA.findall(junto)):
        for expresion in _EXPRESIONES[primera]:
            if expresion.categoria not in halladas and _afirma(junto, expresion):
                halladas.add(expresion.categoria)
    return halladas


def de_unidad(nombre: str) -> set[Categoria]:
    """The categories of what a unit or service attends, by its name."""
    junto = f" {' '.join(fhir.palabras(nombre))} "
    return {categoria for palabras, categoria in _UNIDADES.items() if f" {palabras} " in junto}


def _afirma(texto: str, expresion: _Expresion) -> bool:
    hallados = expresion.patron.finditer(texto)
    if expresion.categoria not in _NEGABLES:
        return next(hallados, None) is not None
    return not all(_negada(texto, hallado) for hallado in hallados)


def _negada(texto: str, hallado: re.Match[str]) -> bool:
    """Whether the clause denies what was found in it."""
    anteriores = _FIN_DE_CLAUSULA.split(texto[max(0, hallado.start() - 160) : hallado.start()])
    antes = _ANTES.search(anteriores[-1])
    if antes is not None and not _ROMPE.search(antes[1]):
        return True
    return _DESPUES.match(texto, hallado.end()) is not None
