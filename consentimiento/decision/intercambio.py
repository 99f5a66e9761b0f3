"""What an agreement adds to the decision about a partner's system. Pure.

First the door, which speaks of the partner alone (so that what it answers tells nothing of any
patient): is there an agreement, in force, for the declared purpose, within its limits? Then which
ties it admits with this patient, and how far a yes reaches.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from consentimiento.convenios import BASES_DE, Base, Estado, Pacto
from ece.nucleo.acceso import Actor
from ece.nucleo.reserva import TODO, Ambito, Reserva, Veda
from ece.nucleo.roles import Permiso, Rol

SIN_CONVENIO = "convenio.inexistente"
NEGATIVAS_DE_CONVENIO = {
    SIN_CONVENIO: "LGPDPPSO 60; LFPDPPP 35 (transferencias)",
    "convenio.estado": "LGPDPPSO 60 (instrumento jurídico)",
    "convenio.vigencia": "LGPDPPSO 60 (instrumento jurídico)",
    "convenio.declaracion": "LSS 111 A; NOM-024 (autorización por roles)",
    "convenio.proposito": "LGPDPPSO 12 y 64; LFPDPPP 11 (finalidad)",
    "convenio.ritmo": "LGPDPPSO 19 (proporcionalidad)",
}
"""ground of a no at the door -> what it rests on; from the most general to the most particular."""

_ORDEN = [*NEGATIVAS_DE_CONVENIO]
_RELACION = {
    Base.CONSENTIMIENTO: "convenio.consentimiento",
    Base.REFERENCIA: "convenio.referencia",
    Base.URGENCIA: "convenio.urgencia",
    Base.SALUD_PUBLICA: "convenio.salud.publica",
}
_SIN_PACIENTE = frozenset({Base.URGENCIA, Base.SALUD_PUBLICA})
_LEEN = frozenset({Permiso.PACIENTE_LEER, Permiso.RECURSO_LEER, Permiso.DIRECTORIO_LEER})


def es_aliado(actor: Actor) -> bool:
    return Rol.ALIADO in actor.roles


def puerta(actor: Actor, pactos: Iterable[Pacto], ahora: datetime) -> Pacto | str:
    """The agreement that lets the partner ask at all, or the ground of the refusal.

    Of several agreements the first that lets it in; of several refusals, that of the one which came
    nearest.
    """
    negativa = SIN_CONVENIO
    for pacto in pactos:
        suya = _negativa(actor, pacto, ahora)
        if not suya:
            return pacto
        negativa = max(negativa, suya, key=_ORDEN.index)
    return negativa


def _negativa(actor: Actor, pacto: Pacto, ahora: datetime) -> str:
    terminos, dicho = pacto.terminos, actor.declaracion
    if pacto.estado is not Estado.VIGENTE:
        return "convenio.estado"
    if not terminos.en_vigencia(ahora):
        return "convenio.vigencia"
    if dicho is None or not (dicho.usuario and dicho.rol and dicho.proposito):
        return "convenio.declaracion"
    if dicho.proposito not in terminos.propositos:
        return "convenio.proposito"
    if pacto.en_el_minuto > terminos.por_minuto or pacto.en_el_dia > terminos.por_dia:
        return "convenio.ritmo"
    return ""


def lazos(pacto: Pacto, proposito: str, bases: frozenset[str]) -> frozenset[str]:
    """The ties (values of `Relacion`) of the partner with a patient of whom `bases` are known:
    ``basis``, or ``agreement:basis`` when it was given under one."""
    admitidas = BASES_DE.get(proposito, frozenset()) & pacto.terminos.bases
    return frozenset(
        _RELACION[base]
        for base in admitidas
        if base in _SIN_PACIENTE or base in bases or f"{pacto.id}:{base}" in bases
    )


def permisos(pacto: Pacto, posibles: frozenset[Permiso]) -> frozenset[Permiso]:
    """Those of `posibles` that the direction of the agreement allows."""
    quedan = posibles
    if not pacto.terminos.sale:
        quedan -= _LEEN
    if not pacto.terminos.entra:
        quedan -= {Permiso.RECURSO_ESCRIBIR}
    return quedan


def acotar(reserva: Reserva, pacto: Pacto, sensibles: frozenset[str]) -> Reserva:
    """`reserva`, and what the agreement leaves out: other types, categories it does not name."""
    terminos = pacto.terminos
    vedas = [Veda(TODO, (Ambito(tipos=terminos.sale),), por_ambito=True)]
    if calladas := sensibles - terminos.categorias:
        vedas.append(Veda(Ambito(etiquetas=calladas)))
    return replace(
        reserva, vedas=(*reserva.vedas, *vedas), crea=terminos.entra, cambia=terminos.entra
    )
