"""Rights as code: a change of who may do what is a reviewed diff, not a row somebody edited."""

from enum import StrEnum, unique


@unique
class Permiso(StrEnum):
    """What can be done, as ``noun:verb``."""

    PACIENTE_LISTAR = "paciente:listar"
    PACIENTE_LEER = "paciente:leer"
    PACIENTE_REGISTRAR = "paciente:registrar"
    PACIENTE_MODIFICAR = "paciente:modificar"
    EXPEDIENTE_LEER = "expediente:leer"
    ENCUENTRO_ABRIR = "encuentro:abrir"
    ENCUENTRO_CERRAR = "encuentro:cerrar"
    CITA_PROGRAMAR = "cita:programar"
    NOTA_REDACTAR = "nota:redactar"
    NOTA_FINALIZAR = "nota:finalizar"
    SIGNOS_REGISTRAR = "signos:registrar"
    DIAGNOSTICO_REGISTRAR = "diagnostico:registrar"
    ALERGIA_REGISTRAR = "alergia:registrar"
    RECETA_PRESCRIBIR = "receta:prescribir"
    RESULTADO_REGISTRAR = "resultado:registrar"
    RECURSO_LEER = "recurso:leer"
    RECURSO_ESCRIBIR = "recurso:escribir"
    DIRECTORIO_LEER = "directorio:leer"
    DIRECTORIO_ESCRIBIR = "directorio:escribir"
    BITACORA_LEER = "bitacora:leer"


@unique
class Rol(StrEnum):
    """A post somebody holds at a unit, or the kind of machine a client is."""

    MEDICO = "medico"
    URGENCIAS = "urgencias"
    ENFERMERIA = "enfermeria"
    LABORATORIO = "laboratorio"
    ARCHIVO = "archivo"
    PRIVACIDAD = "privacidad"
    CALIDAD = "calidad"
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
        _P.ENCUENTRO_ABRIR,
        _P.CITA_PROGRAMAR,
    }
)
_ATENCION = frozenset(
    {
        _P.ENCUENTRO_ABRIR,
        _P.ENCUENTRO_CERRAR,
        _P.CITA_PROGRAMAR,
        _P.NOTA_REDACTAR,
        _P.NOTA_FINALIZAR,
        _P.SIGNOS_REGISTRAR,
        _P.DIAGNOSTICO_REGISTRAR,
        _P.ALERGIA_REGISTRAR,
        _P.RECETA_PRESCRIBIR,
        _P.RECURSO_ESCRIBIR,
        _P.DIRECTORIO_LEER,
    }
)

PERMISOS: dict[Rol, frozenset[Permiso]] = {
    Rol.MEDICO: _LECTURA | _ATENCION | {_P.PACIENTE_MODIFICAR},
    Rol.URGENCIAS: _LECTURA | _ATENCION | _ADMISION,
    Rol.ENFERMERIA: _LECTURA
    | {_P.SIGNOS_REGISTRAR, _P.ALERGIA_REGISTRAR, _P.ENCUENTRO_ABRIR, _P.DIRECTORIO_LEER},
    Rol.LABORATORIO: frozenset(
        {_P.PACIENTE_LISTAR, _P.PACIENTE_LEER, _P.RESULTADO_REGISTRAR, _P.DIRECTORIO_LEER}
    ),
    Rol.ARCHIVO: _ADMISION | {_P.PACIENTE_LISTAR, _P.PACIENTE_LEER},
    Rol.PRIVACIDAD: frozenset({_P.BITACORA_LEER}),
    Rol.CALIDAD: frozenset({_P.BITACORA_LEER}),
    Rol.PACIENTE: frozenset({_P.PACIENTE_LEER, _P.EXPEDIENTE_LEER, _P.RECURSO_LEER}),
    Rol.ADMINISTRADOR: frozenset(),
    Rol.INTEGRACION: frozenset(
        {
            _P.PACIENTE_LISTAR,
            _P.PACIENTE_LEER,
            _P.PACIENTE_REGISTRAR,
            _P.PACIENTE_MODIFICAR,
            _P.EXPEDIENTE_LEER,
            _P.RECURSO_LEER,
            _P.RECURSO_ESCRIBIR,
            _P.CITA_PROGRAMAR,
            _P.DIRECTORIO_LEER,
            _P.DIRECTORIO_ESCRIBIR,
        }
    ),
    Rol.ALIADO: frozenset({_P.PACIENTE_LEER, _P.RECURSO_LEER, _P.DIRECTORIO_LEER}),
}
