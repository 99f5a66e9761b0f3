"""The steps of a referral: who takes each, from where to where, how long each may wait. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sentido(models.TextChoices):
    ENVIADA = "enviada", _("Enviada")
    RECIBIDA = "recibida", _("Recibida")


class Prioridad(models.TextChoices):
    """As FHIR's request-priority says it."""

    ORDINARIA = "routine", _("Ordinaria")
    URGENTE = "urgent", _("Urgente")


class Estado(models.TextChoices):
    SOLICITADA = "solicitada", _("Espera respuesta")
    ACEPTADA = "aceptada", _("Aceptada")
    RECHAZADA = "rechazada", _("No aceptada")
    EN_ATENCION = "en-atencion", _("En atención")
    RESPONDIDA = "respondida", _("Contrarreferida")
    ACUSADA = "acusada", _("Cerrada")
    CANCELADA = "cancelada", _("Cancelada")


class Paso(models.TextChoices):
    SOLICITUD = "solicitud", _("Referencia")
    ACEPTACION = "aceptacion", _("Aceptación")
    RECHAZO = "rechazo", _("No aceptación")
    ATENCION = "atencion", _("Inicio de la atención")
    RESPUESTA = "respuesta", _("Contrarreferencia")
    ACUSE = "acuse", _("Acuse de la contrarreferencia")
    CANCELACION = "cancelacion", _("Cancelación")


class PasoInvalido(Exception):
    """It is not that side's step, or not one to take from where the referral is."""


LLEVA_A: Mapping[Paso, tuple[Sentido, frozenset[Estado], Estado]] = {
    Paso.SOLICITUD: (Sentido.ENVIADA, frozenset(), Estado.SOLICITADA),
    Paso.ACEPTACION: (Sentido.RECIBIDA, frozenset({Estado.SOLICITADA}), Estado.ACEPTADA),
    Paso.RECHAZO: (Sentido.RECIBIDA, frozenset({Estado.SOLICITADA}), Estado.RECHAZADA),
    Paso.ATENCION: (Sentido.RECIBIDA, frozenset({Estado.ACEPTADA}), Estado.EN_ATENCION),
    Paso.RESPUESTA: (
        Sentido.RECIBIDA,
        frozenset({Estado.ACEPTADA, Estado.EN_ATENCION}),
        Estado.RESPONDIDA,
    ),
    Paso.ACUSE: (Sentido.ENVIADA, frozenset({Estado.RESPONDIDA}), Estado.ACUSADA),
    Paso.CANCELACION: (
        Sentido.ENVIADA,
        frozenset({Estado.SOLICITADA, Estado.ACEPTADA}),
        Estado.CANCELADA,
    ),
}
"""step -> the side that takes it (by what the referral is to it), from which states, to which."""

EN_FHIR: Mapping[Estado, str] = {
    Estado.SOLICITADA: "requested",
    Estado.ACEPTADA: "accepted",
    Estado.RECHAZADA: "rejected",
    Estado.EN_ATENCION: "in-progress",
    Estado.RESPONDIDA: "completed",
    Estado.ACUSADA: "completed",
    Estado.CANCELADA: "cancelled",
}
"""state -> Task.status."""

PLAZOS: Mapping[Estado, tuple[timedelta, timedelta]] = {
    Estado.SOLICITADA: (timedelta(days=5), timedelta(hours=2)),
    Estado.ACEPTADA: (timedelta(days=30), timedelta(hours=24)),
    Estado.EN_ATENCION: (timedelta(days=60), timedelta(days=15)),
    Estado.RESPONDIDA: (timedelta(days=10), timedelta(days=2)),
}
"""state -> how long it may last, ordinary and urgent. No norm says it: they are what is offered
while an agreement says nothing else, and pass by no more than a mark in the lists."""


def plazo(estado: Estado, prioridad: str, *, desde: datetime) -> datetime | None:
    """When a referral in `estado` becomes late; None for one that waits for nobody."""
    if estado not in PLAZOS:
        return None
    return desde + PLAZOS[estado][prioridad == Prioridad.URGENTE]


def toca(estado: Estado) -> Sentido | None:
    """Which side (by what the referral is to it) takes the step that is awaited."""
    if estado in (Estado.SOLICITADA, Estado.ACEPTADA, Estado.EN_ATENCION):
        return Sentido.RECIBIDA
    return Sentido.ENVIADA if estado is Estado.RESPONDIDA else None


def siguiente(estado: Estado, paso: Paso, sentido: Sentido) -> Estado:
    """Where `paso` leads, for the side that the referral is `sentido` to. `PasoInvalido`."""
    suyo, desde, hasta = LLEVA_A[paso]
    if sentido is not suyo or estado not in desde:
        raise PasoInvalido(f"{paso} desde {estado}")
    return hasta
