"""A person's life in the institution: invited, on leave, gone.

What ends cuts at once: sessions and tokens go in the transaction that says so.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from auditoria.tipos import TipoDeEvento
from ece.identidad.models import Asignacion, InvitacionDePersonal, Suspension, Usuario
from ece.identidad.services import sesiones
from ece.identidad.services.sesiones import asentar
from ece.nucleo.acceso import Actor, Alcance
from ece.nucleo.roles import Permiso

VIGENCIA = timedelta(hours=72)


class NombreOcupado(Exception):
    """Somebody signs in with that name already."""


class PersonaInexistente(Exception):
    """There is nobody with that id."""


class UnoMismo(Exception):
    """Nobody does this to themselves: another person must."""


class InvitacionInvalida(Exception):
    """The link was used, has expired or never was."""


@transaction.atomic
def invitar(
    alcance: Alcance, *, usuario: str, nombres: str, apellidos: str, ahora: datetime
) -> tuple[UUID, str]:
    """Somebody new, with no post and no password yet: (id, the secret of their link).

    Raises `PermisoInsuficiente`, `NombreOcupado`.
    """
    alcance.exigir(Permiso.ASIGNACION_OTORGAR)
    try:
        with transaction.atomic():
            persona = Usuario(
                username=usuario, first_name=nombres, last_name=apellidos, is_active=False
            )
            persona.set_unusable_password()
            persona.save()
    except IntegrityError as error:
        raise NombreOcupado(usuario) from error
    return persona.pk, _enlace(alcance, persona, ahora)


@transaction.atomic
def reinvitar(alcance: Alcance, *, persona_id: UUID, ahora: datetime) -> str:
    """Another link for whoever lost theirs or their password; second factors stay as they are.

    Raises `PermisoInsuficiente`, `PersonaInexistente`, `UnoMismo`.
    """
    alcance.exigir(Permiso.ASIGNACION_OTORGAR)
    return _enlace(alcance, _otra(alcance, persona_id), ahora)


@transaction.atomic
def aceptar(*, secreto: str, contrasena: str, ahora: datetime) -> None:
    """Choose a password with the link of an invitation, once.

    Raises `InvitacionInvalida`, and Django's `ValidationError` for a weak password.
    """
    invitacion = (
        InvitacionDePersonal.objects.select_for_update(of=("self",))
        .select_related("usuario")
        .filter(resumen=_resumen(secreto), usada_at__isnull=True, vence_at__gt=ahora)
        .first()
    )
    if invitacion is None:
        raise InvitacionInvalida
    persona = invitacion.usuario
    validate_password(contrasena, persona)
    invitacion.usada_at = ahora
    invitacion.save()
    persona.set_password(contrasena)
    persona.is_active = True
    persona.save()
    actor = Actor(id=persona.pk, clase="persona", nombre=persona.nombre)
    sesiones.cortar(actor, usuario_id=persona.pk, ahora=ahora)
    asentar(TipoDeEvento.PERSONA_INCORPORADA, actor, ahora=ahora)


def vigente(*, secreto: str, ahora: datetime) -> bool:
    """Whether the link of an invitation still works."""
    vigentes = InvitacionDePersonal.objects.filter(usada_at__isnull=True, vence_at__gt=ahora)
    return vigentes.filter(resumen=_resumen(secreto)).exists()


@transaction.atomic
def suspender(
    alcance: Alcance,
    *,
    persona_id: UUID,
    desde: datetime,
    hasta: datetime | None,
    ahora: datetime,
) -> None:
    """A leave: no posts while it lasts. Raises as `dar_de_baja`."""
    alcance.exigir(Permiso.ASIGNACION_OTORGAR)
    persona = _otra(alcance, persona_id)
    Suspension.objects.create(usuario=persona, desde=desde, hasta=hasta)
    if desde <= ahora:
        sesiones.cortar(alcance.actor, usuario_id=persona.pk, ahora=ahora)
    asentar(TipoDeEvento.PERSONA_SUSPENDIDA, alcance.actor, ahora=ahora, persona=str(persona.pk))


@transaction.atomic
def dar_de_baja(alcance: Alcance, *, persona_id: UUID, ahora: datetime) -> None:
    """Gone: no sign-in, no posts, no session, no token, from this instant.

    Raises `PermisoInsuficiente`, `PersonaInexistente`, `UnoMismo`.
    """
    alcance.exigir(Permiso.ASIGNACION_OTORGAR)
    persona = _otra(alcance, persona_id)
    persona.is_active = False
    persona.save(update_fields=["is_active"])
    for puesto in Asignacion.objects.filter(usuario=persona).exclude(hasta__lte=ahora):
        puesto.hasta = ahora
        puesto.save(update_fields=["hasta"])
    InvitacionDePersonal.objects.filter(usuario=persona, usada_at__isnull=True).delete()
    sesiones.cortar(alcance.actor, usuario_id=persona.pk, ahora=ahora)
    asentar(TipoDeEvento.PERSONA_CESADA, alcance.actor, ahora=ahora, persona=str(persona.pk))


def _otra(alcance: Alcance, persona_id: UUID) -> Usuario:
    if persona_id == alcance.actor.id:
        raise UnoMismo
    persona = Usuario.objects.select_for_update().filter(pk=persona_id).first()
    if persona is None:
        raise PersonaInexistente(str(persona_id))
    return persona


def _enlace(alcance: Alcance, persona: Usuario, ahora: datetime) -> str:
    secreto = secrets.token_urlsafe(32)
    InvitacionDePersonal.objects.filter(usuario=persona, usada_at__isnull=True).delete()
    InvitacionDePersonal.objects.create(
        usuario=persona, resumen=_resumen(secreto), vence_at=ahora + VIGENCIA
    )
    asentar(TipoDeEvento.PERSONA_INVITADA, alcance.actor, ahora=ahora, persona=str(persona.pk))
    return secreto


def _resumen(secreto: str) -> bytes:
    return hashlib.sha256(secreto.encode()).digest()
