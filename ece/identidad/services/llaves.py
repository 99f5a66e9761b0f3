"""Passkeys: registered by whoever is signed in, and used to sign in or to confirm who it is.

WebAuthn level 3, sections 7.1 and 7.2. The device verifies the person (PIN, face, finger), so that
a passkey counts for both factors.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from auditoria.tipos import TipoDeEvento
from ece.identidad.models import LlaveDeAcceso, Usuario
from ece.identidad.services.sesiones import asentar
from ece.nucleo.acceso import Actor


class LlaveRechazada(Exception):
    """The device's answer does not hold: another site, another challenge, another signature."""


@dataclass(frozen=True, slots=True)
class Sitio:
    """The site a passkey is bound to: its host name, and its origin with scheme and port."""

    host: str
    origen: str


def pedir_registro(actor: Actor, *, sitio: Sitio) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser needs to make a passkey, and the state that `registrar` asks back."""
    usuario = Usuario.objects.get(pk=actor.id)
    opciones, estado = _servidor(sitio).register_begin(
        PublicKeyCredentialUserEntity(
            id=actor.id.bytes, name=usuario.username, display_name=usuario.nombre
        ),
        credentials=_credenciales(actor.id),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(opciones), estado


@transaction.atomic
def registrar(
    actor: Actor,
    *,
    sitio: Sitio,
    estado: Mapping[str, Any],
    respuesta: Mapping[str, Any],
    nombre: str,
    ahora: datetime,
) -> UUID:
    """Keep the passkey that the device made. Raises `LlaveRechazada`."""
    try:
        credencial = _servidor(sitio).register_complete(estado, respuesta).credential_data
        assert credencial is not None
        with transaction.atomic():
            llave = LlaveDeAcceso.objects.create(
                usuario_id=actor.id,
                nombre=nombre[:60],
                credencial_id=credencial.credential_id,
                credencial=bytes(credencial),
                creada_at=ahora,
            )
    except (ValueError, TypeError, KeyError, AssertionError, IntegrityError) as error:
        raise LlaveRechazada(str(error)) from error
    asentar(TipoDeEvento.FACTOR_REGISTRADO, actor, ahora=ahora, clase="llave", id=str(llave.pk))
    return llave.pk


def pedir_uso(*, sitio: Sitio, usuario_id: UUID | None = None) -> tuple[dict[str, Any], Any]:
    """What the browser needs to use a passkey: anybody's, or those of one person."""
    opciones, estado = _servidor(sitio).authenticate_begin(
        credentials=_credenciales(usuario_id) if usuario_id else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(opciones), estado


@transaction.atomic
def usar(
    *,
    sitio: Sitio,
    estado: Mapping[str, Any],
    respuesta: Mapping[str, Any],
    ahora: datetime,
    usuario_id: UUID | None = None,
) -> Usuario:
    """The person whose passkey answered (`usuario_id`, if it must be theirs).

    Raises `LlaveRechazada`; also for whoever no longer works here, and for a copied device, whose
    counter does not advance.
    """
    try:
        dicho = AuthenticationResponse.from_dict(respuesta)
        llave = (
            LlaveDeAcceso.objects.select_for_update(of=("self",))
            .select_related("usuario")
            .get(credencial_id=dicho.raw_id, usuario__is_active=True)
        )
        _servidor(sitio).authenticate_complete(
            estado, [AttestedCredentialData(bytes(llave.credencial))], respuesta
        )
    except (ValueError, TypeError, KeyError, LlaveDeAcceso.DoesNotExist) as error:
        raise LlaveRechazada(str(error)) from error
    contador = dicho.response.authenticator_data.counter
    if usuario_id not in (None, llave.usuario_id) or (contador and contador <= llave.contador):
        raise LlaveRechazada("la llave es de otra persona, o hay una copia de ella")
    llave.contador, llave.usada_at = contador, ahora
    llave.save(update_fields=["contador", "usada_at"])
    return llave.usuario


@transaction.atomic
def retirar(actor: Actor, *, llave_id: UUID, ahora: datetime) -> None:
    """Forget one of the actor's passkeys; nothing happens if it is not theirs."""
    if LlaveDeAcceso.objects.filter(pk=llave_id, usuario_id=actor.id).delete()[0]:
        asentar(TipoDeEvento.FACTOR_RETIRADO, actor, ahora=ahora, clase="llave", id=str(llave_id))


def _credenciales(usuario_id: UUID) -> list[AttestedCredentialData]:
    suyas = LlaveDeAcceso.objects.filter(usuario_id=usuario_id)
    return [AttestedCredentialData(bytes(llave.credencial)) for llave in suyas]


def _servidor(sitio: Sitio) -> Fido2Server:
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=sitio.host, name="ECE"),
        verify_origin=lambda origen: origen == sitio.origen,
    )
