"""The addresses of ``/fhir``: parse, one call, respond."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ece import fhir
from ece.nucleo.acceso import Actor
from interoperabilidad.fhir import (
    capacidades,
    definiciones,
    escrituras,
    eventos,
    historias,
    lectura,
    negociacion,
    pedidos,
    respuestas,
    transaccion,
)
from interoperabilidad.fhir.errores import TIPO_MIME, ErrorFhir
from interoperabilidad.fhir.guardas import con_cliente, con_lector, publica

Pares = list[tuple[str, str]]


@publica
def metadata(request: HttpRequest) -> HttpResponse:
    _metodos(request, "GET")
    return HttpResponse(capacidades.publicada(respuestas.base(request)), content_type=TIPO_MIME)


@publica
def smart(request: HttpRequest) -> HttpResponse:
    configuracion = capacidades.smart(request.build_absolute_uri("/"))
    return HttpResponse(fhir.json.escribir(configuracion), content_type="application/json")


@con_cliente
def desconocida(request: HttpRequest, actor: Actor) -> HttpResponse:
    """An address that is none of ours."""
    raise ErrorFhir(404, "not-found", "Aquí no hay nada: vea /fhir/metadata o /api/esquema/.")


@con_cliente
def raiz(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A transaction or batch."""
    _metodos(request, "POST")
    cuerpo = transaccion.procesar(
        actor,
        negociacion.recurso(request),
        base=respuestas.base(request),
        ahora=timezone.now(),
        con_recurso=respuestas.prefiere(request) == "representation",
        por_busqueda=negociacion.puede_decir(request, "?"),
    )
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


@con_lector
def tipo(request: HttpRequest, actor: Actor, tipo: str) -> HttpResponse:
    """A type: search it, create in it; by condition, update, patch and delete."""
    _metodos(request, "GET", "POST", "PUT", "PATCH", "DELETE")
    _conocido(tipo)
    if request.method in ("GET", "HEAD"):
        return _busqueda(request, actor, tipo, respuestas.pares(respuestas.consulta(request)))
    ahora = timezone.now()
    if request.method == "POST":
        recurso = _del_tipo(negociacion.recurso(request), tipo)
        si_no_existe = request.META.get("HTTP_IF_NONE_EXIST", "")
        return respuestas.escrita(
            request, escrituras.crear(actor, recurso, si_no_existe, ahora=ahora)
        )
    criterios, version = respuestas.consulta(request), _si_es(request)
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
            return respuestas.borrada(
                escrituras.borrar(actor, tipo, id_, version=version, ahora=ahora)
            )
    return respuestas.escrita(request, hecho)


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
    if tipo in capacidades.DEFINEN:
        fabricado = capacidades.definicion(tipo, id, respuestas.base(request))
        if fabricado is not None:
            _metodos(request, "GET")
            return HttpResponse(fhir.json.escribir(fabricado), content_type=TIPO_MIME)
    uuid, ahora = pedidos.identificador(id), timezone.now()
    if request.method in ("GET", "HEAD"):
        if eventos.atiende(actor, tipo):
            return HttpResponse(eventos.leer(actor, uuid, ahora=ahora), content_type=TIPO_MIME)
        return respuestas.leido(request, lectura.leer(actor, tipo, uuid, ahora=ahora))
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
            return respuestas.borrada(
                escrituras.borrar(actor, tipo, uuid, version=version, ahora=ahora)
            )
    return respuestas.escrita(request, hecho)


@con_cliente
def historia(request: HttpRequest, actor: Actor, tipo: str, id: str) -> HttpResponse:
    _metodos(request, "GET")
    _conocido(tipo)
    cuerpo = historias.de_uno(
        actor,
        tipo,
        pedidos.identificador(id),
        respuestas.pares(respuestas.consulta(request)),
        base=respuestas.base(request),
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
        actor,
        tipo,
        respuestas.pares(respuestas.consulta(request)),
        base=respuestas.base(request),
        ahora=timezone.now(),
    )
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


@con_cliente
def version(request: HttpRequest, actor: Actor, tipo: str, id: str, version: str) -> HttpResponse:
    _metodos(request, "GET")
    _conocido(tipo)
    uuid = pedidos.identificador(id)
    return respuestas.leido(
        request, lectura.leer_version(actor, tipo, uuid, int(version[:9]), ahora=timezone.now())
    )


@con_lector
def compartimento(request: HttpRequest, actor: Actor, id: str, tipo: str) -> HttpResponse:
    """Search inside a patient's compartment."""
    _metodos(request, "GET")
    return _en_compartimento(
        request, actor, id, tipo, respuestas.pares(respuestas.consulta(request))
    )


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


@con_lector
def todo(request: HttpRequest, actor: Actor, id: str) -> HttpResponse:
    """``Patient/[id]/$everything``."""
    _metodos(request, "GET", "POST")
    cuerpo = lectura.expediente(
        actor,
        pedidos.identificador(id),
        base=respuestas.base(request),
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
    if eventos.atiende(actor, tipo):
        if paciente is not None:
            pares = [*pares, ("patient", str(paciente))]
        cuerpo = eventos.buscar(actor, pares, base=respuestas.base(request), ahora=timezone.now())
        return HttpResponse(cuerpo, content_type=TIPO_MIME)
    cuerpo = lectura.buscar(
        actor,
        tipo,
        pares,
        base=respuestas.base(request),
        estricto="handling=lenient" not in request.META.get("HTTP_PREFER", ""),
        ahora=timezone.now(),
        paciente=paciente,
    )
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


def _si_es(request: HttpRequest) -> int:
    return pedidos.etiqueta(request.META.get("HTTP_IF_MATCH", ""))


def _pares_enviados(request: HttpRequest) -> Pares:
    """The parameters of a search by POST: those of the body, and those of the address."""
    mime = str(request.META.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()
    if mime not in ("", "application/x-www-form-urlencoded"):
        raise ErrorFhir(415, "not-supported", "Se espera application/x-www-form-urlencoded.")
    cuerpo = negociacion.cuerpo(request).decode("utf-8", "replace")
    return respuestas.pares(cuerpo) + respuestas.pares(respuestas.consulta(request))


def _metodos(request: HttpRequest, *admitidos: str) -> None:
    if request.method in admitidos or (request.method == "HEAD" and "GET" in admitidos):
        return
    raise ErrorFhir(405, "not-supported", f"Aquí se usa {' o '.join(admitidos)}.")


def _conocido(tipo: str) -> None:
    if tipo not in fhir.tipos_de_recurso():
        raise ErrorFhir(404, "not-supported", f"{tipo!r} no es un recurso de FHIR R4.")
    if tipo in definiciones.APARTE:
        raise ErrorFhir(405, "not-supported", f"{tipo} no admite esta interacción.")


def _del_tipo(recurso: dict[str, object], tipo: str) -> dict[str, object]:
    if recurso.get("resourceType") != tipo:
        raise ErrorFhir(400, "invalid", f"Se espera un recurso {tipo}.")
    return recurso
