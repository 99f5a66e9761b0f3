"""Every rule of the policy as data, each with the article it rests on; and what they speak of."""

from consentimiento.decision.terminos import (
    Necesidad,
    Proposito,
    Regla,
    Relacion,
)
from ece.nucleo.reserva import Ambito
from ece.nucleo.roles import PERMISOS, Permiso, Rol
from registros.catalogos.firmables import APRENDEN
from registros.catalogos.quejas import DE_QUEJAS
from registros.catalogos.sensibles import Categoria
from registros.models.registros import DE_DIRECTIVAS

_P, _R, _L = Permiso, Relacion, Rol
_IDENTIDAD = frozenset(
    {_P.PACIENTE_LEER, _P.PACIENTE_MODIFICAR, _P.ENCUENTRO_ABRIR, _P.PORTAL_INVITAR}
    | {_P.CITA_PROGRAMAR, _P.PACIENTE_VINCULAR, _P.NACIMIENTO_REGISTRAR, _P.ARCO_SOLICITAR}
    | {_P.CONSENTIMIENTO_RECABAR, _P.DIRECTIVA_REGISTRAR}
    | {_P.REFERENCIA_ATENDER, _P.COBERTURA_CONSULTAR}
)
LECTURA = frozenset({_P.PACIENTE_LEER, _P.EXPEDIENTE_LEER})
_SOLICITADO = LECTURA | {_P.RESULTADO_ACUSAR, _P.ORDEN_SOLICITAR, _P.NOTA_CONTRAFIRMAR}
_DE_EMERGENCIA = LECTURA | {
    *(_P.NOTA_REDACTAR, _P.NOTA_FINALIZAR, _P.SIGNOS_REGISTRAR, _P.DIAGNOSTICO_REGISTRAR),
    *(_P.ALERGIA_REGISTRAR, _P.ESCALA_REGISTRAR, _P.RECETA_PRESCRIBIR, _P.ORDEN_SOLICITAR),
    *(_P.ENCUENTRO_ABRIR, _P.RESULTADO_ACUSAR, _P.EMERGENCIA_ABRIR),
}
_DE_ALIADO = frozenset({_P.PACIENTE_LEER, _P.RECURSO_LEER, _P.RECURSO_ESCRIBIR})
MEDICOS = frozenset({_L.MEDICO, _L.URGENCIAS, _L.RESIDENTE})
_TRATANTES = MEDICOS | {_L.PSICOLOGIA}
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
        MEDICOS | {_L.ENFERMERIA},
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
        MEDICOS | {_L.ENFERMERIA},
        frozenset({_R.VINCULO}),
        LECTURA,
    ),
    Regla(
        "resultado.pendiente",
        "NOM-004 6.2.3 y 9.2",
        MEDICOS,
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
        "firma.delegada",
        "NOM-004 5.10; delegación firmada por quien escribió",
        _FIRMAN - APRENDEN,
        frozenset({_R.FIRMA_DELEGADA}),
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
    LECTURA,
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

DE_LEY = frozenset({"titular", "privacidad.arco", "privacidad.revision", "privacidad.sancion"})
"""What a blocked record still answers to: whose it is, and the duty towards them."""

DE_NADIE = frozenset(
    {_P.DIRECTORIO_LEER, _P.DIRECTORIO_ESCRIBIR, _P.CALIDAD_EVALUAR, _P.AVISO_PUBLICAR}
    | {_P.REVISION_ATENDER, _P.DECISION_SIMULAR, _P.ARCO_ATENDER, _P.INDICADORES_LEER}
    | {_P.CONVENIO_LEER, _P.CONVENIO_GOBERNAR, _P.CONVENIO_FIRMAR}
)
"""What may be done to what belongs to no patient: the directory, figures, the officer's desk."""

VENTANILLAS = frozenset({_L.ARCHIVO, _L.ADMISION})
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
