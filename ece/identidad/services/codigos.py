"""Six-digit codes of an authenticator application (TOTP, RFC 6238) and codes of recovery.

The seed is encrypted under a key that descends from the institution's root and is bound to its
person; a code is accepted once. Codes of recovery carry 80 random bits, are kept as keyed digests
and serve once, whatever they are used for: as a second factor, or to prove a lost password.
"""

import base64
import hmac
import os
import struct
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from auditoria.tipos import TipoDeEvento
from ece.identidad.models import CodigoDeRecuperacion, Generador
from ece.identidad.services.sesiones import asentar
from ece.nucleo import codigos, llavero, sobres
from ece.nucleo.acceso import Actor

PASO = 30
"""Seconds that a code lives; the one before and the one after are taken too."""
FALLOS = 10
PAUSA = timedelta(minutes=15)
RECUPERACION = 10
LARGO = 16
"""Signs of a code of recovery: 80 bits."""


class CodigoIncorrecto(Exception):
    """The code is wrong, was used already, or too many were tried (then wait)."""


def empezar(actor: Actor) -> tuple[str, str]:
    """A new seed for the actor, which does not count until confirmed: (base32, otpauth address).

    Raises `CodigoIncorrecto` if there is a confirmed one: it is retired first.
    """
    secreto = os.urandom(20)
    _, nuevo = Generador.objects.get_or_create(
        usuario_id=actor.id, defaults={"secreto": _cerrar(actor.id, secreto)}
    )
    if not nuevo:
        actual = Generador.objects.get(usuario_id=actor.id)
        if actual.confirmado_at:
            raise CodigoIncorrecto("ya hay un generador confirmado")
        secreto = _abrir(actual)
    clave = base64.b32encode(secreto).decode()
    etiqueta = quote(f"ECE:{actor.nombre}")
    return clave, f"otpauth://totp/{etiqueta}?{urlencode({'secret': clave, 'issuer': 'ECE'})}"


def confirmar(actor: Actor, *, codigo: str, ahora: datetime) -> None:
    """From now on the actor's codes count. Raises `CodigoIncorrecto`."""
    verificar(usuario_id=actor.id, codigo=codigo, ahora=ahora, confirmado=False)
    with transaction.atomic():
        Generador.objects.filter(usuario_id=actor.id).update(confirmado_at=ahora)
        asentar(TipoDeEvento.FACTOR_REGISTRADO, actor, ahora=ahora, clase="generador")


@transaction.atomic
def retirar(actor: Actor, *, ahora: datetime) -> None:
    """Forget the actor's seed."""
    if Generador.objects.filter(usuario_id=actor.id).delete()[0]:
        asentar(TipoDeEvento.FACTOR_RETIRADO, actor, ahora=ahora, clase="generador")


def verificar(*, usuario_id: UUID, codigo: str, ahora: datetime, confirmado: bool = True) -> None:
    """Take a code of the person's generator, once. Raises `CodigoIncorrecto`.

    Ten wrong ones in a row make the generator wait: passkeys and recovery codes still work.
    """
    with transaction.atomic():
        generador = (
            Generador.objects.select_for_update()
            .filter(usuario_id=usuario_id, confirmado_at__isnull=not confirmado)
            .first()
        )
        if generador is None or (generador.pausa_hasta and generador.pausa_hasta > ahora):
            raise CodigoIncorrecto("no hay generador, o descansa tras demasiados intentos")
        paso = _paso_de(_abrir(generador), codigo, ahora, despues_de=generador.ultimo_paso)
        if paso is None:
            generador.fallos += 1
            if generador.fallos >= FALLOS:
                generador.fallos, generador.pausa_hasta = 0, ahora + PAUSA
        else:
            generador.fallos, generador.ultimo_paso = 0, paso
        generador.save()
    if paso is None:
        raise CodigoIncorrecto("el código no es el de ahora")


@transaction.atomic
def generar_recuperacion(actor: Actor, *, ahora: datetime) -> list[str]:
    """Ten new codes of recovery, shown this once; the earlier ones no longer count."""
    nuevos = renovar_recuperacion(actor.id, cuantos=RECUPERACION)
    asentar(TipoDeEvento.FACTOR_REGISTRADO, actor, ahora=ahora, clase="recuperacion")
    return nuevos


@transaction.atomic
def renovar_recuperacion(usuario_id: UUID, *, cuantos: int) -> list[str]:
    """New codes in place of all that there were, in an act that says why by its own event."""
    nuevos = [codigos.nuevo(LARGO) for _ in range(cuantos)]
    CodigoDeRecuperacion.objects.filter(usuario_id=usuario_id).delete()
    for codigo in nuevos:
        CodigoDeRecuperacion.objects.create(usuario_id=usuario_id, resumen=_resumen(codigo))
    return [codigos.en_grupos(codigo) for codigo in nuevos]


def recuperar(*, usuario_id: UUID, codigo: str, ahora: datetime) -> None:
    """Use up one of the person's recovery codes. Raises `CodigoIncorrecto`."""
    usados = CodigoDeRecuperacion.objects.filter(
        usuario_id=usuario_id, resumen=_resumen(codigo), usado_at__isnull=True
    ).update(usado_at=ahora)
    if not usados:
        raise CodigoIncorrecto("el código de recuperación no existe o ya se usó")


def _paso_de(secreto: bytes, codigo: str, ahora: datetime, *, despues_de: int) -> int | None:
    dicho = "".join(codigo.split())
    actual = int(ahora.timestamp()) // PASO
    for paso in (actual - 1, actual, actual + 1):
        if paso > despues_de and hmac.compare_digest(en(secreto, paso), dicho):
            return paso
    return None


def en(secreto: bytes, paso: int) -> str:
    """The six digits of `secreto` at a step of thirty seconds since 1970 (RFC 4226, 5.3)."""
    mac = hmac.digest(secreto, struct.pack(">Q", paso), "sha1")
    corte = mac[-1] & 15
    numero = int.from_bytes(mac[corte : corte + 4], "big") & 0x7FFFFFFF
    return f"{numero % 1_000_000:06d}"


def _resumen(codigo: str) -> bytes:
    return sobres.huella("recuperacion.rescate", "".join(c for c in codigo.upper() if c.isalnum()))


def _cifra() -> AESGCM:
    return AESGCM(llavero.clave_de_indice("cuenta/generador"))


def _cerrar(usuario_id: UUID, secreto: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + _cifra().encrypt(nonce, secreto, usuario_id.bytes)


def _abrir(generador: Generador) -> bytes:
    sellado = bytes(generador.secreto)
    return _cifra().decrypt(sellado[:12], sellado[12:], generador.usuario_id.bytes)
