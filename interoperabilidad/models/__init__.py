from interoperabilidad.models.asercion import AsercionUsada
from interoperabilidad.models.interlocutor import Interlocutor
from interoperabilidad.models.mensaje import PARTICIONES, Estado, MensajeRecibido
from interoperabilidad.models.salida import CursorDeSalida, EstadoDeSalida, Salida

__all__ = [
    "PARTICIONES",
    "AsercionUsada",
    "CursorDeSalida",
    "Estado",
    "EstadoDeSalida",
    "Interlocutor",
    "MensajeRecibido",
    "Salida",
]
