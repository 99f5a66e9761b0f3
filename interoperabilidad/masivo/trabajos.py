"""What exports and imports have in common: whose they are, and until when."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from ece.nucleo.acceso import Actor
from interoperabilidad.fhir.errores import no_encontrado
from interoperabilidad.models.masivo import TrabajoMasivo

Trabajo = TypeVar("Trabajo", bound=TrabajoMasivo)


def propio(
    clase: type[Trabajo], actor: Actor, id: UUID, *, ahora: datetime, llamado: str
) -> Trabajo:
    """The job, for the system that asked for it and nobody else, until it lapses.

    `llamado` is what the 404 calls it. Raises `ErrorFhir` 404.
    """
    hallado = clase._default_manager.filter(pk=id, cliente=actor.id).first()
    if hallado is None or (hallado.caduca_at is not None and hallado.caduca_at <= ahora):
        raise no_encontrado(llamado)
    return hallado
