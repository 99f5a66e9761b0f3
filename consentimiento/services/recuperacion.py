"""Recovery without handing the record to whoever holds the phone.

Neither the mailbox nor the telephone is enough: the link that arrives asks for a recovery code (the
one that was given at enrolment, or any that the person generated since), and then a waiting time
passes, told by every channel, in which the owner can say that it was not them. Whoever has lost
the code too goes to the counter, where their identity is checked again (`inscripcion.invitar`).
"""

import base64
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import QuerySet

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.identidad.models import Recuperacion, Usuario
from ece.identidad.services import codigos
from ece.identidad.services.codigos import CodigoIncorrecto
from ece.nucleo import sobres
from ece.nucleo.acceso import Actor
from ece.nucleo.uuid7 import uuid7

ENLACE_VIVE = timedelta(hours=1)
TRAS_LA_ESPERA = timedelta(hours=48)
ENTRE_PETICIONES = timedelta(minutes=10)
INTENTOS = 3
_DE_EVENTO = "evento:"


class RecuperacionInvalida(Exception):
    """The link or the code is wrong, or it is over: not which."""


@dataclass(frozen=True, slots=True)
class Estado:
    """Where a recovery is: `comprobada` once the code was given, then from `disponible_at` on."""

    comprobada: bool
    disponible_at: datetime | None
    lista: bool


def camino(id: UUID) -> str:
    """The path of the link. Its secret is computed, so that it is in no table and no queue."""
    return f"/cuenta/recuperar/{id}/{_secreto(id)}/"


def de_clave(clave: str) -> UUID:
    """The recovery that the occasion of a message names (its event bears the same id)."""
    return UUID(clave.removeprefix(_DE_EVENTO))


def pedir(*, usuario: str, ahora: datetime) -> None:
    """Ask for a link; the answer is the same whether there is such an account or not."""
    # Of the people who were enrolled in the portal; staff are invited anew by who governs posts.
    cuenta = Usuario.objects.filter(
        username=usuario, is_active=True, contacto__curp__isnull=False
    ).first()
    if cuenta is None:
        return
    with transaction.atomic():
        Usuario.objects.select_for_update().get(pk=cuenta.pk)
        if _vivas(cuenta.pk, ahora).filter(creada_at__gt=ahora - ENTRE_PETICIONES).exists():
            return
        nueva = Recuperacion(
            id=uuid7(), usuario=cuenta, creada_at=ahora, vence_at=ahora + ENLACE_VIVE
        )
        nueva.save()
        _anexar(TipoDeEvento.RECUPERACION_PEDIDA, nueva, ahora, id=nueva.pk)


def estado(id: UUID, secreto: str, *, ahora: datetime) -> Estado:
    """Raises `RecuperacionInvalida`."""
    una = _viva(id, secreto, ahora)
    lista = una.disponible_at is not None and una.disponible_at <= ahora
    return Estado(una.comprobada_at is not None, una.disponible_at, lista)


def comprobar(id: UUID, secreto: str, *, rescate: str, ahora: datetime) -> None:
    """Use up a recovery code; the third wrong one ends the recovery. Raises
    `RecuperacionInvalida`."""
    with transaction.atomic():
        una = _viva(id, secreto, ahora, para_escribir=True)
        with suppress(CodigoIncorrecto):
            codigos.recuperar(usuario_id=una.usuario_id, codigo=rescate, ahora=ahora)
            una.comprobada_at = ahora
            una.disponible_at = ahora + timedelta(hours=settings.ECE_RECUPERACION_HORAS)
            una.vence_at = una.disponible_at + TRAS_LA_ESPERA
            una.save(update_fields=["comprobada_at", "disponible_at", "vence_at"])
            _anexar(TipoDeEvento.RECUPERACION_COMPROBADA, una, ahora)
            return
        una.intentos += 1
        una.save(update_fields=["intentos"])
    raise RecuperacionInvalida


def terminar(id: UUID, secreto: str, *, contrasena: str, ahora: datetime) -> str:
    """Set the new password, which ends every open session; returns the new recovery code.

    Raises `RecuperacionInvalida`, also before its time.
    """
    with transaction.atomic():
        una = _viva(id, secreto, ahora, para_escribir=True)
        if una.disponible_at is None or una.disponible_at > ahora:
            raise RecuperacionInvalida
        nuevo = reponer(una.usuario, contrasena)
        una.usada_at = ahora
        una.save(update_fields=["usada_at"])
        _anexar(TipoDeEvento.CUENTA_RECUPERADA, una, ahora)
    return nuevo


def cancelar(id: UUID, secreto: str, *, ahora: datetime) -> None:
    """It was not me, says who holds the link. Raises `RecuperacionInvalida`."""
    with transaction.atomic():
        _cancelar(_viva(id, secreto, ahora, para_escribir=True), ahora)


def cancelar_las_de(usuario_id: UUID, *, ahora: datetime) -> None:
    """It was not me, says who is signed in."""
    with transaction.atomic():
        for una in _vivas(usuario_id, ahora).select_for_update():
            _cancelar(una, ahora)


def en_curso(usuario_id: UUID, *, ahora: datetime) -> bool:
    return _vivas(usuario_id, ahora).exists()


def revisar(contrasena: str, *, usuario: str) -> None:
    """Raises Django's `ValidationError`, in words, for a password that would be guessed."""
    validate_password(contrasena, Usuario(username=usuario))


def reponer(cuenta: Usuario, contrasena: str) -> str:
    """A new password, no session left of the old one, and a new recovery code, returned."""
    cuenta.set_password(contrasena)
    cuenta.save(update_fields=["password"])
    return nuevo_rescate(cuenta)


def nuevo_rescate(cuenta: Usuario) -> str:
    """A recovery code, to be shown once; those before are void."""
    (codigo,) = codigos.renovar_recuperacion(cuenta.pk, cuantos=1)
    return codigo


def actor_de(cuenta: Usuario) -> Actor:
    return Actor(id=cuenta.pk, clase="persona", nombre=cuenta.username)


def _cancelar(una: Recuperacion, ahora: datetime) -> None:
    una.cancelada_at = ahora
    una.save(update_fields=["cancelada_at"])
    _anexar(TipoDeEvento.RECUPERACION_CANCELADA, una, ahora)


def _vivas(usuario_id: UUID, ahora: datetime) -> "QuerySet[Recuperacion]":
    return Recuperacion.objects.filter(
        usuario_id=usuario_id,
        usada_at=None,
        cancelada_at=None,
        vence_at__gt=ahora,
        intentos__lt=INTENTOS,
    )


def _viva(id: UUID, secreto: str, ahora: datetime, *, para_escribir: bool = False) -> Recuperacion:
    if not compare_digest(secreto.encode(), _secreto(id).encode()):
        raise RecuperacionInvalida
    todas = Recuperacion.objects.select_related("usuario")
    if para_escribir:
        todas = todas.select_for_update(of=("self",))
    una = todas.filter(pk=id).first()
    if una is None or not _vivas(una.usuario_id, ahora).filter(pk=id).exists():
        raise RecuperacionInvalida
    return una


def _secreto(id: UUID) -> str:
    crudo = sobres.huella("recuperacion.enlace", id.hex)[:20]
    return base64.urlsafe_b64encode(crudo).rstrip(b"=").decode()


def _anexar(
    tipo: TipoDeEvento, una: Recuperacion, ahora: datetime, *, id: UUID | None = None
) -> None:
    evento = NuevoEvento(
        tipo=tipo,
        resultado=Resultado.HECHO,
        actor=actor_de(una.usuario),
        momento=ahora,
        detalle={"recuperacion": str(una.pk)},
        id=id or uuid7(),
    )
    bitacora.anexar([evento])
