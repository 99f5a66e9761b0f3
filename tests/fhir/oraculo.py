"""fhirpathpy, an independent FHIRPath engine, made to say what the published expressions mean."""

import json
import re
from decimal import Decimal
from functools import cache
from typing import Any

from fhirpathpy import apply_parsed_path
from fhirpathpy.engine.nodes import ResourceNode
from fhirpathpy.models import models
from fhirpathpy.parser import parse

from ece import fhir


def _valor(nodo: Any) -> Any:
    return nodo.data if isinstance(nodo, ResourceNode) else nodo


def _con_valor(nodos: list[Any]) -> list[bool]:
    return [len(nodos) == 1 and not isinstance(_valor(nodos[0]), dict)]


def _resolver(nodos: list[Any]) -> list[Any]:
    """A resource of the type that each reference names."""
    partes = [str(_valor(nodo).get("reference", "")).split("/") for nodo in nodos]
    tipos = [p[-2] for p in partes if len(p) > 1 and p[-2] in fhir.tipos_de_recurso()]
    return [ResourceNode.create_node({"resourceType": tipo}, tipo) for tipo in tipos]


_OPCIONES = {
    "traceFn": lambda *_: None,
    "userInvocationTable": {
        "hasValue": {"fn": _con_valor, "arity": {0: []}},
        "resolve": {"fn": _resolver, "arity": {0: []}},
    },
}


@cache
def _leer(expresion: str) -> Any:
    return parse(expresion)


def evaluar(expresion: str, nodo: Any, tipo: str, recurso: dict[str, Any]) -> list[Any]:
    """What `expresion` finds in `nodo`, of type `tipo`, inside `recurso`."""
    raiz = nodo if nodo is recurso else ResourceNode.create_node(nodo, tipo)
    variables = {"resource": recurso, "rootResource": recurso}
    return list(apply_parsed_path(raiz, _leer(expresion), variables, models["r4"], _OPCIONES))


def buscar(expresion: str, recurso: dict[str, Any]) -> list[str]:
    """What a search expression finds, written so that it can be compared.

    Abstract types and `as` over many nodes, which this engine refuses, are put in equal terms.
    """
    tipo = recurso["resourceType"]
    expresion = re.sub(r"\b(Domain)?Resource\.", f"{tipo}.", expresion)
    expresion = re.sub(r"\(([\w.]+) as (\w+)\)", r"\1.ofType(\2)", expresion)
    expresion = expresion.replace(".as(", ".ofType(")
    return escritos(evaluar(expresion, recurso, tipo, recurso))


def escritos(nodos: list[Any]) -> list[str]:
    return sorted(json.dumps(_comparable(n), sort_keys=True) for n in nodos)


def _comparable(nodo: Any) -> Any:
    if isinstance(nodo, dict):
        return {clave: _comparable(v) for clave, v in nodo.items()}
    if isinstance(nodo, list):
        return [_comparable(v) for v in nodo]
    if isinstance(nodo, int | float | Decimal) and not isinstance(nodo, bool):
        return str(Decimal(str(nodo)).normalize())
    return nodo if isinstance(nodo, bool) else str(nodo)
