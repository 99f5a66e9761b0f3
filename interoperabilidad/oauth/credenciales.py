"""Who is calling: bearer tokens (and, in the demo, a client's secret by HTTP Basic) to actors."""

import base64
import binascii
import hashlib
import hmac
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from ece.identidad import selectors as identidad
from ece.identidad.services import autorizaciones
from ece.nucleo.acceso import Actor, Declaracion
from ece.nucleo.ambitos import AmbitoInvalido
from ece.nucleo.roles import Rol
from interoperabilidad.oauth import ambitos, certificados
from interoperabilidad.oauth.aserciones import codigo

VIDA_EN_MEMORIA = 10.0
"""Seconds that a verified credential is remembered: also how long a revocation may take."""

_CAPACIDAD = 1_000


class CredencialInvalida(Exception):
    """No credential, or one that is unknown, wrong or expired."""


@dataclass(frozen=True, slots=True)
class Credencial:
    esquema: str
    valor: str


@dataclass(frozen=True, slots=True)
class Verificada:
    """Whose a credential is. `certificado` is the one it is bound to; `declarada`, the user, post
    and purposes that a partner's assertion named; `de_persona`, that somebody lent it."""

    actor: Actor
    de_persona: bool = False
    certificado: str = ""
    declarada: Mapping[str, Any] | None = None


_verificadas: dict[bytes, tuple[float, Verificada]] = {}
_candado = threading.Lock()


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
        verificada = recordada[1]
    else:
        verificada = _verificar(credencial, origen=request.META.get("REMOTE_ADDR", ""))
        if not verificada.de_persona:  # whoever is dismissed loses it at the next request
            _recordar(clave, verificada)
    if verificada.certificado and not hmac.compare_digest(
        verificada.certificado, certificados.huella(request.META)
    ):
        raise CredencialInvalida("el token está ligado a otro certificado de cliente")
    if Rol.ALIADO in verificada.actor.roles:
        return replace(verificada.actor, declaracion=_declaracion(request, verificada.declarada))
    return verificada.actor


def _recordar(clave: bytes, verificada: Verificada) -> None:
    with _candado:
        if len(_verificadas) >= _CAPACIDAD:
            _verificadas.clear()
        _verificadas[clave] = (time.monotonic() + VIDA_EN_MEMORIA, verificada)


def olvidar() -> None:
    """Drop remembered credentials (a revocation takes effect at once in this process)."""
    with _candado:
        _verificadas.clear()


def _declaracion(request: HttpRequest, declarada: Mapping[str, Any] | None) -> Declaracion | None:
    """For whom the partner asks now: what its assertion signed, and of its purposes the one that
    the request names. In the demo, where a secret serves instead, the headers alone say it."""
    pedido = codigo(request.headers.get("ECE-Proposito"))
    if declarada is not None:
        propositos = declarada["propositos"]
        if pedido and pedido not in propositos:
            return Declaracion(declarada["usuario"], declarada["rol"], "")
        return Declaracion(declarada["usuario"], declarada["rol"], pedido or propositos[0])
    if not settings.ECE_DEMO:
        return None
    usuario = codigo(request.headers.get("ECE-Usuario"))
    rol = codigo(request.headers.get("ECE-Rol"))
    return Declaracion(usuario, rol, pedido) if usuario and rol and pedido else None


def _verificar(credencial: Credencial, *, origen: str) -> Verificada:
    if credencial.esquema == "bearer":
        return _de_token(credencial.valor, origen)
    if credencial.esquema == "basic" and settings.ECE_DEMO:
        return Verificada(_de_aplicacion(_de_secreto(credencial.valor), origen))
    raise CredencialInvalida("use Authorization: Bearer con un token de /oauth/token")


def _de_token(token: str, origen: str) -> Verificada:
    encontrado = (
        AccessToken.objects.filter(
            token_checksum=autorizaciones.resumen(token), expires__gt=timezone.now()
        )
        .values_list("application_id", "application__client_id", "user_id", "scope")
        .first()
    )
    emitido = autorizaciones.emitido(token) if encontrado else None
    if encontrado is None or emitido is None or not emitido.viva:
        raise CredencialInvalida("el token no existe o ya venció; pida otro en /oauth/token")
    aplicacion, client_id, usuario, scope = encontrado
    try:
        if usuario is not None:
            return _de_persona(emitido, client_id, scope, origen)
        actor = _de_aplicacion(aplicacion, origen)
        if scope != ambitos.DE_MAQUINA:
            actor = replace(actor, ambitos=ambitos.limites(scope, aplicacion=client_id))
    except AmbitoInvalido as error:
        raise CredencialInvalida("los ámbitos del token ya no se admiten") from error
    return Verificada(actor, certificado=emitido.certificado, declarada=emitido.declaracion)


def _de_persona(
    emitido: autorizaciones.Emitido, client_id: str, scope: str, origen: str
) -> Verificada:
    """Somebody who lent their rights to an app, as far as its scopes go."""
    usuario, ahora = emitido.usuario, timezone.now()
    actor = identidad.actor_activo(usuario, ahora=ahora, origen=origen) if usuario else None
    if actor is None:
        raise CredencialInvalida("quien autorizó la aplicación ya no entra aquí")
    limites = ambitos.limites(
        scope,
        aplicacion=client_id,
        paciente=emitido.contexto.paciente,
        autorizacion=emitido.autorizacion,
    )
    return Verificada(replace(actor, ambitos=limites), True, emitido.certificado)


def _de_aplicacion(aplicacion: int, origen: str) -> Actor:
    actor = identidad.actor_de_cliente(aplicacion, origen=origen)
    if actor is None:
        raise CredencialInvalida("la aplicación no está registrada como cliente")
    return actor


def _de_secreto(valor: str) -> int:
    try:
        client_id, _, secreto = base64.b64decode(valor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise CredencialInvalida("la cabecera Basic está mal formada") from error
    aplicacion = Application.objects.filter(client_id=client_id).first()
    if aplicacion is None or not check_password(secreto, aplicacion.client_secret):
        raise CredencialInvalida("el cliente o su secreto no son correctos")
    return int(aplicacion.pk)
