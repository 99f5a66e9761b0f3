"""What deleting means for each type: saying that it was entered in error (R4, status elements)."""

from copy import deepcopy
from functools import cache
from typing import Any

from ece.fhir.definiciones import cargar

ANULADO = "entered-in-error"
_VERIFICACION = "verificationStatus"


@cache
def anulable(tipo: str) -> str:
    """The element by which a resource of `tipo` says it was an error; empty when R4 has none."""
    elementos = cargar().tipos[tipo].elementos
    for nombre in ("status", _VERIFICACION):
        conjunto = (
            cargar().valores.get(elementos[nombre].valores, {}) if nombre in elementos else {}
        )
        if any(ANULADO in codigos for codigos in conjunto.values()):
            return nombre
    return ""


def anulado(recurso: dict[str, Any]) -> bool:
    """Whether it already says so."""
    elemento = anulable(recurso["resourceType"])
    if elemento == _VERIFICACION:
        codigos = recurso.get(elemento, {}).get("coding", ())
        return any(c.get("code") == ANULADO for c in codigos)
    return bool(elemento) and recurso.get(elemento) == ANULADO


def anular(recurso: dict[str, Any]) -> dict[str, Any]:
    """`recurso` entered in error; its type must be `anulable`."""
    tipo = recurso["resourceType"]
    elemento, nuevo = anulable(tipo), deepcopy(recurso)
    if elemento == "status":
        return {**nuevo, elemento: ANULADO}
    (sistema,) = (s for s, c in cargar().valores[_conjunto(tipo, elemento)].items() if ANULADO in c)
    nuevo.pop("clinicalStatus", None)  # ait-2, con-5: what was an error has no clinical state
    return {**nuevo, elemento: {"coding": [{"system": sistema, "code": ANULADO}]}}


def _conjunto(tipo: str, elemento: str) -> str:
    return cargar().tipos[tipo].elementos[elemento].valores
