"""What the log says that somebody saw or did in a record, without what the record says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from auditoria.models import Evento
from auditoria.tipos import Resultado
from ece.nucleo.roles import Permiso


@dataclass(frozen=True, slots=True)
class Visto:
    """A page opened, a resource read or something written: `que` is a code; `veces`, how many."""

    que: str
    hecho: bool
    veces: int
    primera: datetime
    ultima: datetime


def por_emergencia(
    usuario: UUID, paciente: UUID, *, desde: datetime, hasta: datetime
) -> list[Visto]:
    """Everything an actor saw or did of a patient on the ground of an emergency, in a term."""
    return _agrupados(
        e
        for e in de_actor(usuario, paciente, desde=desde, hasta=hasta)
        if e["fundamento"] == "emergencia"
        and not e["tipo"].startswith("emergencia.")
        and e["detalle"].get("permiso") != Permiso.EMERGENCIA_ABRIR
    )


def por_eventos(ids: list[UUID]) -> list[Visto]:
    """What the events of `ids` show."""
    return _agrupados(_leer(f) for f in Evento.objects.filter(pk__in=ids).order_by("momento", "id"))


def de_actor(
    usuario: UUID, paciente: UUID, *, desde: datetime, hasta: datetime
) -> Iterator[dict[str, Any]]:
    """Events of an actor about a patient, oldest first, as they were appended."""
    filas = Evento.objects.filter(
        actor=usuario, pacientes__contains=[paciente], momento__gte=desde, momento__lte=hasta
    ).exclude(resultado=Resultado.DENEGADO)
    for fila in filas.order_by("momento", "id"):
        yield _leer(fila)


def _leer(fila: Evento) -> dict[str, Any]:
    dicho: dict[str, Any] = msgspec.json.decode(bytes(fila.contenido))
    return {**dicho, "momento": fila.momento}


def _agrupados(eventos: Iterator[dict[str, Any]]) -> list[Visto]:
    grupos: dict[tuple[str, bool], list[datetime]] = {}
    for evento in eventos:
        hecho = evento["resultado"] == Resultado.HECHO
        detalle = evento["detalle"]
        que = evento["tipo"] if hecho else detalle.get("pagina") or detalle.get("recurso", "")
        que = que.partition("/")[0] or detalle.get("permiso", evento["tipo"])
        grupos.setdefault((que, hecho), []).append(evento["momento"])
    return [
        Visto(que, hecho, len(momentos), momentos[0], momentos[-1])
        for (que, hecho), momentos in grupos.items()
    ]
