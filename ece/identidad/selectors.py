"""Questions about who is who."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from ece.identidad.models import Asignacion, Cliente, Institucion, Profesional, Unidad, Usuario
from ece.nucleo.acceso import Actor, Asignado
from ece.nucleo.roles import Rol


@dataclass(frozen=True, slots=True)
class FichaProfesional:
    """What a clinical document prints about its author (NOM-004 5.10; LGS art. 83)."""

    id: UUID
    nombre: str
    cedula: str
    especialidad: str


@dataclass(frozen=True, slots=True)
class FichaUnidad:
    """What a clinical document prints about where it was written (NOM-004 5.2)."""

    id: UUID
    nombre: str
    clues: str
    domicilio: str
    institucion: str
    razon_social: str


def actor_de_usuario(usuario: Usuario, *, ahora: datetime, origen: str = "") -> Actor:
    """The actor a signed-in person is right now: posts in force, own record."""
    vigentes = (
        Asignacion.objects.filter(usuario=usuario, desde__lte=ahora)
        .filter(Q(hasta__isnull=True) | Q(hasta__gt=ahora))
        .values_list("rol", "unidad_id")
    )
    asignaciones = [Asignado(Rol(rol), unidad) for rol, unidad in vigentes]
    if usuario.paciente is not None:
        asignaciones.append(Asignado(Rol.PACIENTE))
    return Actor(
        id=usuario.pk,
        clase="persona",
        nombre=usuario.nombre,
        asignaciones=tuple(asignaciones),
        paciente_propio=usuario.paciente,
        origen=origen,
    )


def actor_de_cliente(aplicacion_id: int, *, origen: str = "") -> Actor | None:
    """The actor a partner's system is, or None when the application has no registered client."""
    cliente = Cliente.objects.filter(aplicacion_id=aplicacion_id).first()
    if cliente is None:
        return None
    asignaciones = (Asignado(Rol(cliente.rol)),) if cliente.rol else ()
    return Actor(
        id=cliente.pk,
        clase="cliente",
        nombre=cliente.nombre,
        asignaciones=asignaciones,
        origen=origen,
    )


def llave_publica(client_id: str, kid: str) -> dict[str, object] | None:
    """The registered JWK of a client by its OAuth2 id and the key's id."""
    cliente = Cliente.objects.filter(aplicacion__client_id=client_id).first()
    llave = cliente.llaves.filter(kid=kid).first() if cliente else None
    return llave.jwk if llave else None


def profesional(usuario_id: UUID) -> FichaProfesional | None:
    encontrado = Profesional.objects.select_related("usuario").filter(pk=usuario_id).first()
    if encontrado is None:
        usuario = Usuario.objects.filter(pk=usuario_id).first()
        return FichaProfesional(usuario.pk, usuario.nombre, "", "") if usuario else None
    return FichaProfesional(
        encontrado.pk, encontrado.usuario.nombre, encontrado.cedula, encontrado.especialidad
    )


def profesionales(*, rol: Rol) -> list[FichaProfesional]:
    """Everyone with a licence who holds `rol`, by name."""
    encontrados = (
        Profesional.objects.select_related("usuario")
        .filter(usuario__asignaciones__rol=rol, usuario__is_active=True)
        .distinct()
        .order_by("usuario__last_name", "usuario__first_name")
    )
    return [FichaProfesional(p.pk, p.usuario.nombre, p.cedula, p.especialidad) for p in encontrados]


def unidad(unidad_id: UUID) -> FichaUnidad | None:
    return next(iter(_unidades(pk=unidad_id)), None)


def unidades() -> list[FichaUnidad]:
    """All units of the installation, by name."""
    return _unidades()


def institucion() -> Institucion | None:
    """The institution this installation belongs to."""
    return Institucion.objects.order_by("pk").first()


def _unidades(**filtro: object) -> list[FichaUnidad]:
    return [
        FichaUnidad(
            u.pk, u.nombre, u.clues, u.domicilio, u.institucion.nombre, u.institucion.razon_social
        )
        for u in Unidad.objects.select_related("institucion").filter(**filtro).order_by("nombre")
    ]
