"""The desk of messages with something of everything."""

from uuid import UUID

from django.utils import timezone

from ece.nucleo import sobres
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.hl7v2 import salida
from interoperabilidad.models import Estado, Interlocutor, MensajeRecibido, Salida
from tests.interoperabilidad.hl7v2 import mensajes
from tests.interoperabilidad.hl7v2.conftest import recibir_mensaje
from tests.interoperabilidad.hl7v2.mensajes import Persona


def llenar_bandeja() -> None:
    """Applied, waiting, refused, and to be sent; whoever sends must be registered."""
    recibir_mensaje(mensajes.adt("A28", "1"))
    recibir_mensaje(mensajes.oru("2", quien=Persona("000132")))
    recibir_mensaje(
        mensajes.adt("A08", "3", quien=Persona("000123", "ORDAZ^PEDRO", "19900303", "M"))
    )
    recibir_mensaje(mensajes.adt("A08", "4").replace(b"19840517", b"ayer"))
    id_ = uuid7()
    Salida.objects.create(
        id=id_,
        destino=Interlocutor.objects.get(aplicacion="HIS"),
        ocasion="evento:prueba",
        tipo="ADT^A28",
        creado_at=timezone.now(),
        proximo_at=timezone.now(),
        contenido=sobres.sellar(salida.USO, id_, mensajes.adt("A28", "5").decode()),
    )


def en_espera() -> UUID:
    """A message that waits for a person."""
    return MensajeRecibido.objects.filter(estado=Estado.EN_ESPERA).order_by("orden")[0].id


def por_salir() -> UUID:
    return Salida.objects.get().id
