"""Questions about accounts: what somebody signs in with, where they are, which posts they hold."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q

from ece.identidad.almacen import huella_de
from ece.identidad.models import (
    Asignacion,
    CodigoDeRecuperacion,
    Generador,
    LlaveDeAcceso,
    Sesion,
    Suspension,
    Usuario,
)


@dataclass(frozen=True, slots=True)
class FichaSesion:
    id: UUID
    navegador: str
    origen: str
    inicio: datetime
    vista: datetime
    esta: bool


@dataclass(frozen=True, slots=True)
class FichaLlave:
    id: UUID
    nombre: str
    creada: datetime
    usada: datetime | None


@dataclass(frozen=True, slots=True)
class FichaPuesto:
    """A post: `estado` is vigente, por-autorizar or terminado; a term of None has no end."""

    id: UUID
    persona_id: UUID
    persona: str
    rol: str
    unidad: str
    desde: datetime
    hasta: datetime | None
    estado: str


@dataclass(frozen=True, slots=True)
class Factores:
    llaves: list[FichaLlave]
    generador: bool
    codigos: int


@dataclass(frozen=True, slots=True)
class FichaPersona:
    """`estado` is activa, inactiva (invited, or gone) or de-licencia."""

    id: UUID
    usuario: str
    nombre: str
    estado: str
    roles: list[str]


def factores(usuario_id: UUID) -> Factores:
    llaves = LlaveDeAcceso.objects.filter(usuario_id=usuario_id).order_by("creada_at")
    return Factores(
        llaves=[FichaLlave(ll.pk, ll.nombre, ll.creada_at, ll.usada_at) for ll in llaves],
        generador=Generador.objects.filter(
            usuario_id=usuario_id, confirmado_at__isnull=False
        ).exists(),
        codigos=CodigoDeRecuperacion.objects.filter(
            usuario_id=usuario_id, usado_at__isnull=True
        ).count(),
    )


def debe_segundo_factor(usuario_id: UUID) -> bool:
    """Whether the policy (`ECE_SEGUNDO_FACTOR`: roles, or ``*``) demands one that is not there."""
    exigidos = settings.ECE_SEGUNDO_FACTOR
    if not exigidos:
        return False
    puestos = Asignacion.objects.filter(usuario_id=usuario_id)
    if "*" not in exigidos:
        puestos = puestos.filter(rol__in=exigidos)
    if not puestos.exists():
        return False
    suyos = factores(usuario_id)
    return not (suyos.llaves or suyos.generador)


def sesiones(usuario_id: UUID, *, clave: str) -> list[FichaSesion]:
    """Open sessions, the newest first; `esta` is the one of `clave`."""
    abiertas = Sesion.objects.filter(
        usuario_id=usuario_id, clave__in=Session.objects.values("session_key")
    ).order_by("-vista_at")
    propia = huella_de(clave)
    return [
        FichaSesion(s.pk, s.navegador, s.origen, s.inicio_at, s.vista_at, s.clave == propia)
        for s in abiertas
    ]


def puestos(usuario_id: UUID, *, ahora: datetime) -> list[FichaPuesto]:
    return _puestos(ahora, usuario_id=usuario_id)


def por_autorizar(*, ahora: datetime) -> list[FichaPuesto]:
    """Posts that wait for a second person."""
    return _puestos(ahora, por_autorizar=True)


def personas(*, ahora: datetime) -> list[FichaPersona]:
    """Everybody who works or worked here, by name; patients of the portal are not listed."""
    encontradas = (
        Usuario.objects.filter(Q(asignaciones__isnull=False) | Q(paciente__isnull=True))
        .distinct()
        .order_by("first_name", "last_name")
        .prefetch_related("asignaciones", "suspensiones")
    )
    return [_persona(u, ahora) for u in encontradas]


def persona(persona_id: UUID, *, ahora: datetime) -> FichaPersona | None:
    encontrada = Usuario.objects.filter(pk=persona_id).first()
    return _persona(encontrada, ahora) if encontrada else None


def _persona(usuario: Usuario, ahora: datetime) -> FichaPersona:
    def dura(cosa: Asignacion | Suspension) -> bool:
        return cosa.desde <= ahora and (cosa.hasta is None or cosa.hasta > ahora)

    estado = "activa" if usuario.is_active else "inactiva"
    if usuario.is_active and any(dura(s) for s in usuario.suspensiones.all()):
        estado = "de-licencia"
    roles = sorted({a.rol for a in usuario.asignaciones.all() if dura(a) and not a.por_autorizar})
    return FichaPersona(usuario.pk, usuario.username, usuario.nombre, estado, roles)


def _puestos(ahora: datetime, **filtro: object) -> list[FichaPuesto]:
    def estado(a: Asignacion) -> str:
        if a.hasta is not None and a.hasta <= ahora:
            return "terminado"
        return "por-autorizar" if a.por_autorizar else "vigente"

    encontrados = Asignacion.objects.filter(**filtro).select_related("unidad", "usuario")
    return [
        FichaPuesto(
            a.pk,
            a.usuario_id,
            a.usuario.nombre,
            a.rol,
            a.unidad.nombre if a.unidad else "",
            a.desde,
            a.hasta,
            estado(a),
        )
        for a in encontrados.order_by("desde", "id")
    ]
