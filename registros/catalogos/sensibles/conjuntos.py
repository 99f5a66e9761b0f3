"""Code sets: which codes of each system tell something of a category. Facts in files, read once."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from importlib import resources

from registros.catalogos.medicamentos import SISTEMA_ATC
from registros.catalogos.notas.tipos import SISTEMA_LOINC
from registros.catalogos.sensibles.categorias import Categoria

_CIE10 = frozenset(
    {
        "http://hl7.org/fhir/sid/icd-10",
        "http://hl7.org/fhir/sid/icd-10-cm",
        "urn:oid:2.16.840.1.113883.6.3",
        "urn:oid:2.16.840.1.113883.6.90",
    }
)
_ATC = frozenset({SISTEMA_ATC, "urn:oid:2.16.840.1.113883.6.73"})
Categorias = tuple[Categoria, ...]


def filas(archivo: str) -> Iterator[list[str]]:
    """The rows of a file of this package, without its comments."""
    texto = resources.files(__package__).joinpath(archivo).read_text("utf-8")
    lineas = (linea for linea in texto.splitlines() if not linea.startswith("#"))
    yield from csv.reader(lineas, delimiter="|", quoting=csv.QUOTE_NONE)


def _entre(desde: str, hasta: str) -> Iterator[str]:
    """``A50`` to ``A64``; ``R780`` to ``R785``."""
    ancho = len(desde) - 1
    for numero in range(int(desde[1:]), int((hasta or desde)[1:]) + 1):
        yield f"{desde[0]}{numero:0{ancho}}"


def _prefijos_cie10() -> dict[str, Categorias]:
    juntos: dict[str, Categorias] = defaultdict(tuple)
    for desde, hasta, categoria, *_ in filas("cie10.csv"):
        for clave in _entre(desde, hasta):
            juntos[clave] += (Categoria(categoria),)
    return dict(juntos)


def _codigos() -> dict[tuple[str, str], Categorias]:
    juntos: dict[tuple[str, str], Categorias] = defaultdict(tuple)
    for codigo, categoria, *_ in filas("loinc.csv"):
        juntos[SISTEMA_LOINC, codigo] += (Categoria(categoria),)
    for sistema, codigo, categoria, *_ in filas("propios.csv"):
        juntos[sistema, codigo] += (Categoria(categoria),)
    return dict(juntos)


_PREFIJOS = _prefijos_cie10()
_CODIGOS = _codigos()
_CLASES: dict[str, Categorias] = {
    clase: (Categoria(categoria),) if categoria else () for clase, categoria, *_ in filas("atc.csv")
}
_ANCHOS = sorted({len(clase) for clase in _CLASES}, reverse=True)


def de_codigo(sistema: str, codigo: str) -> Categorias:
    """The categories of a code; none if it is of none, or of a system that is not looked into."""
    if sistema in _CIE10:
        clave = codigo.replace(".", "").upper()
        return _PREFIJOS.get(clave[:3], ()) + _PREFIJOS.get(clave[:4] if clave[3:] else "", ())
    if sistema in _ATC:
        return de_atc(codigo)
    return _CODIGOS.get((sistema, codigo), ())


def de_atc(codigo: str) -> Categorias:
    """The categories of a medicine by its ATC code: the longest class that fits rules."""
    return next((_CLASES[codigo[:n]] for n in _ANCHOS if codigo[:n] in _CLASES), ())
