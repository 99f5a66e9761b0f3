from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.db import models

from ece.nucleo import fichas
from registros.models.base import Recurso, RegistroClinico, primero, referido

OCUPAN = ("pending", "booked", "arrived", "checked-in", "fulfilled")
"""The states in which an appointment takes the time of its professional and its room."""
EN_ESPERA = "waitlist"
PASO = timedelta(minutes=5)
LO_MAS_LARGO = timedelta(hours=8)


class Cita(RegistroClinico):
    """An appointment (FHIR Appointment): the day's list and a reason to open a chart.

    Its end and its room are encrypted; that two appointments collide shows in the tokens of the
    five-minute marks they take (`marcas`).
    """

    TIPO: ClassVar[str] = "Appointment"
    CAMPOS_EN_CLARO: ClassVar[frozenset[str]] = RegistroClinico.CAMPOS_EN_CLARO | {
        "unidad",
        "profesional",
    }

    unidad = models.UUIDField(null=True)
    profesional = models.UUIDField(null=True)

    class Meta(RegistroClinico.Meta):
        indexes = [
            *RegistroClinico.Meta.indexes,
            # the professional's day, and the decision
            models.Index(fields=["profesional", "fecha"], name="rc_cita_profesional"),
        ]

    def derivar(self, recurso: Recurso) -> None:
        actores = [participante.get("actor") for participante in recurso["participant"]]
        self.profesional = primero(referido(actor, "Practitioner") for actor in actores)
        self.unidad = primero(referido(actor, "Location") for actor in actores)

    def _fichas(self, recurso: Recurso) -> set[int]:
        propias = super()._fichas(recurso) | self.marcas_de(recurso)
        if recurso.get("status") == EN_ESPERA:
            propias |= {ficha_de_espera(u) for u in _referidos(recurso, "Location")}
        return propias

    @staticmethod
    def marcas_de(recurso: Recurso) -> set[int]:
        """What the appointment takes of its professional's time and of its rooms'."""
        try:
            inicio, fin = (datetime.fromisoformat(recurso[c]) for c in ("start", "end"))
        except (KeyError, ValueError):
            return set()
        # The first place is the unit, which has many rooms; only what follows is taken.
        consultorios = _referidos(recurso, "Location")[1:]
        return marcas([*_referidos(recurso, "Practitioner"), *consultorios], inicio, fin)


def marcas(quienes: Iterable[UUID], inicio: datetime, fin: datetime) -> set[int]:
    """Tokens of the five-minute marks of [`inicio`, `fin`) of each professional or room."""
    marca = int(inicio.astimezone(UTC).timestamp() // PASO.total_seconds())
    ultima = min(fin, inicio + LO_MAS_LARGO).astimezone(UTC).timestamp() / PASO.total_seconds()
    tokens: set[int] = set()
    quienes = list(quienes)
    while marca < ultima:
        tokens.update(fichas.ficha("agenda.ocupa", f"{quien}|{marca}") for quien in quienes)
        marca += 1
    return tokens


def ficha_de_espera(unidad: UUID) -> int:
    """The token of those who wait for an appointment at a unit."""
    return fichas.ficha("agenda.espera", str(unidad))


def _referidos(recurso: Recurso, tipo: str) -> list[UUID]:
    actores = (participante.get("actor") for participante in recurso["participant"])
    return [id_ for actor in actores if (id_ := referido(actor, tipo)) is not None]
