"""Why a record was opened by exception, and what whoever reviewed it said: pure, R4 AuditEvent."""

from datetime import datetime
from typing import Any

from ece.nucleo.acceso import Acceso

Recurso = dict[str, Any]

SISTEMA = "urn:ece:constancia"
EMERGENCIA, INUSUAL = "emergencia", "inusual"
_TIPO = {
    "system": "http://terminology.hl7.org/CodeSystem/audit-event-type",
    "code": "rest",
    "display": "RESTful Operation",
}
_ROMPE = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "BTG"}
_DICTAMEN = "dictamen"


def de_emergencia(
    acceso: Acceso, *, motivo: str, texto: str, desde: datetime, hasta: datetime
) -> Recurso:
    """Somebody broke the glass (v3 ActReason BTG), why in their words, and until when."""
    return {
        **_base(acceso, EMERGENCIA, ahora=desde),
        "action": "R",
        "period": {"start": _instante(desde), "end": _instante(hasta)},
        "outcomeDesc": texto,
        "purposeOfEvent": [
            {"coding": [_ROMPE]},
            {"coding": [{"system": SISTEMA, "code": motivo}]},
        ],
    }


def de_hallazgo(acceso: Acceso, *, rareza: str, ahora: datetime) -> Recurso:
    """Accesses that stood out were looked at."""
    return {
        **_base(acceso, INUSUAL, ahora=ahora),
        "purposeOfEvent": [{"coding": [{"system": SISTEMA, "code": rareza}]}],
    }


def con_dictamen(
    recurso: Recurso, acceso: Acceso, *, dictamen: str, nota: str, ahora: datetime
) -> Recurso:
    """The same, with what whoever holds `acceso` found."""
    dicho = [{"type": _DICTAMEN, "valueString": dictamen}]
    if nota:
        dicho.append({"type": "nota", "valueString": nota})
    dicho.append({"type": "fecha", "valueString": _instante(ahora)})
    quien = {"who": _quien(acceso), "requestor": False}
    agentes = recurso["agent"] if recurso["agent"][0]["who"] == quien["who"] else None
    paciente = recurso["entity"][0]
    return {
        **recurso,
        "agent": agentes or [*recurso["agent"], quien],
        "entity": [{**paciente, "detail": dicho}],
    }


def texto(recurso: Recurso) -> str:
    return str(recurso.get("outcomeDesc", ""))


def nota(recurso: Recurso) -> str:
    """What the reviewer wrote."""
    detalles = recurso["entity"][0].get("detail", ())
    return next((str(d["valueString"]) for d in detalles if d["type"] == "nota"), "")


def _base(acceso: Acceso, clase: str, *, ahora: datetime) -> Recurso:
    return {
        "resourceType": "AuditEvent",
        "type": _TIPO,
        "subtype": [{"system": SISTEMA, "code": clase}],
        "recorded": _instante(ahora),
        "agent": [{"who": _quien(acceso), "requestor": True}],
        "source": {"observer": {"display": "ECE"}},
        "entity": [{"what": {"reference": f"Patient/{acceso.paciente}"}}],
    }


def _quien(acceso: Acceso) -> Recurso:
    return {"reference": f"Practitioner/{acceso.actor.id}", "display": acceso.actor.nombre}


def _instante(momento: datetime) -> str:
    return momento.isoformat(timespec="seconds")
