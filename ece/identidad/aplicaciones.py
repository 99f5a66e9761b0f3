"""Questions about the apps and systems that connect: who they are, and what one lets them do."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ece.identidad.models import AutorizacionDeApp, Cliente
from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Rol


@dataclass(frozen=True, slots=True)
class FichaDeApp:
    """An app that a person may authorise or launch."""

    id: UUID
    client_id: str
    nombre: str
    sitio: str
    lanzamiento: str


@dataclass(frozen=True, slots=True)
class Autorizada:
    """What one lets an app do, since when, and on whose record (None: as one's own post does)."""

    id: UUID
    app: str
    ambitos: tuple[str, ...]
    paciente: UUID | None
    otorgada_at: datetime


@dataclass(frozen=True, slots=True)
class FichaDeAliado:
    """A partner's system."""

    id: UUID
    nombre: str
    client_id: str


def app(client_id: str) -> FichaDeApp | None:
    """The registered app of an OAuth2 client id, or None."""
    cliente = (
        Cliente.objects.select_related("aplicacion").filter(aplicacion__client_id=client_id).first()
    )
    return _ficha(cliente) if cliente else None


def lanzables() -> list[FichaDeApp]:
    """The apps that can be launched from the desk, by name."""
    filas = Cliente.objects.select_related("aplicacion").exclude(direccion_de_lanzamiento="")
    return [_ficha(cliente) for cliente in filas.order_by("nombre")]


def de_usuario(actor: Actor) -> list[Autorizada]:
    """The apps that act in the actor's name now, newest first."""
    filas = AutorizacionDeApp.objects.select_related("cliente").filter(
        usuario_id=actor.id, revocada_at=None
    )
    return [
        Autorizada(a.pk, a.cliente.nombre, tuple(a.ambitos), a.paciente, a.otorgada_at)
        for a in filas.order_by("-otorgada_at", "-pk")
    ]


def aliados() -> list[FichaDeAliado]:
    """The systems of other institutions, by name."""
    filas = Cliente.objects.select_related("aplicacion").filter(rol=Rol.ALIADO).order_by("nombre")
    return [FichaDeAliado(c.pk, c.nombre, c.aplicacion.client_id) for c in filas]


def _ficha(cliente: Cliente) -> FichaDeApp:
    direcciones = cliente.aplicacion.redirect_uris.split()
    sitio = direcciones[0].split("/")[2] if direcciones and "://" in direcciones[0] else ""
    return FichaDeApp(
        cliente.pk,
        cliente.aplicacion.client_id,
        cliente.nombre,
        sitio,
        cliente.direccion_de_lanzamiento,
    )
