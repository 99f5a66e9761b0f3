"""Referrals that are there already: one of ours, and one that came and waits."""

import copy
from datetime import timedelta
from typing import Any
from uuid import UUID

from ece import fhir
from ece.nucleo import sobres
from ece.nucleo.uuid7 import uuid7
from red import legajo, mensajes
from red.mensajes import Mensaje
from red.models import Referencia
from red.pasos import Estado, Paso, Prioridad, Sentido
from registros.services.pacientes import SISTEMA_CURP
from tests.convenios import Alianza
from tests.elenco import AHORA

CURP = "SOLM850214MOCSNR08"
PERSONA: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "de-alla",
    "identifier": [{"system": SISTEMA_CURP, "value": CURP}],
    "name": [{"family": "Sosa Luna", "given": ["Marisol"]}],
    "gender": "female",
    "birthDate": "1985-02-14",
}
NOTA: dict[str, Any] = {
    "resourceType": "Composition",
    "id": "nota-de-alla",
    "status": "final",
    "type": {"coding": [{"system": "urn:ece:fhir:nota", "code": "referencia"}]},
    "subject": {"reference": "Patient/de-alla"},
    "date": "2026-11-23T10:00:00-06:00",
    "author": [{"reference": "Practitioner/dr-uitz", "display": "Dr. Uitz"}],
    "title": "Nota de referencia o traslado",
    "section": [
        {
            "title": "Motivo de envío",
            "text": {
                "status": "generated",
                "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Dolor torácico.</p></div>',
            },
        }
    ],
}


def mensaje(**cambios: Any) -> Mensaje:
    """A referral as a partner sends it."""
    dicho: dict[str, Any] = {
        "id": uuid7(),
        "paso": Paso.SOLICITUD,
        "folio": uuid7(),
        "prioridad": Prioridad.URGENTE,
        "emisor": "Hospital aliado",
        "receptor": "Hospital General de Ejemplo",
        "momento": AHORA,
        "servicio": "Cardiología, valoración",
        "nota": NOTA["id"],
        "recursos": (PERSONA, NOTA),
    }
    return Mensaje(**{**dicho, **cambios})


def bundle(dicho: Mensaje, estado: Estado = Estado.SOLICITADA) -> dict[str, Any]:
    hecho = mensajes.escribir(
        dicho, estado=estado, origen="https://aliado.example/fhir", destino="https://ece/fhir"
    )
    return copy.deepcopy(hecho)


def dos(alianza: Alianza, paciente: UUID) -> tuple[UUID, UUID]:
    """(one that was sent of `paciente`, one that was received and nobody accepted)."""
    comunes = {
        "convenio": alianza.convenio,
        "cliente": alianza.cliente,
        "estado": Estado.SOLICITADA,
        "prioridad": Prioridad.ORDINARIA,
        "creada_at": AHORA,
        "estado_at": AHORA,
        "plazo_at": AHORA + timedelta(days=5),
    }
    enviada = Referencia.objects.create(
        folio=uuid7(), sentido=Sentido.ENVIADA, paciente=paciente, **comunes
    )
    recibida = Referencia(folio=uuid7(), sentido=Sentido.RECIBIDA, **comunes)
    datos = fhir.json.escribir(bundle(mensaje(folio=recibida.folio)))
    recibida.contenido = sobres.sellar_octetos(legajo.USO, recibida.pk, datos)
    recibida.save()
    return enviada.pk, recibida.pk
