"""The words of the decision: what ties somebody to a patient, what is asked, what is answered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from uuid import UUID

from consentimiento.convenios import Pacto
from consentimiento.directivas import Directiva
from ece.nucleo.acceso import Actor
from ece.nucleo.reserva import SIN_RESERVA, Reserva
from ece.nucleo.roles import Permiso, Rol


@unique
class Relacion(StrEnum):
    """What ties an actor to a patient, as a fact of the record."""

    TITULAR = "titular"
    REPRESENTACION = "representacion"
    DELEGACION = "delegacion"
    ENCUENTRO_RESPONSABLE = "encuentro.responsable"
    ENCUENTRO_EN_UNIDAD = "encuentro.unidad"
    ENCUENTRO_ABIERTO = "encuentro.abierto"
    CITA_DE_HOY = "cita.hoy"
    CITA = "cita"
    ORDEN_ABIERTA = "orden.abierta"
    ORDEN_SOLICITADA = "orden.solicitada"
    TAREA = "tarea"
    FIRMA_DELEGADA = "firma.delegada"
    CONCESION = "concesion"
    PROTOCOLO = "protocolo"
    EMERGENCIA = "emergencia"
    ADMISION = "admision"
    NACIMIENTO = "nacimiento"
    VINCULO = "vinculo"
    DOCUMENTO = "documento"
    MUESTRA = "muestra"
    CONVENIO_CONSENTIMIENTO = "convenio.consentimiento"
    CONVENIO_REFERENCIA = "convenio.referencia"
    CONVENIO_URGENCIA = "convenio.urgencia"
    CONVENIO_SALUD_PUBLICA = "convenio.salud.publica"


@unique
class Proposito(StrEnum):
    """What for (HL7 v3 PurposeOfUse)."""

    TREAT = "TREAT"
    ETREAT = "ETREAT"
    HPAYMT = "HPAYMT"
    HOPERAT = "HOPERAT"
    PUBHLTH = "PUBHLTH"
    HRESCH = "HRESCH"
    PATRQT = "PATRQT"
    FAMRQT = "FAMRQT"


@unique
class Obligacion(StrEnum):
    """What must come with a yes."""

    MOTIVO = "motivo"  # nothing in the record says why: the person states it first
    NOTIFICAR = "notificar"  # the patient is told
    REVISAR = "revisar"  # the privacy officer reviews it


@unique
class Necesidad(StrEnum):
    """Which sensitive records a relation needs."""

    TODO = "todo"
    SERVICIO = "servicio"  # what was asked of the service, whatever it reveals
    PUESTO = "puesto"  # the categories that the post is about
    EMERGENCIA = "emergencia"  # what keeps somebody alive
    CASO = "caso"  # what a case of the privacy officer is made of, and nothing clinical


@dataclass(frozen=True, slots=True)
class Hechos:
    """What the record says about an actor and a patient right now.

    `existe` False makes every answer the same as a denial for lack of relation: whoever may not
    see a patient cannot learn whether there is one. `concedidos` come from a grant in force.
    `bloqueado`: its cancellation was granted (the law keeps it, nobody uses it). `confidencial`:
    an adolescent has a space that whoever represents them does not enter. `tratante`: the actor
    treats the person under another of their records. `pactos` are the agreements of a partner's
    system, and `bases`, why this patient's data may travel under them. `fuera_del_ambito`: the app
    was lent the record of somebody else.
    """

    existe: bool
    relaciones: frozenset[Relacion] = frozenset()
    concedidos: frozenset[Permiso] = frozenset()
    institucional: bool = False
    directivas: tuple[Directiva, ...] = ()
    bloqueado: bool = False
    confidencial: bool = False
    tratante: bool = False
    pactos: tuple[Pacto, ...] = ()
    bases: frozenset[str] = frozenset()
    fuera_del_ambito: bool = False


@dataclass(frozen=True, slots=True)
class Solicitud:
    """Who asks for what, of whom (the facts name the patient), when, and what for.

    Without `proposito`, it is what the ground is for; one that the ground does not serve is a no.
    """

    actor: Actor
    permiso: Permiso
    hechos: Hechos
    ahora: datetime
    proposito: Proposito | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer: with a yes, everything the same ground allows, what is withheld all the same, and
    what it obliges to; with a no, why.

    `fundamento` is the code of a rule, fit to be kept in clear in the event; `convenio`, the
    agreement it was weighed under, if any.
    """

    permitido: bool
    fundamento: str
    permisos: frozenset[Permiso] = frozenset()
    proposito: Proposito = Proposito.TREAT
    reserva: Reserva = SIN_RESERVA
    obligaciones: frozenset[Obligacion] = frozenset()
    convenio: UUID | None = None


@dataclass(frozen=True, slots=True)
class Regla:
    """`roles` (None: any) with any of `relaciones` (None: none needed) may do `permisos` (None: all
    the role's; what a grant says, for those that rest on one).

    `fuente` is the article it rests on. `exenta`: what a person directs does not weigh on it.
    `con_motivo`: the relation itself does not say why the record is opened.
    """

    fundamento: str
    fuente: str
    roles: frozenset[Rol] | None
    relaciones: frozenset[Relacion] | None
    permisos: frozenset[Permiso] | None = None
    proposito: Proposito = Proposito.TREAT
    necesidad: Necesidad = Necesidad.PUESTO
    exenta: bool = False
    con_motivo: bool = False
    por_concesion: bool = False
