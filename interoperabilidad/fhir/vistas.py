"""The addresses of ``/fhir``: parse, one call, respond."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import parse_qsl
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import http_date

from ece import fhir
from ece.nucleo.acceso import Actor
from interoperabilidad.fhir import (
    capacidades,
    escrituras,
    historias,
    lectura,
    negociacion,
    paquetes,
    pedidos,
    transaccion,
)
from interoperabilidad.fhir.errores import TIPO_MIME, ErrorFhir, asunto
from interoperabilidad.fhir.escrituras import Hecho
from interoperabilidad.fhir.guardas import con_cliente, publica
from interoperabilidad.fhir.lectura import Leido

Pares = list[tuple[str, str]]


@publica
def metadata(request: HttpRequest) -> HttpResponse:
    _metodos(request, "GET")
    return HttpResponse(capacidades.publicada(_base(request)), content_type=TIPO_MIME)


@publica
def smart(request: HttpRequest) -> HttpResponse:
    configuracion = capacidades.smart(request.build_absolute_uri("/"))
    return HttpResponse(fhir.json.escribir(configuracion), content_type="application/json")


@con_cliente
def raiz(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A transaction or batch."""
    _metodos(request, "POST")
    cuerpo = transaccion.procesar(
        actor,
        negociacion.recurso(request),
        base=_base(request),
        ahora=timezone.now(),
        con_recurso=_prefiere(request) == "representation",
        por_busqueda=negociacion.puede_decir(request, "?"),
    )
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


@con_cliente
def tipo(request: HttpRequest, actor: Actor, tipo: str) -> HttpResponse:
    """A type: search it, create in it; by condition, update, patch and delete."""
    _metodos(request, "GET", "POST", "PUT", "PATCH", "DELETE")
    _conocido(tipo)
    if request.method in ("GET", "HEAD"):
        return _busqueda(request, actor, tipo, _pares(_consulta(request)))
    ahora = timezone.now()
    if request.method == "POST":
        recurso = _del_tipo(negociacion.recurso(request), tipo)
        si_no_existe = request.META.get("HTTP_IF_NONE_EXIST", "")
        return _escrita(request, escrituras.crear(actor, recurso, si_no_existe, ahora=ahora))
    criterios, version = _consulta(request), _si_es(request)
    match request.method:
        case "PUT":
            recurso = _del_tipo(negociacion.recurso(request), tipo)
            hecho = escrituras.actualizar_si(
                actor, tipo, recurso, criterios, version=version, ahora=ahora
            )
        case "PATCH":
            id_ = pedidos.el_de(actor, tipo, criterios, ahora=ahora)
            hecho = escrituras.parchar(
                actor, tipo, id_, _parche(request), version=version, ahora=ahora
            )
        case _:
            id_ = pedidos.el_de(actor, tipo, criterios, ahora=ahora)
            return _borrada(escrituras.borrar(actor, tipo, id_, version=version, ahora=ahora))
    return _escrita(request, hecho)


@con_cliente
def buscar(request: HttpRequest, actor: Actor, tipo: str) -> HttpResponse:
    """Search by POST, so that what is looked for stays out of addresses."""
    _metodos(request, "POST")
    _conocido(tipo)
    return _busqueda(request, actor, tipo, _pares_enviados(request))


@con_cliente
def registro(request: HttpRequest, actor: Actor, tipo: str, id: str) -> HttpResponse:
    """One resource: read, update, patch, delete."""
    _metodos(request, "GET", "PUT", "PATCH", "DELETE")
    _conocido(tipo)
    if (fabricado := capacidades.definicion(tipo, id, _base(request))) is not None:
        _metodos(request, "GET")
        return HttpResponse(fhir.json.escribir(fabricado), content_type=TIPO_MIME)
    uuid, ahora = pedidos.identificador(id), timezone.now()
    if request.method in ("GET", "HEAD"):
        return _leido(request, lectura.leer(actor, tipo, uuid, ahora=ahora))
    version = _si_es(request)
    match request.method:
        case "PUT":
            recurso = _del_tipo(negociacion.recurso(request), tipo)
            if recurso.get("id") != str(uuid):
                raise ErrorFhir(400, "invalid", "El id del recurso no es el de la dirección.")
            hecho = escrituras.actualizar(actor, recurso, uuid, version=version, ahora=ahora)
        case "PATCH":
            hecho = escrituras.parchar(
                actor, tipo, uuid, _parche(request), version=version, ahora=ahora
            )
        case _:
            return _borrada(escrituras.borrar(actor, tipo, uuid, version=version, ahora=ahora))
    return _escrita(request, hecho)


@con_cliente
def historia(request: HttpRequest, actor: Actor, tipo: str, id: str) -> HttpResponse:
    _metodos(request, "GET")
    _conocido(tipo)
    cuerpo = historias.de_uno(
        actor,
        tipo,
        pedidos.identificador(id),
        _pares(_consulta(request)),
        base=_base(request),
        ahora=timezone.now(),
    )
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


@con_cliente
def historia_de_tipo(request: HttpRequest, actor: Actor, tipo: str) -> HttpResponse:
    _conocido(tipo)
    return _historia_de_muchos(request, actor, tipo)


@con_cliente
def historia_de_todo(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _historia_de_muchos(request, actor, None)


def _historia_de_muchos(request: HttpRequest, actor: Actor, tipo: str | None) -> HttpResponse:
    _metodos(request, "GET")
    cuerpo = historias.de_muchos(
        actor, tipo, _pares(_consulta(request)), base=_base(request), ahora=timezone.now()
    )
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


@con_cliente
def version(request: HttpRequest, actor: Actor, tipo: str, id: str, version: str) -> HttpResponse:
    _metodos(request, "GET")
    _conocido(tipo)
    uuid = pedidos.identificador(id)
    return _leido(
        request, lectura.leer_version(actor, tipo, uuid, int(version[:9]), ahora=timezone.now())
    )


@con_cliente
def compartimento(request: HttpRequest, actor: Actor, id: str, tipo: str) -> HttpResponse:
    """Search inside a patient's compartment."""
    _metodos(request, "GET")
    return _en_compartimento(request, actor, id, tipo, _pares(_consulta(request)))


@con_cliente
def buscar_en_compartimento(request: HttpRequest, actor: Actor, id: str, tipo: str) -> HttpResponse:
    """The same, by POST."""
    _metodos(request, "POST")
    return _en_compartimento(request, actor, id, tipo, _pares_enviados(request))


def _en_compartimento(
    request: HttpRequest, actor: Actor, id: str, tipo: str, pares: Pares
) -> HttpResponse:
    _conocido(tipo)
    if not fhir.en_compartimento(tipo):
        raise ErrorFhir(
            400, "not-supported", f"{tipo} no pertenece al compartimento de un paciente."
        )
    return _busqueda(request, actor, tipo, pares, pedidos.identificador(id))


@con_cliente
def todo(request: HttpRequest, actor: Actor, id: str) -> HttpResponse:
    """``Patient/[id]/$everything``."""
    _metodos(request, "GET", "POST")
    cuerpo = lectura.expediente(
        actor,
        pedidos.identificador(id),
        base=_base(request),
        cursor=request.GET.get("_cursor", ""),
        tipos=request.GET.get("_type", ""),
        ahora=timezone.now(),
    )
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


def _parche(request: HttpRequest) -> pedidos.Parche:
    mime = str(request.META.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()
    datos = negociacion.cuerpo(request) if mime == pedidos.JSON_PATCH else b""
    return pedidos.parche(mime, datos, lambda: negociacion.recurso(request))


def _busqueda(
    request: HttpRequest, actor: Actor, tipo: str, pares: Pares, paciente: UUID | None = None
) -> HttpResponse:
    cuerpo = lectura.buscar(
        actor,
        tipo,
        pares,
        base=_base(request),
        estricto="handling=lenient" not in request.META.get("HTTP_PREFER", ""),
        ahora=timezone.now(),
        paciente=paciente,
    )
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


def _leido(request: HttpRequest, leido: Leido) -> HttpResponse:
    etiqueta, momento = f'W/"{leido.fila.version}"', leido.fila.actualizado_at
    if _sin_cambios(request, etiqueta, momento):
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": etiqueta})
    respuesta = HttpResponse(_recortado(request, leido.json), content_type=TIPO_MIME)
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
    except ValueError:
        return False
    limite = limite if limite.tzinfo else limite.replace(tzinfo=UTC)
    return momento.replace(microsecond=0) <= limite


def _recortado(request: HttpRequest, json: bytes) -> bytes:
    if not request.META.get("QUERY_STRING"):
        return json
    pedido = dict(_pares(_consulta(request)))
    resumen = pedido.get("_summary", "false")
    if resumen not in ("true", "text", "data", "false"):
        raise ErrorFhir(400, "invalid", "_summary es true, text, data o false.")
    elementos = [e for e in pedido.get("_elements", "").split(",") if e]
    return paquetes.recortado(json, "" if resumen == "false" else resumen, elementos)


def _escrita(request: HttpRequest, hecho: Hecho) -> HttpResponse:
    cuerpo, prefiere = hecho.json, _prefiere(request)
    if prefiere == "minimal":
        cuerpo = b""
    elif prefiere == "OperationOutcome":
        dicho = asunto("informational", "Se escribió.", gravedad="information")
        cuerpo = fhir.json.escribir({"resourceType": "OperationOutcome", "issue": [dicho]})
    respuesta = HttpResponse(cuerpo, content_type=TIPO_MIME, status=201 if hecho.nuevo else 200)
    lugar = f"{_base(request)}/{hecho.tipo}/{hecho.id}/_history/{hecho.version}"
    respuesta["Location"] = lugar
    respuesta["ETag"] = f'W/"{hecho.version}"'
    respuesta["Last-Modified"] = http_date(hecho.actualizado_at.timestamp())
    return respuesta


def _borrada(hecho: Hecho | None) -> HttpResponse:
    respuesta = HttpResponse(status=HTTPStatus.NO_CONTENT)
    if hecho is not None:
        respuesta["ETag"] = f'W/"{hecho.version}"'
    return respuesta


def _prefiere(request: HttpRequest) -> str:
    """What ``Prefer: return=`` asks for."""
    for parte in request.META.get("HTTP_PREFER", "").replace(",", ";").split(";"):
        nombre, _, valor = parte.strip().partition("=")
        if nombre == "return":
            return str(valor.strip())
    return ""


def _si_es(request: HttpRequest) -> int:
    return pedidos.etiqueta(request.META.get("HTTP_IF_MATCH", ""))


def _consulta(request: HttpRequest) -> str:
    """The query string: WSGI hands bytes over as Latin-1; who does not escape sends UTF-8."""
    cruda: str = request.META.get("QUERY_STRING", "")
    return cruda.encode("latin-1", "replace").decode("utf-8", "replace")


def _pares(consulta: str) -> Pares:
    return parse_qsl(consulta, keep_blank_values=True)


def _pares_enviados(request: HttpRequest) -> Pares:
    """The parameters of a search by POST: those of the body, and those of the address."""
    mime = str(request.META.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()
    if mime not in ("", "application/x-www-form-urlencoded"):
        raise ErrorFhir(415, "not-supported", "Se espera application/x-www-form-urlencoded.")
    cuerpo = negociacion.cuerpo(request).decode("utf-8", "replace")
    return _pares(cuerpo) + _pares(_consulta(request))


def _base(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}/fhir"


def _metodos(request: HttpRequest, *admitidos: str) -> None:
    if request.method in admitidos or (request.method == "HEAD" and "GET" in admitidos):
        return
    raise ErrorFhir(405, "not-supported", f"Aquí se usa {' o '.join(admitidos)}.")


def _conocido(tipo: str) -> None:
    if tipo not in fhir.tipos_de_recurso():
        raise ErrorFhir(404, "not-supported", f"{tipo!r} no es un recurso de FHIR R4.")


def _del_tipo(recurso: dict[str, object], tipo: str) -> dict[str, object]:
    if recurso.get("resourceType") != tipo:
        raise ErrorFhir(400, "invalid", f"Se espera un recurso {tipo}.")
    return recurso
