from ece.identidad.models.asignacion import Asignacion
from ece.identidad.models.cliente import Cliente, LlaveDeCliente
from ece.identidad.models.institucion import Institucion, Unidad
from ece.identidad.models.usuario import Profesional, Usuario

__all__ = [
    "Asignacion",
    "Cliente",
    "Institucion",
    "LlaveDeCliente",
    "Profesional",
    "Unidad",
    "Usuario",
]
