"""django-oauth-toolkit's validator, with what SMART App Launch 2.2 asks of it.

Signed assertions (``private_key_jwt``), scopes about resources, launch contexts, refresh only for
``offline_access``, redirections to the letter, tokens bound to a client certificate (RFC 8705), and
what a partner declares. What the toolkit's tables do not hold is in `identidad.Emision`.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone
from oauth2_provider.models import AccessToken, Application, RefreshToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.settings import oauth2_settings

from ece.identidad import selectors as identidad
from ece.identidad.services import autorizaciones
from ece.nucleo.acceso import Actor
from interoperabilidad.oauth import ambitos, aserciones, certificados, credenciales
from interoperabilidad.oauth.aserciones import CLASE, Asercion, AsercionRechazada

CODIGO_RECORDADO = timedelta(hours=1)
"""How long a spent code is remembered, so that its coming back is noticed."""


class ValidadorSmart(OAuth2Validator):  # type: ignore[misc]
    # -- who is the client

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        if getattr(request, "client_assertion", None):
            return True
        if not request.client_id and getattr(request, "refresh_token", None):
            # SMART does not ask a public app to say who it is when it refreshes: its token does.
            request.client_id = _publica_de(request.refresh_token)
        return bool(super().client_authentication_required(request, *args, **kwargs))

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        texto = getattr(request, "client_assertion", None)
        if not texto:
            return bool(super().authenticate_client(request, *args, **kwargs))
        if getattr(request, "client_assertion_type", None) != CLASE:
            return False
        try:
            asercion = aserciones.canjear(texto, direcciones=_direcciones(request))
        except AsercionRechazada:
            return False
        if getattr(request, "client_id", None) not in (None, "", asercion.client_id):
            return False
        cliente = Application.objects.filter(client_id=asercion.client_id).first()
        if cliente is None or not cliente.is_usable(request):
            return False
        request.client, request.client_id, request.asercion = cliente, cliente.client_id, asercion
        return True

    # -- what it may ask for

    def validate_scopes(
        self, client_id: str, scopes: Any, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Leave out what cannot be granted; refuse when nothing is left."""
        de_persona = client.authorization_grant_type == Application.GRANT_AUTHORIZATION_CODE
        request.scopes = ambitos.admisibles(scopes or (), de_persona=de_persona)
        return any("/" in uno and uno not in ambitos.DE_CONTEXTO for uno in request.scopes)

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> Any:
        return [ambitos.DE_MAQUINA]

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """To the letter: no prefix, no added query, no other case (RFC 9700, 2.1)."""
        return redirect_uri in request.client.redirect_uris.split()

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return bool(
            redirect_uri
            and super().confirm_redirect_uri(client_id, code, redirect_uri, client, *args, **kwargs)
        )

    # -- codes

    def save_authorization_code(
        self, client_id: str, code: Any, request: Any, *args: Any, **kwargs: Any
    ) -> None:
        super().save_authorization_code(client_id, code, request, *args, **kwargs)
        ahora = timezone.now()
        autorizaciones.anotar(
            code["code"],
            autorizacion=request.autorizacion,
            vence_at=ahora + CODIGO_RECORDADO,
            ahora=ahora,
        )

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        emitido = autorizaciones.emitido(code)
        if not super().validate_code(client_id, code, client, request, *args, **kwargs):
            self._abuso(request, emitido)
            return False
        if emitido is None or not emitido.viva:
            return False
        request.autorizacion = emitido.autorizacion
        return True

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        emitido = autorizaciones.emitido(refresh_token)
        if not super().validate_refresh_token(refresh_token, client, request, *args, **kwargs):
            self._abuso(request, emitido)
            return False
        if emitido is None or not emitido.viva:
            return False
        if emitido.certificado and emitido.certificado != certificados.huella(request.headers):
            return False
        request.autorizacion = emitido.autorizacion
        return True

    def _abuso(self, request: Any, emitido: autorizaciones.Emitido | None) -> None:
        """What we issued came again, or from another app, or late: one of those who have it stole
        it, and nobody keeps the tokens."""
        if emitido is None or emitido.autorizacion is None or emitido.usuario is None:
            return
        origen = str(request.headers.get("REMOTE_ADDR", ""))
        actor = Actor(id=emitido.usuario, clase="persona", nombre="", origen=origen)
        autorizaciones.revocar_por_abuso(
            actor, autorizacion_id=emitido.autorizacion, ahora=timezone.now()
        )

    # -- tokens

    def _save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        autorizacion = getattr(request, "autorizacion", None)
        if ambitos.OFFLINE not in token.get("scope", "").split():
            token.pop("refresh_token", None)
        super()._save_bearer_token(token, request, *args, **kwargs)
        ahora = timezone.now()
        asercion: Asercion | None = getattr(request, "asercion", None)
        anotar = partial(
            autorizaciones.anotar,
            ahora=ahora,
            autorizacion=autorizacion,
            declaracion=asercion.declaracion if asercion else None,
            propositos=asercion.propositos if asercion else (),
            certificado=certificados.huella(request.headers),
        )
        dura = timedelta(seconds=oauth2_settings.ACCESS_TOKEN_EXPIRE_SECONDS)
        anotar(token["access_token"], vence_at=ahora + dura)
        if "refresh_token" in token:
            dura += timedelta(seconds=oauth2_settings.REFRESH_TOKEN_EXPIRE_SECONDS)
            anotar(token["refresh_token"], vence_at=ahora + dura)
        if autorizacion is not None:
            contexto = autorizaciones.emitido(token["access_token"])
            assert contexto is not None
            token.update(_de_lanzamiento(contexto.contexto))

    def revoke_token(
        self, token: str, token_type_hint: str, request: Any, *args: Any, **kwargs: Any
    ) -> None:
        super().revoke_token(token, token_type_hint, request, *args, **kwargs)
        credenciales.olvidar()

    def introspect_token(
        self, token: str, token_type_hint: str, request: Any, *args: Any, **kwargs: Any
    ) -> dict[str, Any] | None:
        """What a token is worth now (RFC 7662; SMART, token introspection): to whom it was issued,
        or to a system of the institution's own."""
        fila = (
            AccessToken.objects.select_related("application", "user")
            .filter(token_checksum=autorizaciones.resumen(token), expires__gt=timezone.now())
            .first()
        )
        emitido = autorizaciones.emitido(token)
        if fila is None or emitido is None or not emitido.viva:
            return None
        if fila.application_id != request.client.pk and not identidad.es_propio(request.client.pk):
            return None
        dicho: dict[str, Any] = {
            "active": True,
            "scope": fila.scope,
            "client_id": fila.application.client_id,
            "exp": int(fila.expires.timestamp()),
            "token_type": "Bearer",
            **_de_lanzamiento(emitido.contexto),
        }
        if fila.user_id:
            dicho["sub"] = str(fila.user_id)
        if emitido.certificado:
            dicho["cnf"] = {"x5t#S256": emitido.certificado}
        return dicho


def _publica_de(refresh_token: str) -> str | None:
    """The public app that a refresh token is, or was, of."""
    suyo: str | None = (
        RefreshToken.objects.filter(
            token_checksum=autorizaciones.resumen(refresh_token),
            application__client_type=Application.CLIENT_PUBLIC,
        )
        .values_list("application__client_id", flat=True)
        .first()
    )
    return suyo


def _de_lanzamiento(contexto: autorizaciones.Contexto) -> dict[str, Any]:
    """The launch context, as a token response carries it (SMART, launch context)."""
    dicho: dict[str, Any] = {}
    if contexto.paciente is not None:
        dicho |= {"patient": str(contexto.paciente), "need_patient_banner": True}
    if contexto.encuentro is not None:
        dicho["encounter"] = str(contexto.encuentro)
    return dicho


def _direcciones(request: Any) -> list[str]:
    """The absolute address of this endpoint: what an assertion names as its audience."""
    seguro = "X_DJANGO_OAUTH_TOOLKIT_SECURE" in request.headers
    servidor = request.headers.get("HTTP_HOST", "")  # which Django has checked
    raiz = f"{'https' if seguro else 'http'}://{servidor}"
    return [f"{raiz}/oauth/token", f"{raiz}{request.uri.partition('?')[0]}"]
