"""What a resource says, in its own words, of the others that it cites. Pure.

A reference is an id, and tells nothing; its ``display`` may be the name of a disease.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from ece import fhir

Cita = tuple[str, UUID]
"""R4 type and id of what is cited."""

_DE_NADIE = frozenset({"Practitioner", "PractitionerRole", "Organization", "Location"})
"""What is in no patient's record: nothing is withheld of it."""
_CITA = rb'"reference":"(?!(?:%s|Patient|Device)/)\w+/[0-9a-f-]{36}' % "|".join(_DE_NADIE).encode()
_CITADO = re.compile(rb'[^{]%s|%s[^"]*"[^}]' % (_CITA, _CITA))
"""A literal reference that says something besides: it is not alone between its braces."""
_LITERAL = re.compile(r"(\w+)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/.*)?")


def nombrados(json: bytes) -> set[Cita]:
    """The records that a resource names by more than their id; few may, so few are parsed."""
    if b'"display"' not in json or _CITADO.search(json) is None:
        return set()
    return {cita for _, cita in _con_nombre(fhir.json.leer(json))}


def callar(json: bytes, citas: Collection[Cita]) -> bytes:
    """The resource without the names of `citas`, which stay as ids."""
    recurso = fhir.json.leer(json)
    for referencia, cita in list(_con_nombre(recurso)):
        if cita in citas:
            del referencia["display"]
    return fhir.json.escribir(recurso)


def _con_nombre(nodo: Any) -> Iterator[tuple[dict[str, Any], Cita]]:
    if isinstance(nodo, list):
        for uno in nodo:
            yield from _con_nombre(uno)
    elif isinstance(nodo, dict):
        literal = nodo.get("reference")
        if "display" in nodo and isinstance(literal, str):
            hallado = _LITERAL.fullmatch(literal)
            if hallado is not None and hallado[1] not in _DE_NADIE:
                yield nodo, (hallado[1], UUID(hallado[2]))
        for valor in nodo.values():
            yield from _con_nombre(valor)
