"""The token endpoints: issuing, revoking, and saying what a token is worth."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from oauth2_provider.views import RevokeTokenView, TokenView
from oauth2_provider.views.mixins import OAuthLibMixin
from oauthlib.common import Request

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo.acceso import Actor
from interoperabilidad.fhir.guardas import publica

_SIN_COPIAS = {
    "Cache-Control": "no-store",
    "Pragma": "no-cache",
    "Access-Control-Allow-Origin": "*",  # apps in a browser: no cookie is read here
}
CONCESIONES = ("authorization_code", "client_credentials", "refresh_token")
_PREVIAS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept",
    "Access-Control-Max-Age": "3600",
}


@publica
def token(request: HttpRequest) -> HttpResponse:
    """Issue a token. A refusal is an event: somebody tried."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=_PREVIAS)
    if problema := _malformado(request):
        return _sin_copias(JsonResponse({"error": problema}, status=400))
    respuesta: HttpResponse = TokenView.as_view()(request)
    if request.method == "POST" and respuesta.status_code in (400, 401):
        _negado(request)
    return _sin_copias(respuesta)


@publica
def revocar(request: HttpRequest) -> HttpResponse:
    """RFC 7009."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=_PREVIAS)
    if problema := _malformado(request, de_token=False):
        return _sin_copias(JsonResponse({"error": problema}, status=400))
    respuesta: HttpResponse = RevokeTokenView.as_view()(request)
    return _sin_copias(respuesta)


@publica
def introspeccion(request: HttpRequest) -> HttpResponse:
    """RFC 7662, for a client that authenticates as it does to ask for a token."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    if problema := _malformado(request, de_token=False):
        return _sin_copias(JsonResponse({"error": problema}, status=400))
    core = OAuthLibMixin.get_oauthlib_core()
    uri, metodo, cuerpo, cabeceras = core._extract_params(request)
    pedido = Request(uri, http_method=metodo, body=cuerpo, headers=cabeceras)
    validador: Any = core.server.request_validator
    if not validador.authenticate_client(pedido):
        return _sin_copias(JsonResponse({"error": "invalid_client"}, status=401))
    valor = request.POST.get("token", "")
    dicho = validador.introspect_token(valor, "", pedido) if valor else None
    return _sin_copias(JsonResponse(dicho or {"active": False}))


def _malformado(request: HttpRequest, *, de_token: bool = True) -> str:
    """The error of a request that the toolkit would choke on, or for what is not served here."""
    if any("\x00" in valor for valores in request.POST.lists() for valor in valores[1]):
        return "invalid_request"
    if de_token and request.POST.get("grant_type", "") not in ("", *CONCESIONES):
        return "unsupported_grant_type"
    return ""


def _sin_copias(respuesta: HttpResponse) -> HttpResponse:
    for nombre, valor in _SIN_COPIAS.items():
        respuesta.headers[nombre] = valor
    return respuesta


NADIE = UUID("00000000-0000-7000-8000-00000000f0f1")
"""Whoever asks for a token and is refused."""


def _negado(request: HttpRequest) -> None:
    """Who could not get in is known by where they called from: what they say proves nothing."""
    actor = Actor(id=NADIE, clase="portador", nombre="", origen=request.META.get("REMOTE_ADDR", ""))
    evento = NuevoEvento(
        TipoDeEvento.TOKEN_NEGADO, Resultado.DENEGADO, actor, momento=timezone.now()
    )
    bitacora.anexar([evento])
