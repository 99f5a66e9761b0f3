"""Where to write to the people who have an account, and in which language."""

from dataclasses import dataclass
from uuid import UUID

from ece.identidad.models import Contacto, Usuario


@dataclass(frozen=True, slots=True)
class Senas:
    """`correo` may be empty: nobody gave one."""

    correo: str
    idioma: str


def de(usuario_id: UUID) -> Senas:
    """Of a patient's account, what is sealed; of an employee's, what the directory says."""
    contacto = Contacto.objects.filter(pk=usuario_id).first()
    if contacto is not None:
        return Senas(contacto.direccion, contacto.idioma)
    correo = Usuario.objects.filter(pk=usuario_id).values_list("email", flat=True).first()
    return Senas(correo or "", "es-mx")


def guardar(usuario_id: UUID, *, correo: str, idioma: str) -> None:
    contacto = Contacto.objects.filter(pk=usuario_id).first() or Contacto(usuario_id=usuario_id)
    contacto.direccion, contacto.idioma = correo, idioma
    contacto.save()
