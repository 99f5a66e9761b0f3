"""Sessions known by their person, so that they can be closed from anywhere.

`clave` is the key that the browser has; what is kept of it is its digest.
"""

from datetime import datetime
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from oauth2_provider.models import AccessToken, Grant, RefreshToken

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.identidad.almacen import huella_de
from ece.identidad.models import AutorizacionDeApp, Sesion
from ece.nucleo.acceso import Actor


def abrir(*, usuario_id: UUID, clave: str, origen: str, navegador: str, ahora: datetime) -> None:
    """Note that a session begins; what Django no longer keeps is forgotten."""
    Sesion.objects.filter(usuario_id=usuario_id).exclude(
        clave__in=Session.objects.values("session_key")
    ).delete()
    Sesion.objects.update_or_create(
        clave=huella_de(clave),
        defaults={
            "usuario_id": usuario_id,
            "inicio_at": ahora,
            "vista_at": ahora,
            "origen": origen[:45],
            "navegador": navegador[:200],
        },
    )


def ver(*, clave: str, ahora: datetime) -> None:
    """Note that somebody is still there."""
    Sesion.objects.filter(clave=huella_de(clave)).update(vista_at=ahora)


def terminar(*, clave: str) -> None:
    """Forget a session that its owner closed."""
    Sesion.objects.filter(clave=huella_de(clave)).delete()


def asentar(
    tipo: TipoDeEvento, actor: Actor, *, ahora: datetime, hecho: bool = True, **d: object
) -> None:
    """Append an event of an account; `d` holds codes and ids only."""
    resultado = Resultado.HECHO if hecho else Resultado.DENEGADO
    bitacora.anexar([NuevoEvento(tipo, resultado, actor, momento=ahora, detalle=d)])


@transaction.atomic
def cerrar(actor: Actor, *, sesion_id: UUID, ahora: datetime) -> int:
    """Close one of the actor's own sessions. How many were closed (0 or 1)."""
    return _cerrar(actor, ahora=ahora, usuario_id=actor.id, id=sesion_id)


@transaction.atomic
def cerrar_las_demas(actor: Actor, *, clave: str, ahora: datetime) -> int:
    """Close every session of the actor but the one of `clave`, and every token. How many."""
    cerradas = _cerrar(actor, ahora=ahora, usuario_id=actor.id, salvo=clave)
    _tokens(actor.id, ahora)
    return cerradas


def cortar(actor: Actor, *, usuario_id: UUID, ahora: datetime) -> int:
    """Close all sessions and tokens of a person, inside the transaction that dismisses them."""
    cerradas = _cerrar(actor, ahora=ahora, usuario_id=usuario_id)
    _tokens(usuario_id, ahora)
    return cerradas


def _cerrar(actor: Actor, *, ahora: datetime, salvo: str = "", **filtro: object) -> int:
    suyas = Sesion.objects.filter(**filtro).exclude(clave=huella_de(salvo))
    claves = list(suyas.values_list("clave", flat=True))
    Session.objects.filter(session_key__in=claves).delete()
    suyas.delete()
    if claves:
        asentar(TipoDeEvento.SESION_CORTADA, actor, ahora=ahora, sesiones=len(claves))
    return len(claves)


def _tokens(usuario_id: UUID, ahora: datetime) -> None:
    AutorizacionDeApp.objects.filter(usuario_id=usuario_id, revocada_at=None).update(
        revocada_at=ahora
    )
    for modelo in (RefreshToken, AccessToken, Grant):
        modelo.objects.filter(user_id=usuario_id).delete()
