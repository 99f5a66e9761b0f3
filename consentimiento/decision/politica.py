"""The policy, whole and pure: facts in, a reasoned answer out. Default deny."""

from dataclasses import dataclass
from enum import StrEnum, unique

from ece.nucleo.acceso import Actor
from ece.nucleo.roles import PERMISOS, Permiso, Rol


@unique
class Relacion(StrEnum):
    """What ties an actor to a patient, as a fact of the record."""

    TITULAR = "titular"
    ENCUENTRO_RESPONSABLE = "encuentro.responsable"
    ENCUENTRO_EN_UNIDAD = "encuentro.unidad"
    ENCUENTRO_ABIERTO = "encuentro.abierto"
    CITA = "cita"
    CONCESION = "concesion"
    ADMISION = "admision"


@dataclass(frozen=True, slots=True)
class Hechos:
    """What the record says about an actor and a patient right now.

    `existe` False makes every answer the same as a denial for lack of relation: whoever may not
    see a patient cannot learn whether there is one. `concedidos` come from a grant in force.
    """

    existe: bool
    relaciones: frozenset[Relacion] = frozenset()
    concedidos: frozenset[Permiso] = frozenset()
    institucional: bool = False


@dataclass(frozen=True, slots=True)
class Solicitud:
    """Who asks for what, of whom (the facts name the patient)."""

    actor: Actor
    permiso: Permiso
    hechos: Hechos


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer: with a yes, everything the same ground allows; with a no, why.

    `fundamento` is a code of `FUNDAMENTOS`, fit to be kept in clear in the event.
    """

    permitido: bool
    fundamento: str
    permisos: frozenset[Permiso] = frozenset()


@dataclass(frozen=True, slots=True)
class Regla:
    """`roles` with any of `relaciones` may do `permisos` (None: all the role's)."""

    fundamento: str
    roles: frozenset[Rol]
    relaciones: frozenset[Relacion] | None
    permisos: frozenset[Permiso] | None = None


_R = Relacion
_ATENCION = frozenset({_R.ENCUENTRO_RESPONSABLE, _R.CITA, _R.CONCESION})
_IDENTIDAD = frozenset(
    {Permiso.PACIENTE_LEER, Permiso.PACIENTE_MODIFICAR, Permiso.ENCUENTRO_ABRIR}
    | {Permiso.CITA_PROGRAMAR}
)

REGLAS: tuple[Regla, ...] = (
    Regla("titular", frozenset({Rol.PACIENTE}), frozenset({_R.TITULAR})),
    Regla("atencion", frozenset({Rol.MEDICO, Rol.URGENCIAS}), _ATENCION),
    Regla(
        "atencion.unidad",
        frozenset({Rol.URGENCIAS, Rol.ENFERMERIA}),
        frozenset({_R.ENCUENTRO_EN_UNIDAD}),
    ),
    Regla("servicio.auxiliar", frozenset({Rol.LABORATORIO}), frozenset({_R.ENCUENTRO_ABIERTO})),
    Regla("admision", frozenset({Rol.URGENCIAS, Rol.ARCHIVO}), None, _IDENTIDAD),
    Regla("institucion.sistema", frozenset({Rol.INTEGRACION}), None),
)
"""Every way in. What each ground rests on is written in docs/security.md."""

REGISTRO = frozenset(
    {
        Permiso.PACIENTE_REGISTRAR,
        Permiso.PACIENTE_LEER,
        Permiso.RECURSO_ESCRIBIR,
        Permiso.ENCUENTRO_ABRIR,
        Permiso.CITA_PROGRAMAR,
    }
)
"""What admitting somebody new allows to do with their record, within the admitter's role."""

DIRECTORIO = frozenset({Permiso.DIRECTORIO_LEER, Permiso.DIRECTORIO_ESCRIBIR})


def decidir(solicitud: Solicitud) -> Decision:
    """May `solicitud.actor` do `solicitud.permiso`, given the facts?"""
    actor, hechos = solicitud.actor, solicitud.hechos
    if hechos.institucional:
        propios = actor.permisos & DIRECTORIO
        return _respuesta(solicitud.permiso, "directorio", propios, "rol.insuficiente")
    if Relacion.ADMISION in hechos.relaciones:
        propios = actor.permisos & REGISTRO
        if Permiso.PACIENTE_REGISTRAR not in propios:
            return Decision(False, "rol.insuficiente")
        return _respuesta(solicitud.permiso, "admision.nuevo", propios, "rol.insuficiente")
    if not hechos.existe:
        return Decision(False, "sin.relacion")
    for regla in REGLAS:
        permisos = _permisos(regla, actor, hechos)
        if solicitud.permiso in permisos:
            return Decision(True, regla.fundamento, permisos)
    if solicitud.permiso in hechos.concedidos and Relacion.CONCESION in hechos.relaciones:
        return Decision(True, "concesion", hechos.concedidos)
    return Decision(False, "sin.relacion")


def _permisos(regla: Regla, actor: Actor, hechos: Hechos) -> frozenset[Permiso]:
    """What `regla` gives `actor`, or nothing when it does not apply."""
    roles = regla.roles & actor.roles
    if not roles or (regla.relaciones is not None and not regla.relaciones & hechos.relaciones):
        return frozenset()
    propios = frozenset[Permiso]().union(*(PERMISOS[rol] for rol in roles))
    return propios if regla.permisos is None else propios & regla.permisos


def _respuesta(
    permiso: Permiso, fundamento: str, permisos: frozenset[Permiso], negativa: str
) -> Decision:
    if permiso in permisos:
        return Decision(True, fundamento, permisos)
    return Decision(False, negativa)


def sin_relacion_basta(actor: Actor, permiso: Permiso) -> bool:
    """Whether some role of `actor` may do `permiso` to any patient of the institution.

    Such actors search the whole population; anybody else, only the patients they relate to.
    """
    hechos = Hechos(existe=True)
    return decidir(Solicitud(actor, permiso, hechos)).permitido
