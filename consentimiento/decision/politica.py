"""The policy, whole and pure: facts in, a reasoned answer out. Default deny.

The order: what belongs to nobody or to somebody new; a record that is blocked; then each rule by
which role and relation let the actor in, weighed against what the person directed and against the
labels of what is sensitive. The first rule that holds answers. A refusal is undone only by a
permission narrower than it; nothing here ever widens because a refusal was added.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique
from functools import lru_cache
from uuid import UUID

from consentimiento.convenios import Pacto
from consentimiento.decision import intercambio
from consentimiento.directivas import Directiva, Rango
from ece.nucleo.acceso import Actor
from ece.nucleo.reserva import SIN_RESERVA, TODO, Ambito, Reserva, Veda
from ece.nucleo.roles import PERMISOS, Permiso, Rol
from registros.catalogos.quejas import DE_QUEJAS
from registros.catalogos.sensibles import Categoria
from registros.models.registros import DE_DIRECTIVAS


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


_P, _R, _L = Permiso, Relacion, Rol
_IDENTIDAD = frozenset(
    {_P.PACIENTE_LEER, _P.PACIENTE_MODIFICAR, _P.ENCUENTRO_ABRIR, _P.PORTAL_INVITAR}
    | {_P.CITA_PROGRAMAR, _P.PACIENTE_VINCULAR, _P.NACIMIENTO_REGISTRAR, _P.ARCO_SOLICITAR}
    | {_P.CONSENTIMIENTO_RECABAR, _P.DIRECTIVA_REGISTRAR}
    | {_P.REFERENCIA_ATENDER, _P.COBERTURA_CONSULTAR}
)
_LECTURA = frozenset({_P.PACIENTE_LEER, _P.EXPEDIENTE_LEER})
_SOLICITADO = _LECTURA | {_P.RESULTADO_ACUSAR, _P.ORDEN_SOLICITAR, _P.NOTA_CONTRAFIRMAR}
_DE_EMERGENCIA = _LECTURA | {
    *(_P.NOTA_REDACTAR, _P.NOTA_FINALIZAR, _P.SIGNOS_REGISTRAR, _P.DIAGNOSTICO_REGISTRAR),
    *(_P.ALERGIA_REGISTRAR, _P.ESCALA_REGISTRAR, _P.RECETA_PRESCRIBIR, _P.ORDEN_SOLICITAR),
    *(_P.ENCUENTRO_ABRIR, _P.RESULTADO_ACUSAR, _P.EMERGENCIA_ABRIR),
}
_DE_ALIADO = frozenset({_P.PACIENTE_LEER, _P.RECURSO_LEER, _P.RECURSO_ESCRIBIR})
_MEDICOS = frozenset({_L.MEDICO, _L.URGENCIAS, _L.RESIDENTE})
_TRATANTES = _MEDICOS | {_L.PSICOLOGIA}
_DE_UNIDAD = frozenset({_L.URGENCIAS, _L.ENFERMERIA, _L.RESIDENTE, _L.INTERNO, _L.TRABAJO_SOCIAL})
_SERVICIOS = frozenset({_L.LABORATORIO, _L.IMAGEN})

_FIRMAN = frozenset(rol for rol, suyos in PERMISOS.items() if _P.DOCUMENTO_FIRMAR in suyos)

ROLES_DE_UNIDAD = tuple(sorted(_DE_UNIDAD))
ROLES_AUXILIARES = _SERVICIOS | {_L.FARMACIA}

REGLAS: tuple[Regla, ...] = (
    Regla(
        "titular",
        "LGPDPPSO 43; LFPDPPP 21; NOM-004 5.4",
        frozenset({_L.PACIENTE}),
        frozenset({_R.TITULAR}),
        proposito=Proposito.PATRQT,
        necesidad=Necesidad.TODO,
        exenta=True,
    ),
    Regla(
        "emergencia",
        "LGS 51 Bis 2; RLGSMPSAM 71 y 81",
        _MEDICOS | {_L.ENFERMERIA},
        frozenset({_R.EMERGENCIA}),
        _DE_EMERGENCIA,
        proposito=Proposito.ETREAT,
        necesidad=Necesidad.EMERGENCIA,
        exenta=True,
    ),
    Regla(
        "salud.publica",
        "LGS 136 a 138; NOM-017-SSA2",
        frozenset({_L.EPIDEMIOLOGIA}),
        frozenset({_R.TAREA}),
        proposito=Proposito.PUBHLTH,
        necesidad=Necesidad.TODO,
        exenta=True,
    ),
    Regla(
        "privacidad.arco",
        "LGPDPPSO 79; LFPDPPP 29 (la unidad o persona que atiende los derechos)",
        frozenset({_L.PRIVACIDAD}),
        None,
        frozenset({_P.ARCO_ATENDER}),
        proposito=Proposito.HOPERAT,
        necesidad=Necesidad.CASO,
        exenta=True,
    ),
    Regla(
        "atencion",
        "NOM-004 5.1 y 5.7; LSS 111 A",
        _TRATANTES,
        frozenset({_R.ENCUENTRO_RESPONSABLE, _R.CITA_DE_HOY}),
        necesidad=Necesidad.TODO,
    ),
    Regla(
        "atencion.cita",
        "NOM-004 5.1 y 5.7; LSS 111 A",
        _TRATANTES,
        frozenset({_R.CITA, _R.CONCESION}),
        necesidad=Necesidad.TODO,
        con_motivo=True,
    ),
    Regla(
        "atencion.unidad",
        "NOM-004 5.7, 9.1 y 7.1",
        _DE_UNIDAD,
        frozenset({_R.ENCUENTRO_EN_UNIDAD}),
    ),
    Regla(
        "servicio.auxiliar",
        "NOM-004 9.2",
        _SERVICIOS,
        frozenset({_R.ENCUENTRO_ABIERTO}),
        necesidad=Necesidad.SERVICIO,
    ),
    Regla(
        "servicio.orden",
        "NOM-004 9.2",
        _SERVICIOS,
        frozenset({_R.ORDEN_ABIERTA}),
        necesidad=Necesidad.SERVICIO,
    ),
    Regla(
        "servicio.farmacia",
        "LGS 226",
        frozenset({_L.FARMACIA}),
        frozenset({_R.ENCUENTRO_ABIERTO}),
        necesidad=Necesidad.SERVICIO,
    ),
    Regla(
        "vinculo",
        "NOM-004 4.4 (el expediente es un conjunto único)",
        _MEDICOS | {_L.ENFERMERIA},
        frozenset({_R.VINCULO}),
        _LECTURA,
    ),
    Regla(
        "resultado.pendiente",
        "NOM-004 6.2.3 y 9.2",
        _MEDICOS,
        frozenset({_R.ORDEN_SOLICITADA, _R.TAREA}),
        _SOLICITADO,
        necesidad=Necesidad.SERVICIO,
    ),
    Regla(
        "firma.pendiente",
        "NOM-004 5.10",
        _FIRMAN,
        frozenset({_R.TAREA}),
        frozenset({_P.PACIENTE_LEER, _P.DOCUMENTO_FIRMAR}),
        necesidad=Necesidad.SERVICIO,
    ),
    Regla(
        "calidad.muestra",
        "NOM-004 5.21",
        frozenset({_L.CALIDAD}),
        frozenset({_R.MUESTRA}),
        proposito=Proposito.HOPERAT,
    ),
    Regla(
        "investigacion",
        "LGS 100; NOM-012-SSA3",
        frozenset({_L.INVESTIGACION}),
        frozenset({_R.PROTOCOLO}),
        proposito=Proposito.HRESCH,
        con_motivo=True,
    ),
    Regla(
        "admision",
        "NOM-024 6.5; LGS 55 y 469 (no negar la urgencia)",
        frozenset({_L.URGENCIAS, _L.ARCHIVO, _L.ADMISION}),
        None,
        _IDENTIDAD,
        proposito=Proposito.HOPERAT,
        exenta=True,
    ),
    Regla(
        "institucion.sistema",
        "NOM-024 (el sistema de la institución)",
        frozenset({_L.INTEGRACION}),
        None,
        necesidad=Necesidad.TODO,
    ),
    Regla(
        "convenio.urgencia",
        "LGS 51 Bis 2; LGPDPPSO 16 y 64-V; LFPDPPP 36 (transferencia sin consentimiento)",
        frozenset({_L.ALIADO}),
        frozenset({_R.CONVENIO_URGENCIA}),
        _DE_ALIADO,
        proposito=Proposito.ETREAT,
        necesidad=Necesidad.EMERGENCIA,
        exenta=True,
    ),
    Regla(
        "convenio.salud.publica",
        "LGS 136 a 138; LGPDPPSO 64",
        frozenset({_L.ALIADO}),
        frozenset({_R.CONVENIO_SALUD_PUBLICA}),
        _DE_ALIADO,
        proposito=Proposito.PUBHLTH,
        necesidad=Necesidad.TODO,
        exenta=True,
    ),
    Regla(
        "convenio.referencia",
        "NOM-004 6.3; LGPDPPSO 60 y 64-V (transferencias)",
        frozenset({_L.ALIADO}),
        frozenset({_R.CONVENIO_REFERENCIA}),
        _DE_ALIADO,
        necesidad=Necesidad.TODO,
    ),
    Regla(
        "convenio.consentimiento",
        "LGPDPPSO 14 y 60; LFPDPPP 7 y 35 (transferencias)",
        frozenset({_L.ALIADO}),
        frozenset({_R.CONVENIO_CONSENTIMIENTO}),
        _DE_ALIADO,
        necesidad=Necesidad.TODO,
    ),
    Regla(
        "privacidad.revision",
        "LFPDPPP 29 (la persona o el departamento de datos personales)",
        frozenset({_L.PRIVACIDAD}),
        None,
        frozenset({_P.REVISION_ATENDER}),
        proposito=Proposito.HOPERAT,
        necesidad=Necesidad.CASO,
        exenta=True,
    ),
    # what somebody saw, whole, for whoever judges whether they should have
    Regla(
        "privacidad.sancion",
        "CPF 210 y 211 (revelación de secretos); LGPDPPSO 132; LFPDPPP 29",
        frozenset({_L.PRIVACIDAD}),
        None,
        frozenset({_P.SANCION_INTEGRAR}),
        proposito=Proposito.HOPERAT,
        necesidad=Necesidad.TODO,
        exenta=True,
    ),
    Regla(
        "representacion",
        "CCF 425 y 537; LGPDPPSO 43; LFPDPPP 7",
        None,
        frozenset({_R.REPRESENTACION}),
        proposito=Proposito.FAMRQT,
        necesidad=Necesidad.TODO,
        exenta=True,
        por_concesion=True,
    ),
    Regla(
        "delegacion",
        "NOM-004 5.5.1; LGPDPPSO 43",
        None,
        frozenset({_R.DELEGACION}),
        proposito=Proposito.FAMRQT,
        necesidad=Necesidad.TODO,
        por_concesion=True,
    ),
    Regla(
        "concesion",
        "NOM-004 5.5.1",
        None,
        frozenset({_R.CONCESION}),
        necesidad=Necesidad.PUESTO,
        con_motivo=True,
        por_concesion=True,
    ),
)
"""Every way in, each with what it rests on."""

AUTORIZACION = Regla(
    "autorizacion",
    "NOM-004 5.5.1; LGPDPPSO 14",
    _TRATANTES | {_L.ENFERMERIA, _L.TRABAJO_SOCIAL},
    frozenset(),
    _LECTURA,
    con_motivo=True,
)
"""The way in that the person opens by directing, by name, who may read."""

NEGATIVAS = {
    "sin.relacion": "LSS 111 A; NOM-004 5.7",
    "rol.insuficiente": "NOM-024 (autorización por roles)",
    "directiva": "LGPDPPSO 14 y 41; LFPDPPP 7 y 26",
    "bloqueo": "LGPDPPSO 3-V; LFPDPPP 24 y 25",
    "proposito": "LGPDPPSO 12; LFPDPPP 11 (finalidad)",
}
"""ground of a no -> what it rests on."""

REGISTRO = frozenset(
    {_P.PACIENTE_REGISTRAR, _P.PACIENTE_LEER, _P.RECURSO_ESCRIBIR, _P.ENCUENTRO_ABRIR}
    | {_P.CITA_PROGRAMAR, _P.CONSENTIMIENTO_RECABAR}
)
"""What admitting somebody new allows to do with their record, within the admitter's role."""

NACIMIENTO = frozenset(
    {_P.NACIMIENTO_REGISTRAR, _P.PACIENTE_LEER, _P.ENCUENTRO_ABRIR, _P.SIGNOS_REGISTRAR}
)
"""What attending a birth allows to do with the record of who is born."""

DOCUMENTO = frozenset({_P.RECETA_VERIFICAR, _P.FIRMA_VERIFICAR})
"""What holding a printed document allows to whoever holds it: to know whether it is ours.

No role need have it and nobody needs a post: the ground is the code on the paper.
"""

_DE_LEY = frozenset({"titular", "privacidad.arco", "privacidad.revision", "privacidad.sancion"})
"""What a blocked record still answers to: whose it is, and the duty towards them."""

DE_NADIE = frozenset(
    {_P.DIRECTORIO_LEER, _P.DIRECTORIO_ESCRIBIR, _P.CALIDAD_EVALUAR, _P.AVISO_PUBLICAR}
    | {_P.REVISION_ATENDER, _P.DECISION_SIMULAR, _P.ARCO_ATENDER, _P.INDICADORES_LEER}
    | {_P.CONVENIO_LEER, _P.CONVENIO_GOBERNAR, _P.CONVENIO_FIRMAR}
)
"""What may be done to what belongs to no patient: the directory, figures, the officer's desk."""

_VENTANILLAS = frozenset({_L.ARCHIVO, _L.ADMISION})
SENSIBLES = frozenset(c.value for c in Categoria)
ETIQUETAS = SENSIBLES | {DE_DIRECTIVAS, DE_QUEJAS}

NECESIDAD_DE = {
    _L.PSICOLOGIA: frozenset(
        {Categoria.SALUD_MENTAL, Categoria.ADICCIONES, Categoria.VIOLENCIA, Categoria.ADOLESCENCIA}
    ),
    _L.TRABAJO_SOCIAL: frozenset({Categoria.VIOLENCIA, Categoria.ADICCIONES}),
}
"""post -> the categories it is about; any other post has none of its own."""

DE_SERVICIO = frozenset({"ServiceRequest", "DiagnosticReport", "Observation", "Task", "Specimen"})
"""What travels between who asks for a study and who makes it."""
VITALES = frozenset(
    {"AllergyIntolerance", "Condition", "MedicationRequest", "MedicationStatement", "Observation"}
    | {"DiagnosticReport", "Immunization", "Encounter", "Procedure", "Composition", "Task"}
    | {"ServiceRequest", "FamilyMemberHistory", "Consent", "DocumentReference", "Binary"}
)
"""What an emergency may need to read."""
LEEN = {
    # what a person directs: who is refused does not read the refusal
    DE_DIRECTIVAS: frozenset(
        {"titular", "privacidad.arco", "privacidad.sancion", "institucion.sistema"}
    ),
    # a complaint: whoever it is about does not read it
    DE_QUEJAS: frozenset(
        {"titular", "representacion", "delegacion", "privacidad.revision", "privacidad.sancion"}
        | {"institucion.sistema"}
    ),
}
"""label -> the rules by which what carries it is read; by no other, whoever needs what."""
DE_CASO = {
    # what was asked and answered about rights over the data
    "privacidad.arco": (
        Ambito(tipos=frozenset({"Communication"}), etiquetas=frozenset({DE_DIRECTIVAS})),
    ),
    # complaints; why a glass was broken, and what was found of an access
    "privacidad.revision": (
        Ambito(etiquetas=frozenset({DE_QUEJAS})),
        Ambito(tipos=frozenset({"AuditEvent"})),
    ),
}
"""rule of the privacy officer -> all that they read of a record."""
RELATOS = frozenset({"Composition", "DocumentReference", "Binary"})
INTIMAS = frozenset({Categoria.SALUD_MENTAL, Categoria.VIOLENCIA, Categoria.GENETICA})
"""Whose narratives keep nobody alive."""


_ESPERAN = frozenset({_R.ORDEN_SOLICITADA, _R.TAREA})


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


_LEEN_DE_APP = _LECTURA | {_P.PACIENTE_LISTAR, _P.RECURSO_LEER, _P.DIRECTORIO_LEER}
_DE_APP = _LEEN_DE_APP | {_P.RECURSO_ESCRIBIR, _P.DIRECTORIO_ESCRIBIR, _P.PACIENTE_MODIFICAR}
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
        if hechos.bloqueado and regla.fundamento not in _DE_LEY:
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
            if _ESPERAN & hechos.relaciones and not _MEDICOS.isdisjoint(actor.roles):
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
    if not actor.roles.isdisjoint(_VENTANILLAS):  # who takes them down across a counter
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


_DE_ENCUENTRO = frozenset({_R.ENCUENTRO_RESPONSABLE, _R.ENCUENTRO_EN_UNIDAD, _R.CITA_DE_HOY})


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
