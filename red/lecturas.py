"""What another institution says, in words to be read: nothing of it is ours, nor trusted. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ece import fhir
from registros.selectors import descripciones

Recurso = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Linea:
    """A resource, in a line; `secciones` are (title, text) of a note."""

    tipo: str
    clase: str
    titulo: str
    detalle: str
    fecha: date | None
    secciones: Sequence[tuple[str, str]] = field(default=(), repr=False)


def linea(recurso: Recurso) -> Linea:
    """A valid resource of any type, as a line of a list."""
    dicho = descripciones.describir(recurso)
    cuando = fhir.fecha_clinica(recurso)
    tipo = recurso["resourceType"]
    return Linea(
        tipo,
        descripciones.CLASES.get(tipo) or str(tipo),
        dicho.titulo,
        dicho.detalle,
        cuando.date() if cuando else None,
        _secciones(recurso) if tipo == "Composition" else (),
    )


def nombre(paciente: Recurso) -> str:
    """How a Patient is called, given names first."""
    dicho: Recurso = next(iter(paciente.get("name", ())), {})
    partes = [*dicho.get("given", ()), dicho.get("family", "")]
    return str(dicho.get("text") or " ".join(str(p) for p in partes if p))


def _secciones(nota: Recurso) -> list[tuple[str, str]]:
    return [
        (
            str(seccion.get("title", "")),
            fhir.narrativa.a_texto(seccion["text"]["div"]) if "text" in seccion else "",
        )
        for seccion in nota.get("section", ())
    ]
