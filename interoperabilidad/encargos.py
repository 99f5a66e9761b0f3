"""Doing later what a system asked for: as who it is then, and never beyond what it asked with.

What is kept is the reach of its token and what a partner declared; its role, and its agreement, are
those of the moment in which each thing is done.
"""

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Actor, Declaracion
from ece.nucleo.ambitos import AmbitoInvalido
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.oauth import ambitos


def exigir_sistema(actor: Actor) -> None:
    """Raise `ErrorFhir` for an app that somebody lent their rights: nobody is there later."""
    if actor.clase != "cliente":
        raise ErrorFhir(403, "forbidden", "Sólo un sistema, con un token suyo, puede pedirlo.")


def guardar(actor: Actor) -> dict[str, Any]:
    """What is to be kept of `actor`, as JSON."""
    return {
        "ambitos": " ".join(map(str, actor.ambitos.concedidos)) if actor.ambitos else None,
        "app": actor.ambitos.aplicacion if actor.ambitos else "",
        "declaracion": asdict(actor.declaracion) if actor.declaracion else None,
    }


def actor(cliente: UUID, guardado: dict[str, Any]) -> Actor | None:
    """The system `cliente` with what it asked with; None when it may not come in any more."""
    actual = identidad.actor_de_sistema(cliente)
    if actual is None:
        return None
    try:
        limites = (
            ambitos.limites(guardado["ambitos"], aplicacion=guardado["app"])
            if guardado["ambitos"] is not None
            else None
        )
    except AmbitoInvalido:
        return None
    dicho = guardado["declaracion"]
    return replace(actual, ambitos=limites, declaracion=Declaracion(**dicho) if dicho else None)
