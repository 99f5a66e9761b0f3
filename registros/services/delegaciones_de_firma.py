"""Leaving one's signature to a colleague while one is away, of what one leaves finished."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from ece.identidad import confianza
from ece.identidad import selectors as identidad
from ece.identidad.services import delegaciones_de_firma
from ece.identidad.services.delegaciones_de_firma import DelegacionInexistente, revocar
from ece.nucleo.acceso import Actor
from registros.models.tarea import clase_firmable, ficha_de
from registros.selectors.delegaciones_de_firma import Negativa, comparten

LO_MAS = timedelta(days=60)


class NoSeDelega(Exception):
    """It may not be delegated: `negativa` says why, of `documento` if it is about one."""

    def __init__(self, negativa: Negativa, documento: str = "") -> None:
        super().__init__(negativa.value)
        self.negativa, self.documento = negativa, documento


class TerminoInvalido(Exception):
    """A delegation begins from now on, and ends within sixty days."""


class SinMotivo(Exception):
    """Who delegates says what to whom, and why."""


def delegar(
    actor: Actor,
    *,
    delegado_id: UUID,
    documentos: Collection[str],
    desde: datetime,
    hasta: datetime,
    motivo: str,
    metodo: Sequence[str],
    ahora: datetime,
) -> UUID:
    """Let a colleague sign, for a time, the actor's documents of those kinds (keys of rules).

    The caller has just verified who the actor is, and `metodo` says how. It is weighed again each
    time somebody signs under it (`selectors.delegaciones_de_firma`). Raises `NoSeDelega`,
    `TerminoInvalido`, `SinMotivo`, `SinCredencial`.
    """
    if not documentos or not motivo.strip():
        raise SinMotivo
    if not ahora <= desde < hasta <= desde + LO_MAS:
        raise TerminoInvalido
    if delegado_id == actor.id:
        raise NoSeDelega(Negativa.PROPIA)
    suyos = identidad.puestos([delegado_id], ahora=ahora).get(delegado_id, [])
    reglas = confianza.reglas(documentos)
    for clave in sorted(documentos):
        if not reglas[clave].se_delega:
            raise NoSeDelega(Negativa.PERSONAL, clave)
        if not comparten(actor.asignaciones, suyos, clave):
            raise NoSeDelega(Negativa.PUESTO, clave)
    return delegaciones_de_firma.escribir(
        actor,
        delegado_id=delegado_id,
        documentos=sorted(documentos),
        fichas=[ficha_de(clase_firmable(clave)) for clave in sorted(documentos)],
        desde=desde,
        hasta=hasta,
        motivo=motivo.strip(),
        metodo=metodo,
        ahora=ahora,
    )


__all__ = [
    "DelegacionInexistente",
    "NoSeDelega",
    "SinMotivo",
    "TerminoInvalido",
    "delegar",
    "revocar",
]
