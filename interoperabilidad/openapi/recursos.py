"""The shape of resources, as far as their own elements go; R4 says the rest."""

from typing import Any

from ece import fhir
from ece.fhir.definiciones import Elemento, cargar
from interoperabilidad.openapi.piezas import TEXTO, Pieza, esquema, lista, objeto

_DE_JSON = {
    "boolean": "boolean",
    "decimal": "number",
    "integer": "integer",
    "positiveInt": "integer",
    "unsignedInt": "integer",
}


def de_tipo(tipo: str) -> Pieza:
    """The schema of a resource. Nothing but its type is required: an element may be cut out
    (``_elements``), or be an extension alone."""
    propiedades: dict[str, Any] = {"resourceType": {"const": tipo}}
    for nombre, elemento in cargar().tipos[tipo].elementos.items():
        for suyo in elemento.tipos:
            clave = nombre + suyo[0].upper() + suyo[1:] if elemento.eleccion else nombre
            propiedades[clave] = _valor(elemento, suyo)
    return {
        "type": "object",
        "externalDocs": {"url": f"http://hl7.org/fhir/R4/{tipo.lower()}.html"},
        "required": ["resourceType"],
        "properties": propiedades,
    }


def _valor(elemento: Elemento, tipo: str) -> Pieza:
    uno: Pieza
    if tipo in cargar().primitivos or tipo == "xhtml":
        uno = {"type": _DE_JSON.get(tipo, "string")}
        if elemento.muchos:  # null stands for one that is an extension alone
            uno["type"] = [uno["type"], "null"]
    else:
        uno = {"type": "object"}
    return lista(uno) if elemento.muchos else uno


def todos() -> Pieza:
    """The schemas of every type, and of any."""
    return {
        **{tipo: de_tipo(tipo) for tipo in sorted(fhir.tipos_de_recurso())},
        "Recurso": objeto(resourceType=TEXTO),
        "Resultado": {"anyOf": [esquema("Recurso"), esquema("OperationOutcome")]},
    }
