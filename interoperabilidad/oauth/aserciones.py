"""``private_key_jwt`` (RFC 7523; SMART App Launch 2.2, asymmetric): who signed this, for us, once.

The algorithm is that of the registered key: none, and an HMAC keyed with a public key, have no way
in. An assertion of a partner's also carries for whom it asks, in the ``hl7-b2b`` extension (HL7
UDAP Security, B2B authorization extension object).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.db import IntegrityError, transaction
from django.utils import timezone

from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Declaracion
from interoperabilidad.models import AsercionUsada
from interoperabilidad.oauth import jwks

CLASE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
VIDA_MAXIMA = timedelta(minutes=5)
LARGO = 16 * 1024
_ALGORITMOS = {("EC", "P-384"): "ES384", ("RSA", ""): "RS384"}
_RSA_MINIMA = 2048
_VISIBLE = re.compile(r"[^\x00-\x1f\x7f]{1,255}")
_CODIGO = re.compile(r"[\w.@:/|#\-]{1,64}")
_OID_DE_PROPOSITO = "2.16.840.1.113883.5.8"


class AsercionRechazada(Exception):
    """Not signed by a registered key, for this address, now, for the first time."""


@dataclass(frozen=True, slots=True)
class Asercion:
    """A good assertion: whose it is, and for whom it asks."""

    client_id: str
    declaracion: Declaracion | None
    propositos: tuple[str, ...]


def canjear(texto: str, *, direcciones: Sequence[str]) -> Asercion:
    """The assertion `texto`, spent. `direcciones` are what its audience may name.

    Raises `AsercionRechazada`.
    """
    try:
        if len(texto) > LARGO:
            raise AsercionRechazada("demasiado larga")
        cabecera = jwt.get_unverified_header(texto)
        dice_ser = _visible(jwt.decode(texto, options={"verify_signature": False})["sub"])
        jwk = _llave(dice_ser, cabecera)
        llave = jwt.PyJWK(jwk, algorithm=_algoritmo(jwk)).key
        if jwk["kty"] == "RSA" and llave.key_size < _RSA_MINIMA:
            raise AsercionRechazada("la llave RSA es demasiado corta")
        dicho = jwt.decode(
            texto,
            llave,
            algorithms=[_algoritmo(jwk)],
            audience=list(direcciones),
            issuer=dice_ser,
            options={"require": ["exp", "jti", "iss", "sub", "aud"], "strict_aud": False},
        )
        vence, jti = float(dicho["exp"]), _visible(dicho["jti"])
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, jwks.LlavesInalcanzables) as error:
        raise AsercionRechazada(type(error).__name__) from error
    if not vence <= (timezone.now() + VIDA_MAXIMA).timestamp():
        raise AsercionRechazada("vive demasiado")
    if not _primera(dice_ser, jti, datetime.fromtimestamp(vence, tz=UTC)):
        raise AsercionRechazada("ya se usó")
    return Asercion(dice_ser, *_declarado(dicho))


def _visible(valor: object) -> str:
    """`valor`, if it is text that a table can keep. Raises `ValueError`."""
    if not isinstance(valor, str) or not _VISIBLE.fullmatch(valor):
        raise ValueError("se espera un texto sin caracteres de control")
    return valor


def _llave(client_id: str, cabecera: Mapping[str, Any]) -> dict[str, Any]:
    """The registered key that the header names, here or at the client's own address."""
    suyas = identidad.llaves_de_cliente(client_id)
    kid = cabecera["kid"]
    if suyas is None or not isinstance(kid, str):
        raise AsercionRechazada("no hay tal cliente")
    for jwk in suyas.jwks:
        if jwk["kid"] == kid:
            return jwk
    # ``jku`` is believed only when it is the address that was registered (SMART, asymmetric).
    if suyas.jwks_url and cabecera.get("jku", suyas.jwks_url) == suyas.jwks_url:
        publicada = jwks.llave(suyas.jwks_url, kid)
        if publicada is not None:
            return publicada
    raise AsercionRechazada("no hay tal llave")


def _algoritmo(jwk: Mapping[str, Any]) -> str:
    return _ALGORITMOS[str(jwk.get("kty")), str(jwk.get("crv", ""))]


def _primera(cliente: str, jti: str, vence: datetime) -> bool:
    """Remember the assertion; False when it had been used before."""
    AsercionUsada.objects.filter(vence_at__lt=timezone.now()).delete()
    try:
        with transaction.atomic():
            AsercionUsada.objects.create(cliente=cliente[:100], jti=jti[:255], vence_at=vence)
    except IntegrityError:
        return False
    return True


def _declarado(dicho: Mapping[str, Any]) -> tuple[Declaracion | None, tuple[str, ...]]:
    """For whom the assertion asks, and the purposes it names; the first is that of a request that
    names none."""
    extensiones = dicho.get("extensions")
    b2b = extensiones.get("hl7-b2b") if isinstance(extensiones, Mapping) else None
    if not isinstance(b2b, Mapping):
        return None, ()
    crudos = b2b.get("purpose_of_use")
    propositos = (
        tuple(codigo for uno in crudos if (codigo := _proposito(uno)))
        if isinstance(crudos, list)
        else ()
    )
    usuario, rol = _codigo(b2b.get("subject_id")), _codigo(b2b.get("subject_role"))
    if not (usuario and rol and propositos):
        return None, ()
    return Declaracion(usuario, rol, propositos[0]), propositos


def _proposito(valor: object) -> str:
    """A purpose of use, as a bare code or qualified by its system."""
    texto = str(valor)
    if "#" in texto or "|" in texto:
        sistema, _, codigo = texto.replace("|", "#").rpartition("#")
        return _codigo(codigo) if sistema.endswith((_OID_DE_PROPOSITO, "v3-ActReason")) else ""
    return _codigo(texto)


def _codigo(valor: object) -> str:
    """An identifier, fit to be kept in clear in the log: never a name or a phrase."""
    return valor if isinstance(valor, str) and _CODIGO.fullmatch(valor) else ""


def codigo(valor: object) -> str:
    """`valor` if it is fit to be a declared user, post or purpose; else nothing."""
    return _codigo(valor)
