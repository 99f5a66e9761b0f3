"""Apps that a person lets act in their name: launched, authorised, taken back.

Nothing here opens a record: what the app may do is decided at each of its requests, as the person's
own, and cut down to what they let it do.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from oauth2_provider.models import AccessToken, RefreshToken

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.identidad.models import AutorizacionDeApp, Cliente, Emision, Lanzamiento
from ece.nucleo.acceso import Acceso, Actor, Declaracion

VIDA_DEL_LANZAMIENTO = timedelta(minutes=5)


class AppInexistente(Exception):
    """No such registered app (or it is not one that can be launched)."""


@dataclass(frozen=True, slots=True)
class Contexto:
    """Whose record a launch is about, and in which visit."""

    paciente: UUID | None = None
    encuentro: UUID | None = None


@dataclass(frozen=True, slots=True)
class Emitido:
    """What is known of a code or token beside what the toolkit keeps."""

    autorizacion: UUID | None
    usuario: UUID | None
    contexto: Contexto
    viva: bool
    declaracion: dict[str, Any] | None
    certificado: str


def resumen(valor: str) -> str:
    return sha256(valor.encode()).hexdigest()


@transaction.atomic
def lanzar(
    acceso: Acceso, *, cliente_id: UUID, encuentro: UUID | None, ahora: datetime
) -> tuple[str, str]:
    """(address, opaque value) with which an app is launched on the patient of `acceso`.

    Raises `AppInexistente`.
    """
    cliente = Cliente.objects.filter(pk=cliente_id).exclude(direccion_de_lanzamiento="").first()
    if cliente is None:
        raise AppInexistente(str(cliente_id))
    opaco = secrets.token_urlsafe(24)
    Lanzamiento.objects.filter(vence_at__lt=ahora).delete()
    Lanzamiento.objects.create(
        huella=resumen(opaco),
        usuario_id=acceso.actor.id,
        cliente=cliente,
        paciente=acceso.paciente,
        encuentro=encuentro,
        vence_at=ahora + VIDA_DEL_LANZAMIENTO,
    )
    detalle = {"cliente": str(cliente.pk)}
    _asentar(TipoDeEvento.APP_LANZADA, acceso.actor, acceso.paciente, detalle, ahora)
    return cliente.direccion_de_lanzamiento, opaco


def lanzado(actor: Actor, *, opaco: str, client_id: str, ahora: datetime) -> Contexto | None:
    """The context of a launch that this person made of this app a moment ago, or None."""
    lanzamiento = Lanzamiento.objects.filter(
        huella=resumen(opaco),
        usuario_id=actor.id,
        cliente__aplicacion__client_id=client_id,
        vence_at__gt=ahora,
    ).first()
    return Contexto(lanzamiento.paciente, lanzamiento.encuentro) if lanzamiento else None


@transaction.atomic
def otorgar(
    actor: Actor,
    *,
    client_id: str,
    ambitos: Sequence[str],
    contexto: Contexto,
    ahora: datetime,
    opaco: str = "",
) -> UUID:
    """Let the app do `ambitos` in the person's name; the launch it came from is spent.

    Raises `AppInexistente`; also for a launch that was spent.
    """
    cliente = Cliente.objects.filter(aplicacion__client_id=client_id).first()
    if cliente is None:
        raise AppInexistente(client_id)
    if opaco and not Lanzamiento.objects.filter(huella=resumen(opaco)).delete()[0]:
        raise AppInexistente(client_id)
    autorizacion = AutorizacionDeApp.objects.create(
        usuario_id=actor.id,
        cliente=cliente,
        ambitos=list(ambitos),
        paciente=contexto.paciente,
        encuentro=contexto.encuentro,
        otorgada_at=ahora,
    )
    detalle = {
        "autorizacion": str(autorizacion.pk),
        "cliente": str(cliente.pk),
        "ambitos": list(ambitos),
    }
    _asentar(TipoDeEvento.APP_AUTORIZADA, actor, contexto.paciente, detalle, ahora)
    return autorizacion.pk


@transaction.atomic
def retirar(actor: Actor, *, autorizacion_id: UUID, ahora: datetime) -> bool:
    """Take back one of the actor's authorisations: its tokens die now. Whether there was one."""
    return _revocar(actor, ahora, pk=autorizacion_id, usuario_id=actor.id)


@transaction.atomic
def revocar_por_abuso(actor: Actor, *, autorizacion_id: UUID, ahora: datetime) -> bool:
    """End an authorisation whose code or refresh token came twice (RFC 6749, 10.5): one of the two
    who have it is not the app."""
    return _revocar(actor, ahora, pk=autorizacion_id)


def _revocar(actor: Actor, ahora: datetime, **cual: Any) -> bool:
    suya = AutorizacionDeApp.objects.select_for_update().filter(**cual, revocada_at=None).first()
    if suya is None:
        return False
    suya.revocada_at = ahora
    suya.save(update_fields=["revocada_at"])
    huellas = list(suya.emisiones.values_list("huella", flat=True))
    for modelo in (RefreshToken, AccessToken):
        modelo.objects.filter(token_checksum__in=huellas).delete()
    detalle = {"autorizacion": str(suya.pk), "cliente": str(suya.cliente_id)}
    _asentar(TipoDeEvento.APP_REVOCADA, actor, suya.paciente, detalle, ahora)
    return True


def anotar(
    valor: str,
    *,
    vence_at: datetime,
    ahora: datetime,
    autorizacion: UUID | None = None,
    declaracion: Declaracion | None = None,
    propositos: Sequence[str] = (),
    certificado: str = "",
) -> None:
    """Keep what a code or token was issued with; what has expired is swept."""
    Emision.objects.filter(vence_at__lt=ahora).delete()
    dicho = None
    if declaracion is not None:
        dicho = {
            "usuario": declaracion.usuario,
            "rol": declaracion.rol,
            "propositos": list(propositos),
        }
    Emision.objects.create(
        huella=resumen(valor),
        autorizacion_id=autorizacion,
        declaracion=dicho,
        certificado=certificado,
        vence_at=vence_at,
    )


def emitido(valor: str) -> Emitido | None:
    """What a code or token was issued with, or None when nothing was kept."""
    fila = (
        Emision.objects.select_related("autorizacion__usuario")
        .filter(huella=resumen(valor))
        .first()
    )
    if fila is None:
        return None
    suya = fila.autorizacion
    return Emitido(
        autorizacion=suya.pk if suya else None,
        usuario=suya.usuario_id if suya else None,
        contexto=Contexto(suya.paciente, suya.encuentro) if suya else Contexto(),
        viva=suya is None or (suya.revocada_at is None and suya.usuario.is_active),
        declaracion=fila.declaracion,
        certificado=fila.certificado,
    )


def _asentar(
    tipo: TipoDeEvento,
    actor: Actor,
    paciente: UUID | None,
    detalle: dict[str, Any],
    ahora: datetime,
) -> None:
    pacientes = (paciente,) if paciente else ()
    evento = NuevoEvento(
        tipo, Resultado.HECHO, actor, momento=ahora, pacientes=pacientes, detalle=detalle
    )
    bitacora.anexar([evento])
