"""The doors: each decides, appends the event, and only then hands out a proof of access."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento.decision import hechos as los_hechos
from consentimiento.decision.politica import (
    Decision,
    Hechos,
    Relacion,
    Solicitud,
    decidir,
    sin_relacion_basta,
)
from ece.nucleo.acceso import INSTITUCIONAL, Acceso, Actor, Alcance, reclamar_emision
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from registros.selectors import recursos
from registros.selectors.recursos import Sellado

_emision = reclamar_emision()


class AccesoDenegado(Exception):
    """The decision said no; the refusal is already in the log."""

    def __init__(self, fundamento: str) -> None:
        super().__init__(fundamento)
        self.fundamento = fundamento


def abrir_paciente(
    actor: Actor,
    paciente: UUID,
    permiso: Permiso,
    *,
    ahora: datetime,
    detalle: Mapping[str, Any] | None = None,
) -> Acceso:
    """An Acceso to one patient that allows `permiso`. Raises `AccesoDenegado`."""
    facts = los_hechos.de_paciente(actor, paciente, ahora=ahora)
    return _abrir(actor, paciente, permiso, facts, ahora, detalle or {})


def abrir_registro(
    actor: Actor,
    *,
    tipo: str,
    id: UUID,
    permiso: Permiso,
    ahora: datetime,
    detalle: Mapping[str, Any] | None = None,
) -> tuple[Acceso, Sellado]:
    """The Acceso to the patient a resource belongs to, and the closed resource.

    A resource that does not exist and one that may not be seen raise the same `AccesoDenegado`.
    """
    sellado = recursos.sellado(tipo, id)
    detalle = {**(detalle or {}), "recurso": f"{tipo}/{id}"}
    if sellado is None:
        _negar(actor, (), permiso, Decision(False, "sin.relacion"), ahora, detalle)
        raise AccesoDenegado("sin.relacion")
    permiso = _permiso_en(sellado.paciente, permiso)
    facts = los_hechos.de_pacientes(actor, [sellado.paciente], ahora=ahora)[sellado.paciente]
    detalle["version"] = sellado.version
    return _abrir(actor, sellado.paciente, permiso, facts, ahora, detalle), sellado


def abrir_pacientes(
    actor: Actor,
    pacientes: Collection[UUID],
    permiso: Permiso,
    *,
    ahora: datetime,
    detalle: Mapping[str, Any] | None = None,
    comprobar: bool = False,
) -> dict[UUID, Acceso]:
    """Accesos to those of `pacientes` that `actor` may reach; one event for all of them.

    Patients refused are left out, and a second event names them. `comprobar` first leaves out
    ids that nobody has (not needed when they come from rows).
    """
    permitidos: dict[UUID, Decision] = {}
    negados: dict[UUID, Decision] = {}
    if comprobar:
        pacientes = recursos.existentes(pacientes)
    for paciente, facts in los_hechos.de_pacientes(actor, pacientes, ahora=ahora).items():
        solicitud = Solicitud(actor, _permiso_en(paciente, permiso), facts)
        decision = decidir(solicitud)
        (permitidos if decision.permitido else negados)[paciente] = decision
    id_ = uuid7()
    eventos = []
    if permitidos or not negados:
        fundamentos = sorted({d.fundamento for d in permitidos.values()})
        evento = _evento(
            actor,
            tuple(sorted(permitidos)),
            permiso,
            True,
            ",".join(fundamentos),
            ahora,
            detalle or {},
            id_,
        )
        eventos.append(evento)
    if negados:
        evento = _evento(
            actor, tuple(sorted(negados)), permiso, False, "sin.relacion", ahora, detalle or {}
        )
        eventos.append(evento)
    bitacora.anexar(eventos)
    return {
        paciente: _emision.acceso(
            actor=actor,
            paciente=paciente,
            permisos=decision.permisos,
            fundamento=decision.fundamento,
            decision=id_,
        )
        for paciente, decision in permitidos.items()
    }


def abrir_directorio(
    actor: Actor,
    permiso: Permiso,
    *,
    ahora: datetime,
    detalle: Mapping[str, Any] | None = None,
) -> Acceso:
    """An Acceso to what belongs to no patient. Raises `AccesoDenegado`."""
    facts = Hechos(existe=True, institucional=True)
    return _abrir(actor, INSTITUCIONAL, permiso, facts, ahora, detalle or {})


def admitir(actor: Actor, *, ahora: datetime, paciente: UUID | None = None) -> Acceso:
    """An Acceso to somebody about to be registered. Raises `AccesoDenegado`.

    `paciente` is the id they will have (a new one by default); one that exists is refused.
    """
    nuevo = paciente or uuid7()
    if paciente is not None and recursos.existe_paciente(paciente):
        facts = Hechos(existe=False)
    else:
        facts = Hechos(existe=False, relaciones=frozenset({Relacion.ADMISION}))
    return _abrir(actor, nuevo, Permiso.PACIENTE_REGISTRAR, facts, ahora, {})


def admitir_lote(
    actor: Actor, pacientes: Collection[UUID], *, ahora: datetime
) -> dict[UUID, Acceso]:
    """Accesos to many people about to be registered, with one event. Raises `AccesoDenegado`."""
    repetidos = recursos.existentes(pacientes)
    facts = Hechos(existe=False, relaciones=frozenset({Relacion.ADMISION}))
    decision = decidir(Solicitud(actor, Permiso.PACIENTE_REGISTRAR, facts))
    if repetidos or not decision.permitido:
        if repetidos:
            decision = Decision(False, "sin.relacion")
        _negar(actor, tuple(sorted(pacientes)), Permiso.PACIENTE_REGISTRAR, decision, ahora, {})
        raise AccesoDenegado(decision.fundamento)
    evento = _evento(
        actor,
        tuple(sorted(pacientes)),
        Permiso.PACIENTE_REGISTRAR,
        True,
        decision.fundamento,
        ahora,
        {},
    )
    bitacora.anexar([evento])
    return {
        paciente: _emision.acceso(
            actor=actor,
            paciente=paciente,
            permisos=decision.permisos,
            fundamento=decision.fundamento,
            decision=evento.id,
        )
        for paciente in pacientes
    }


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
    if permiso not in actor.permisos:
        decision = Decision(False, "rol.insuficiente")
        _negar(actor, (), permiso, decision, ahora, detalle, TipoDeEvento.ALCANCE_DECIDIDO)
        raise AccesoDenegado(decision.fundamento)
    toda = _alcanza_a_todos(actor, permiso)
    pacientes = None if toda else los_hechos.pacientes_relacionados(actor, ahora=ahora)
    fundamento = "institucion" if toda else "relaciones"
    evento = _evento(
        actor, (), permiso, True, fundamento, ahora, detalle, tipo=TipoDeEvento.ALCANCE_DECIDIDO
    )
    bitacora.anexar([evento])
    return _emision.alcance(
        actor=actor,
        permisos=frozenset({permiso}),
        fundamento=fundamento,
        motivo=motivo,
        decision=evento.id,
        pacientes=pacientes,
    )


def _alcanza_a_todos(actor: Actor, permiso: Permiso) -> bool:
    if permiso is Permiso.PACIENTE_LISTAR:  # whoever admits must be able to find anybody
        return Permiso.PACIENTE_REGISTRAR in actor.permisos
    return sin_relacion_basta(actor, permiso)


def _permiso_en(paciente: UUID, permiso: Permiso) -> Permiso:
    """The permission a machine's verb needs in the institution's own compartment."""
    if paciente != INSTITUCIONAL:
        return permiso
    escribe = permiso in (Permiso.RECURSO_ESCRIBIR, Permiso.DIRECTORIO_ESCRIBIR)
    return Permiso.DIRECTORIO_ESCRIBIR if escribe else Permiso.DIRECTORIO_LEER


def _abrir(
    actor: Actor,
    paciente: UUID,
    permiso: Permiso,
    facts: Hechos,
    ahora: datetime,
    detalle: Mapping[str, Any],
) -> Acceso:
    decision = decidir(Solicitud(actor, permiso, facts))
    if not decision.permitido:
        _negar(actor, (paciente,), permiso, decision, ahora, detalle)
        raise AccesoDenegado(decision.fundamento)
    evento = _evento(actor, (paciente,), permiso, True, decision.fundamento, ahora, detalle)
    bitacora.anexar([evento])
    return _emision.acceso(
        actor=actor,
        paciente=paciente,
        permisos=decision.permisos,
        fundamento=decision.fundamento,
        decision=evento.id,
    )


def _negar(
    actor: Actor,
    pacientes: tuple[UUID, ...],
    permiso: Permiso,
    decision: Decision,
    ahora: datetime,
    detalle: Mapping[str, Any],
    tipo: TipoDeEvento = TipoDeEvento.ACCESO_DECIDIDO,
) -> None:
    evento = _evento(
        actor, pacientes, permiso, False, decision.fundamento, ahora, detalle, tipo=tipo
    )
    bitacora.anexar([evento])


def _evento(
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
        detalle={**detalle, "permiso": permiso},
        id=id or uuid7(),
    )
