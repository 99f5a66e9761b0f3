"""Visits: opened when care begins, closed when it ends."""

from datetime import datetime
from enum import StrEnum, unique
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Cita, Encuentro
from registros.models.base import Recurso, referido
from registros.services import requisitos
from registros.services.requisitos import FaltaConsentimiento as FaltaConsentimiento

SISTEMA_CLASE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


@unique
class ClaseDeEncuentro(StrEnum):
    """Kinds of visit, by their HL7 code."""

    CONSULTA_EXTERNA = "AMB"
    URGENCIAS = "EMER"
    HOSPITALIZACION = "IMP"


NOMBRES = {
    ClaseDeEncuentro.CONSULTA_EXTERNA: "Consulta externa",
    ClaseDeEncuentro.URGENCIAS: "Urgencias",
    ClaseDeEncuentro.HOSPITALIZACION: "Hospitalización",
}


class EncuentroInexistente(Exception):
    """There is no such visit of this patient."""


class EncuentroYaCerrado(Exception):
    """The visit had already ended."""


class UnidadInexistente(Exception):
    """There is no such unit."""


def abrir(
    acceso: Acceso,
    *,
    clase: ClaseDeEncuentro,
    motivo: str,
    unidad_id: UUID,
    ahora: datetime,
    responsable_id: UUID | None = None,
) -> UUID:
    """Begin a visit at a unit; the responsible professional is the actor unless named.

    Raises `UnidadInexistente`, `FaltaConsentimiento` (NOM-004 10.1.2).
    """
    acceso.exigir(Permiso.ENCUENTRO_ABRIR)
    with acto(acceso, tipo=TipoDeEvento.ENCUENTRO_ABIERTO, ahora=ahora) as el_acto:
        encuentro = preparar(
            acceso,
            clase=clase,
            motivo=motivo,
            unidad_id=unidad_id,
            responsable_id=responsable_id,
            ahora=ahora,
        )
        el_acto.insertar(encuentro)
    return encuentro.id


def preparar(
    acceso: Acceso,
    *,
    clase: ClaseDeEncuentro,
    motivo: str,
    unidad_id: UUID | None,
    ahora: datetime,
    responsable_id: UUID | None = None,
    cita_id: UUID | None = None,
) -> Encuentro:
    """The visit, sealed, for the act that will write it (`cita_id`: the appointment it attends)."""
    unidad = identidad.unidad(unidad_id) if unidad_id else None
    if unidad is None:
        raise UnidadInexistente(str(unidad_id))
    responsable = identidad.profesional(responsable_id or acceso.actor.id)
    recurso: Recurso = {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"system": SISTEMA_CLASE, "code": clase.value, "display": NOMBRES[clase]},
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "participant": [
            {
                "individual": {
                    "reference": f"Practitioner/{responsable_id or acceso.actor.id}",
                    "display": responsable.nombre if responsable else acceso.actor.nombre,
                }
            }
        ],
        "period": {"start": ahora.isoformat(timespec="seconds")},
        "reasonCode": [{"text": motivo}],
        "location": [
            {"location": {"reference": f"Location/{unidad.id}", "display": unidad.nombre}}
        ],
        "serviceProvider": {"display": unidad.institucion},
    }
    if cita_id is not None:
        recurso["appointment"] = [{"reference": f"Appointment/{cita_id}"}]
    requisitos.exigir(acceso, recurso, ahora=ahora)
    return Encuentro.nuevo(acceso, recurso, ahora=ahora)


def cerrar(acceso: Acceso, *, encuentro_id: UUID, ahora: datetime) -> None:
    """End a visit, and with it the appointment it attended.

    Raises `EncuentroInexistente`, `EncuentroYaCerrado`.
    """
    acceso.exigir(Permiso.ENCUENTRO_CERRAR)
    with acto(acceso, tipo=TipoDeEvento.ENCUENTRO_CERRADO, ahora=ahora) as el_acto:
        encuentro = Encuentro.objects.uno(acceso, encuentro_id)
        if encuentro is None:
            raise EncuentroInexistente(str(encuentro_id))
        if not encuentro.abierto:
            raise EncuentroYaCerrado(str(encuentro_id))
        recurso = dict(encuentro.recurso)
        recurso["status"] = "finished"
        recurso["period"] = {**recurso["period"], "end": ahora.isoformat(timespec="seconds")}
        el_acto.reemplazar(encuentro.siguiente(acceso, recurso, ahora=ahora))
        for referencia in recurso.get("appointment", ()):
            cita_id = referido(referencia, "Appointment")
            cita = Cita.objects.uno(acceso, cita_id) if cita_id else None
            if cita is not None and cita.estado == "checked-in":
                cumplida = {**cita.recurso, "status": "fulfilled"}
                el_acto.reemplazar(cita.siguiente(acceso, cumplida, ahora=ahora))
