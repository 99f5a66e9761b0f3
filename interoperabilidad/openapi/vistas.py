"""``/api/esquema/``: the description, for whoever writes a client."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from interoperabilidad.fhir.guardas import publica
from interoperabilidad.openapi import descripcion


def _raiz(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")


def _etiqueta(request: HttpRequest) -> str:
    return f'"{descripcion.publicada(_raiz(request))[1]}"'


@publica
@require_safe
@condition(etag_func=_etiqueta)
def esquema(request: HttpRequest) -> HttpResponse:
    escrita, _ = descripcion.publicada(_raiz(request))
    respuesta = HttpResponse(escrita, content_type="application/json")
    respuesta["Cache-Control"] = "public, max-age=3600"
    respuesta["Access-Control-Allow-Origin"] = "*"  # it says nothing of anybody
    return respuesta
