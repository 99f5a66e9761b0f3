"""The vocabulary of events: ``noun.participle``."""

from enum import StrEnum, unique


@unique
class TipoDeEvento(StrEnum):
    ACCESO_DECIDIDO = "acceso.decidido"
    ALCANCE_DECIDIDO = "alcance.decidido"
    PACIENTE_REGISTRADO = "paciente.registrado"
    PACIENTE_MODIFICADO = "paciente.modificado"
    ENCUENTRO_ABIERTO = "encuentro.abierto"
    ENCUENTRO_CERRADO = "encuentro.cerrado"
    CITA_PROGRAMADA = "cita.programada"
    NOTA_REDACTADA = "nota.redactada"
    NOTA_GUARDADA = "nota.guardada"
    NOTA_FINALIZADA = "nota.finalizada"
    NOTA_ADENDADA = "nota.adendada"
    SIGNOS_REGISTRADOS = "signos.registrados"
    DIAGNOSTICO_REGISTRADO = "diagnostico.registrado"
    ALERGIA_REGISTRADA = "alergia.registrada"
    RECETA_PRESCRITA = "receta.prescrita"
    RESULTADO_REGISTRADO = "resultado.registrado"
    RECURSO_CREADO = "recurso.creado"
    RECURSO_ACTUALIZADO = "recurso.actualizado"
    RECURSO_ANULADO = "recurso.anulado"
    RECURSOS_TRANSACCION = "recursos.transaccion"
    SESION_INICIADA = "sesion.iniciada"
    SESION_CERRADA = "sesion.cerrada"
    SESION_FALLIDA = "sesion.fallida"
    IDENTIDAD_CAMBIADA = "identidad.cambiada"


@unique
class Resultado(StrEnum):
    PERMITIDO = "permitido"
    DENEGADO = "denegado"
    HECHO = "hecho"
