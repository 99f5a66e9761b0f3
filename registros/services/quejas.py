"""A question or complaint of the patient about who saw their record, and its answer.

Each is a FHIR Communication of the patient: only them and the privacy officer read it.
"""

from datetime import datetime
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.quejas import CATEGORIA, SISTEMA_EVENTO
from registros.models import OtroRegistro
from registros.models.base import Recurso
from registros.services import observaciones


class QuejaInexistente(Exception):
    """There is no such complaint of this patient."""


class QuejaYaRespondida(Exception):
    """It has an answer; what was answered stays."""


def presentar(acceso: Acceso, *, texto: str, evento_id: UUID | None, ahora: datetime) -> UUID:
    """Ask or complain about an access (`evento_id`), or in general. Returns the complaint's id."""
    acceso.exigir(Permiso.QUEJA_PRESENTAR)
    recurso: Recurso = {
        "resourceType": "Communication",
        "status": "in-progress",
        "category": [{"coding": [dict(CATEGORIA)], "text": CATEGORIA["display"]}],
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "sender": {"reference": f"Patient/{acceso.paciente}", "display": acceso.actor.nombre},
        "sent": ahora.isoformat(timespec="milliseconds"),
        "payload": [{"contentString": texto}],
    }
    if evento_id is not None:
        recurso["about"] = [{"identifier": {"system": SISTEMA_EVENTO, "value": str(evento_id)}}]
    with acto(acceso, tipo=TipoDeEvento.QUEJA_PRESENTADA, ahora=ahora) as el_acto:
        queja = OtroRegistro.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(queja)
    return queja.id


def responder(acceso: Acceso, *, queja_id: UUID, respuesta: str, ahora: datetime) -> None:
    """Answer a complaint: the patient reads it in the portal.

    Raises `QuejaInexistente`, `QuejaYaRespondida`.
    """
    acceso.exigir(Permiso.REVISION_ATENDER)
    with acto(acceso, tipo=TipoDeEvento.QUEJA_RESPONDIDA, ahora=ahora) as el_acto:
        queja = OtroRegistro.objects.uno(acceso, queja_id)
        if queja is None or queja.tipo != "Communication":
            raise QuejaInexistente(str(queja_id))
        if queja.estado == "completed":
            raise QuejaYaRespondida(str(queja_id))
        recurso = {
            **queja.recurso,
            "status": "completed",
            "note": [observaciones.anotacion(acceso, respuesta, ahora=ahora)],
        }
        el_acto.reemplazar(queja.siguiente(acceso, recurso, ahora=ahora))
