"""Registering who speaks HL7 v2 with us (people do it in the administration)."""

from typing import Any
from uuid import UUID

from ece.identidad import selectors as identidad
from interoperabilidad.models import Interlocutor


def registrar(
    *, nombre: str, client_id: str, aplicacion: str, institucion: str, **otros: Any
) -> UUID:
    """Register (or bring up to date) an interlocutor that acts as the client `client_id`."""
    interlocutor, _ = Interlocutor.objects.update_or_create(
        aplicacion=aplicacion,
        institucion=institucion,
        defaults={
            "nombre": nombre,
            "cliente_id": identidad.id_de_cliente(client_id),
            "activo": True,
            **otros,
        },
    )
    return interlocutor.pk
