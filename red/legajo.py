"""What all ask of a referral: its row, what lies sealed in it, and the partner's own proof."""

from datetime import datetime
from uuid import UUID

from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from ece import fhir
from ece.identidad import selectors as identidad
from ece.nucleo import sobres
from ece.nucleo.acceso import Acceso, Actor, Declaracion
from ece.nucleo.roles import Permiso
from red import mensajes, pasos
from red.mensajes import Mensaje
from red.models import Referencia
from red.pasos import Estado, PasoInvalido
from registros.services.pacientes import SISTEMA_CURP

USO, USO_DE_MOTIVO = "red/referencia", "red/motivo"


class ReferenciaInexistente(Exception):
    """There is no such referral, or not of this patient."""


def acceso_de_aliado(referencia: Referencia, permiso: Permiso, *, ahora: datetime) -> Acceso:
    """The proof that the partner itself would get now for the patient of a referral: what travels,
    either way, is what it may read or write. It asked for nothing: its limits do not count it.
    Raises `AccesoDenegado`."""
    actor = identidad.actor_de_sistema(referencia.cliente)
    if actor is None or referencia.paciente is None:
        raise AccesoDenegado("sin.relacion")
    declarado = Declaracion("red", "sistema", "TREAT")
    suyo = Actor(
        id=actor.id,
        clase=actor.clase,
        nombre=actor.nombre,
        asignaciones=actor.asignaciones,
        institucion=actor.institucion,
        declaracion=declarado,
    )
    return decision.abrir_paciente(
        suyo,
        referencia.paciente,
        permiso,
        ahora=ahora,
        detalle={"referencia": str(referencia.id)},
        cuenta=False,
    )


def contenido_de(referencia: Referencia) -> Mensaje:
    """What was sent to us and still waits. Raises `PasoInvalido` once it does not."""
    if referencia.contenido is None:
        raise PasoInvalido("ya no espera")
    sellado = sobres.abrir_octetos(USO, referencia.id, referencia.contenido)
    return mensajes.leer(fhir.json.leer(sellado))


def motivo_de(referencia: Referencia) -> str:
    if referencia.motivo is None:
        return ""
    return sobres.abrir(USO_DE_MOTIVO, referencia.id, referencia.motivo)


def curp_de(mensaje: Mensaje) -> str:
    """The CURP of whom was referred, or nothing."""
    paciente = mensaje.paciente or {}
    return next(
        (
            str(i.get("value", "")).upper()
            for i in paciente.get("identifier", ())
            if i.get("system") == SISTEMA_CURP
        ),
        "",
    )


def tomar(referencia_id: UUID) -> Referencia:
    """The referral, for this transaction alone. Raises `ReferenciaInexistente`."""
    referencia = Referencia.objects.select_for_update().filter(pk=referencia_id).first()
    if referencia is None:
        raise ReferenciaInexistente(str(referencia_id))
    return referencia


def mover(referencia: Referencia, estado: Estado, *, ahora: datetime) -> None:
    """Write that it is now in `estado`, with the clock of that state."""
    referencia.estado = estado
    referencia.estado_at = ahora
    referencia.plazo_at = pasos.plazo(estado, referencia.prioridad, desde=ahora)
    referencia.save()
