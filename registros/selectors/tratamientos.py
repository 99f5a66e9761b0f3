"""Until when a prescribed medicine is taken, as its resource says."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from registros.models.base import Recurso

VIGENTES = ("active", "on-hold")


def dosificacion(recurso: Recurso) -> Recurso:
    """The (first) dosage of a MedicationRequest, or an empty one."""
    return next(iter(recurso.get("dosageInstruction", ())), {})


def hasta(recurso: Recurso, desde: datetime) -> date | None:
    """The last day of the treatment, when its duration was written as a figure of days."""
    inicio = timezone.localtime(desde).date()
    repite = dosificacion(recurso).get("timing", {}).get("repeat", {})
    dura = repite.get("boundsDuration", {})
    if dura.get("code") == "d":
        return inicio + timedelta(days=int(dura["value"]))
    return inicio if repite.get("count") == 1 else None


def vigente(recurso: Recurso, desde: datetime, *, hoy: date) -> bool:
    """Whether it is in force and its days have not passed."""
    fin = hasta(recurso, desde)
    return recurso.get("status") in VIGENTES and (fin is None or fin >= hoy)
