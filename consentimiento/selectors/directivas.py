"""What a person has directed, each in one sentence: in force, and past."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consentimiento import directivas, frases
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Consentimiento


@dataclass(frozen=True, slots=True)
class DirectivaVista:
    """A Consent as its giver reads it; `frases` has one a provision, in the reader's language."""

    id: UUID
    permite: bool
    frases: tuple[str, ...]
    desde: datetime
    hasta: datetime | None
    revocada: bool
    vigente: bool


def de_paciente(acceso: Acceso, *, ahora: datetime) -> list[DirectivaVista]:
    """The directives of the patient, those in force first, then the newest."""
    acceso.exigir(Permiso.DIRECTIVA_REGISTRAR)
    filas = Consentimiento.objects.de(acceso).filter(ambito="patient-privacy")
    vistas = [
        vista
        for fila in filas.exclude(estado="entered-in-error").order_by("-fecha", "-id")
        if (vista := _vista(fila, ahora))
    ]
    return sorted(vistas, key=lambda v: not v.vigente)


def _vista(fila: Consentimiento, ahora: datetime) -> DirectivaVista | None:
    leidas = directivas.leer(fila.id, {**fila.recurso, "status": "active"})
    if not leidas:
        return None
    nombres = directivas.nombres(fila.recurso)
    fines = [d.hasta for d in leidas]
    hasta = None if None in fines else max(f for f in fines if f)
    revocada = fila.estado != "active"
    return DirectivaVista(
        id=fila.id,
        permite=leidas[0].permite,
        frases=tuple(frases.explicar(d, nombres) for d in leidas),
        desde=fila.fecha,
        hasta=hasta,
        revocada=revocada,
        vigente=not revocada and (hasta is None or ahora < hasta),
    )
