"""Answering for what somebody in training wrote: it is countersigned, or returned with a reason."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import NotaClinica
from registros.services import firmas, notas, revisiones


class NadaQueContrafirmar(Exception):
    """The note is not waiting: it is a draft, it was returned, or it is already countersigned."""


class AutorDeLaNota(Exception):
    """Nobody countersigns what they wrote."""


class SinMotivo(Exception):
    """A note is returned saying why."""


def contrafirmar(
    acceso: Acceso,
    *,
    nota_id: UUID,
    ahora: datetime,
    metodo: Sequence[str] = firmas.CONTRASENA,
) -> None:
    """Make a waiting note final: its author stays, and who countersigns attests and signs it.

    The caller has just verified who countersigns, and `metodo` says how. Raises
    `notas.NotaInexistente`, `NadaQueContrafirmar`, `AutorDeLaNota`, `notas.RolSinEstaNota`.
    """
    acceso.exigir(Permiso.NOTA_CONTRAFIRMAR)
    with acto(acceso, tipo=TipoDeEvento.NOTA_CONTRAFIRMADA, ahora=ahora) as el_acto:
        nota = _en_espera(acceso, nota_id)
        notas.exigir_autoria(acceso, notas.tipo_de(nota.recurso))
        contenido = notas.contenido_de(nota.recurso)
        notas.terminar(el_acto, acceso, nota, contenido, ahora=ahora, metodo=metodo)
        revisiones.concluir(el_acto, acceso, nota_id, ahora=ahora)


def devolver(acceso: Acceso, *, nota_id: UUID, motivo: str, ahora: datetime) -> None:
    """Give a waiting note back to its author as a draft, with a task that says why.

    Raises as `contrafirmar`, and `SinMotivo`.
    """
    acceso.exigir(Permiso.NOTA_CONTRAFIRMAR)
    if not motivo.strip():
        raise SinMotivo
    with acto(acceso, tipo=TipoDeEvento.NOTA_DEVUELTA, ahora=ahora) as el_acto:
        nota = _en_espera(acceso, nota_id)
        recurso = {k: v for k, v in nota.recurso.items() if k != "attester"}
        proxima = nota.siguiente(acceso, recurso, ahora=ahora)
        proxima.autor = nota.autor
        el_acto.reemplazar(proxima)
        revisiones.devolver(el_acto, acceso, nota, motivo=motivo.strip(), ahora=ahora)


def _en_espera(acceso: Acceso, nota_id: UUID) -> NotaClinica:
    nota = notas.leer(acceso, nota_id)
    if not nota.en_espera:
        raise NadaQueContrafirmar(str(nota_id))
    if nota.autor == acceso.actor.id:
        raise AutorDeLaNota(str(nota_id))
    return nota
