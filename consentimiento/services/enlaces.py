"""The door of a shared link: whoever holds it reads, as far as who shared it may at that moment."""

from datetime import datetime

from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from consentimiento.motivos import MotivoDeConsulta
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.selectors import enlaces as selectores
from registros.services import enlaces


def abrir(codigo: str, *, origen: str, ahora: datetime) -> Acceso:
    """An Acceso to the record that the code of a live link names. Raises `AccesoDenegado`.

    It is the sharer's, so that it ends with what they may do; the event names the link, never its
    code. A code that names nothing, one withdrawn and one that ended are the same answer.
    """
    vence = enlaces.vencimiento(codigo)
    if vence is None or vence <= ahora:
        raise AccesoDenegado("sin.relacion")
    hallado = selectores.compartido(enlaces.huella(codigo))
    actor = identidad.actor_activo(hallado.autor, ahora=ahora, origen=origen) if hallado else None
    if hallado is None or actor is None:
        raise AccesoDenegado("sin.relacion")
    return decision.abrir_paciente(
        actor,
        hallado.paciente,
        Permiso.EXPEDIENTE_LEER,
        ahora=ahora,
        detalle={"enlace": str(hallado.id)},
        motivo=MotivoDeConsulta.SOLICITUD,
    )
