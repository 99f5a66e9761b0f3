"""Registering the systems that connect over OAuth2."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from oauth2_provider.models import Application

from ece.identidad.models import Cliente, LlaveDeCliente
from ece.nucleo.roles import Rol


@transaction.atomic
def registrar(
    *,
    client_id: str,
    nombre: str,
    rol: Rol | None,
    secreto: str,
    llaves: dict[str, dict[str, Any]] | None = None,
    jwks_url: str = "",
) -> UUID:
    """Register (or bring up to date) a client; `llaves` are public JWKs by key id."""
    aplicacion = Application.objects.filter(client_id=client_id).first() or Application(
        client_id=client_id
    )
    aplicacion.name = nombre
    aplicacion.client_type = Application.CLIENT_CONFIDENTIAL
    aplicacion.authorization_grant_type = Application.GRANT_CLIENT_CREDENTIALS
    aplicacion.client_secret = secreto
    aplicacion.save()
    cliente, _ = Cliente.objects.update_or_create(
        aplicacion=aplicacion,
        defaults={"nombre": nombre, "rol": rol or "", "jwks_url": jwks_url},
    )
    for kid, jwk in (llaves or {}).items():
        LlaveDeCliente.objects.update_or_create(cliente=cliente, kid=kid, defaults={"jwk": jwk})
    return cliente.pk


@transaction.atomic
def registrar_app(
    *,
    client_id: str,
    nombre: str,
    direcciones: Sequence[str],
    lanzamiento: str = "",
    secreto: str = "",
    llaves: dict[str, dict[str, Any]] | None = None,
) -> UUID:
    """Register (or bring up to date) an app that people authorise (SMART App Launch).

    `direcciones` are where it is sent back to, each to the letter; with neither `secreto` nor
    `llaves` it is public (it can keep no secret), and only PKCE tells it apart.
    """
    aplicacion = Application.objects.filter(client_id=client_id).first() or Application(
        client_id=client_id
    )
    confidencial = bool(secreto or llaves)
    aplicacion.name = nombre
    aplicacion.client_type = (
        Application.CLIENT_CONFIDENTIAL if confidencial else Application.CLIENT_PUBLIC
    )
    aplicacion.authorization_grant_type = Application.GRANT_AUTHORIZATION_CODE
    aplicacion.redirect_uris = " ".join(direcciones)
    if secreto:
        aplicacion.client_secret = secreto
    aplicacion.save()
    cliente, _ = Cliente.objects.update_or_create(
        aplicacion=aplicacion,
        defaults={"nombre": nombre, "rol": "", "direccion_de_lanzamiento": lanzamiento},
    )
    for kid, jwk in (llaves or {}).items():
        LlaveDeCliente.objects.update_or_create(cliente=cliente, kid=kid, defaults={"jwk": jwk})
    return cliente.pk
