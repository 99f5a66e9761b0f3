"""Registering the systems that connect over OAuth2."""

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
        aplicacion=aplicacion, defaults={"nombre": nombre, "rol": rol or ""}
    )
    for kid, jwk in (llaves or {}).items():
        LlaveDeCliente.objects.update_or_create(cliente=cliente, kid=kid, defaults={"jwk": jwk})
    return cliente.pk
