"""The doors to whom one knows: each decides, appends the event, and then hands out an Acceso."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria import bitacora
from consentimiento.decision import cerradura
from consentimiento.decision import hechos as los_hechos
from consentimiento.decision.negativas import AMBITO, DE_QUIEN_PIDE, AccesoDenegado
from consentimiento.decision.politica import decidir
from consentimiento.decision.terminos import (
    Decision,
    Hechos,
    Proposito,
    Relacion,
    Solicitud,
)
from consentimiento.motivos import MotivoDeConsulta
from ece.nucleo.acceso import INSTITUCIONAL, Acceso, Actor, Alcance
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from registros.selectors import firmas, recetas, recursos, relaciones
from registros.selectors.recursos import Sellado


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
    cerradura.exigir_busqueda(actor, permiso, detalle or {}, ahora)
    facts = los_hechos.de_paciente(actor, paciente, ahora=ahora, cuenta=cuenta)
    # Whoever lent an app this very record stated the reason when they opened it.
    lanzada = actor.ambitos is not None and actor.ambitos.paciente == paciente
    return cerradura.abrir(
        actor,
        paciente,
        permiso,
        facts,
        ahora,
        {**(detalle or {}), **({"motivo": motivo.value} if motivo else {})},
        proposito=proposito,
        exige_motivo=motivo is None and not lanzada,
    )


def romper_el_cristal(actor: Actor, paciente: UUID, *, ahora: datetime) -> Acceso:
    """An Acceso to one patient for who declares an emergency, to write down why. `AccesoDenegado`.

    Whether there is such a patient is told to nobody whose post breaks no glass.
    """
    permiso, detalle = Permiso.EMERGENCIA_ABRIR, {"proposito": Proposito.ETREAT.value}
    if permiso not in actor.permisos:
        cerradura.negar(
            actor, (paciente,), permiso, Decision(False, "rol.insuficiente"), ahora, detalle
        )
        raise AccesoDenegado("rol.insuficiente")
    facts = los_hechos.de_paciente(actor, paciente, ahora=ahora)
    facts = replace(facts, relaciones=facts.relaciones | {Relacion.EMERGENCIA})
    return cerradura.abrir(actor, paciente, permiso, facts, ahora, {}, proposito=Proposito.ETREAT)


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
        cerradura.negar(actor, (), permiso, Decision(False, AMBITO), ahora, detalle)
        raise AccesoDenegado(AMBITO)
    sellado = recursos.sellado(tipo, id)
    if sellado is None:
        # As long as it takes to refuse one that exists, so that the time does not tell them apart.
        facts = los_hechos.de_pacientes(actor, [id], ahora=ahora)[id]
        facts = Hechos(existe=False, pactos=facts.pactos)
        decision = decidir(Solicitud(actor, permiso, facts, ahora))
        cerradura.negar(actor, (), permiso, decision, ahora, detalle)
        raise AccesoDenegado(decision.fundamento)
    paciente = sellado.paciente
    sabidas: los_hechos.Directivas | None = None if sellado.con_directivas else {}
    permiso = _permiso_en(paciente, permiso)
    facts = los_hechos.de_pacientes(actor, [paciente], ahora=ahora, sabidas=sabidas)[paciente]
    detalle["version"] = sellado.version
    return cerradura.abrir(actor, paciente, permiso, facts, ahora, detalle, de=sellado), sellado


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
        cerradura.avisar_de_urgencia(actor, paciente, decision, ahora)
    id_ = uuid7()
    eventos = []
    if permitidos or not negados:
        fundamentos = sorted({d.fundamento for d in permitidos.values()})
        evento = cerradura.suceso(
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
        evento = cerradura.suceso(
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
        paciente: cerradura.emitir(actor, paciente, decision, id_)
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
    return cerradura.abrir(actor, INSTITUCIONAL, permiso, facts, ahora, detalle or {})


def admitir(actor: Actor, *, ahora: datetime, paciente: UUID | None = None) -> Acceso:
    """An Acceso to somebody about to be registered. Raises `AccesoDenegado`.

    `paciente` is the id they will have (a new one by default); one that exists is refused.
    """
    nuevo = paciente or uuid7()
    if paciente is not None and recursos.existe_paciente(paciente):
        facts = Hechos(existe=False)
    else:
        facts = Hechos(existe=False, relaciones=frozenset({Relacion.ADMISION}))
    return cerradura.abrir(actor, nuevo, Permiso.PACIENTE_REGISTRAR, facts, ahora, {})


def admitir_recien_nacido(madre: Acceso, *, ahora: datetime) -> Acceso:
    """An Acceso to the child that the patient of `madre` has just had. Raises `AccesoDenegado`."""
    madre.exigir(Permiso.NACIMIENTO_REGISTRAR)
    facts = Hechos(existe=False, relaciones=frozenset({Relacion.NACIMIENTO}))
    return cerradura.abrir(madre.actor, uuid7(), Permiso.NACIMIENTO_REGISTRAR, facts, ahora, {})


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
                cerradura.abrir(acceso.actor, otro, Permiso.EXPEDIENTE_LEER, facts, ahora, detalle)
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
        cerradura.negar(
            actor, tuple(sorted(pacientes)), Permiso.PACIENTE_REGISTRAR, decision, ahora, {}
        )
        raise AccesoDenegado(decision.fundamento)
    evento = cerradura.suceso(
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
        paciente: cerradura.emitir(actor, paciente, decision, evento.id) for paciente in pacientes
    }


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
        cerradura.negar(actor, (), Permiso.RECETA_VERIFICAR, decision, ahora, {})
        raise AccesoDenegado(decision.fundamento)
    facts = Hechos(existe=True, relaciones=frozenset({Relacion.DOCUMENTO}))
    return cerradura.abrir(actor, paciente, permiso, facts, ahora, {})


def _permiso_en(paciente: UUID, permiso: Permiso) -> Permiso:
    """The permission a machine's verb needs in the institution's own compartment."""
    if paciente != INSTITUCIONAL:
        return permiso
    escribe = permiso in (Permiso.RECURSO_ESCRIBIR, Permiso.DIRECTORIO_ESCRIBIR)
    return Permiso.DIRECTORIO_ESCRIBIR if escribe else Permiso.DIRECTORIO_LEER


def _de_todas(decisiones: Mapping[UUID, Decision]) -> dict[str, str]:
    """The agreement that decisions about many were weighed under: the same for all."""
    return next((cerradura.del_convenio(decision) for decision in decisiones.values()), {})
