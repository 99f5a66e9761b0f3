"""The addresses of ``/fhir``: parse, one call, respond."""

from http import HTTPStatus
from urllib.parse import parse_qsl
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import http_date

from auditoria.tipos import TipoDeEvento
from ece import fhir
from ece.nucleo.acceso import Actor
from interoperabilidad.fhir import capacidades, escritura, eventos, lectura, transaccion
from interoperabilidad.fhir.errores import TIPO_MIME, ErrorFhir
from interoperabilidad.fhir.escritura import Pedido
from interoperabilidad.fhir.guardas import con_cliente, publica
from interoperabilidad.fhir.lectura import Leido
from registros.services.recursos import Escrita

_MIMES = ("application/fhir+json", "application/json", "text/json")


@publica
def metadata(request: HttpRequest) -> HttpResponse:
    declaracion = capacidades.declaracion(_base(request))
    return HttpResponse(fhir.json.escribir(declaracion), content_type=TIPO_MIME)


@publica
def smart(request: HttpRequest) -> HttpResponse:
    configuracion = capacidades.smart(request.build_absolute_uri("/"))
    return HttpResponse(fhir.json.escribir(configuracion), content_type="application/json")


@con_cliente
def raiz(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A transaction or batch."""
    _metodos(request, "POST")
    cuerpo = transaccion.procesar(
        actor, _cuerpo(request), base=_base(request), ahora=timezone.now()
    )
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


@con_cliente
def tipo(request: HttpRequest, actor: Actor, tipo: str) -> HttpResponse:
    """Search (GET) or create (POST) resources of a type."""
    _metodos(request, "GET", "POST")
    _conocido(tipo)
    if request.method == "POST":
        return _escrita(request, _crear(request, actor, tipo))
    return _busqueda(request, actor, tipo, _consulta(request))


@con_cliente
def buscar(request: HttpRequest, actor: Actor, tipo: str) -> HttpResponse:
    """Search by POST, so that what is looked for stays out of addresses."""
    _metodos(request, "POST")
    _conocido(tipo)
    consulta = request.body.decode("utf-8", "replace")
    return _busqueda(request, actor, tipo, consulta)


@con_cliente
def registro(request: HttpRequest, actor: Actor, tipo: str, id: str) -> HttpResponse:
    """Read (GET) or update (PUT) one resource."""
    _metodos(request, "GET", "PUT")
    _conocido(tipo)
    uuid = transaccion.identificador(id)
    if request.method == "PUT":
        return _escrita(request, _actualizar(request, actor, tipo, uuid))
    if eventos.atiende(actor, tipo):
        cuerpo = eventos.leer(actor, uuid, ahora=timezone.now())
        return HttpResponse(cuerpo, content_type=TIPO_MIME)
    return _leido(request, lectura.leer(actor, tipo, uuid, ahora=timezone.now()))


@con_cliente
def historia(request: HttpRequest, actor: Actor, tipo: str, id: str) -> HttpResponse:
    _metodos(request, "GET")
    _conocido(tipo)
    cuerpo = lectura.historia(
        actor, tipo, transaccion.identificador(id), base=_base(request), ahora=timezone.now()
    )
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


@con_cliente
def version(request: HttpRequest, actor: Actor, tipo: str, id: str, version: str) -> HttpResponse:
    _metodos(request, "GET")
    _conocido(tipo)
    uuid = transaccion.identificador(id)
    return _leido(
        request, lectura.leer_version(actor, tipo, uuid, int(version[:9]), ahora=timezone.now())
    )


@con_cliente
def compartimento(request: HttpRequest, actor: Actor, id: str, tipo: str) -> HttpResponse:
    """Search inside a patient's compartment."""
    _metodos(request, "GET")
    _conocido(tipo)
    if not fhir.en_compartimento(tipo):
        raise ErrorFhir(
            400, "not-supported", f"{tipo} no pertenece al compartimento de un paciente."
        )
    paciente = transaccion.identificador(id)
    return _busqueda(request, actor, tipo, _consulta(request), paciente)


@con_cliente
def todo(request: HttpRequest, actor: Actor, id: str) -> HttpResponse:
    """``Patient/[id]/$everything``."""
    _metodos(request, "GET", "POST")
    cuerpo = lectura.expediente(
        actor,
        transaccion.identificador(id),
        base=_base(request),
        cursor=request.GET.get("_cursor", ""),
        tipos=request.GET.get("_type", ""),
        ahora=timezone.now(),
    )
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


def _crear(request: HttpRequest, actor: Actor, tipo: str) -> Escrita:
    if "HTTP_IF_NONE_EXIST" in request.META:
        raise ErrorFhir(400, "not-supported", "No se admite la creación condicional.")
    recurso = _cuerpo(request)
    _del_tipo(recurso, tipo)
    return _escribir(actor, Pedido(recurso), TipoDeEvento.RECURSO_CREADO)


def _actualizar(request: HttpRequest, actor: Actor, tipo: str, id: UUID) -> Escrita:
    recurso = _cuerpo(request)
    _del_tipo(recurso, tipo)
    if recurso.get("id") != str(id):
        raise ErrorFhir(400, "invalid", "El id del recurso no es el de la dirección.")
    version = transaccion.etiqueta(request.META.get("HTTP_IF_MATCH", ""))
    return _escribir(actor, Pedido(recurso, id, version), TipoDeEvento.RECURSO_ACTUALIZADO)


def _escribir(actor: Actor, pedido: Pedido, tipo: TipoDeEvento) -> Escrita:
    (escrita,) = escritura.aplicar(actor, [pedido], ahora=timezone.now(), tipo=tipo)
    return escrita


def _busqueda(
    request: HttpRequest, actor: Actor, tipo: str, consulta: str, paciente: UUID | None = None
) -> HttpResponse:
    if eventos.atiende(actor, tipo):
        pares = parse_qsl(consulta)
        if paciente is not None:
            pares.append(("patient", str(paciente)))
        cuerpo = eventos.buscar(actor, pares, base=_base(request), ahora=timezone.now())
        return HttpResponse(cuerpo, content_type=TIPO_MIME)
    cuerpo = lectura.buscar(
        actor,
        tipo,
        parse_qsl(consulta, keep_blank_values=True),
        base=_base(request),
        estricto="handling=lenient" not in request.META.get("HTTP_PREFER", ""),
        ahora=timezone.now(),
        paciente=paciente,
    )
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


def _leido(request: HttpRequest, leido: Leido) -> HttpResponse:
    etiqueta = f'W/"{leido.fila.version}"'
    if request.META.get("HTTP_IF_NONE_MATCH") == etiqueta:
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": etiqueta})
    respuesta = HttpResponse(leido.json, content_type=TIPO_MIME)
    respuesta["ETag"] = etiqueta
    respuesta["Last-Modified"] = http_date(leido.fila.actualizado_at.timestamp())
    return respuesta


def _escrita(request: HttpRequest, escrita: Escrita) -> HttpResponse:
    nuevo = escrita.version == 1
    cuerpo = escrita.json
    if "return=minimal" in request.META.get("HTTP_PREFER", ""):
        cuerpo = b""
    respuesta = HttpResponse(cuerpo, content_type=TIPO_MIME, status=201 if nuevo else 200)
    lugar = f"{_base(request)}/{escrita.tipo}/{escrita.id}/_history/{escrita.version}"
    respuesta["Location"] = lugar
    respuesta["ETag"] = f'W/"{escrita.version}"'
    respuesta["Last-Modified"] = http_date(escrita.actualizado_at.timestamp())
    return respuesta


def _consulta(request: HttpRequest) -> str:
    """The query string: WSGI hands bytes over as Latin-1; who does not escape sends UTF-8."""
    cruda: str = request.META.get("QUERY_STRING", "")
    return cruda.encode("latin-1", "replace").decode("utf-8", "replace")


def _base(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}/fhir"


def _metodos(request: HttpRequest, *admitidos: str) -> None:
    if request.method not in admitidos:
        raise ErrorFhir(405, "not-supported", f"Aquí se usa {' o '.join(admitidos)}.")


def _conocido(tipo: str) -> None:
    if tipo not in fhir.tipos_de_recurso():
        raise ErrorFhir(404, "not-supported", f"{tipo!r} no es un recurso de FHIR R4.")


def _del_tipo(recurso: dict[str, object], tipo: str) -> None:
    if recurso.get("resourceType") != tipo:
        raise ErrorFhir(400, "invalid", f"Se espera un recurso {tipo}.")


def _cuerpo(request: HttpRequest) -> dict[str, object]:
    mime = (request.content_type or "").lower()
    if mime not in _MIMES:
        raise ErrorFhir(415, "not-supported", "Se espera application/fhir+json.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise ErrorFhir(413, "too-long", "El cuerpo es demasiado grande.")
    return fhir.json.leer(request.body)
