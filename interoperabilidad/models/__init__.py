from interoperabilidad.models.asercion import AsercionUsada
from interoperabilidad.models.colector import Colector
from interoperabilidad.models.interlocutor import Interlocutor
from interoperabilidad.models.masivo import (
    EstadoDeTrabajo,
    Exportacion,
    Importacion,
    RechazosDeImportacion,
    TrabajoMasivo,
    TramoDeExportacion,
)
from interoperabilidad.models.mensaje import PARTICIONES, Estado, MensajeRecibido
from interoperabilidad.models.salida import CursorDeSalida, EstadoDeSalida, Salida
from interoperabilidad.models.suscripcion import (
    EstadoDeSuscripcion,
    NotificacionFhir,
    SuscripcionFhir,
)

__all__ = [
    "PARTICIONES",
    "AsercionUsada",
    "Colector",
    "CursorDeSalida",
    "Estado",
    "EstadoDeSalida",
    "EstadoDeSuscripcion",
    "EstadoDeTrabajo",
    "Exportacion",
    "Importacion",
    "Interlocutor",
    "MensajeRecibido",
    "NotificacionFhir",
    "RechazosDeImportacion",
    "Salida",
    "SuscripcionFhir",
    "TrabajoMasivo",
    "TramoDeExportacion",
]
