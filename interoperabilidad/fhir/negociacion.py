"""In which form a client speaks and wants to be answered: JSON or XML, indented, compressed."""

import base64
import gzip
import re
import zlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from ece import fhir
from interoperabilidad.fhir.errores import TIPO_MIME, ErrorFhir

XML_MIME = "application/fhir+xml; charset=utf-8"
JSON, XML = "json", "xml"
MIMES = {
    "application/fhir+json": JSON,
    "application/json": JSON,
    "text/json": JSON,
    "json": JSON,
    "application/fhir+xml": XML,
    "application/xml": XML,
    "text/xml": XML,
    "xml": XML,
}
_CUALQUIERA = frozenset({"*/*", "application/*"})
_DE_FHIR = TIPO_MIME.partition(";")[0]
MINIMO = 1_400
"""Bytes below which compressing saves no packet."""


@dataclass(frozen=True, slots=True)
class Forma:
    """How the answer is to be written."""

    formato: str = JSON
    bonito: bool = False
    nativo: str = ""
    """Of a Binary, the media types that were asked for instead of a resource."""


_JSON_LLANO = Forma()
_BINARIO = re.compile(r"/fhir/Binary/[^/]+(/_history/\d+)?").fullmatch
PDF = "application/pdf"
_RESUMEN = re.compile(r"/fhir/Patient/[^/]+/\$summary").fullmatch
ZIP = "application/zip"
_CDA = re.compile(r"/fhir/Patient/[^/]+/\$cda").fullmatch
_ARCHIVO = re.compile(r"/fhir/\$(export|import)-status/[^/]+/[^/]+\.ndjson").fullmatch


def pedida(request: HttpRequest) -> Forma:
    """What ``_format`` (first) or ``Accept`` ask for. Raises `ErrorFhir` 406."""
    acepta, consulta = request.META.get("HTTP_ACCEPT", ""), request.META.get("QUERY_STRING", "")
    if _RESUMEN(request.path_info) and pide_pdf(request):
        return Forma(nativo=PDF)
    if _CDA(request.path_info) and pide_zip(request):
        return Forma(nativo=ZIP)
    if "_format" not in consulta and "_pretty" not in consulta:
        if acepta in ("", "*/*", _DE_FHIR):
            return _JSON_LLANO
        if _ARCHIVO(request.path_info):
            return _JSON_LLANO  # it has one form, whatever is asked for
        if _BINARIO(request.path_info) and request.method in ("GET", "HEAD"):
            return _de_binario(acepta)
        return Forma(_de_accept(acepta))
    opciones = dict(parse_qsl(consulta.replace("+", "%2B")))
    bonito = opciones.get("_pretty", "") == "true"
    if formato := opciones.get("_format", ""):
        elegido = _de_mime(formato)
        if not elegido:
            raise ErrorFhir(406, "not-supported", "_format es json o xml.")
        return Forma(elegido, bonito)
    return Forma(_de_accept(acepta), bonito)


def pide_pdf(request: HttpRequest) -> bool:
    """Whether a document is asked for as it is printed, by ``_format`` (first) or ``Accept``."""
    if formato := parse_qs(request.META.get("QUERY_STRING", "")).get("_format"):
        return formato[0] in ("pdf", PDF)
    primero: str = request.META.get("HTTP_ACCEPT", "").partition(",")[0]
    return primero.partition(";")[0].strip() == PDF


def pide_zip(request: HttpRequest) -> bool:
    """Whether a document is asked for together with its signature."""
    acepta: str = request.META.get("HTTP_ACCEPT", "")
    return acepta.partition(",")[0].partition(";")[0].strip() == ZIP


DE_XML = frozenset({"application/xml", "text/xml"})


def _de_binario(acepta: str) -> Forma:
    """A Binary goes as it is to who asks for it so (R4 binary.html 2.1.2); XML that is not said to
    be FHIR's is that of the document, when it holds one (IHE MHD, ITI-68)."""
    if acepta.partition(";")[0].strip() in DE_XML:
        return Forma(XML, nativo=acepta)
    try:
        return Forma(_de_accept(acepta.replace("*/*", "")))
    except ErrorFhir:
        return Forma(nativo=acepta)


def _de_mime(mime: str) -> str:
    """The format of a media type (of FHIR 4.0, if it says of which); empty for any other."""
    tipo, *detalles = (parte.strip().lower() for parte in mime.split(";"))
    version = next((d.partition("=")[2] for d in detalles if d.startswith("fhirversion=")), "4.0")
    return MIMES.get(tipo, "") if version == "4.0" else ""


def _de_accept(acepta: str) -> str:
    if not acepta:
        return JSON
    preferidos: list[tuple[float, str]] = []
    for parte in acepta.split(","):
        tipo, _, resto = parte.strip().partition(";")
        formato = (
            JSON if tipo.strip() in _CUALQUIERA else _de_mime(parte.rpartition(";q=")[0] or parte)
        )
        if formato:
            preferidos.append((_calidad(resto), formato))
    if not preferidos or max(preferidos, key=lambda p: p[0])[0] <= 0:
        raise ErrorFhir(406, "not-supported", "Se responde en application/fhir+json o +xml.")
    return max(preferidos, key=lambda p: p[0])[1]  # of equals, the first


def _calidad(detalles: str) -> float:
    for detalle in detalles.split(";"):
        nombre, _, valor = detalle.strip().partition("=")
        if nombre == "q":
            try:
                return float(valor)
            except ValueError:
                return 0.0
    return 1.0


def presentar(request: HttpRequest, respuesta: HttpResponseBase, forma: Forma) -> HttpResponseBase:
    """`respuesta` (FHIR JSON) in the form that was asked for; what is streamed comes made."""
    if not isinstance(respuesta, HttpResponse):
        return respuesta
    if forma is not _JSON_LLANO and respuesta.content and _es_fhir(respuesta):
        if forma.nativo and respuesta.status_code == 200 and _es_de(respuesta, forma):
            respuesta = _nativa(respuesta, forma.nativo)
        elif forma.formato == XML:
            recurso = fhir.json.leer(respuesta.content)
            respuesta.content = fhir.xml.escribir(recurso, bonito=forma.bonito)
            respuesta["Content-Type"] = XML_MIME
        elif forma.bonito:
            respuesta.content = fhir.json.escribir_bonito(fhir.json.leer(respuesta.content))
    if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "") and len(respuesta.content) > MINIMO:
        respuesta.content = gzip.compress(respuesta.content, 1, mtime=0)
        respuesta["Content-Encoding"] = "gzip"
    if "HTTP_ACCEPT_ENCODING" in request.META or "HTTP_ACCEPT" in request.META:
        respuesta["Vary"] = "Accept, Accept-Encoding"
    return respuesta


def _es_de(respuesta: HttpResponse, forma: Forma) -> bool:
    """Whether a Binary is to go as it is: always, unless FHIR's XML would do as well."""
    if forma.formato != XML:
        return True
    return str(fhir.json.leer(respuesta.content).get("contentType", "")) in DE_XML


def _nativa(respuesta: HttpResponse, pedido: str) -> HttpResponse:
    """What a Binary holds, to be kept and not shown: who receives it knows what it is."""
    recurso = fhir.json.leer(respuesta.content)
    mime = str(recurso.get("contentType", ""))
    admitidos = {parte.partition(";")[0].strip() for parte in pedido.split(",")}
    if admitidos & DE_XML:
        admitidos |= DE_XML
    if not admitidos & {mime.partition(";")[0], f"{mime.partition('/')[0]}/*", "*/*"}:
        return ErrorFhir(406, "not-supported", f"Es {mime}.").respuesta()
    nativa = HttpResponse(base64.b64decode(str(recurso.get("data", ""))), content_type=mime)
    for cabecera in ("ETag", "Last-Modified"):
        nativa[cabecera] = respuesta[cabecera]
    nativa["Content-Disposition"] = "attachment"
    nativa["X-Content-Type-Options"] = "nosniff"
    return nativa


def _es_fhir(respuesta: HttpResponse) -> bool:
    return str(respuesta.get("Content-Type", "")).startswith(_DE_FHIR)


def cuerpo(request: HttpRequest) -> bytes:
    """The bytes that came, decompressed. Raises `ErrorFhir` 413, 415, 400."""
    maximo = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if int(request.META.get("CONTENT_LENGTH") or 0) > maximo:
        raise ErrorFhir(413, "too-long", "El cuerpo es demasiado grande.")
    codificado = request.META.get("HTTP_CONTENT_ENCODING", "")
    if codificado in ("", "identity"):
        return request.body
    if codificado != "gzip":
        raise ErrorFhir(415, "not-supported", "Content-Encoding es gzip, o ninguno.")
    descompresor = zlib.decompressobj(wbits=31)
    try:
        datos = descompresor.decompress(request.body, maximo)
    except zlib.error as error:
        raise ErrorFhir(400, "invalid", "El cuerpo no es gzip.") from error
    if descompresor.unconsumed_tail or not descompresor.eof:
        raise ErrorFhir(413, "too-long", "El cuerpo es demasiado grande, o está cortado.")
    return datos


def puede_decir(request: HttpRequest, letra: str) -> bool:
    """False only when no text of what came has `letra`, told without looking into it."""
    if request.META.get("HTTP_CONTENT_ENCODING"):
        return True
    # As it is, or escaped in JSON or in XML.
    return any(b in request.body for b in (letra.encode(), b"\\u00", b"&#"))


def recurso(request: HttpRequest) -> dict[str, Any]:
    """The resource that came, in JSON or XML. Raises `ErrorFhir`, `JsonInvalido`, `XmlInvalido`."""
    formato = _de_mime(request.META.get("CONTENT_TYPE", ""))
    if not formato:
        raise ErrorFhir(415, "not-supported", "Se espera application/fhir+json o +xml.")
    datos = cuerpo(request)
    return fhir.xml.leer(datos) if formato == XML else fhir.json.leer(datos)
