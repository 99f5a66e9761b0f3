"""``private_key_jwt`` for django-oauth-toolkit (SMART Backend Services 2.2; RFC 7523)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.db import IntegrityError, transaction
from django.utils import timezone
from oauth2_provider.models import Application
from oauth2_provider.oauth2_validators import OAuth2Validator

from ece.identidad import selectors as identidad
from interoperabilidad.models import AsercionUsada

CLASE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
VIDA_MAXIMA = timedelta(minutes=5)


class ValidadorSmart(OAuth2Validator):  # type: ignore[misc]
    """Adds signed assertions to the client authentication that the toolkit already has."""

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        if getattr(request, "client_assertion", None):
            return True
        return bool(super().client_authentication_required(request, *args, **kwargs))

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        asercion = getattr(request, "client_assertion", None)
        if not asercion:
            return bool(super().authenticate_client(request, *args, **kwargs))
        if getattr(request, "client_assertion_type", None) != CLASE:
            return False
        cliente = _cliente_de(asercion, _direccion(request))
        if cliente is None:
            return False
        request.client = cliente
        request.client_id = cliente.client_id
        return bool(cliente.is_usable(request))


def _direccion(request: Any) -> str:
    """The absolute address of the token endpoint: what an assertion names as its audience."""
    seguro = "X_DJANGO_OAUTH_TOOLKIT_SECURE" in request.headers
    servidor = request.headers.get("HTTP_HOST", "")  # which Django has checked
    return f"{'https' if seguro else 'http'}://{servidor}{request.uri.partition('?')[0]}"


def _cliente_de(asercion: str, direccion: str) -> Any | None:
    """The application that signed `asercion` for us, once and recently; None otherwise."""
    try:
        kid = jwt.get_unverified_header(asercion)["kid"]
        dice_ser = jwt.decode(asercion, options={"verify_signature": False})["sub"]
        jwk = identidad.llave_publica(dice_ser, kid)
        if jwk is None:
            return None
        contenido = jwt.decode(
            asercion,
            jwt.PyJWK(jwk).key,
            algorithms=["ES384", "RS384"],
            audience=direccion,
            issuer=dice_ser,
            options={"require": ["exp", "jti", "iss", "sub", "aud"]},
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        return None
    vence = datetime.fromtimestamp(contenido["exp"], tz=UTC)
    if vence > timezone.now() + VIDA_MAXIMA:
        return None
    if not _canjear(dice_ser, str(contenido["jti"]), vence):
        return None
    return Application.objects.filter(client_id=dice_ser).first()


def _canjear(cliente: str, jti: str, vence: datetime) -> bool:
    """Remember the assertion; False when it had been used before."""
    AsercionUsada.objects.filter(vence_at__lt=timezone.now()).delete()
    try:
        with transaction.atomic():
            AsercionUsada.objects.create(cliente=cliente, jti=jti[:255], vence_at=vence)
    except IntegrityError:
        return False
    return True
