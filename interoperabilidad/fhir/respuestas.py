"""Answers of single resources, and what requests say besides their body."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from ece import fhir
from interoperabilidad.fhir import paquetes
from interoperabilidad.fhir.errores import TIPO_MIME, ErrorFhir, asunto
from interoperabilidad.fhir.escrituras import Hecho
from interoperabilidad.fhir.lectura import Leido


def leido(request: HttpRequest, hallado: Leido) -> HttpResponse:
    """A version with its ETag, or 304 to who already has it."""
    etiqueta, momento = f'W/"{hallado.fila.version}"', hallado.fila.actualizado_at
    if _sin_cambios(request, etiqueta, momento):
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": etiqueta})
    respuesta = HttpResponse(_recortado(request, hallado.json), content_type=TIPO_MIME)
    respuesta["ETag"] = etiqueta
    respuesta["Last-Modified"] = http_date(momento.timestamp())
    return respuesta


def _sin_cambios(request: HttpRequest, etiqueta: str, momento: datetime) -> bool:
    """Whether what the client already has is this (R4 http.html 3.1.0.5.1)."""
    si_no_es = request.META.get("HTTP_IF_NONE_MATCH")
    if si_no_es is not None:
        return si_no_es == "*" or etiqueta in (e.strip() for e in si_no_es.split(","))
    desde = request.META.get("HTTP_IF_MODIFIED_SINCE")
    if desde is None:
        return False
    try:
        limite = parsedate_to_datetime(desde)
    except (ValueError, OverflowError):
        return False
    limite = limite if limite.tzinfo else limite.replace(tzinfo=UTC)
    return momento.replace(microsecond=0) <= limite


def _recortado(request: HttpRequest, json: bytes) -> bytes:
    if not request.META.get("QUERY_STRING"):
        return json
    pedido = dict(pares(consulta(request)))
    resumen = pedido.get("_summary", "false")
    if resumen not in ("true", "text", "data", "false"):
        raise ErrorFhir(400, "invalid", "_summary es true, text, data o false.")
    elementos = [e for e in pedido.get("_elements", "").split(",") if e]
    return paquetes.recortado(json, "" if resumen == "false" else resumen, elementos)


def escrita(request: HttpRequest, hecho: Hecho) -> HttpResponse:
    """What was written, as ``Prefer`` asks."""
    cuerpo, preferido = hecho.json, prefiere(request)
    if preferido == "minimal":
        cuerpo = b""
    elif preferido == "OperationOutcome":
        dicho = asunto("informational", "Se escribió.", gravedad="information")
        cuerpo = fhir.json.escribir({"resourceType": "OperationOutcome", "issue": [dicho]})
    respuesta = HttpResponse(cuerpo, content_type=TIPO_MIME, status=201 if hecho.nuevo else 200)
    lugar = f"{base(request)}/{hecho.tipo}/{hecho.id}/_history/{hecho.version}"
    respuesta["Location"] = lugar
    respuesta["ETag"] = f'W/"{hecho.version}"'
    respuesta["Last-Modified"] = http_date(hecho.actualizado_at.timestamp())
    return respuesta


def borrada(hecho: Hecho | None) -> HttpResponse:
    """204, with the version that says it was an error if it is new."""
    respuesta = HttpResponse(status=HTTPStatus.NO_CONTENT)
    if hecho is not None:
        respuesta["ETag"] = f'W/"{hecho.version}"'
    return respuesta


def prefiere(request: HttpRequest) -> str:
    """What ``Prefer: return=`` asks for."""
    for parte in request.META.get("HTTP_PREFER", "").replace(",", ";").split(";"):
        nombre, _, valor = parte.strip().partition("=")
        if nombre == "return":
            return str(valor.strip())
    return ""


def consulta(request: HttpRequest) -> str:
    """The query string: WSGI hands bytes over as Latin-1; who does not escape sends UTF-8."""
    cruda: str = request.META.get("QUERY_STRING", "")
    return cruda.encode("latin-1", "replace").decode("utf-8", "replace")


def pares(consulta: str) -> list[tuple[str, str]]:
    """The parameters of a query string, in order."""
    return parse_qsl(consulta, keep_blank_values=True)


def base(request: HttpRequest) -> str:
    """Where the server is, as this client calls it."""
    return f"{request.scheme}://{request.get_host()}/fhir"
