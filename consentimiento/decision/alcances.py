"""The doors to many: an Alcance lists little of each, and less where something is withheld."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from consentimiento.decision import cerradura, intercambio
from consentimiento.decision import hechos as los_hechos
from consentimiento.decision.emision import emision
from consentimiento.decision.negativas import AccesoDenegado
from consentimiento.decision.politica import decidir, sin_relacion_basta
from consentimiento.decision.terminos import (
    Decision,
    Relacion,
    Solicitud,
)
from ece.nucleo.acceso import Actor, Alcance
from ece.nucleo.reserva import SIN_RESERVA, TODO, Reserva, Veda
from ece.nucleo.roles import Permiso


def alcanzar(
    actor: Actor,
    permiso: Permiso,
    *,
    motivo: str,
    ahora: datetime,
    detalle: Mapping[str, Any] | None = None,
) -> Alcance:
    """An Alcance for minimal listings: everyone, or only those tied to `actor`.

    `motivo` is a code (``busqueda``, ``agenda``, ``registro``). Raises `AccesoDenegado`.
    """
    detalle = {**(detalle or {}), "motivo": motivo}
    cerradura.exigir_busqueda(actor, permiso, detalle, ahora)
    decision = _puede_alcanzar(actor, permiso, ahora)
    if not decision.permitido:
        cerradura.negar(actor, (), permiso, decision, ahora, detalle, TipoDeEvento.ALCANCE_DECIDIDO)
        raise AccesoDenegado(decision.fundamento)
    toda = _alcanza_a_todos(actor, permiso, ahora)
    if decision.fundamento in _SIN_PACIENTE and detalle.get("busqueda") == "Patient":
        # In an emergency, first of all one has to find who it is; not to list who there is.
        toda = bool(detalle.get("senas"))
    pacientes = None if toda else los_hechos.pacientes_relacionados(actor, ahora=ahora)
    reservas = _reservas(actor, permiso, pacientes, ahora)
    fundamento = "institucion" if toda else "relaciones"
    detalle = {**detalle, **cerradura.del_convenio(decision)}
    evento = cerradura.suceso(
        actor, (), permiso, True, fundamento, ahora, detalle, tipo=TipoDeEvento.ALCANCE_DECIDIDO
    )
    bitacora.anexar([evento])
    return emision.alcance(
        actor=actor,
        permisos=frozenset({permiso}),
        fundamento=fundamento,
        motivo=motivo,
        decision=evento.id,
        pacientes=pacientes,
        reservas=reservas,
        general=_general(actor),
    )


def alcanzar_convenios(actor: Actor, permiso: Permiso, *, ahora: datetime) -> Alcance:
    """An Alcance over no patient, to ask about agreements: for who governs them and, about its own,
    for a system that asks (which has no permission over the others'). Raises `AccesoDenegado`."""
    propio = actor.clase == "cliente" and bool(actor.roles) and actor.ambitos is None
    permisos = frozenset({permiso}) & actor.permisos
    decision = Decision(propio or bool(permisos), "convenio.propio" if propio else "directorio")
    detalle, tipo = {"motivo": "convenios"}, TipoDeEvento.ALCANCE_DECIDIDO
    if not decision.permitido:
        decision = Decision(False, "rol.insuficiente")
        cerradura.negar(actor, (), permiso, decision, ahora, detalle, tipo)
        raise AccesoDenegado(decision.fundamento)
    evento = cerradura.suceso(
        actor, (), permiso, True, decision.fundamento, ahora, detalle, tipo=tipo
    )
    bitacora.anexar([evento])
    return emision.alcance(
        actor=actor,
        permisos=permisos,
        fundamento=decision.fundamento,
        motivo="convenios",
        decision=evento.id,
        pacientes=frozenset(),
        reservas={},
    )


def _general(actor: Actor) -> Reserva:
    """What the scopes of an app leave out of anybody's record."""
    veda = actor.ambitos.veda() if actor.ambitos is not None else None
    return Reserva((veda,)) if veda else SIN_RESERVA


def _puede_alcanzar(actor: Actor, permiso: Permiso, ahora: datetime) -> Decision:
    """Whether the actor may list at all, whoever there is to be listed."""
    if permiso not in actor.permisos:
        return Decision(False, "rol.insuficiente")
    if intercambio.es_aliado(actor):
        suyos = los_hechos.sin_paciente(actor, ahora=ahora, existe=True).pactos
        pacto = intercambio.puerta(actor, suyos, ahora)
        if isinstance(pacto, str):
            return Decision(False, pacto, convenio=suyos[0].id if suyos else None)
        assert actor.declaracion is not None  # or it would not have been let in
        lazos = intercambio.lazos(pacto, actor.declaracion.proposito, frozenset())
        return Decision(True, next(iter(lazos), "convenio"), convenio=pacto.id)
    return Decision(True, "")


_SIN_PACIENTE = frozenset({Relacion.CONVENIO_URGENCIA, Relacion.CONVENIO_SALUD_PUBLICA})
"""The ties of a partner that no patient in particular is needed for."""


def _reservas(
    actor: Actor, permiso: Permiso, pacientes: frozenset[UUID] | None, ahora: datetime
) -> dict[UUID, Reserva]:
    """What is withheld, in a search, of each patient who directed something.

    Whoever admits finds anybody by name (else they would be registered twice): who somebody is, and
    nothing more, is what such a listing shows.
    """
    if permiso is Permiso.PACIENTE_LISTAR and Permiso.PACIENTE_REGISTRAR in actor.permisos:
        return {}
    sabidas = los_hechos.directivas_de(pacientes)
    # An app, or a partner, reaches less than a person: of everybody there is something left out.
    todos = pacientes is not None and (actor.ambitos is not None or intercambio.es_aliado(actor))
    quienes = list(pacientes) if todos and pacientes is not None else list(sabidas)
    if not quienes:
        return {}
    reservas = {}
    leer = Permiso.PACIENTE_LEER if permiso is Permiso.PACIENTE_LISTAR else permiso
    for paciente, facts in los_hechos.de_pacientes(
        actor, quienes, ahora=ahora, sabidas=sabidas, cuentan=False
    ).items():
        decision = decidir(Solicitud(actor, leer, facts, ahora))
        if not decision.permitido:
            reservas[paciente] = NADA
        elif decision.reserva:
            reservas[paciente] = cerradura.en_fichas(paciente, decision.reserva)
    return reservas


NADA = Reserva((Veda(TODO),))


def _alcanza_a_todos(actor: Actor, permiso: Permiso, ahora: datetime) -> bool:
    if permiso is Permiso.PACIENTE_LISTAR:  # whoever admits must be able to find anybody
        return Permiso.PACIENTE_REGISTRAR in actor.permisos
    if actor.ambitos is not None and actor.ambitos.paciente is not None:
        return False
    return sin_relacion_basta(actor, permiso, ahora=ahora)
