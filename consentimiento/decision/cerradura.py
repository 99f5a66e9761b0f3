"""The lock that every door turns: decide, append the event, and only then hand out a proof."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento.decision import pactos
from consentimiento.decision.emision import emision
from consentimiento.decision.negativas import AMBITO, AccesoDenegado, MotivoRequerido
from consentimiento.decision.politica import decidir
from consentimiento.decision.terminos import (
    Decision,
    Hechos,
    Obligacion,
    Proposito,
    Solicitud,
)
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.fichas import ficha_de_etiqueta
from ece.nucleo.reserva import Reserva
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from registros.selectors import recursos
from registros.selectors.recursos import Sellado


def abrir(
    actor: Actor,
    paciente: UUID,
    permiso: Permiso,
    facts: Hechos,
    ahora: datetime,
    detalle: Mapping[str, Any],
    *,
    proposito: Proposito | None = None,
    exige_motivo: bool = False,
    de: Sellado | None = None,
) -> Acceso:
    decision = decidir(Solicitud(actor, permiso, facts, ahora, proposito))
    acceso = None
    if decision.permitido:
        if exige_motivo and Obligacion.MOTIVO in decision.obligaciones:
            raise MotivoRequerido(decision.fundamento)
        id_ = uuid7()
        acceso = emitir(actor, paciente, decision, id_)
        if de is not None and not recursos.visible(acceso, de):
            decision, acceso = Decision(False, "sin.relacion"), None
    if acceso is None:
        negar(actor, (paciente,), permiso, decision, ahora, detalle)
        conocido = bool(facts.relaciones) or Permiso.PACIENTE_REGISTRAR in actor.permisos
        raise AccesoDenegado(decision.fundamento, conocido=facts.existe and conocido)
    detalle = {**detalle, "proposito": decision.proposito.value, **del_convenio(decision)}
    avisar_de_urgencia(actor, paciente, decision, ahora)
    evento = suceso(
        actor, (paciente,), permiso, True, decision.fundamento, ahora, detalle, acceso.decision
    )
    bitacora.anexar([evento])
    return acceso


def emitir(actor: Actor, paciente: UUID, decision: Decision, id: UUID) -> Acceso:
    return emision.acceso(
        actor=actor,
        paciente=paciente,
        permisos=decision.permisos,
        fundamento=decision.fundamento,
        decision=id,
        proposito=decision.proposito.value,
        reserva=en_fichas(paciente, decision.reserva),
    )


def negar(
    actor: Actor,
    pacientes: tuple[UUID, ...],
    permiso: Permiso,
    decision: Decision,
    ahora: datetime,
    detalle: Mapping[str, Any],
    tipo: TipoDeEvento = TipoDeEvento.ACCESO_DECIDIDO,
) -> None:
    detalle = {**detalle, **del_convenio(decision)}
    evento = suceso(
        actor, pacientes, permiso, False, decision.fundamento, ahora, detalle, tipo=tipo
    )
    bitacora.anexar([evento])


def suceso(
    actor: Actor,
    pacientes: tuple[UUID, ...],
    permiso: Permiso,
    permitido: bool,
    fundamento: str,
    ahora: datetime,
    detalle: Mapping[str, Any],
    id: UUID | None = None,
    tipo: TipoDeEvento = TipoDeEvento.ACCESO_DECIDIDO,
) -> NuevoEvento:
    return NuevoEvento(
        tipo=tipo,
        resultado=Resultado.PERMITIDO if permitido else Resultado.DENEGADO,
        actor=actor,
        momento=ahora,
        pacientes=pacientes,
        fundamento=fundamento,
        detalle={**detalle, **_por_quien(actor), "permiso": permiso},
        id=id or uuid7(),
    )


def _por_quien(actor: Actor) -> dict[str, Any]:
    """The app that asked in the actor's name, and for whom a partner says that it asks."""
    dicho: dict[str, Any] = {}
    if actor.ambitos is not None and actor.ambitos.aplicacion:
        dicho["app"] = actor.ambitos.aplicacion
    if actor.declaracion is not None:
        dicho["declarado"] = {
            "usuario": actor.declaracion.usuario,
            "rol": actor.declaracion.rol,
            "proposito": actor.declaracion.proposito,
        }
    return dicho


def del_convenio(decision: Decision) -> dict[str, str]:
    return {"convenio": str(decision.convenio)} if decision.convenio else {}


def avisar_de_urgencia(actor: Actor, paciente: UUID, decision: Decision, ahora: datetime) -> None:
    """A partner's emergency is told to the patient: once a day for each of its users."""
    dicho = actor.declaracion
    if decision.convenio is None or Obligacion.NOTIFICAR not in decision.obligaciones or not dicho:
        return
    if pactos.primera_urgencia(decision.convenio, paciente, dicho.usuario, ahora=ahora):
        evento = suceso(
            actor,
            (paciente,),
            Permiso.RECURSO_LEER,
            True,
            decision.fundamento,
            ahora,
            del_convenio(decision),
            tipo=TipoDeEvento.CONVENIO_URGENCIA,
        )
        bitacora.anexar([replace(evento, resultado=Resultado.HECHO)])


def en_fichas(paciente: UUID, reserva: Reserva) -> Reserva:
    return reserva.en_fichas(partial(ficha_de_etiqueta, paciente)) if reserva else reserva


def exigir_busqueda(
    actor: Actor, permiso: Permiso, detalle: Mapping[str, Any], ahora: datetime
) -> None:
    """Whether the scopes of the app let it search that type. Raises `AccesoDenegado`."""
    tipo = detalle.get("busqueda")
    if actor.ambitos is not None and tipo and not actor.ambitos.permite("s", tipo):
        negar(actor, (), permiso, Decision(False, AMBITO), ahora, detalle)
        raise AccesoDenegado(AMBITO)
