"""Proofs of access: who may do what, to whom, now, and why.

An `Acceso` (one patient) or an `Alcance` (minimal listings of many) can be read by anybody and made
by nobody but the decision: whoever first calls `reclamar_emision` holds the only pen, and each
proof carries a seal over its fields that the key ring and the guarded models check again.
"""

import hmac
import secrets
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from uuid import UUID

from ece.nucleo.ambitos import Ambitos
from ece.nucleo.reserva import SIN_RESERVA, Reserva
from ece.nucleo.roles import PERMISOS, Permiso, Rol

INSTITUCIONAL = UUID(int=0)
"""The compartment of what belongs to no patient: organisations, practitioners, terminologies."""

VIGENCIA_SEGUNDOS = 300

_clave = secrets.token_bytes(32)
_FIJOS = struct.Struct("16s16sqqd")


class AccesoInvalido(Exception):
    """The proof was not issued by the decision, was altered, or has expired."""


class PermisoInsuficiente(Exception):
    """The proof is good, but not for this."""


class EmisionYaReclamada(RuntimeError):
    """Somebody besides the decision tried to become an issuer of proofs."""


@dataclass(frozen=True, slots=True)
class Asignado:
    """A role held at a unit (``unidad`` is None for roles of the whole institution)."""

    rol: Rol
    unidad: UUID | None = None


@dataclass(frozen=True, slots=True)
class Declaracion:
    """For whom a partner's system asks: its user, their post, and what for (the partner answers
    for it; HL7 v3 PurposeOfUse)."""

    usuario: str
    rol: str
    proposito: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks: a person, a partner's system, or a job of our own.

    `ambitos` is the reach of the app that asks in their name; `declaracion`, what a partner says.
    """

    id: UUID
    clase: str  # "persona" | "cliente" | "sistema"
    nombre: str = field(repr=False)
    asignaciones: tuple[Asignado, ...] = ()
    paciente_propio: UUID | None = None
    origen: str = ""
    institucion: UUID | None = None
    ambitos: Ambitos | None = None
    declaracion: Declaracion | None = None
    roles: frozenset[Rol] = field(init=False, repr=False, compare=False)
    permisos: frozenset[Permiso] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """What each decision asks many times is worked out once."""
        roles = frozenset(asignacion.rol for asignacion in self.asignaciones)
        object.__setattr__(self, "roles", roles)
        permisos = frozenset[Permiso]().union(*(PERMISOS[rol] for rol in roles))
        object.__setattr__(self, "permisos", permisos)

    def unidades(self, *roles: Rol) -> frozenset[UUID]:
        """Units where the actor holds any of `roles` (any role at all when none is named)."""
        return frozenset(
            a.unidad for a in self.asignaciones if a.unidad and (not roles or a.rol in roles)
        )


@dataclass(frozen=True, slots=True)
class Acceso:
    """Proof that `actor` may do `permisos` to `paciente`, on `fundamento`, until `vence`.

    `reserva` is what is withheld from its holder inside the record; `proposito`, what it is for (a
    code of HL7 v3 PurposeOfUse).
    """

    actor: Actor
    paciente: UUID
    permisos: frozenset[Permiso]
    fundamento: str
    decision: UUID
    vence: float
    sello: bytes = field(repr=False)
    proposito: str = "TREAT"
    reserva: Reserva = SIN_RESERVA

    def exigir(self, permiso: Permiso) -> None:
        """Raise unless this proof is genuine, alive and includes `permiso`."""
        verificar(self)
        if permiso not in self.permisos:
            raise PermisoInsuficiente(permiso)


@dataclass(frozen=True, slots=True)
class Alcance:
    """Proof that `actor` may list patients minimally.

    `pacientes` is the set the listing may show (None: the whole institution, but for whom their
    `reservas` withhold wholly); `reservas`, what is withheld of some, and `general`, of all;
    `motivo` the declared reason.
    """

    actor: Actor
    permisos: frozenset[Permiso]
    fundamento: str
    motivo: str
    decision: UUID
    vence: float
    sello: bytes = field(repr=False)
    pacientes: frozenset[UUID] | None = None
    reservas: Mapping[UUID, Reserva] = field(default_factory=dict)
    general: Reserva = SIN_RESERVA

    def exigir(self, permiso: Permiso) -> None:
        verificar(self)
        if permiso not in self.permisos:
            raise PermisoInsuficiente(permiso)

    def cubre(self, paciente: UUID) -> bool:
        if self.reservas.get(paciente, SIN_RESERVA).total:
            return False
        return self.pacientes is None or paciente in self.pacientes


Prueba = Acceso | Alcance


def _sello(prueba: Prueba) -> bytes:
    if isinstance(prueba, Acceso):
        ambito = b"P" + prueba.paciente.bytes
        reservado = prueba.reserva.huella
    else:
        ambito = b"*" if prueba.pacientes is None else b"A%d" % hash(prueba.pacientes)
        reservado = hash(
            (prueba.general.huella, frozenset((p, r.huella) for p, r in prueba.reservas.items()))
        )
    # Fixed widths first, the one of any length last: no two proofs share a message.
    fijos = _FIJOS.pack(
        prueba.actor.id.bytes, prueba.decision.bytes, hash(prueba.permisos), reservado, prueba.vence
    )
    return blake2b(fijos + ambito, key=_clave, digest_size=16).digest()


def verificar(prueba: Prueba) -> None:
    """Raise `AccesoInvalido` unless the decision issued `prueba`, unaltered, and it still lives."""
    if not isinstance(prueba, Acceso | Alcance):
        raise AccesoInvalido("se requiere un Acceso o un Alcance emitido por la decisión")
    if not hmac.compare_digest(prueba.sello, _sello(prueba)):
        raise AccesoInvalido("el acceso no fue emitido por la decisión")
    if prueba.vence < time.monotonic():
        raise AccesoInvalido("el acceso ya venció; hay que decidir de nuevo")


@dataclass(frozen=True, slots=True)
class Emision:
    """The pen: the two ways to issue a proof."""

    acceso: Callable[..., Acceso]
    alcance: Callable[..., Alcance]


_reclamada = False


def reclamar_emision() -> Emision:
    """Hand out the pen, once in the life of the process (``consentimiento.decision`` takes it)."""
    global _reclamada
    if _reclamada:
        raise EmisionYaReclamada("sólo consentimiento.decision emite accesos")
    _reclamada = True

    def acceso(
        *,
        actor: Actor,
        paciente: UUID,
        permisos: frozenset[Permiso],
        fundamento: str,
        decision: UUID,
        proposito: str,
        reserva: Reserva,
    ) -> Acceso:
        vence = time.monotonic() + VIGENCIA_SEGUNDOS
        nuevo = Acceso(
            actor, paciente, permisos, fundamento, decision, vence, b"", proposito, reserva
        )
        object.__setattr__(nuevo, "sello", _sello(nuevo))
        return nuevo

    def alcance(
        *,
        actor: Actor,
        permisos: frozenset[Permiso],
        fundamento: str,
        motivo: str,
        decision: UUID,
        pacientes: frozenset[UUID] | None,
        reservas: Mapping[UUID, Reserva],
        general: Reserva = SIN_RESERVA,
    ) -> Alcance:
        vence = time.monotonic() + VIGENCIA_SEGUNDOS
        nuevo = Alcance(
            actor,
            permisos,
            fundamento,
            motivo,
            decision,
            vence,
            b"",
            pacientes,
            dict(reservas),
            general,
        )
        object.__setattr__(nuevo, "sello", _sello(nuevo))
        return nuevo

    return Emision(acceso=acceso, alcance=alcance)
