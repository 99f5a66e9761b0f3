from ece.identidad.models.agenda import Ausencia, Consultorio, Horario
from ece.identidad.models.asignacion import Asignacion
from ece.identidad.models.autorizacion import AutorizacionDeApp, Emision, Lanzamiento
from ece.identidad.models.cliente import Cliente, LlaveDeCliente
from ece.identidad.models.confianza import (
    Autoridad,
    ConstanciaDeRevocacion,
    Credencial,
    Firmante,
    Nivel,
    ReglaDeFirma,
    Uso,
)
from ece.identidad.models.contacto import Contacto
from ece.identidad.models.cuenta import (
    CodigoDeRecuperacion,
    Generador,
    InvitacionDePersonal,
    LlaveDeAcceso,
    Sesion,
    Suspension,
)
from ece.identidad.models.delegacion_de_firma import DelegacionDeFirma
from ece.identidad.models.fragmento import Fragmento
from ece.identidad.models.institucion import Institucion, Regimen, Unidad
from ece.identidad.models.invitacion import Invitacion
from ece.identidad.models.recuperacion import Recuperacion
from ece.identidad.models.usuario import Profesional, Usuario

__all__ = [
    "Asignacion",
    "Ausencia",
    "Autoridad",
    "AutorizacionDeApp",
    "Cliente",
    "CodigoDeRecuperacion",
    "ConstanciaDeRevocacion",
    "Consultorio",
    "Contacto",
    "Credencial",
    "DelegacionDeFirma",
    "Emision",
    "Firmante",
    "Fragmento",
    "Generador",
    "Horario",
    "Institucion",
    "Invitacion",
    "InvitacionDePersonal",
    "Lanzamiento",
    "LlaveDeAcceso",
    "LlaveDeCliente",
    "Nivel",
    "Profesional",
    "Recuperacion",
    "Regimen",
    "ReglaDeFirma",
    "Sesion",
    "Suspension",
    "Unidad",
    "Uso",
    "Usuario",
]
