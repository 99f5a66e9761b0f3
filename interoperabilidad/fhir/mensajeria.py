"""``$process-message``: what another institution tells of a referral (R4 messaging)."""

from datetime import datetime
from typing import Any

from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Actor
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.fhir.errores import ErrorFhir, no_encontrado
from red import mensajes, recepcion
from red.mensajes import MensajeInvalido
from red.pasos import PasoInvalido
from red.recepcion import NoAcordado, ReferenciaAjena


def procesar(actor: Actor, bundle: dict[str, Any], *, base: str, ahora: datetime) -> dict[str, Any]:
    """The acknowledgement of a message, once what it says is kept. Raises `ErrorFhir`,
    `AccesoDenegado` and what writing raises."""
    try:
        mensaje = mensajes.leer(bundle)
        recepcion.recibir(actor, mensaje, bundle, ahora=ahora)
    except MensajeInvalido as error:
        raise ErrorFhir(422, "invalid", f"El mensaje no se admite: {error}.") from error
    except NoAcordado as error:
        raise ErrorFhir(403, "forbidden", str(error)) from error
    except ReferenciaAjena as error:
        raise no_encontrado("La referencia") from error
    except PasoInvalido as error:
        raise ErrorFhir(409, "conflict", "La referencia cambió; reintente.") from error
    propia = identidad.institucion()
    return mensajes.respuesta(
        mensaje,
        id=uuid7(),
        quien=propia.nombre if propia else "",
        direccion=base,
        ahora=ahora,
    )
