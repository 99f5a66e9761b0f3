"""Who gives directives in the tests, and the shortest ways to give one."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from consentimiento import decision, frases
from consentimiento.directivas import Destino, Directiva, Rango
from consentimiento.services import directivas
from ece.identidad.models import Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from tests.elenco import AHORA, CONTRASENA

LEER = Permiso.EXPEDIENTE_LEER


def cuenta(nombre: str, propio: UUID | None = None, *, nombres: str = "") -> Usuario:
    """Somebody without a post; the patient of `propio`, if given."""
    usuario = Usuario.objects.create_user(nombre, password=CONTRASENA, first_name=nombres or nombre)
    usuario.paciente = propio
    usuario.save()
    return usuario


def como(
    usuario: Usuario, paciente: UUID, permiso: Permiso = LEER, ahora: datetime = AHORA
) -> Acceso:
    actor = actor_de_usuario(usuario, ahora=ahora)
    return decision.abrir_paciente(actor, paciente, permiso, ahora=ahora)


def titular(paciente: UUID) -> Acceso:
    """The patient in their own session."""
    usuario = Usuario.objects.filter(paciente=paciente).first() or cuenta("paciente", paciente)
    return como(usuario, paciente, Permiso.DIRECTIVA_REGISTRAR)


def a(rango: Rango, valor: UUID | str) -> frozenset[Destino]:
    return frozenset({Destino(rango, str(valor))})


def dirigir(
    acceso: Acceso,
    *,
    permite: bool = False,
    destinos: frozenset[Destino] = frozenset(),
    nombres: dict[str, str] | None = None,
    ahora: datetime = AHORA,
    **resto: Any,
) -> UUID:
    """Give a directive in the way the pages do."""
    directiva = Directiva(UUID(int=0), permite, destinos, **resto)
    return directivas.registrar(
        acceso,
        directiva=directiva,
        nombres=nombres or {},
        explicacion=frases.explicar(directiva, nombres or {}),
        ahora=ahora,
    )


NACIMIENTO_ADOLESCENTE = date(2012, 3, 14)
