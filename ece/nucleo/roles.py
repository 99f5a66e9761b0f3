"""Rights as code: a change of who may do what is a reviewed diff, not a row somebody edited."""

from enum import StrEnum, unique


@unique
class Permiso(StrEnum):
    """What can be done, as ``noun:verb``."""

    PACIENTE_LISTAR = "paciente:listar"
    PACIENTE_LEER = "paciente:leer"
    PACIENTE_REGISTRAR = "paciente:registrar"
    PACIENTE_MODIFICAR = "paciente:modificar"
    PACIENTE_VINCULAR = "paciente:vincular"
    NACIMIENTO_REGISTRAR = "nacimiento:registrar"
    EXPEDIENTE_LEER = "expediente:leer"
    EXPEDIENTE_IMPRIMIR = "expediente:imprimir"
    ENCUENTRO_ABRIR = "encuentro:abrir"
    ENCUENTRO_CERRAR = "encuentro:cerrar"
    CITA_PROGRAMAR = "cita:programar"
    NOTA_REDACTAR = "nota:redactar"
    NOTA_FINALIZAR = "nota:finalizar"
    SIGNOS_REGISTRAR = "signos:registrar"
    DIAGNOSTICO_REGISTRAR = "diagnostico:registrar"
    ALERGIA_REGISTRAR = "alergia:registrar"
    ESCALA_REGISTRAR = "escala:registrar"
    TRIAGE_CLASIFICAR = "triage:clasificar"
    ANTECEDENTE_REGISTRAR = "antecedente:registrar"
    VACUNA_REGISTRAR = "vacuna:registrar"
    EMBARAZO_REGISTRAR = "embarazo:registrar"
    RECETA_PRESCRIBIR = "receta:prescribir"
    RECETA_VERIFICAR = "receta:verificar"
    FIRMA_VERIFICAR = "firma:verificar"
    RESULTADO_REGISTRAR = "resultado:registrar"
    RESULTADO_ACUSAR = "resultado:acusar"
    ORDEN_SOLICITAR = "orden:solicitar"
    ORDEN_ATENDER = "orden:atender"
    DOCUMENTO_AGREGAR = "documento:agregar"
    DOCUMENTO_FIRMAR = "documento:firmar"
    RECURSO_LEER = "recurso:leer"
    RECURSO_ESCRIBIR = "recurso:escribir"
    DIRECTORIO_LEER = "directorio:leer"
    DIRECTORIO_ESCRIBIR = "directorio:escribir"
    BITACORA_LEER = "bitacora:leer"
    CALIDAD_EVALUAR = "calidad:evaluar"
    AVISO_PUBLICAR = "aviso:publicar"
    CONSENTIMIENTO_RECABAR = "consentimiento:recabar"
    DIRECTIVA_REGISTRAR = "directiva:registrar"
    DELEGACION_OTORGAR = "delegacion:otorgar"
    ETIQUETA_CORREGIR = "etiqueta:corregir"
    EMERGENCIA_ABRIR = "emergencia:abrir"
    REVISION_ATENDER = "revision:atender"
    DECISION_SIMULAR = "decision:simular"
    SANCION_INTEGRAR = "sancion:integrar"
    ARCO_SOLICITAR = "arco:solicitar"
    ARCO_ATENDER = "arco:atender"
    QUEJA_PRESENTAR = "queja:presentar"
    CONTACTO_CORREGIR = "contacto:corregir"
    APORTACION_AGREGAR = "aportacion:agregar"
    PORTAL_INVITAR = "portal:invitar"
    NOTA_CONTRAFIRMAR = "nota:contrafirmar"
    ASIGNACION_OTORGAR = "asignacion:otorgar"
    ASIGNACION_AUTORIZAR = "asignacion:autorizar"
    INDICADORES_LEER = "indicadores:leer"
    CONVENIO_LEER = "convenio:leer"
    CONVENIO_GOBERNAR = "convenio:gobernar"
    CONVENIO_FIRMAR = "convenio:firmar"
    EXPEDIENTE_COMPARTIR = "expediente:compartir"
    EXPEDIENTE_PEDIR = "expediente:pedir"
    REFERENCIA_ATENDER = "referencia:atender"
    REFERENCIA_ENVIAR = "referencia:enviar"
    COBERTURA_CONSULTAR = "cobertura:consultar"
    MENSAJE_ATENDER = "mensaje:atender"


@unique
class Rol(StrEnum):
    """A post somebody holds at a unit, or the kind of machine a client is."""

    MEDICO = "medico"
    RESIDENTE = "residente"
    INTERNO = "interno"
    URGENCIAS = "urgencias"
    ENFERMERIA = "enfermeria"
    LABORATORIO = "laboratorio"
    IMAGEN = "imagen"
    FARMACIA = "farmacia"
    TRABAJO_SOCIAL = "trabajo-social"
    PSICOLOGIA = "psicologia"
    ARCHIVO = "archivo"
    ADMISION = "admision"
    CALIDAD = "calidad"
    PRIVACIDAD = "privacidad"
    EPIDEMIOLOGIA = "epidemiologia"
    INVESTIGACION = "investigacion"
    DIRECCION = "direccion"
    SISTEMAS = "sistemas"
    ENLACE = "enlace"
    PACIENTE = "paciente"
    ADMINISTRADOR = "administrador"
    INTEGRACION = "integracion"
    ALIADO = "aliado"


_P = Permiso
_LECTURA = frozenset({_P.PACIENTE_LISTAR, _P.PACIENTE_LEER, _P.EXPEDIENTE_LEER, _P.RECURSO_LEER})
_ADMISION = frozenset(
    {
        _P.PACIENTE_REGISTRAR,
        _P.PACIENTE_MODIFICAR,
        _P.NACIMIENTO_REGISTRAR,
        _P.ENCUENTRO_ABRIR,
        _P.CITA_PROGRAMAR,
        _P.REFERENCIA_ATENDER,
        _P.COBERTURA_CONSULTAR,
    }
)
_VENTANILLA = frozenset({_P.CONSENTIMIENTO_RECABAR, _P.DIRECTIVA_REGISTRAR, _P.PORTAL_INVITAR})
"""What is asked of a person, or taken down for them, across a counter: not by who treats them,
who could be whom they refuse."""
_ATENCION = frozenset(
    {
        _P.ENCUENTRO_ABRIR,
        _P.ENCUENTRO_CERRAR,
        _P.CITA_PROGRAMAR,
        _P.NOTA_REDACTAR,
        _P.NOTA_FINALIZAR,
        _P.EXPEDIENTE_IMPRIMIR,
        _P.SIGNOS_REGISTRAR,
        _P.DIAGNOSTICO_REGISTRAR,
        _P.ALERGIA_REGISTRAR,
        _P.ESCALA_REGISTRAR,
        _P.TRIAGE_CLASIFICAR,
        _P.ANTECEDENTE_REGISTRAR,
        _P.VACUNA_REGISTRAR,
        _P.EMBARAZO_REGISTRAR,
        _P.RECETA_PRESCRIBIR,
        _P.ORDEN_SOLICITAR,
        _P.RESULTADO_ACUSAR,
        _P.DOCUMENTO_AGREGAR,
        _P.DOCUMENTO_FIRMAR,
        _P.RECURSO_ESCRIBIR,
        _P.DIRECTORIO_LEER,
        _P.CONSENTIMIENTO_RECABAR,
        _P.EMERGENCIA_ABRIR,
    }
)
_DE_MEDICO = (
    _LECTURA
    | _ATENCION
    | {
        _P.PORTAL_INVITAR,
        _P.PACIENTE_MODIFICAR,
        _P.NACIMIENTO_REGISTRAR,
        _P.ETIQUETA_CORREGIR,
        _P.NOTA_CONTRAFIRMAR,
        _P.EXPEDIENTE_COMPARTIR,
        _P.EXPEDIENTE_PEDIR,
        _P.REFERENCIA_ATENDER,
    }
)
_AUXILIAR = frozenset(
    {_P.PACIENTE_LISTAR, _P.PACIENTE_LEER, _P.DIRECTORIO_LEER}
    | {_P.ORDEN_ATENDER, _P.RESULTADO_REGISTRAR, _P.DOCUMENTO_AGREGAR, _P.DOCUMENTO_FIRMAR}
)

PERMISOS: dict[Rol, frozenset[Permiso]] = {
    Rol.MEDICO: _DE_MEDICO,
    # in training: all a physician does but answering for what another wrote
    Rol.RESIDENTE: _DE_MEDICO - {_P.NOTA_CONTRAFIRMAR, _P.ETIQUETA_CORREGIR},
    # students: they write what a physician countersigns, and prescribe nothing
    Rol.INTERNO: _LECTURA
    | {_P.NOTA_REDACTAR, _P.NOTA_FINALIZAR, _P.SIGNOS_REGISTRAR, _P.ESCALA_REGISTRAR}
    | {_P.ANTECEDENTE_REGISTRAR, _P.ALERGIA_REGISTRAR, _P.DIRECTORIO_LEER, _P.DOCUMENTO_FIRMAR},
    Rol.URGENCIAS: _DE_MEDICO | _ADMISION,
    Rol.ENFERMERIA: _LECTURA
    | {_P.SIGNOS_REGISTRAR, _P.ALERGIA_REGISTRAR, _P.ENCUENTRO_ABRIR, _P.DIRECTORIO_LEER}
    | {_P.ESCALA_REGISTRAR, _P.VACUNA_REGISTRAR, _P.CONSENTIMIENTO_RECABAR, _P.EMERGENCIA_ABRIR}
    # which notes, the catalogue says: each type names the posts that write it
    | {_P.NOTA_REDACTAR, _P.NOTA_FINALIZAR, _P.DOCUMENTO_FIRMAR},
    Rol.LABORATORIO: _AUXILIAR,
    Rol.IMAGEN: _AUXILIAR,
    Rol.FARMACIA: frozenset(
        {_P.PACIENTE_LISTAR, _P.PACIENTE_LEER, _P.RECETA_VERIFICAR, _P.DIRECTORIO_LEER}
    ),
    Rol.TRABAJO_SOCIAL: _LECTURA
    | {_P.NOTA_REDACTAR, _P.NOTA_FINALIZAR, _P.DOCUMENTO_FIRMAR}
    | {_P.DIRECTORIO_LEER, _P.CONSENTIMIENTO_RECABAR},
    Rol.PSICOLOGIA: _LECTURA
    | {_P.NOTA_REDACTAR, _P.NOTA_FINALIZAR, _P.ESCALA_REGISTRAR, _P.DIAGNOSTICO_REGISTRAR}
    | {_P.ENCUENTRO_ABRIR, _P.ENCUENTRO_CERRAR, _P.CITA_PROGRAMAR, _P.DIRECTORIO_LEER}
    | {_P.ETIQUETA_CORREGIR, _P.CONSENTIMIENTO_RECABAR, _P.DOCUMENTO_FIRMAR},
    Rol.ARCHIVO: _ADMISION
    | _VENTANILLA
    | {_P.PACIENTE_LISTAR, _P.PACIENTE_LEER, _P.PACIENTE_VINCULAR, _P.ARCO_SOLICITAR},
    Rol.ADMISION: _ADMISION
    | _VENTANILLA
    | {_P.PACIENTE_LISTAR, _P.PACIENTE_LEER, _P.ARCO_SOLICITAR},
    Rol.PRIVACIDAD: frozenset(
        {_P.BITACORA_LEER, _P.AVISO_PUBLICAR, _P.REVISION_ATENDER, _P.DECISION_SIMULAR}
        | {_P.ARCO_ATENDER, _P.CONVENIO_LEER, _P.SANCION_INTEGRAR}
    ),
    Rol.CALIDAD: frozenset(
        {_P.BITACORA_LEER, _P.CALIDAD_EVALUAR, _P.PACIENTE_LEER, _P.EXPEDIENTE_LEER}
    ),
    Rol.EPIDEMIOLOGIA: _LECTURA,
    # under a protocol, on the records that a person agreed to (a grant), and nothing else
    Rol.INVESTIGACION: frozenset({_P.PACIENTE_LEER, _P.EXPEDIENTE_LEER}),
    # who drafts an agreement does not sign it
    Rol.DIRECCION: frozenset(
        {_P.INDICADORES_LEER, _P.ASIGNACION_AUTORIZAR, _P.CONVENIO_LEER, _P.CONVENIO_FIRMAR}
    ),
    Rol.SISTEMAS: frozenset({_P.ASIGNACION_OTORGAR}),
    Rol.ENLACE: frozenset(
        {_P.DIRECTORIO_LEER, _P.CONVENIO_LEER, _P.CONVENIO_GOBERNAR, _P.MENSAJE_ATENDER}
    ),
    Rol.PACIENTE: frozenset(
        {_P.PACIENTE_LEER, _P.EXPEDIENTE_LEER, _P.RECURSO_LEER, _P.CONSENTIMIENTO_RECABAR}
        | {_P.DIRECTIVA_REGISTRAR, _P.DELEGACION_OTORGAR, _P.ARCO_SOLICITAR, _P.QUEJA_PRESENTAR}
        | {_P.CONTACTO_CORREGIR, _P.APORTACION_AGREGAR, _P.EXPEDIENTE_IMPRIMIR}
    ),
    Rol.ADMINISTRADOR: frozenset({_P.ASIGNACION_OTORGAR}),
    Rol.INTEGRACION: frozenset(
        {
            _P.PACIENTE_LISTAR,
            _P.PACIENTE_LEER,
            _P.PACIENTE_REGISTRAR,
            _P.PACIENTE_MODIFICAR,
            _P.PACIENTE_VINCULAR,
            _P.EXPEDIENTE_LEER,
            _P.RECURSO_LEER,
            _P.RECURSO_ESCRIBIR,
            _P.CITA_PROGRAMAR,
            _P.DIRECTORIO_LEER,
            _P.DIRECTORIO_ESCRIBIR,
        }
    ),
    Rol.ALIADO: frozenset(
        {_P.PACIENTE_LEER, _P.RECURSO_LEER, _P.RECURSO_ESCRIBIR, _P.DIRECTORIO_LEER}
        | {_P.REFERENCIA_ENVIAR}
    ),
}
