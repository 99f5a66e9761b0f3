"""Small valid resources of our own, to be broken or searched by the tests. They are of nobody."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from ece import fhir

_LINEAS = Path(__file__).with_name("ejemplares.ndjson").read_bytes().splitlines()
_LEIDOS = {recurso["resourceType"]: recurso for recurso in map(fhir.json.leer, _LINEAS)}
TIPOS = tuple(_LEIDOS)


def ejemplar(tipo: str) -> dict[str, Any]:
    """A copy of the valid resource of `tipo`."""
    return deepcopy(_LEIDOS[tipo])
