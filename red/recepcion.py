"""A message that a partner's system sends: kept with its effect, or refused with its reason.

It is acknowledged once it is on disk, and applied once however often it comes.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from auditoria import bitacora
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento import decision
from consentimiento.asientos import asiento
from consentimiento.convenios import Base, Terminos
from consentimiento.selectors import convenios
from ece import fhir
from ece.nucleo import sobres
from ece.nucleo.acceso import Actor, Alcance
from ece.nucleo.roles import Permiso
from red import legajo, referencias
from red.mensajes import Mensaje
from red.models import Recibido, Referencia
from red.pasos import LLEVA_A, Estado, Paso, Sentido

Recurso = dict[str, Any]


class NoAcordado(Exception):
    """The agreement does not say that such a thing is received; the text says what, in words."""


class ReferenciaAjena(Exception):
    """There is no such referral with whoever sends."""


def recibir(actor: Actor, mensaje: Mensaje, bundle: Recurso, *, ahora: datetime) -> None:
    """Take in one step of a referral: one more of what the agreement lets its partner ask in a
    minute and in a day. Raises `AccesoDenegado`, `NoAcordado`, `ReferenciaAjena`, and what writing
    raises (`RecursoInvalido`, `VersionEnConflicto`)."""
    alcance = decision.alcanzar(
        actor,
        Permiso.REFERENCIA_ENVIAR,
        motivo="referencia",
        ahora=ahora,
        detalle={"paso": mensaje.paso.value, "mensaje": str(mensaje.id)},
    )
    if _ya_llego(actor.id, mensaje.id):
        return
    try:
        convenio, terminos = _convenio(actor.id, ahora)
        _exigir_acordado(terminos, mensaje)
    except NoAcordado:
        detalle = {"paso": mensaje.paso.value, "mensaje": str(mensaje.id), "motivo": "convenio"}
        negado = asiento(alcance, TipoDeEvento.REFERENCIA_RECIBIDA, ahora=ahora, detalle=detalle)
        bitacora.anexar([replace(negado, resultado=Resultado.DENEGADO)])
        raise
    try:
        if mensaje.paso is Paso.SOLICITUD:
            _guardar(alcance, convenio, mensaje, bundle, ahora)
        else:
            _aplicar(alcance, mensaje, ahora)
    except IntegrityError:
        # The same message, or the same referral, by another way and at the same time.
        if not _ya_llego(actor.id, mensaje.id):
            raise NoAcordado("ya hay una referencia con ese folio") from None


def _guardar(
    alcance: Alcance, convenio: UUID, mensaje: Mensaje, bundle: Recurso, ahora: datetime
) -> None:
    """A new referral, sealed until somebody says whose it is."""
    cliente = alcance.actor.id
    referencia = Referencia(
        folio=mensaje.folio,
        sentido=Sentido.RECIBIDA,
        convenio=convenio,
        cliente=cliente,
        prioridad=mensaje.prioridad,
        creada_at=ahora,
    )
    datos = fhir.json.escribir(bundle)
    referencia.contenido = sobres.sellar_octetos(legajo.USO, referencia.id, datos)
    detalle = {"referencia": str(referencia.id), "convenio": str(convenio)}
    with transaction.atomic(durable=True):
        _anotar(cliente, mensaje, ahora)
        legajo.mover(referencia, Estado.SOLICITADA, ahora=ahora)
        bitacora.anexar(
            [asiento(alcance, TipoDeEvento.REFERENCIA_RECIBIDA, ahora=ahora, detalle=detalle)]
        )


def _aplicar(alcance: Alcance, mensaje: Mensaje, ahora: datetime) -> None:
    """The other side's step on a referral of both."""
    actor = alcance.actor
    de_ellos, desde, hasta = LLEVA_A[mensaje.paso]
    nuestro = Sentido.ENVIADA if de_ellos is Sentido.RECIBIDA else Sentido.RECIBIDA
    referencia = Referencia.objects.filter(
        cliente=actor.id, sentido=nuestro, folio=mensaje.folio
    ).first()
    if referencia is None:
        raise ReferenciaAjena(str(mensaje.folio))
    if Estado(referencia.estado) not in desde:
        # Both sides took a step at once (one cancelled what the other accepted): ours stands.
        with transaction.atomic(durable=True):
            _anotar(actor.id, mensaje, ahora)
        return
    if mensaje.motivo:
        referencia.motivo = sobres.sellar(legajo.USO_DE_MOTIVO, referencia.id, mensaje.motivo)
    if referencia.paciente is None:
        _cancelar_sin_abrir(alcance, referencia, mensaje, hasta, ahora)
        return
    aliado = decision.abrir_paciente(
        actor, referencia.paciente, Permiso.RECURSO_ESCRIBIR, ahora=ahora, cuenta=False
    )

    def antes() -> None:
        _anotar(actor.id, mensaje, ahora)
        if Estado(legajo.tomar(referencia.pk).estado) not in desde:
            raise referencias.PasoInvalido(mensaje.paso)
        legajo.mover(referencia, hasta, ahora=ahora)

    referencias.incorporar(
        aliado,
        referencia,
        mensaje,
        estado=hasta,
        tipo=referencias.EVENTO_DE[mensaje.paso],
        antes=antes,
        ahora=ahora,
    )


def _cancelar_sin_abrir(
    alcance: Alcance, referencia: Referencia, mensaje: Mensaje, hasta: Estado, ahora: datetime
) -> None:
    """What nobody accepted is in no record."""
    detalle = {"referencia": str(referencia.id)}
    with transaction.atomic(durable=True):
        _anotar(alcance.actor.id, mensaje, ahora)
        if Estado(legajo.tomar(referencia.pk).estado) is not Estado.SOLICITADA:
            raise referencias.PasoInvalido(mensaje.paso)
        referencia.contenido = None
        legajo.mover(referencia, hasta, ahora=ahora)
        bitacora.anexar(
            [asiento(alcance, referencias.EVENTO_DE[mensaje.paso], ahora=ahora, detalle=detalle)]
        )


def _ya_llego(cliente: UUID, mensaje: UUID) -> bool:
    return Recibido.objects.filter(cliente=cliente, mensaje=mensaje).exists()


def _anotar(cliente: UUID, mensaje: Mensaje, ahora: datetime) -> None:
    Recibido.objects.create(
        cliente=cliente, mensaje=mensaje.id, paso=mensaje.paso, recibido_at=ahora
    )


def _convenio(cliente: UUID, ahora: datetime) -> tuple[UUID, Terminos]:
    for id_, terminos in convenios.de_cliente(cliente, ahora=ahora):
        if Base.REFERENCIA.value in terminos.bases:
            return id_, terminos
    raise NoAcordado("El convenio no incluye referencias de pacientes.")


def _exigir_acordado(terminos: Terminos, mensaje: Mensaje) -> None:
    """What a step needs to write, and all that it brings, is among what is received."""
    trae = {r["resourceType"] for r in mensaje.recursos} - {"Patient"} | {"Task"}
    if mensaje.paso is Paso.SOLICITUD:
        trae.add("ServiceRequest")
    if faltan := sorted(trae - terminos.entra):
        raise NoAcordado(f"El convenio no admite recibir: {', '.join(faltan)}.")
