"""Gathering the facts that the policy weighs: two queries, whatever the number of patients."""

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria import bitacora
from consentimiento import directivas
from consentimiento.convenios import Base, Pacto
from consentimiento.decision import intercambio, pactos
from consentimiento.decision.emision import emision
from consentimiento.decision.reglas import REGLAS, ROLES_AUXILIARES, ROLES_DE_UNIDAD
from consentimiento.decision.terminos import Hechos, Relacion
from consentimiento.directivas import Directiva
from consentimiento.models import Motivo
from ece import fhir
from ece.nucleo.acceso import INSTITUCIONAL, Actor
from ece.nucleo.reserva import SIN_RESERVA
from ece.nucleo.roles import Permiso, Rol
from registros.selectors import recursos, relaciones
from registros.selectors.recursos import Sellado

Directivas = dict[UUID, tuple[Directiva, ...]]

_DECISION = Actor(id=UUID(int=1), clase="sistema", nombre="La decisión")
_CON_DIRECTIVAS, _CONFIDENCIAL, _BLOQUEADO = "directivas", "confidencial", "bloqueo"
_DESTRUIDO = "destruido"
_RELACION_DE = {
    Motivo.TUTELA: Relacion.REPRESENTACION,
    Motivo.DELEGADO: Relacion.DELEGACION,
    Motivo.INVESTIGACION: Relacion.PROTOCOLO,
}
_SIN_LAZO = {
    rol for regla in REGLAS if regla.relaciones is None and regla.roles for rol in regla.roles
}

_CAPACIDAD = 50_000
_leidas: OrderedDict[tuple[UUID, int], tuple[Directiva, ...]] = OrderedDict()
"""What each version of a Consent says: a version never changes, so it is read once."""

_dirigieron: set[UUID] = set()
"""Patients who were seen to direct something: of them it is asked."""


def de_pacientes(
    actor: Actor,
    pacientes: Collection[UUID],
    *,
    ahora: datetime,
    sabidas: Directivas | None = None,
    cuentan: bool = True,
) -> dict[UUID, Hechos]:
    """Facts of `actor` with each of `pacientes`, which are known to exist (of whoever's keys were
    destroyed there is nobody any more).

    `sabidas` are the directives of those that have any, when they were just asked for; `cuentan`,
    whether a partner's limits count them (not when a list only asks what is withheld in it).
    """
    propios = [p for p in pacientes if p != INSTITUCIONAL]
    if intercambio.es_aliado(actor):
        return _de_aliado(actor, pacientes, ahora, sabidas, len(pacientes) if cuentan else 0)
    lazos, concedidos = _lazos(actor, propios, ahora) if _pesan_relaciones(actor) else ({}, {})
    if sabidas is None:
        if not _pesan_relaciones(actor):
            sabidas = directivas_de(propios)
        else:
            dirigen = _dirigen(lazos)
            sabidas = _preguntadas(dirigen) if dirigen else {}
    return {
        p: Hechos(
            existe=_DESTRUIDO not in lazos.get(p, ()),
            relaciones=frozenset(
                Relacion(lazo) for lazo in lazos.get(p, ()) if lazo not in _SENALES
            )
            | ({Relacion.TITULAR} if p == actor.paciente_propio else frozenset()),
            concedidos=concedidos.get(p, frozenset()),
            institucional=p == INSTITUCIONAL,
            directivas=sabidas.get(p, ()),
            bloqueado=_BLOQUEADO in lazos.get(p, ()),
            confidencial=_CONFIDENCIAL in lazos.get(p, ()),
            fuera_del_ambito=_fuera(actor, p),
        )
        for p in pacientes
    }


def _fuera(actor: Actor, paciente: UUID) -> bool:
    """Whether the app was lent the record of somebody else."""
    solo = actor.ambitos.paciente if actor.ambitos else None
    return solo is not None and paciente not in (solo, INSTITUCIONAL)


def sin_paciente(actor: Actor, *, ahora: datetime, piden: int = 1, **hechos: bool) -> Hechos:
    """Facts of `actor` with nobody in particular: what is known of a partner still weighs."""
    suyos: tuple[Pacto, ...] = ()
    if intercambio.es_aliado(actor):
        suyos = pactos.de_cliente(actor.id, piden=piden, ahora=ahora)
    return Hechos(**hechos, pactos=suyos)  # type: ignore[arg-type]


def _de_aliado(
    actor: Actor,
    pacientes: Collection[UUID],
    ahora: datetime,
    sabidas: Directivas | None,
    piden: int,
) -> dict[UUID, Hechos]:
    """Facts of a partner's system: its agreements, why each patient's data may travel, and what
    they direct; the same questions whoever it is."""
    propios = [p for p in pacientes if p != INSTITUCIONAL]
    suyos = pactos.de_cliente(actor.id, piden=piden, ahora=ahora)
    if sabidas is None:
        sabidas = directivas_de(propios) if propios else {}
    compartidos = pactos.compartidos(suyos, propios, ahora=ahora)
    bloqueados = pactos.bloqueados(propios)
    return {
        p: Hechos(
            existe=True,
            institucional=p == INSTITUCIONAL,
            directivas=sabidas.get(p, ()),
            bloqueado=p in bloqueados,
            pactos=suyos,
            bases=compartidos.get(p, frozenset()) | _consentida(actor, sabidas.get(p, ()), ahora),
            fuera_del_ambito=_fuera(actor, p),
        )
        for p in pacientes
    }


def _consentida(actor: Actor, dirige: Iterable[Directiva], ahora: datetime) -> frozenset[str]:
    """The basis that the person's own directive gives, when it names the partner."""
    proposito = actor.declaracion.proposito if actor.declaracion else ""
    nombran = any(d.permite and d.destinos and d.aplica(actor, proposito, ahora) for d in dirige)
    return frozenset({Base.CONSENTIMIENTO.value}) if nombran else frozenset()


def de_paciente(actor: Actor, paciente: UUID, *, ahora: datetime, cuenta: bool = True) -> Hechos:
    """Facts of `actor` with a patient who may not exist; `cuenta`, as in `de_pacientes`."""
    # The same questions, whoever it is: how long a no takes must not tell who is there.
    facts = de_pacientes(actor, [paciente], ahora=ahora, cuentan=cuenta)[paciente]
    existe = recursos.existe_paciente(paciente)
    return facts if existe else Hechos(existe=False, pactos=facts.pactos)


def pacientes_relacionados(actor: Actor, *, ahora: datetime) -> frozenset[UUID]:
    """Every patient that something ties to `actor` (the reach of a limited search)."""
    if intercambio.es_aliado(actor):
        suyos = pactos.de_cliente(actor.id, piden=0, ahora=ahora)
        consienten = {
            paciente
            for paciente, dirige in directivas_de(None).items()
            if _consentida(actor, dirige, ahora)
        }
        relacionados = consienten | pactos.compartidos(suyos, None, ahora=ahora).keys()
    else:
        propios = {actor.paciente_propio} if actor.paciente_propio else set()
        relacionados = propios | set(_lazos(actor, None, ahora)[0])
    solo = actor.ambitos.paciente if actor.ambitos else None
    return frozenset(relacionados if solo is None else relacionados & {solo})


def _se_supone_que_no_dirigen(pacientes: Collection[UUID] | None) -> bool:
    """Most direct nothing: for them it is enough that the statement of the event checks it. Of
    everybody (None), as long as nobody was seen to."""
    if pacientes is None:
        return not _dirigieron and bitacora.suponer(recursos.NADIE_DIRIGE)
    if not pacientes or not _dirigieron.isdisjoint(pacientes):
        return not pacientes
    return bitacora.suponer(recursos.NO_DIRIGEN, bitacora.arreglo(p.hex for p in pacientes))


def directivas_de(pacientes: Collection[UUID] | None) -> Directivas:
    """patient -> what they direct, of those of `pacientes` (None: of all) who direct anything."""
    return {} if _se_supone_que_no_dirigen(pacientes) else _preguntadas(pacientes)


def _preguntadas(pacientes: Collection[UUID] | None) -> Directivas:
    halladas: dict[UUID, list[Directiva]] = defaultdict(list)
    for sellado in recursos.directivas(pacientes):
        halladas[sellado.paciente] += _directivas(sellado)
    if len(_dirigieron) > _CAPACIDAD:
        _dirigieron.clear()
    _dirigieron.update(halladas)
    return {paciente: tuple(suyas) for paciente, suyas in halladas.items() if suyas}


def _directivas(sellado: Sellado) -> tuple[Directiva, ...]:
    cual = sellado.id, sellado.version
    if sellado.envuelta is not None and sellado.envuelta.clinica is None:
        return (Directiva(sellado.id, permite=False),)  # its keys were destroyed: it is for nobody
    if (leidas := _leidas.get(cual)) is not None:
        return leidas
    # To weigh what a person directs somebody must read it: the decision itself, and nobody else.
    propia = emision.acceso(
        actor=_DECISION,
        paciente=sellado.paciente,
        permisos=frozenset(),
        fundamento="decision",
        decision=sellado.id,
        proposito="HOPERAT",
        reserva=SIN_RESERVA,
    )
    leidas = directivas.leer(sellado.id, fhir.json.leer(recursos.abrir(propia, sellado)))
    _leidas[cual] = leidas
    if len(_leidas) > _CAPACIDAD:
        _leidas.popitem(last=False)
    return leidas


def _pesan_relaciones(actor: Actor) -> bool:
    """Machines of our own institution need no tie: then nothing is asked about it."""
    return actor.clase == "persona" or not actor.roles <= _SIN_LAZO


_SENALES = frozenset({_CON_DIRECTIVAS, _CONFIDENCIAL, _BLOQUEADO, _DESTRUIDO})


def _dirigen(lazos: dict[UUID, set[str]]) -> list[UUID]:
    return [paciente for paciente, suyos in lazos.items() if _CON_DIRECTIVAS in suyos]


def _lazos(
    actor: Actor, pacientes: Collection[UUID] | None, ahora: datetime
) -> tuple[dict[UUID, set[str]], dict[UUID, frozenset[Permiso]]]:
    """(patient -> ties and signs, patient -> permissions granted), in one query."""
    lazos: dict[UUID, set[str]] = defaultdict(set)
    concedidos: dict[UUID, frozenset[Permiso]] = {}
    if actor.clase != "persona":
        return lazos, concedidos
    filas = relaciones.de_actor(
        actor.id,
        unidades=actor.unidades(*ROLES_DE_UNIDAD),
        ahora=ahora,
        pacientes=pacientes,
        de_guardia=actor.unidades(Rol.MEDICO, Rol.URGENCIAS, Rol.RESIDENTE),
        auxiliar=not ROLES_AUXILIARES.isdisjoint(actor.roles),
        ademas=_de_consentimiento(actor, pacientes, ahora),
    )
    for clase, paciente, permisos in filas:
        motivo = clase.removeprefix("concesion:")
        if motivo == clase:
            lazos[paciente].add(clase)
            continue
        lazo = _RELACION_DE.get(Motivo(motivo), Relacion.CONCESION)
        lazos[paciente].add(lazo)
        if lazo is Relacion.PROTOCOLO:
            continue  # it opens what the post may read, no more
        dados = frozenset(map(Permiso, permisos))
        concedidos[paciente] = concedidos.get(paciente, frozenset()) | dados
    return lazos, concedidos


def _de_consentimiento(
    actor: Actor, pacientes: Collection[UUID] | None, ahora: datetime
) -> tuple[str, list[Any]]:
    """What this app's own tables say, in the columns of a tie."""
    filtro = "" if pacientes is None else " AND paciente = ANY(%s::uuid[])"
    cuales = [] if pacientes is None else [bitacora.arreglo(pacientes)]
    vigente = f"usuario_id = %s AND desde <= %s AND hasta > %s{filtro}"
    partes = [
        "SELECT 'concesion:' || motivo, paciente, permisos::text[] "
        f"FROM consentimiento_concesion WHERE {vigente}",
        f"SELECT '{_CONFIDENCIAL}', paciente, NULL::text[] "
        f"FROM consentimiento_concesion WHERE {vigente} AND confidencial_desde <= %s",
        "SELECT 'emergencia', paciente, NULL::text[] "
        f"FROM consentimiento_emergencia WHERE {vigente}",
    ]
    suyo = [actor.id, ahora, ahora, *cuales]
    parametros = [*suyo, *suyo, ahora, *suyo]
    if Rol.CALIDAD in actor.roles:
        partes.append(
            f"SELECT 'muestra', paciente, NULL::text[] FROM consentimiento_muestra WHERE {vigente}"
        )
        parametros += suyo
    if pacientes is not None:
        partes.append(
            f"SELECT CASE WHEN destruido_at IS NULL THEN '{_BLOQUEADO}' ELSE '{_DESTRUIDO}' END, "
            f"paciente, NULL::text[] FROM consentimiento_bloqueo WHERE true{filtro}"
        )
        parametros += cuales
        partes.append(
            f"SELECT DISTINCT '{_CON_DIRECTIVAS}', paciente, NULL::text[] "
            "FROM registros_consentimiento "
            f"WHERE estado = 'active' AND ambito = 'patient-privacy'{filtro}"
        )
        parametros += cuales
    return " UNION ALL ".join(partes), parametros
