"""The hospital of the demonstration and the people who work in it (all invented)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password

from ece.identidad.services import directorio
from ece.identidad.services.directorio import Puesto
from ece.nucleo.roles import Rol

CONTRASENA = "Demo-ECE-2026"
INSTITUCION = getattr(settings, "ECE_DEMO_INSTITUCION", "Hospital General de Ejemplo")
DOMICILIO = "Av. Universidad 100, Centro, Oaxaca de Juárez, Oaxaca, C. P. 68000"
UNIDADES = {
    "consulta": ("Consulta externa", "OCSSA000001"),
    "urgencias": ("Urgencias", "OCSSA000001"),
    "hospitalizacion": ("Hospitalización", "OCSSA000001"),
    "laboratorio": ("Laboratorio", "OCSSA000001"),
    "imagen": ("Imagenología", "OCSSA000001"),
    "farmacia": ("Farmacia", "OCSSA000001"),
    "otra": ("Consulta externa, anexo norte", "OCSSA000002"),
}


@dataclass(frozen=True, slots=True)
class Gente:
    """Ids of units and people by their short names."""

    unidades: dict[str, UUID]
    usuarios: dict[str, UUID]


def reunir(*, ahora: datetime) -> Gente:
    """Create the institution, its units and its people, unless they are there."""
    unidades = directorio.fundar(
        nombre=INSTITUCION,
        razon_social="Servicios de Salud de Ejemplo",
        domicilio=DOMICILIO,
        unidades=UNIDADES,
    )
    desde = ahora - timedelta(days=730)
    clave = make_password(CONTRASENA)
    personas = (
        ("medica", "Elena", "Cruz Robles", Rol.MEDICO, "consulta", "7654321", "Medicina familiar"),
        ("urgencias", "Óscar", "Luna Prado", Rol.URGENCIAS, "urgencias", "7654322", "Urgencias"),
        ("enfermera", "Irma", "Sosa Pech", Rol.ENFERMERIA, "consulta", "7654323", ""),
        ("laboratorio", "Luis", "Mora Zea", Rol.LABORATORIO, "laboratorio", "7654324", ""),
        ("suplente", "Sara", "Uc Balam", Rol.MEDICO, "consulta", "7654333", "Medicina familiar"),
        ("medico-ajeno", "Hugo", "Nava Ríos", Rol.MEDICO, "otra", "7654325", "Medicina general"),
        ("archivo", "Ana", "Solís Vera", Rol.ARCHIVO, "consulta", "", ""),
        ("privacidad", "Raúl", "Téllez Gil", Rol.PRIVACIDAD, "", "", ""),
        ("calidad", "Noemí", "Arce León", Rol.CALIDAD, "", "", ""),
        ("residente", "Abril", "Ucán May", Rol.RESIDENTE, "consulta", "7654326", ""),
        ("interno", "Joel", "Pat Canul", Rol.INTERNO, "consulta", "", ""),
        ("psicologa", "Delia", "Ríos Caamal", Rol.PSICOLOGIA, "consulta", "7654327", "Psicología"),
        ("trabajo-social", "Marisol", "Chi Dzul", Rol.TRABAJO_SOCIAL, "consulta", "7654328", ""),
        ("imagen", "Tomás", "Balam Noh", Rol.IMAGEN, "imagen", "7654329", "Radiología"),
        ("farmacia", "Rosa", "Ek Tun", Rol.FARMACIA, "farmacia", "7654330", ""),
        ("admision", "Beatriz", "Poot Uc", Rol.ADMISION, "consulta", "", ""),
        ("epidemiologia", "Saúl", "Yam Cob", Rol.EPIDEMIOLOGIA, "", "7654331", "Epidemiología"),
        ("investigacion", "Inés", "Tzab Kú", Rol.INVESTIGACION, "", "", ""),
        ("direccion", "Adela", "Pech Moo", Rol.DIRECCION, "", "7654332", ""),
        ("sistemas", "Iván", "Cauich Ay", Rol.SISTEMAS, "", "", ""),
        ("enlace", "Olga", "Dzib Chan", Rol.ENLACE, "", "", ""),
        ("paciente", "Paciente", "de Ejemplo", None, "", "", ""),
        ("tutora", "Tutora", "de Ejemplo", None, "", "", ""),
        ("madre", "Madre", "de Ejemplo", None, "", "", ""),
        ("adolescente", "Adolescente", "de Ejemplo", None, "", "", ""),
        ("admin", "Administración", "del Sistema", Rol.ADMINISTRADOR, "", "", ""),
    )
    usuarios = {
        nombre: directorio.dar_de_alta(
            nombre=nombre,
            nombres=nombres,
            apellidos=apellidos,
            clave_cifrada=clave,
            puesto=Puesto(rol, unidades.get(unidad), desde) if rol else None,
            cedula=cedula,
            especialidad=especialidad,
            administra=nombre == "admin",
        )
        for nombre, nombres, apellidos, rol, unidad, cedula, especialidad in personas
    }
    return Gente(unidades, usuarios)
