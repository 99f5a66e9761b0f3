"""Founding an institution and appointing its people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ece.identidad.models import Asignacion, Institucion, Profesional, Unidad, Usuario
from ece.nucleo.roles import Rol


@dataclass(frozen=True, slots=True)
class Puesto:
    """A role at a unit (None: the whole institution) from a date on."""

    rol: Rol
    unidad: UUID | None
    desde: datetime


@transaction.atomic
def fundar(
    *, nombre: str, razon_social: str, domicilio: str, unidades: Mapping[str, tuple[str, str]]
) -> dict[str, UUID]:
    """The institution and its units (key -> name, CLUES), created unless they exist."""
    institucion, _ = Institucion.objects.get_or_create(
        nombre=nombre, defaults={"razon_social": razon_social, "domicilio": domicilio}
    )
    return {
        clave: Unidad.objects.get_or_create(
            institucion=institucion,
            nombre=nombre_unidad,
            defaults={"clues": clues, "domicilio": domicilio},
        )[0].pk
        for clave, (nombre_unidad, clues) in unidades.items()
    }


@transaction.atomic
def dar_de_alta(
    *,
    nombre: str,
    nombres: str,
    apellidos: str,
    clave_cifrada: str,
    puesto: Puesto | None,
    cedula: str = "",
    especialidad: str = "",
    administra: bool = False,
) -> UUID:
    """A user with a post and, if licensed, a professional identity; unless they exist."""
    usuario, nuevo = Usuario.objects.get_or_create(
        username=nombre,
        defaults={
            "first_name": nombres,
            "last_name": apellidos,
            "password": clave_cifrada,
            "is_staff": administra,
            "is_superuser": administra,
        },
    )
    if nuevo and puesto is not None:
        Asignacion.objects.create(
            usuario=usuario, rol=puesto.rol, unidad_id=puesto.unidad, desde=puesto.desde
        )
    if nuevo and cedula:
        Profesional.objects.create(usuario=usuario, cedula=cedula, especialidad=especialidad)
    return usuario.pk


def ligar_expediente(*, usuario_id: UUID, paciente: UUID) -> None:
    """Say that a user is the patient of a record."""
    Usuario.objects.filter(pk=usuario_id).update(paciente=paciente)
