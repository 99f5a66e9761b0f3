"""Every address of the server, as its URLconf says it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PROTEGIDAS = ("clinica/", "portal/", "api/", "fhir", "hl7v2", "cda")
"""Beginnings of the addresses behind which there are patients."""


@dataclass(frozen=True)
class Direccion:
    """An address: its name with namespaces, its route, and the view behind it."""

    nombre: str
    ruta: str
    vista: Callable[..., Any]

    @property
    def guarda(self) -> str:
        return str(getattr(self.vista, "guarda", ""))

    @property
    def protegida(self) -> bool:
        return self.ruta.startswith(PROTEGIDAS)


def direcciones(
    patrones: Sequence[URLPattern | URLResolver] | None = None, ruta: str = "", espacio: str = ""
) -> Iterator[Direccion]:
    """All of them, but for the admin's own."""
    for patron in get_resolver().url_patterns if patrones is None else patrones:
        completa = ruta + str(patron.pattern).lstrip("^")
        if isinstance(patron, URLPattern):
            nombre = patron.name or patron.callback.__name__
            yield Direccion(f"{espacio}{nombre}", completa, patron.callback)
        elif patron.namespace != "admin":
            dentro = f"{espacio}{patron.namespace}:" if patron.namespace else espacio
            yield from direcciones(patron.url_patterns, completa, dentro)


def sin_guarda(patrones: Sequence[URLPattern | URLResolver] | None = None) -> list[str]:
    """Routes of the protected addresses whose view does not say who may pass."""
    return [d.ruta for d in direcciones(patrones) if d.protegida and not d.guarda]
