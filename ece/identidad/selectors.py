"""Questions about who is who."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, Subquery

from auditoria import bitacora
from ece.identidad.models import (
    Asignacion,
    Cliente,
    Fragmento,
    Institucion,
    LlaveDeCliente,
    Profesional,
    Unidad,
    Usuario,
)
from ece.nucleo.acceso import Actor, Asignado
from ece.nucleo.roles import Rol


@dataclass(frozen=True, slots=True)
class FichaProfesional:
    """What a clinical document prints about its author (NOM-004 5.10; LGS art. 83)."""

    id: UUID
    nombre: str
    cedula: str
    especialidad: str
    titulo_por: str = ""
    cedula_especialidad: str = ""


@dataclass(frozen=True, slots=True)
class FichaUnidad:
    """What a clinical document prints about where it was written (NOM-004 5.2)."""

    id: UUID
    nombre: str
    clues: str
    domicilio: str
    institucion: str
    razon_social: str


@dataclass(frozen=True, slots=True)
class FichaFragmento:
    """A piece of text at hand; `unidad` is its name when it is shared, `propio` if it is mine."""

    id: UUID
    abreviatura: str
    texto: str
    unidad: str
    unidad_id: UUID | None
    propio: bool


_NUESTRA = Subquery(Institucion.objects.order_by("pk").values("pk")[:1])
"""The institution whose server this is: its people and its own systems are of it."""

_PUESTOS = """SELECT a.rol, a.unidad_id, (SELECT id FROM identidad_institucion ORDER BY id LIMIT 1)
  FROM identidad_asignacion a
 WHERE a.usuario_id = %s AND a.desde <= %s AND NOT a.por_autorizar
   AND (a.hasta IS NULL OR a.hasta > %s)
   AND NOT EXISTS (SELECT FROM identidad_suspension s WHERE s.usuario_id = a.usuario_id
                   AND s.desde <= %s AND (s.hasta IS NULL OR s.hasta > %s))
"""
"""Asked by every page: prepared once, where the ORM would compose it again each time."""


def actor_de_usuario(usuario: Usuario, *, ahora: datetime, origen: str = "") -> Actor:
    """The actor a signed-in person is right now: posts in force, own record.

    A post that waits for its second person is none yet, and whoever is on leave holds none.
    """
    vigentes = bitacora.consultar(_PUESTOS, [usuario.pk, ahora, ahora, ahora, ahora])
    asignaciones = [Asignado(Rol(rol), unidad) for rol, unidad, _ in vigentes]
    institucion = next((nuestra for _, _, nuestra in vigentes), None)
    if usuario.paciente is not None:
        asignaciones.append(Asignado(Rol.PACIENTE))
    return Actor(
        id=usuario.pk,
        clase="persona",
        nombre=usuario.nombre,
        asignaciones=tuple(asignaciones),
        paciente_propio=usuario.paciente,
        origen=origen,
        institucion=institucion,
    )


def puestos(ids: Iterable[UUID], *, ahora: datetime) -> dict[UUID, list[Asignado]]:
    """person -> posts they hold, of those whose account is open; also while they are on leave,
    which is when another acts for them."""
    vigentes = Asignacion.objects.filter(
        Q(hasta__isnull=True) | Q(hasta__gt=ahora),
        usuario__in=[*ids],
        usuario__is_active=True,
        desde__lte=ahora,
        por_autorizar=False,
    )
    suyos: dict[UUID, list[Asignado]] = {}
    for usuario, rol, unidad in vigentes.values_list("usuario_id", "rol", "unidad_id"):
        suyos.setdefault(usuario, []).append(Asignado(Rol(rol), unidad))
    return suyos


def colegas(actor: Actor, *, ahora: datetime) -> dict[UUID, list[Asignado]]:
    """Everybody else with a post at a unit of the actor, and the posts of each."""
    unidades = {asignado.unidad for asignado in actor.asignaciones}
    en_ellas = Q(unidad__in=[u for u in unidades if u]) | (
        Q(unidad=None) if None in unidades else Q(pk__in=[])
    )
    ids = Asignacion.objects.filter(en_ellas).exclude(usuario_id=actor.id)
    return puestos(ids.values_list("usuario_id", flat=True), ahora=ahora)


def actores(
    *,
    personas: Iterable[UUID],
    unidades: Iterable[UUID],
    roles: Iterable[Rol],
    ahora: datetime,
    limite: int = 60,
) -> list[Actor]:
    """The actors that `personas` are, and whoever holds one of `roles` at `unidades`, by name."""
    en_unidad = Asignacion.objects.filter(
        Q(hasta__isnull=True) | Q(hasta__gt=ahora),
        unidad__in=[*unidades],
        rol__in=[*roles],
        desde__lte=ahora,
    )
    usuarios = Usuario.objects.filter(
        Q(pk__in=[*personas]) | Q(pk__in=en_unidad.values("usuario")), is_active=True
    )
    elegidos = usuarios.order_by("first_name", "last_name", "pk")[:limite]
    return [actor_de_usuario(usuario, ahora=ahora) for usuario in elegidos]


def por_nombre(texto: str, *, ahora: datetime, limite: int = 6) -> list[tuple[UUID, str]]:
    """(id, name) of people with a post whose name has every word of `texto`; exact ones first."""
    palabras = texto.split()
    vigentes = Asignacion.objects.filter(
        Q(hasta__isnull=True) | Q(hasta__gt=ahora), desde__lte=ahora
    )
    filas = Usuario.objects.filter(pk__in=vigentes.values("usuario"), is_active=True)
    for palabra in palabras:
        filas = filas.filter(Q(first_name__icontains=palabra) | Q(last_name__icontains=palabra))
    if not palabras:
        return []
    hallados = [(u.pk, u.nombre) for u in filas.order_by("first_name", "last_name")[:limite]]
    exactos = [uno for uno in hallados if uno[1].casefold() == " ".join(palabras).casefold()]
    return exactos or hallados


def personal() -> list[tuple[UUID, str]]:
    """(id, name) of everybody who signs in and holds, or held, a post; by name."""
    gente = Usuario.objects.filter(is_active=True, asignaciones__isnull=False).distinct()
    return sorted(((u.pk, u.nombre) for u in gente), key=lambda par: par[1])


def actor_activo(usuario_id: UUID, *, ahora: datetime, origen: str = "") -> Actor | None:
    """The actor that somebody who did not sign in would be; None for whose account was closed."""
    usuario = Usuario.objects.filter(pk=usuario_id, is_active=True).first()
    return actor_de_usuario(usuario, ahora=ahora, origen=origen) if usuario else None


def id_de_usuario(nombre: str) -> UUID | None:
    """Whose account has that name."""
    return Usuario.objects.filter(username=nombre).values_list("pk", flat=True).first()


def quienes(ids: Iterable[UUID]) -> dict[UUID, str]:
    """id -> name, of people and of machines; those that nobody knows are left out."""
    buscados = set(ids)
    personas = {u.pk: u.nombre for u in Usuario.objects.filter(pk__in=buscados)}
    maquinas = dict(Cliente.objects.filter(pk__in=buscados).values_list("pk", "nombre"))
    return {**personas, **maquinas}


def actor_de_cliente(aplicacion_id: int, *, origen: str = "") -> Actor | None:
    """The actor a partner's system is, or None when the application has no registered client."""
    return _actor_de_sistema(origen, aplicacion_id=aplicacion_id)


def actor_de_sistema(cliente: UUID) -> Actor | None:
    """The same by its own id, for what is done in its name later; None if it is not there."""
    return _actor_de_sistema("", pk=cliente)


def _actor_de_sistema(origen: str, **cual: Any) -> Actor | None:
    cliente = Cliente.objects.filter(**cual).annotate(nuestra=_NUESTRA).first()
    if cliente is None:
        return None
    asignaciones = (Asignado(Rol(cliente.rol)),) if cliente.rol else ()
    return Actor(
        id=cliente.pk,
        clase="cliente",
        nombre=cliente.nombre,
        asignaciones=asignaciones,
        origen=origen,
        # A partner is its own institution: what a person directs may name it.
        institucion=cliente.nuestra if cliente.rol == Rol.INTEGRACION else cliente.pk,
    )


def id_de_cliente(client_id: str) -> UUID:
    """The client of an OAuth2 application, by its public id. Raises `Cliente.DoesNotExist`."""
    return Cliente.objects.get(aplicacion__client_id=client_id).pk


def es_propio(aplicacion_id: int) -> bool:
    """Whether the application is a system of the institution's own."""
    return Cliente.objects.filter(aplicacion_id=aplicacion_id, rol=Rol.INTEGRACION).exists()


@dataclass(frozen=True, slots=True)
class LlavesDeCliente:
    """Where the public keys of a client are: registered here, or at an address of its own."""

    jwks: tuple[dict[str, Any], ...]
    jwks_url: str


def llaves_de_cliente(client_id: str) -> LlavesDeCliente | None:
    """The keys of a client by its OAuth2 id, or None when it is not registered."""
    cliente = Cliente.objects.filter(aplicacion__client_id=client_id).first()
    if cliente is None:
        return None
    jwks = tuple({**llave.jwk, "kid": llave.kid} for llave in cliente.llaves.order_by("pk"))
    return LlavesDeCliente(jwks, cliente.jwks_url)


def llaves_registradas(cliente_id: UUID) -> list[dict[str, Any]]:
    """The public JWKs registered with a client."""
    llaves = LlaveDeCliente.objects.filter(cliente_id=cliente_id).order_by("pk")
    return [{**llave.jwk, "kid": llave.kid} for llave in llaves]


def profesional(usuario_id: UUID) -> FichaProfesional | None:
    encontrado = Profesional.objects.select_related("usuario").filter(pk=usuario_id).first()
    if encontrado is None:
        usuario = Usuario.objects.filter(pk=usuario_id).first()
        return FichaProfesional(usuario.pk, usuario.nombre, "", "") if usuario else None
    return FichaProfesional(
        encontrado.pk,
        encontrado.usuario.nombre,
        encontrado.cedula,
        encontrado.especialidad,
        encontrado.titulo_por,
        encontrado.cedula_especialidad,
    )


def con_cedula(usuarios: Iterable[UUID]) -> set[UUID]:
    """Those of `usuarios` whose professional licence is registered."""
    return set(Profesional.objects.filter(pk__in=usuarios).values_list("pk", flat=True))


def unidad(unidad_id: UUID) -> FichaUnidad | None:
    return next(iter(_unidades(pk=unidad_id)), None)


def unidades() -> list[FichaUnidad]:
    """All units of the installation, by name."""
    return _unidades()


def fragmentos(actor: Actor) -> list[FichaFragmento]:
    """The actor's own pieces of text and those of their units, by abbreviation."""
    filas = Fragmento.objects.filter(Q(usuario_id=actor.id) | Q(unidad__in=actor.unidades()))
    return [
        FichaFragmento(
            f.pk,
            f.abreviatura,
            f.texto,
            f.unidad.nombre if f.unidad else "",
            f.unidad_id,
            f.usuario_id == actor.id,
        )
        for f in filas.select_related("unidad").order_by("abreviatura", "id")
    ]


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


def por_cedula(cedulas: Iterable[str]) -> dict[str, UUID]:
    """professional licence -> whose it is, of those of `cedulas` who work here."""
    return dict(
        Profesional.objects.filter(cedula__in=[*cedulas]).values_list("cedula", "usuario_id")
    )


def unidades_por_nombre(nombres: Iterable[str]) -> dict[str, UUID]:
    """name -> unit, of those of `nombres` that are units of ours."""
    return dict(Unidad.objects.filter(nombre__in=[*nombres]).values_list("nombre", "pk"))
