"""Gathering, in a constant number of queries, the facts that the policy weighs."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from consentimiento.decision.politica import REGLAS, Hechos, Relacion
from consentimiento.models import Concesion
from ece.nucleo.acceso import INSTITUCIONAL, Actor
from ece.nucleo.roles import Permiso, Rol
from registros.selectors import recursos, relaciones


def de_pacientes(
    actor: Actor, pacientes: Collection[UUID], *, ahora: datetime
) -> dict[UUID, Hechos]:
    """Facts of `actor` with each of `pacientes`, which are known to exist."""
    if not _pesan_relaciones(actor):
        return {p: Hechos(existe=True, institucional=p == INSTITUCIONAL) for p in pacientes}
    lazos = _lazos(actor, pacientes, ahora)
    concedidos = _concesiones(actor, pacientes, ahora)
    return {
        p: Hechos(
            existe=True,
            relaciones=frozenset(map(Relacion, lazos.get(p, ())))
            | ({Relacion.TITULAR} if p == actor.paciente_propio else set())
            | ({Relacion.CONCESION} if p in concedidos else set()),
            concedidos=concedidos.get(p, frozenset()),
            institucional=p == INSTITUCIONAL,
        )
        for p in pacientes
    }


def de_paciente(actor: Actor, paciente: UUID, *, ahora: datetime) -> Hechos:
    """Facts of `actor` with a patient who may not exist."""
    if not recursos.existe_paciente(paciente):
        return Hechos(existe=False)
    return de_pacientes(actor, [paciente], ahora=ahora)[paciente]


def pacientes_relacionados(actor: Actor, *, ahora: datetime) -> frozenset[UUID]:
    """Every patient that something ties to `actor` (the reach of a limited search)."""
    propios = {actor.paciente_propio} if actor.paciente_propio else set()
    return frozenset(
        propios | set(_lazos(actor, None, ahora)) | set(_concesiones(actor, None, ahora))
    )


def _pesan_relaciones(actor: Actor) -> bool:
    """Machines of our own institution need no tie: then nothing is asked of the database."""
    sin_lazo = {rol for regla in REGLAS if regla.relaciones is None for rol in regla.roles}
    return actor.clase == "persona" or not actor.roles <= sin_lazo


def _lazos(
    actor: Actor, pacientes: Collection[UUID] | None, ahora: datetime
) -> dict[UUID, set[str]]:
    if actor.clase != "persona":
        return {}
    return relaciones.de_actor(
        actor.id,
        unidades=actor.unidades(Rol.URGENCIAS, Rol.ENFERMERIA),
        ahora=ahora,
        pacientes=pacientes,
        abiertos=Rol.LABORATORIO in actor.roles,
    )


def _concesiones(
    actor: Actor, pacientes: Collection[UUID] | None, ahora: datetime
) -> dict[UUID, frozenset[Permiso]]:
    if actor.clase != "persona":
        return {}
    vigentes = Concesion.objects.filter(usuario_id=actor.id, desde__lte=ahora, hasta__gt=ahora)
    if pacientes is not None:
        vigentes = vigentes.filter(paciente__in=pacientes)
    concedidos: dict[UUID, frozenset[Permiso]] = {}
    for paciente, permisos in vigentes.values_list("paciente", "permisos"):
        concedidos[paciente] = concedidos.get(paciente, frozenset()) | set(map(Permiso, permisos))
    return concedidos
