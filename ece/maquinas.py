"""The short way for machines: no session, no cookie, no page, so no middleware for them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils import translation

_PREFIJOS = ("/fhir", "/hl7v2", "/cda")
_CABECERAS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
}
_DESDE_OTRO_ORIGEN = {
    # Apps in a browser may call from anywhere: no cookie is read here.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Location, Content-Location, Last-Modified, "
    "X-Progress, Retry-After, Expires",
}
_PREVIAS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept, Prefer, If-Match, "
    "If-None-Match, If-None-Exist, ECE-Proposito",
    "Access-Control-Max-Age": "3600",
}
"""What a browser is told when it asks whether it may call."""


class ViaDeMaquinas:
    """Stands before the middleware of pages, which FHIR addresses skip (their views ask for no
    session and are exempt of CSRF: each request carries its own credential)."""

    def __init__(self, responder: Callable[[HttpRequest], HttpResponse]) -> None:
        self._responder = responder

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_PREFIJOS):
            return self._responder(request)
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=_PREVIAS)
        translation.deactivate()  # a page served before by this thread may have left its language
        hallada = request.resolver_match = resolve(request.path_info)
        respuesta: HttpResponse = hallada.func(request, *hallada.args, **hallada.kwargs)
        cabeceras = _CABECERAS
        if "HTTP_ORIGIN" in request.META:
            cabeceras = _CABECERAS | _DESDE_OTRO_ORIGEN
        for nombre, valor in cabeceras.items():
            respuesta.headers[nombre] = valor
        if not respuesta.streaming:  # of a file that is being read nobody knows how long it is
            respuesta.headers["Content-Length"] = str(len(respuesta.content))
        return respuesta
