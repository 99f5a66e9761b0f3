"""References: listing them, rewriting them, and whose compartment a resource belongs to."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from ece.fhir import camino
from ece.fhir.definiciones import cargar
from ece.fhir.parametros import Parametro, parametros
from ece.fhir.valores import Referencia, conversor


def referencias(recurso: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(location, Reference) of every literal reference, however deep."""
    pendientes: list[tuple[str, Any]] = [(str(recurso.get("resourceType", "")), recurso)]
    while pendientes:
        lugar, nodo = pendientes.pop()
        if isinstance(nodo, dict):
            if isinstance(nodo.get("reference"), str):
                yield lugar, nodo
            pendientes.extend((f"{lugar}.{clave}", valor) for clave, valor in nodo.items())
        elif isinstance(nodo, list):
            pendientes.extend((f"{lugar}[{n}]", valor) for n, valor in enumerate(nodo))


def sustituir_referencias(nodo: Any, cambiar: Callable[[str], str]) -> Any:
    """A copy of `nodo` with every literal reference passed through `cambiar`.

    Besides ``Reference.reference``, whole-string ``urn:uuid:`` URIs are changed, as R4 asks of
    transactions (http.html 3.1.0.11.2).
    """
    if isinstance(nodo, dict):
        return {
            clave: cambiar(valor)
            if isinstance(valor, str) and (clave == "reference" or valor.startswith("urn:uuid:"))
            else sustituir_referencias(valor, cambiar)
            for clave, valor in nodo.items()
        }
    if isinstance(nodo, list):
        return [sustituir_referencias(valor, cambiar) for valor in nodo]
    return nodo


@cache
def _del_compartimento(tipo: str) -> tuple[Parametro, ...]:
    codigos = cargar().compartimento.get(tipo, ())
    propios = parametros(tipo)
    ordenados = sorted(codigos, key=lambda c: (c not in ("patient", "subject"), c))
    return tuple(propios[codigo] for codigo in ordenados if codigo in propios)


def en_compartimento(tipo: str) -> bool:
    """Whether resources of `tipo` may belong to a patient (R4 Patient compartment)."""
    return tipo in cargar().compartimento


def sujeto_sin_resolver(recurso: dict[str, Any]) -> str:
    """What `recurso` says of its subject when that names no literal resource; else empty.

    A statement about somebody must land in that person's compartment: ``urn:uuid:`` left over,
    conditional or logical references say of whom without saying where.
    """
    for clave in ("subject", "patient"):
        sujeto = recurso.get(clave)
        if not isinstance(sujeto, dict) or not en_compartimento(recurso["resourceType"]):
            continue
        tipo = camino.tipo_referido(sujeto)
        literal = str(sujeto.get("reference", ""))
        if literal.startswith("#") or (tipo and "/" in literal and "?" not in literal):
            continue
        return literal or f"{clave} sin referencia literal"
    return ""


def pacientes_de(recurso: dict[str, Any]) -> list[str]:
    """``Patient/x`` references that put `recurso` in a compartment, the main one first.

    R4 gives a Binary no compartment: it is of whom its security context says (binary.html 2.1.3).
    """
    encontrados: list[str] = []
    if recurso["resourceType"] == "Binary":
        contexto = str(recurso.get("securityContext", {}).get("reference", ""))
        return [contexto] if contexto.startswith("Patient/") else []
    a_referencias = conversor("reference")
    for parametro in _del_compartimento(recurso["resourceType"]):
        for nodo in parametro.funcion([recurso], {"%resource": recurso}):
            for valor in a_referencias(nodo):
                if isinstance(valor, Referencia) and valor.tipo == "Patient":
                    encontrados.append(f"Patient/{valor.id}")
    return list(dict.fromkeys(encontrados))
