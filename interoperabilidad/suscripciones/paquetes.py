"""What a subscriber receives: a Bundle whose first entry says how its subscription is doing.

Source: HL7 Subscriptions R5 Backport 1.1, profiles backport-subscription-status-r4 and
backport-subscription-notification-r4.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from ece import fhir
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.fhir.paquetes import instante
from interoperabilidad.suscripciones.recurso import ENTERO, GUIA, VACIO

APRETON, LATIDO, SUCESO = "handshake", "heartbeat", "event-notification"
CONSULTA_DE_ESTADO, CONSULTA_DE_SUCESOS = "query-status", "query-event"


@dataclass(frozen=True, slots=True)
class Estado:
    """A subscription, as its notifications tell of it."""

    id: UUID
    tema: str
    estado: str
    eventos: int
    motivo: str = ""


@dataclass(frozen=True, slots=True)
class Suceso:
    """An event that is told; `foco` (``Type/id``) is empty when what it was about is withheld."""

    numero: int
    momento: datetime
    foco: str = ""
    version: int = 0
    json: bytes = field(default=b"", repr=False)


def base() -> str:
    """Where the server is, for whoever is told something they did not ask for just now."""
    return f"{settings.ECE_URL}/fhir"


def estado(
    de: Estado, clase: str, *, en: str, sucesos: Sequence[Suceso] = (), contenido: str = VACIO
) -> dict[str, Any]:
    """The SubscriptionStatus, as the Parameters that R4 tells it with."""
    partes: list[dict[str, Any]] = [
        {
            "name": "subscription",
            "valueReference": {"reference": f"{en}/Subscription/{de.id}"},
        },
        {"name": "topic", "valueCanonical": de.tema},
        {"name": "status", "valueCode": de.estado},
        {"name": "type", "valueCode": clase},
        {"name": "eventsSinceSubscriptionStart", "valueString": str(de.eventos)},
        *(_suceso(suceso, en, contenido) for suceso in sucesos),
    ]
    if de.motivo:
        partes.append({"name": "error", "valueCodeableConcept": {"text": de.motivo}})
    return {
        "resourceType": "Parameters",
        "id": str(uuid7()),
        "meta": {"profile": [f"{GUIA}backport-subscription-status-r4"]},
        "parameter": partes,
    }


def _suceso(suceso: Suceso, en: str, contenido: str) -> dict[str, Any]:
    partes: list[dict[str, Any]] = [
        {"name": "eventNumber", "valueString": str(suceso.numero)},
        {"name": "timestamp", "valueInstant": instante(suceso.momento)},
    ]
    if suceso.foco and contenido != VACIO:
        partes.append({"name": "focus", "valueReference": {"reference": f"{en}/{suceso.foco}"}})
    return {"name": "notificationEvent", "part": partes}


def notificacion(
    de: Estado,
    clase: str,
    *,
    en: str,
    ahora: datetime,
    sucesos: Sequence[Suceso] = (),
    contenido: str = VACIO,
) -> bytes:
    """The Bundle that is sent, or answered to ``$events``."""
    dicho = estado(de, clase, en=en, sucesos=sucesos, contenido=contenido)
    entradas = [
        {
            "fullUrl": f"urn:uuid:{dicho['id']}",
            "resource": dicho,
            "request": {"method": "GET", "url": f"Subscription/{de.id}/$status"},
            "response": {"status": "200"},
        },
        *_entradas(sucesos, en, contenido),
    ]
    return fhir.json.escribir(
        {
            "resourceType": "Bundle",
            "id": str(uuid7()),
            "meta": {"profile": [f"{GUIA}backport-subscription-notification-r4"]},
            "type": "history",
            "timestamp": instante(ahora),
            "entry": entradas,
        }
    )


def _entradas(sucesos: Iterable[Suceso], en: str, contenido: str) -> Iterable[dict[str, Any]]:
    if contenido == VACIO:
        return
    for suceso in sucesos:
        if not suceso.foco:
            continue
        nuevo = suceso.version == 1
        tipo = suceso.foco.partition("/")[0]
        entrada: dict[str, Any] = {
            "fullUrl": f"{en}/{suceso.foco}",
            "request": {
                "method": "POST" if nuevo else "PUT",
                "url": tipo if nuevo else suceso.foco,
            },
            "response": {"status": "201" if nuevo else "200"},
        }
        if contenido == ENTERO:
            entrada["resource"] = fhir.json.leer(suceso.json)
        yield entrada


def de_estados(estados: Iterable[Estado], *, en: str) -> bytes:
    """The searchset of ``$status``."""
    entradas = []
    for uno in estados:
        dicho = estado(uno, CONSULTA_DE_ESTADO, en=en)
        entradas.append(
            {
                "fullUrl": f"urn:uuid:{dicho['id']}",
                "resource": dicho,
                "search": {"mode": "match"},
            }
        )
    paquete: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(entradas),
    }
    return fhir.json.escribir({**paquete, "entry": entradas} if entradas else paquete)
