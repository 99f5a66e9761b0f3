"""The doors: each decides, appends the event, and only then hands out a proof of access."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento.decision import hechos as los_hechos
from consentimiento.decision import intercambio, pactos
from consentimiento.decision.emision import emision
from consentimiento.decision.politica import decidir, sin_relacion_basta
from consentimiento.decision.terminos import (
    Decision,
    Hechos,
    Obligacion,
    Proposito,
    Relacion,
    Solicitud,
)
from consentimiento.motivos import MotivoDeConsulta
from ece.nucleo.acceso import INSTITUCIONAL, Acceso, Actor, Alcance
from ece.nucleo.fichas import ficha_de_etiqueta
from ece.nucleo.reserva import SIN_RESERVA, TODO, Reserva, Veda
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from registros.selectors import firmas, recetas, recursos, relaciones
from registros.selectors.recursos import Sellado


class AccesoDenegado(Exception):
    """The decision said no; the refusal is already in the log.

    `conocido`: whoever asked may know that the patient exists (something ties them, or their post
    finds anybody), and so may be told why.
    """

    def __init__(self, fundamento: str, *, conocido: bool = False) -> None:
        super().__init__(fundamento)
        self.fundamento = fundamento
        self.conocido = conocido


AMBITO = "ambito"
"""The ground of a no that the scopes of the app give before anything else is asked."""


DE_QUIEN_PIDE = frozenset({"rol.insuficiente", *intercambio.NEGATIVAS_DE_CONVENIO})
"""Grounds of a no that would be the same whoever the patient is."""


class MotivoRequerido(Exception):
    """The decision would say yes to whoever states why: nothing in the record says it."""


def abrir_paciente(
    actor: Actor,
    paciente: UUID,
    permiso: Permiso,
    *,
    ahora: datetime,
    detalle: Mapping[str, Any] | None = None,
    motivo: MotivoDeConsulta | None = None,
    proposito: Proposito | None = None,
    cuenta: bool = True,
) -> Acceso:
    """An Acceso to one patient that allows `permiso`.

    `motivo` is what the person states when the record does not say why they open it; `proposito`,
    the purpose of use a client declares; `cuenta`, whether a partner's limits count it (not when it
    did not ask, or was counted just before). Raises `AccesoDenegado`, `MotivoRequerido`.
    """
    _exigir_busqueda(actor, permiso, detalle or {}, ahora)
    facts = los_hechos.de_paciente(actor, paciente, ahora=ahora, cuenta=cuenta)
    # Whoever lent an app this very record stated the reason when they opened it.
    lanzada = actor.ambitos is not None and actor.ambitos.paciente == paciente
    return _abrir(
        actor,
        paciente,
        permiso,
        facts,
        ahora,
        {**(detalle or {}), **({"motivo": motivo.value} if motivo else {})},
        proposito=proposito,
        exige_motivo=motivo is None and not lanzada,
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
        _negar(actor, (), permiso, decision, ahora, detalle, tipo)
        raise AccesoDenegado(decision.fundamento)
    evento = _evento(actor, (), permiso, True, decision.fundamento, ahora, detalle, tipo=tipo)
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


def _exigir_busqueda(
    actor: Actor, permiso: Permiso, detalle: Mapping[str, Any], ahora: datetime
) -> None:
    """Whether the scopes of the app let it search that type. Raises `AccesoDenegado`."""
    tipo = detalle.get("busqueda")
    if actor.ambitos is not None and tipo and not actor.ambitos.permite("s", tipo):
        _negar(actor, (), permiso, Decision(False, AMBITO), ahora, detalle)
        raise AccesoDenegado(AMBITO)


def romper_el_cristal(actor: Actor, paciente: UUID, *, ahora: datetime) -> Acceso:
    """An Acceso to one patient for who declares an emergency, to write down why. `AccesoDenegado`.

    Whether there is such a patient is told to nobody whose post breaks no glass.
    """
    permiso, detalle = Permiso.EMERGENCIA_ABRIR, {"proposito": Proposito.ETREAT.value}
    if permiso not in actor.permisos:
        _negar(actor, (paciente,), permiso, Decision(False, "rol.insuficiente"), ahora, detalle)
        raise AccesoDenegado("rol.insuficiente")
    facts = los_hechos.de_paciente(actor, paciente, ahora=ahora)
    facts = replace(facts, relaciones=facts.relaciones | {Relacion.EMERGENCIA})
    return _abrir(actor, paciente, permiso, facts, ahora, {}, proposito=Proposito.ETREAT)


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
    detalle = {**(detalle or {}), "recurso": f"{tipo}/{id}"}
    if actor.ambitos is not None and not actor.ambitos.permite("r", tipo):
        _negar(actor, (), permiso, Decision(False, AMBITO), ahora, detalle)
        raise AccesoDenegado(AMBITO)
    sellado = recursos.sellado(tipo, id)
    if sellado is None:
        # As long as it takes to refuse one that exists, so that the time does not tell them apart.
        facts = los_hechos.de_pacientes(actor, [id], ahora=ahora)[id]
        facts = Hechos(existe=False, pactos=facts.pactos)
        decision = decidir(Solicitud(actor, permiso, facts, ahora))
        _negar(actor, (), permiso, decision, ahora, detalle)
        raise AccesoDenegado(decision.fundamento)
    paciente = sellado.paciente
    sabidas: los_hechos.Directivas | None = None if sellado.con_directivas else {}
    permiso = _permiso_en(paciente, permiso)
    facts = los_hechos.de_pacientes(actor, [paciente], ahora=ahora, sabidas=sabidas)[paciente]
    detalle["version"] = sellado.version
    return _abrir(actor, paciente, permiso, facts, ahora, detalle, de=sellado), sellado


def abrir_pacientes(
    actor: Actor,
    pacientes: Collection[UUID],
    permiso: Permiso,
    *,
    ahora: datetime,
    detalle: Mapping[str, Any] | None = None,
    comprobar: bool = False,
    dentro_de: Alcance | None = None,
    o_negar: bool = False,
) -> dict[UUID, Acceso]:
    """Accesos to those of `pacientes` that `actor` may reach; one event for all of them.

    Patients refused are left out, and a second event names them. `comprobar` first leaves out
    ids that nobody has (not needed when they come from rows). `dentro_de` is the Alcance that
    found them, just now: if nobody directed anything then, nobody is asked again. `o_negar` raises
    `AccesoDenegado` when it is not about them, but `actor` may not ask (its agreement, its rate).
    """
    permitidos: dict[UUID, Decision] = {}
    negados: dict[UUID, Decision] = {}
    if comprobar:
        pacientes = recursos.existentes(pacientes)
    sabidas: los_hechos.Directivas | None = None
    if dentro_de is not None and dentro_de.actor == actor and not dentro_de.reservas:
        sabidas = {}
    hallados = los_hechos.de_pacientes(actor, pacientes, ahora=ahora, sabidas=sabidas)
    decididas: dict[tuple[Permiso, Hechos], Decision] = {}  # many are in the same case
    for paciente, facts in hallados.items():
        caso = _permiso_en(paciente, permiso), facts
        decision = decididas.get(caso) or decidir(Solicitud(actor, *caso, ahora))
        decididas[caso] = decision
        (permitidos if decision.permitido else negados)[paciente] = decision
        _avisar_de_urgencia(actor, paciente, decision, ahora)
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
            {**(detalle or {}), **_de_todas(permitidos)},
            id_,
        )
        eventos.append(evento)
    if negados:
        fundamentos = sorted({d.fundamento for d in negados.values()})
        evento = _evento(
            actor,
            tuple(sorted(negados)),
            permiso,
            False,
            ",".join(fundamentos) if actor.declaracion else "sin.relacion",
            ahora,
            {**(detalle or {}), **_de_todas(negados)},
        )
        eventos.append(evento)
    bitacora.anexar(eventos)
    if o_negar and not permitidos:
        negativas = {d.fundamento for d in negados.values()}
        if len(negativas) == 1 and negativas <= DE_QUIEN_PIDE:
            raise AccesoDenegado(*negativas)
    return {
        paciente: _emitir(actor, paciente, decision, id_)
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
    facts = los_hechos.sin_paciente(actor, ahora=ahora, existe=True, institucional=True)
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


def admitir_recien_nacido(madre: Acceso, *, ahora: datetime) -> Acceso:
    """An Acceso to the child that the patient of `madre` has just had. Raises `AccesoDenegado`."""
    madre.exigir(Permiso.NACIMIENTO_REGISTRAR)
    facts = Hechos(existe=False, relaciones=frozenset({Relacion.NACIMIENTO}))
    return _abrir(madre.actor, uuid7(), Permiso.NACIMIENTO_REGISTRAR, facts, ahora, {})


def abrir_vinculados(acceso: Acceso, *, ahora: datetime) -> list[Acceso]:
    """Accesos, to read, to the other records of the person whose record `acceso` reads.

    Those that the person closed to the actor are as if they were not linked.
    """
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    otros = relaciones.vinculados(acceso.paciente)
    if not otros:
        return []
    detalle = {"vinculado_a": str(acceso.paciente)}
    sabidas = los_hechos.directivas_de(otros)
    abiertos = []
    for otro in otros:
        facts = Hechos(
            existe=True,
            relaciones=frozenset({Relacion.VINCULO}),
            directivas=sabidas.get(otro, ()),
            tratante=acceso.fundamento in ("atencion", "atencion.cita"),
        )
        with suppress(AccesoDenegado):
            abiertos.append(
                _abrir(acceso.actor, otro, Permiso.EXPEDIENTE_LEER, facts, ahora, detalle)
            )
    return abiertos


def admitir_lote(
    actor: Actor, pacientes: Collection[UUID], *, ahora: datetime
) -> dict[UUID, Acceso]:
    """Accesos to many people about to be registered, with one event. Raises `AccesoDenegado`."""
    repetidos = recursos.existentes(pacientes)
    facts = Hechos(existe=False, relaciones=frozenset({Relacion.ADMISION}))
    decision = decidir(Solicitud(actor, Permiso.PACIENTE_REGISTRAR, facts, ahora))
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
    return {paciente: _emitir(actor, paciente, decision, evento.id) for paciente in pacientes}


PORTADOR = UUID("00000000-0000-7000-8000-00000000f0f0")
"""Whoever holds a printed document: nobody signs in to verify one."""


def abrir_documento(codigo: str, *, origen: str, ahora: datetime) -> Acceso:
    """An Acceso good only to verify the prescription, or signature, that `codigo` names.

    Raises `AccesoDenegado`.
    A code that names nothing is refused as any other; the event never holds the code.
    """
    actor = Actor(id=PORTADOR, clase="portador", nombre="", origen=origen)
    permiso, paciente = Permiso.RECETA_VERIFICAR, recetas.paciente_de_codigo(codigo)
    if paciente is None:
        permiso, paciente = Permiso.FIRMA_VERIFICAR, firmas.paciente_de_codigo(codigo)
    if paciente is None:
        decision = Decision(False, "sin.relacion")
        _negar(actor, (), Permiso.RECETA_VERIFICAR, decision, ahora, {})
        raise AccesoDenegado(decision.fundamento)
    facts = Hechos(existe=True, relaciones=frozenset({Relacion.DOCUMENTO}))
    return _abrir(actor, paciente, permiso, facts, ahora, {})


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
    _exigir_busqueda(actor, permiso, detalle, ahora)
    decision = _puede_alcanzar(actor, permiso, ahora)
    if not decision.permitido:
        _negar(actor, (), permiso, decision, ahora, detalle, TipoDeEvento.ALCANCE_DECIDIDO)
        raise AccesoDenegado(decision.fundamento)
    toda = _alcanza_a_todos(actor, permiso, ahora)
    if decision.fundamento in _SIN_PACIENTE and detalle.get("busqueda") == "Patient":
        # In an emergency, first of all one has to find who it is; not to list who there is.
        toda = bool(detalle.get("senas"))
    pacientes = None if toda else los_hechos.pacientes_relacionados(actor, ahora=ahora)
    reservas = _reservas(actor, permiso, pacientes, ahora)
    fundamento = "institucion" if toda else "relaciones"
    detalle = {**detalle, **_del_convenio(decision)}
    evento = _evento(
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
            reservas[paciente] = _en_fichas(paciente, decision.reserva)
    return reservas


NADA = Reserva((Veda(TODO),))


def _en_fichas(paciente: UUID, reserva: Reserva) -> Reserva:
    return reserva.en_fichas(partial(ficha_de_etiqueta, paciente)) if reserva else reserva


def _alcanza_a_todos(actor: Actor, permiso: Permiso, ahora: datetime) -> bool:
    if permiso is Permiso.PACIENTE_LISTAR:  # whoever admits must be able to find anybody
        return Permiso.PACIENTE_REGISTRAR in actor.permisos
    if actor.ambitos is not None and actor.ambitos.paciente is not None:
        return False
    return sin_relacion_basta(actor, permiso, ahora=ahora)


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
        acceso = _emitir(actor, paciente, decision, id_)
        if de is not None and not recursos.visible(acceso, de):
            decision, acceso = Decision(False, "sin.relacion"), None
    if acceso is None:
        _negar(actor, (paciente,), permiso, decision, ahora, detalle)
        conocido = bool(facts.relaciones) or Permiso.PACIENTE_REGISTRAR in actor.permisos
        raise AccesoDenegado(decision.fundamento, conocido=facts.existe and conocido)
    detalle = {**detalle, "proposito": decision.proposito.value, **_del_convenio(decision)}
    _avisar_de_urgencia(actor, paciente, decision, ahora)
    evento = _evento(
        actor, (paciente,), permiso, True, decision.fundamento, ahora, detalle, acceso.decision
    )
    bitacora.anexar([evento])
    return acceso


def _del_convenio(decision: Decision) -> dict[str, str]:
    return {"convenio": str(decision.convenio)} if decision.convenio else {}


def _de_todas(decisiones: Mapping[UUID, Decision]) -> dict[str, str]:
    """The agreement that decisions about many were weighed under: the same for all."""
    return next((_del_convenio(decision) for decision in decisiones.values()), {})


def _avisar_de_urgencia(actor: Actor, paciente: UUID, decision: Decision, ahora: datetime) -> None:
    """A partner's emergency is told to the patient: once a day for each of its users."""
    dicho = actor.declaracion
    if decision.convenio is None or Obligacion.NOTIFICAR not in decision.obligaciones or not dicho:
        return
    if pactos.primera_urgencia(decision.convenio, paciente, dicho.usuario, ahora=ahora):
        evento = _evento(
            actor,
            (paciente,),
            Permiso.RECURSO_LEER,
            True,
            decision.fundamento,
            ahora,
            _del_convenio(decision),
            tipo=TipoDeEvento.CONVENIO_URGENCIA,
        )
        bitacora.anexar([replace(evento, resultado=Resultado.HECHO)])


def _emitir(actor: Actor, paciente: UUID, decision: Decision, id: UUID) -> Acceso:
    return emision.acceso(
        actor=actor,
        paciente=paciente,
        permisos=decision.permisos,
        fundamento=decision.fundamento,
        decision=id,
        proposito=decision.proposito.value,
        reserva=_en_fichas(paciente, decision.reserva),
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
    detalle = {**detalle, **_del_convenio(decision)}
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
