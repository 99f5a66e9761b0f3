"""Whether one resource, already open, matches search parameters: without tokens, by its content."""

from collections.abc import Callable, Iterable
from typing import Any

from ece import fhir
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.fhir.terminologia import TERMINOLOGIA

Filtro = Callable[[dict[str, Any]], bool]


def compilar(tipo: str, pares: Iterable[tuple[str, str]]) -> Filtro:
    """The test of resources of `tipo`. Raises `ErrorFhir`, `CriterioInvalido`."""
    criterios = [_criterio(tipo, clave, valor) for clave, valor in pares]
    codigos = frozenset(c.parametro for c in criterios)

    def pasa(recurso: dict[str, Any]) -> bool:
        indices = fhir.indices(recurso, de=codigos) if codigos else []
        return all(criterio.coincide(indices) for criterio in criterios)

    return pasa


def _criterio(tipo: str, clave: str, valor: str) -> fhir.Criterio:
    codigo, _, modificador = clave.partition(":")
    parametro = fhir.parametros(tipo).get(codigo)
    if parametro is None:
        raise ErrorFhir(400, "not-supported", f"No se puede filtrar {tipo} por {clave!r}.")
    return fhir.criterio(parametro, modificador, valor, terminologia=TERMINOLOGIA)
