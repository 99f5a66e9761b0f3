"""Orders of studies: asked for, taken, processed, and sometimes rejected or called off."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum, unique
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from registros.catalogos import estudios as catalogo
from registros.catalogos.estudios import Estudio, Servicio
from registros.catalogos.notas import SISTEMA_LOINC
from registros.models import Encuentro, Orden, OtroRegistro
from registros.models.base import Recurso
from registros.models.orden import AVANCE, MOTIVO, VIVAS, Avance
from registros.services import requisitos
from registros.services.requisitos import FaltaConsentimiento as FaltaConsentimiento

SISTEMA_FOLIO = "urn:ece:orden"


@unique
class Prioridad(StrEnum):
    ORDINARIA = "routine"
    URGENTE = "urgent"
    INMEDIATA = "stat"


class OrdenInexistente(Exception):
    """There is no such order of this patient."""


class OrdenTerminada(Exception):
    """The order was already reported, rejected or called off."""


class EstudioDesconocido(Exception):
    """A key that is not in the catalogue of studies."""


def solicitar(
    acceso: Acceso,
    *,
    estudios: Sequence[str],
    prioridad: Prioridad,
    problema: str,
    encuentro_id: UUID | None,
    ahora: datetime,
    indicaciones: str = "",
) -> list[UUID]:
    """Order `estudios` (keys of the catalogue) under one request number; returns an id of each.

    `problema` is what the study is to answer (NOM-004 9.2.4). Raises `EstudioDesconocido`,
    `FaltaConsentimiento`.
    """
    acceso.exigir(Permiso.ORDEN_SOLICITAR)
    desconocidos = [clave for clave in estudios if clave not in catalogo.ESTUDIOS]
    if desconocidos or not estudios:
        raise EstudioDesconocido(", ".join(desconocidos))
    folio = str(uuid7())[-10:].upper()
    comun: Recurso = {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "requisition": {"system": SISTEMA_FOLIO, "value": folio},
        "priority": prioridad.value,
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "authoredOn": ahora.isoformat(timespec="seconds"),
        "requester": autor(acceso),
        "extension": [{"url": AVANCE, "valueCode": Avance.SOLICITADA}],
    }
    if problema:
        comun["reasonCode"] = [{"text": problema}]
    if indicaciones:
        comun["note"] = [{"text": indicaciones}]
    if encuentro_id is not None:
        comun["encounter"] = {"reference": f"Encounter/{encuentro_id}"}
    with acto(acceso, tipo=TipoDeEvento.ORDEN_SOLICITADA, ahora=ahora) as el_acto:
        ordenes = [
            Orden.nuevo(acceso, {**comun, **_del_estudio(catalogo.ESTUDIOS[clave])}, ahora=ahora)
            for clave in dict.fromkeys(estudios)
        ]
        for orden in ordenes:
            requisitos.exigir(acceso, orden.recurso, ahora=ahora)
            el_acto.insertar(orden)
    return [orden.id for orden in ordenes]


def tomar(acceso: Acceso, *, orden_id: UUID, ahora: datetime) -> UUID:
    """Record that the specimen of an order was taken; returns the Specimen's id."""
    acceso.exigir(Permiso.ORDEN_ATENDER)
    with acto(acceso, tipo=TipoDeEvento.ORDEN_TOMADA, ahora=ahora) as el_acto:
        orden = viva(acceso, orden_id)
        estudio = orden.del_catalogo
        especimen: Recurso = {
            "resourceType": "Specimen",
            "status": "available",
            "type": {"text": (estudio.muestra if estudio else "") or "Muestra"},
            "subject": {"reference": f"Patient/{acceso.paciente}"},
            "receivedTime": ahora.isoformat(timespec="seconds"),
            "request": [{"reference": f"ServiceRequest/{orden_id}"}],
            "collection": {
                "collector": autor(acceso),
                "collectedDateTime": ahora.isoformat(timespec="seconds"),
            },
        }
        muestra = OtroRegistro.nuevo(acceso, especimen, ahora=ahora)
        el_acto.insertar(muestra)
        recurso = con_avance(orden.recurso, Avance.TOMADA)
        recurso["specimen"] = [{"reference": f"Specimen/{muestra.id}"}]
        el_acto.reemplazar(orden.siguiente(acceso, recurso, ahora=ahora))
    return muestra.id


def procesar(acceso: Acceso, *, orden_id: UUID, ahora: datetime) -> None:
    """The service has begun to work on it."""
    acceso.exigir(Permiso.ORDEN_ATENDER)
    with acto(acceso, tipo=TipoDeEvento.ORDEN_PROCESADA, ahora=ahora) as el_acto:
        orden = viva(acceso, orden_id)
        recurso = con_avance(orden.recurso, Avance.EN_PROCESO)
        el_acto.reemplazar(orden.siguiente(acceso, recurso, ahora=ahora))


def rechazar(acceso: Acceso, *, orden_id: UUID, motivo: str, ahora: datetime) -> None:
    """The service cannot do it (haemolysed, too little, not of this patient), and says why."""
    acceso.exigir(Permiso.ORDEN_ATENDER)
    _revocar(acceso, orden_id, motivo, Avance.RECHAZADA, TipoDeEvento.ORDEN_RECHAZADA, ahora)


def cancelar(acceso: Acceso, *, orden_id: UUID, motivo: str, ahora: datetime) -> None:
    """Whoever treats the patient calls it off, and says why."""
    acceso.exigir(Permiso.ORDEN_SOLICITAR)
    _revocar(acceso, orden_id, motivo, Avance.CANCELADA, TipoDeEvento.ORDEN_CANCELADA, ahora)


def _revocar(
    acceso: Acceso,
    orden_id: UUID,
    motivo: str,
    avance: Avance,
    tipo: TipoDeEvento,
    ahora: datetime,
) -> None:
    with acto(acceso, tipo=tipo, ahora=ahora) as el_acto:
        orden = viva(acceso, orden_id)
        recurso = con_avance(orden.recurso, avance)
        recurso["status"] = "revoked"
        recurso["extension"].append({"url": MOTIVO, "valueCodeableConcept": {"text": motivo}})
        el_acto.reemplazar(orden.siguiente(acceso, recurso, ahora=ahora))


def viva(acceso: Acceso, orden_id: UUID) -> Orden:
    """An order still to be done. Raises `OrdenInexistente`, `OrdenTerminada`."""
    orden = leer(acceso, orden_id)
    if orden.estado not in VIVAS:
        raise OrdenTerminada(str(orden_id))
    return orden


def leer(acceso: Acceso, orden_id: UUID) -> Orden:
    """An order of the patient that is not another service's. Raises `OrdenInexistente`."""
    orden = Orden.objects.uno(acceso, orden_id)
    if orden is None or orden.servicio in catalogo.ajenos(acceso.actor.roles):
        raise OrdenInexistente(str(orden_id))
    return orden


def con_avance(recurso: Recurso, avance: Avance) -> Recurso:
    """A copy of an order that has come as far as `avance`."""
    otras = [e for e in recurso.get("extension", ()) if e.get("url") != AVANCE]
    return {**recurso, "extension": [*otras, {"url": AVANCE, "valueCode": avance}]}


def autor(acceso: Acceso) -> Recurso:
    return {"reference": f"Practitioner/{acceso.actor.id}", "display": acceso.actor.nombre}


def unidad_de(acceso: Acceso, orden: Orden) -> UUID | None:
    """Where the visit was in which it was asked for."""
    if orden.encuentro is None:
        return None
    encuentro = Encuentro.objects.uno(acceso, orden.encuentro)
    return encuentro.unidad if encuentro is not None else None


def _del_estudio(estudio: Estudio) -> Recurso:
    codigos = [{"system": catalogo.SISTEMA, "code": estudio.clave, "display": estudio.nombre}]
    if estudio.loinc:
        codigos.insert(0, {"system": SISTEMA_LOINC, "code": estudio.loinc})
    recurso: Recurso = {
        "code": {"coding": codigos, "text": estudio.nombre},
        "category": [categoria(estudio.servicio)],
    }
    if estudio.ayuno_horas:
        recurso["patientInstruction"] = f"Ayuno de {estudio.ayuno_horas} horas"
    return recurso


def categoria(servicio: Servicio) -> Recurso:
    return {
        "coding": [{"system": catalogo.SISTEMA_SERVICIO, "code": servicio.value}],
        "text": catalogo.SERVICIOS[servicio],
    }
