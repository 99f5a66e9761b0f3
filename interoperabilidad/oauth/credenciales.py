"""Who is calling: bearer tokens (and, in the demo, a client's secret by HTTP Basic) to actors."""

import base64
import binascii
import hashlib
import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Actor

VIDA_EN_MEMORIA = 10.0
"""Seconds that a verified credential is remembered: also how long a revocation may take."""

_CAPACIDAD = 1_000
_verificadas: dict[bytes, tuple[float, Actor]] = {}
_candado = threading.Lock()


class CredencialInvalida(Exception):
    """No credential, or one that is unknown, wrong or expired."""


@dataclass(frozen=True, slots=True)
class Credencial:
    esquema: str
    valor: str


def actor_de(request: HttpRequest) -> Actor:
    """The actor whose credential the request carries. Raises `CredencialInvalida`."""
    cabecera = request.META.get("HTTP_AUTHORIZATION", "")
    esquema, _, valor = cabecera.partition(" ")
    credencial = Credencial(esquema.lower(), valor.strip())
    if not credencial.valor:
        raise CredencialInvalida("falta la cabecera Authorization")
    clave = hashlib.sha256(cabecera.encode()).digest()
    recordada = _verificadas.get(clave)
    if recordada is not None and recordada[0] > time.monotonic():
        return recordada[1]
    actor, de_persona = _verificar(credencial, origen=request.META.get("REMOTE_ADDR", ""))
    if de_persona:  # whoever is dismissed loses it at the next request
        return actor
    with _candado:
        if len(_verificadas) >= _CAPACIDAD:
            _verificadas.clear()
        _verificadas[clave] = (time.monotonic() + VIDA_EN_MEMORIA, actor)
    return actor


def olvidar() -> None:
    """Drop remembered credentials (a revocation takes effect at once in this process)."""
    with _candado:
        _verificadas.clear()


def _verificar(credencial: Credencial, *, origen: str) -> tuple[Actor, bool]:
    """The actor, and whether the credential was lent by a person (a token in their name)."""
    de_persona = False
    if credencial.esquema == "bearer":
        aplicacion, de_persona = _de_token(credencial.valor)
    elif credencial.esquema == "basic" and settings.ECE_DEMO:
        aplicacion = _de_secreto(credencial.valor)
    else:
        raise CredencialInvalida("use Authorization: Bearer con un token de /oauth/token")
    actor = identidad.actor_de_cliente(aplicacion, origen=origen)
    if actor is None:
        raise CredencialInvalida("la aplicación no está registrada como cliente")
    return actor, de_persona


def _de_token(token: str) -> tuple[int, bool]:
    resumen = hashlib.sha256(token.encode()).hexdigest()
    encontrado = (
        AccessToken.objects.filter(token_checksum=resumen, expires__gt=timezone.now())
        .values_list("application_id", "user_id")
        .first()
    )
    if encontrado is None:
        raise CredencialInvalida("el token no existe o ya venció; pida otro en /oauth/token")
    aplicacion, usuario = encontrado
    return int(aplicacion), usuario is not None


def _de_secreto(valor: str) -> int:
    try:
        client_id, _, secreto = base64.b64decode(valor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise CredencialInvalida("la cabecera Basic está mal formada") from error
    aplicacion = Application.objects.filter(client_id=client_id).first()
    if aplicacion is None or not check_password(secreto, aplicacion.client_secret):
        raise CredencialInvalida("el cliente o su secreto no son correctos")
    return int(aplicacion.pk)
