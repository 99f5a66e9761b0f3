"""The policy, whole and pure: facts in, a reasoned answer out. Default deny.

The order: what belongs to nobody or to somebody new; a record that is blocked; then each rule by
which role and relation let the actor in, weighed against what the person directed and against the
labels of what is sensitive. The first rule that holds answers. A refusal is undone only by a
permission narrower than it; nothing here ever widens because a refusal was added.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from consentimiento.convenios import Pacto
from consentimiento.decision import intercambio
from consentimiento.decision.reglas import (
    AUTORIZACION,
    DE_CASO,
    DE_LEY,
    DE_NADIE,
    DE_SERVICIO,
    DOCUMENTO,
    INTIMAS,
    LECTURA,
    LEEN,
    MEDICOS,
    NACIMIENTO,
    NECESIDAD_DE,
    REGISTRO,
    REGLAS,
    RELATOS,
    SENSIBLES,
    VENTANILLAS,
    VITALES,
)
from consentimiento.decision.terminos import (
    Decision,
    Hechos,
    Necesidad,
    Obligacion,
    Proposito,
    Regla,
    Relacion,
    Solicitud,
)
from consentimiento.directivas import Directiva, Rango
from ece.nucleo.acceso import Actor
from ece.nucleo.reserva import SIN_RESERVA, TODO, Ambito, Reserva, Veda
from ece.nucleo.roles import PERMISOS, Permiso, Rol
from registros.models.registros import DE_DIRECTIVAS

_ESPERAN = frozenset({Relacion.ORDEN_SOLICITADA, Relacion.TAREA})


def decidir(solicitud: Solicitud) -> Decision:
    """May `solicitud.actor` do `solicitud.permiso`, given the facts?"""
    if not intercambio.es_aliado(solicitud.actor):
        return _por_ambitos(_decidir(solicitud), solicitud)
    pacto = intercambio.puerta(solicitud.actor, solicitud.hechos.pactos, solicitud.ahora)
    if isinstance(pacto, str):
        convenio = solicitud.hechos.pactos[0].id if solicitud.hechos.pactos else None
        return Decision(False, pacto, convenio=convenio)
    return _por_ambitos(_bajo_convenio(solicitud, pacto), solicitud)


def _bajo_convenio(solicitud: Solicitud, pacto: Pacto) -> Decision:
    """The decision about a partner whom `pacto` lets ask, reaching no further than it."""
    dicho, hechos = solicitud.actor.declaracion, solicitud.hechos
    assert dicho is not None  # or there would be no agreement that lets it ask
    lazos = intercambio.lazos(pacto, dicho.proposito, hechos.bases)
    hechos = replace(hechos, relaciones=hechos.relaciones | {Relacion(lazo) for lazo in lazos})
    proposito = None if hechos.institucional else Proposito(dicho.proposito)
    decision = _decidir(replace(solicitud, hechos=hechos, proposito=proposito))
    permisos = intercambio.permisos(pacto, decision.permisos)
    if not decision.permitido or solicitud.permiso not in permisos:
        negativa = "sin.relacion" if decision.permitido else decision.fundamento
        return Decision(False, negativa, convenio=pacto.id)
    reserva = intercambio.acotar(decision.reserva, pacto, SENSIBLES)
    return replace(decision, permisos=permisos, reserva=reserva, convenio=pacto.id)


_LEEN_DE_APP = LECTURA | {Permiso.PACIENTE_LISTAR, Permiso.RECURSO_LEER, Permiso.DIRECTORIO_LEER}
_DE_APP = _LEEN_DE_APP | {
    Permiso.RECURSO_ESCRIBIR,
    Permiso.DIRECTORIO_ESCRIBIR,
    Permiso.PACIENTE_MODIFICAR,
}
"""All that an app may do in somebody's name, whatever they themselves may."""


def _por_ambitos(decision: Decision, solicitud: Solicitud) -> Decision:
    """`decision`, narrowed to what the scopes of the app that asks reach; it is never widened."""
    ambitos = solicitud.actor.ambitos
    if ambitos is None or not decision.permitido:
        return decision
    permisos = decision.permisos & (_DE_APP if ambitos.escriben else _LEEN_DE_APP)
    if solicitud.hechos.fuera_del_ambito or solicitud.permiso not in permisos:
        return Decision(False, "sin.relacion", convenio=decision.convenio)
    previa, veda = decision.reserva, ambitos.veda()
    reserva = Reserva(
        (*previa.vedas, veda) if veda else previa.vedas,
        _menos(previa.crea, ambitos.tipos("c")),
        _menos(previa.cambia, ambitos.tipos("u")),
    )
    return replace(decision, permisos=permisos, reserva=reserva)


def _menos(unos: frozenset[str] | None, otros: frozenset[str] | None) -> frozenset[str] | None:
    """What is in both sets, where None is everything."""
    if unos is None or otros is None:
        return otros if unos is None else unos
    return unos & otros


def _decidir(solicitud: Solicitud) -> Decision:
    actor, hechos = solicitud.actor, solicitud.hechos
    if hechos.institucional:
        return _propios(solicitud, "directorio", DE_NADIE)
    if Relacion.ADMISION in hechos.relaciones:
        if Permiso.PACIENTE_REGISTRAR not in actor.permisos:
            return Decision(False, "rol.insuficiente")
        return _propios(solicitud, "admision.nuevo", REGISTRO)
    if Relacion.NACIMIENTO in hechos.relaciones:
        return _propios(solicitud, "nacimiento", NACIMIENTO)
    if not hechos.existe:
        return Decision(False, "sin.relacion")
    negativa, arrastre = "sin.relacion", list[Veda]()
    for regla, permisos in _vias(solicitud):
        if hechos.bloqueado and regla.fundamento not in DE_LEY:
            negativa = "bloqueo"
            continue
        if solicitud.proposito not in (None, regla.proposito):
            negativa = "proposito" if negativa == "sin.relacion" else negativa
            continue
        vedas = _vedas(regla, solicitud)
        if any(veda.total for veda in vedas):
            negativa = "directiva" if negativa != "bloqueo" else negativa
            # Another way in must not show what this one, had it not been refused, would not have.
            arrastre += [veda for veda in vedas if not veda.total]
            continue
        reserva = Reserva((*arrastre, *vedas)) if arrastre or vedas else SIN_RESERVA
        return Decision(
            True,
            regla.fundamento,
            permisos,
            regla.proposito,
            reserva,
            _obligaciones(regla, hechos),
        )
    if Relacion.DOCUMENTO in hechos.relaciones and solicitud.permiso in DOCUMENTO:
        return Decision(True, "posesion.documento", frozenset({solicitud.permiso}))
    return Decision(False, negativa)


def _propios(solicitud: Solicitud, fundamento: str, posibles: frozenset[Permiso]) -> Decision:
    """What is done to nobody in particular rests on the post alone."""
    permisos = solicitud.actor.permisos & posibles
    if solicitud.permiso not in permisos:
        return Decision(False, "rol.insuficiente")
    return Decision(True, fundamento, permisos, Proposito.HOPERAT)


def _vias(solicitud: Solicitud) -> Iterator[tuple[Regla, frozenset[Permiso]]]:
    """The rules that let the actor do it, by role and relation, and all that each allows."""
    hechos = solicitud.hechos
    reglas, autorizados = _por_roles(solicitud.actor.roles)
    for regla, de_rol in reglas:
        if regla.relaciones is not None and not regla.relaciones & hechos.relaciones:
            continue
        permisos = hechos.concedidos if regla.por_concesion else de_rol
        if solicitud.permiso in permisos:
            yield regla, permisos
    if solicitud.permiso in autorizados and any(_nombran(solicitud, AUTORIZACION.proposito)):
        yield AUTORIZACION, autorizados


@lru_cache(maxsize=256)
def _por_roles(
    roles: frozenset[Rol],
) -> tuple[tuple[tuple[Regla, frozenset[Permiso]], ...], frozenset[Permiso]]:
    """The rules that may let in who has those posts, with what each lets them do, and what they may
    do by `AUTORIZACION`: the same in every decision about them."""
    de_rol = ((regla, _de_rol(regla, roles)) for regla in REGLAS)
    utiles = tuple((r, permisos) for r, permisos in de_rol if permisos or r.por_concesion)
    return utiles, _de_rol(AUTORIZACION, roles)


def _de_rol(regla: Regla, roles: frozenset[Rol]) -> frozenset[Permiso]:
    propias = roles if regla.roles is None else regla.roles & roles
    permisos = frozenset[Permiso]().union(*(PERMISOS[rol] for rol in propias))
    return permisos if regla.permisos is None else permisos & regla.permisos


def _vedas(regla: Regla, solicitud: Solicitud) -> list[Veda]:
    """What is withheld from who comes in by `regla`: what the person refused, what is sensitive and
    the relation does not need, and what the rule itself leaves out."""
    vedas = list(_de_lo_negado(regla, solicitud))
    vedas += _de_lo_sensible(regla, solicitud)
    if regla.necesidad is Necesidad.EMERGENCIA:
        vedas.append(Veda(TODO, (Ambito(tipos=VITALES),)))
    if regla.necesidad is Necesidad.CASO:
        vedas.append(Veda(TODO, DE_CASO[regla.fundamento]))
    if regla is AUTORIZACION:
        nombran = _nombran(solicitud, regla.proposito)
        vedas.append(Veda(TODO, tuple(directiva.ambito for directiva in nombran)))
    return vedas


def _de_lo_negado(regla: Regla, solicitud: Solicitud) -> Iterator[Veda]:
    if regla.exenta:
        return
    actor = solicitud.actor
    aplican = [
        directiva
        for directiva in solicitud.hechos.directivas
        if directiva.aplica(actor, regla.proposito, solicitud.ahora)
    ]
    permisos = [directiva for directiva in aplican if directiva.permite]
    for negativa in aplican:
        if not negativa.permite:
            for una in negativa.por_categoria():
                yield Veda(una.ambito, tuple(una.excepciones(permisos, actor)))


def _de_lo_sensible(regla: Regla, solicitud: Solicitud) -> Iterator[Veda]:
    hechos, actor = solicitud.hechos, solicitud.actor
    vedadas, salvo = frozenset[str](), tuple[Ambito, ...]()
    match regla.necesidad:
        case Necesidad.PUESTO if not hechos.tratante:
            suyas = frozenset[str]().union(*(NECESIDAD_DE.get(r, ()) for r in actor.roles))
            vedadas = SENSIBLES - suyas
            if _ESPERAN & hechos.relaciones and not MEDICOS.isdisjoint(actor.roles):
                salvo = (Ambito(tipos=DE_SERVICIO),)  # a result that waits for whoever is on duty
        case Necesidad.SERVICIO:
            vedadas, salvo = SENSIBLES, (Ambito(tipos=DE_SERVICIO),)
        case Necesidad.EMERGENCIA:
            yield Veda(Ambito(etiquetas=INTIMAS, tipos=RELATOS))
    if vedadas:
        # Who wrote it knows it; and the person may say that somebody is to see some of it.
        salvo += (Ambito(autores=frozenset({actor.id})),)
        abiertas = list(_abiertas(solicitud, regla)) if hechos.directivas else []
        dichas = vedadas.intersection({e for a in abiertas for e in a.etiquetas or ()})
        for categoria in sorted(dichas):
            abren = (a for a in abiertas if categoria in (a.etiquetas or ()))
            yield Veda(Ambito(etiquetas=frozenset({categoria})), (*salvo, *abren))
        if calladas := vedadas - dichas:
            yield Veda(Ambito(etiquetas=calladas), salvo)
    if apartadas := _apartadas(regla, actor):
        yield Veda(Ambito(etiquetas=apartadas))
    if regla.fundamento == "representacion" and hechos.confidencial:
        yield Veda(Ambito(etiquetas=SENSIBLES))


def _apartadas(regla: Regla, actor: Actor) -> frozenset[str]:
    """The labels of what is not for whoever comes in by `regla`, whatever they need."""
    apartadas = {etiqueta for etiqueta, leen in LEEN.items() if regla.fundamento not in leen}
    if not actor.roles.isdisjoint(VENTANILLAS):  # who takes them down across a counter
        apartadas.discard(DE_DIRECTIVAS)
    return frozenset(apartadas)


def _abiertas(solicitud: Solicitud, regla: Regla) -> Iterator[Ambito]:
    """What the person said that this actor may see of what is sensitive, naming both."""
    for directiva in _nombran(solicitud, regla.proposito):
        if directiva.ambito.etiquetas is not None:
            yield directiva.ambito


def _nombran(solicitud: Solicitud, proposito: Proposito) -> Iterator[Directiva]:
    """The permissions for `proposito` that name the actor: by person, unit or post."""
    for directiva in solicitud.hechos.directivas:
        if (
            directiva.permite
            and directiva.aplica(solicitud.actor, proposito, solicitud.ahora)
            and directiva.rango(solicitud.actor) >= Rango.ROL
        ):
            yield directiva


_DE_ENCUENTRO = frozenset(
    {Relacion.ENCUENTRO_RESPONSABLE, Relacion.ENCUENTRO_EN_UNIDAD, Relacion.CITA_DE_HOY}
)


def _obligaciones(regla: Regla, hechos: Hechos) -> frozenset[Obligacion]:
    if regla.necesidad is Necesidad.EMERGENCIA:
        return frozenset({Obligacion.NOTIFICAR, Obligacion.REVISAR})
    if regla.con_motivo and not _DE_ENCUENTRO & hechos.relaciones:
        return frozenset({Obligacion.MOTIVO})
    return frozenset()


def sin_relacion_basta(actor: Actor, permiso: Permiso, *, ahora: datetime) -> bool:
    """Whether some role of `actor` may do `permiso` to any patient of the institution.

    Such actors search the whole population; anybody else, only the patients they relate to.
    """
    return decidir(Solicitud(actor, permiso, Hechos(existe=True), ahora)).permitido
