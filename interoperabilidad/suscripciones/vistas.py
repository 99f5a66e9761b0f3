"""The addresses of ``Subscription`` and of its operations."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from consentimiento.decision import AccesoDenegado
from ece import fhir
from ece.nucleo.acceso import Actor
from interoperabilidad import encargos
from interoperabilidad.fhir import negociacion, pedidos, respuestas
from interoperabilidad.fhir.errores import TIPO_MIME, ErrorFhir
from interoperabilidad.fhir.escrituras import Hecho
from interoperabilidad.fhir.guardas import con_cliente, publica
from interoperabilidad.models import NotificacionFhir
from interoperabilidad.suscripciones import firma, paquetes, sucedido, suscripciones
from interoperabilidad.suscripciones.recurso import ENTERO, POR_ID, VACIO, Suscripcion
from interoperabilidad.suscripciones.recurso import leer as leer_recurso
from interoperabilidad.suscripciones.suscripciones import Vista

TIPO = "Subscription"
SUCESOS = 500
"""Events that ``$events`` answers with at once."""
Pares = list[tuple[str, str]]


@publica
def llaves(request: HttpRequest) -> HttpResponse:
    """Our public key, with which notifications are signed (JWKS)."""
    return JsonResponse({"keys": [firma.publica()]})


@con_cliente
def todas(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Subscribe, or search one's own subscriptions."""
    encargos.exigir_sistema(actor)
    if request.method in ("GET", "HEAD"):
        return _busqueda(request, actor, respuestas.pares(respuestas.consulta(request)))
    _metodos(request, "GET", "POST")
    if "HTTP_IF_NONE_EXIST" in request.META:
        raise ErrorFhir(400, "not-supported", "Una suscripción no se crea por condición.")
    hecha = suscripciones.crear(actor, _enviada(request), ahora=timezone.now())
    return _escrita(request, hecha)


@con_cliente
def buscar(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The search, by POST."""
    encargos.exigir_sistema(actor)
    _metodos(request, "POST")
    enviados = respuestas.pares(negociacion.cuerpo(request).decode("utf-8", "replace"))
    return _busqueda(request, actor, enviados + respuestas.pares(respuestas.consulta(request)))


def _busqueda(request: HttpRequest, actor: Actor, pares: Pares) -> HttpResponse:
    pares = [par for par in pares if par[0] not in ("_format", "_pretty")]
    base = respuestas.base(request)
    halladas = suscripciones.buscar(actor, pares)
    paquete: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(halladas),
        "link": [{"relation": "self", "url": request.build_absolute_uri()}],
        "entry": [
            {
                "fullUrl": f"{base}/{TIPO}/{una.id}",
                "resource": una.recurso,
                "search": {"mode": "match"},
            }
            for una in halladas
        ],
    }
    return _dicha({c: v for c, v in paquete.items() if v != []})


@con_cliente
def una(request: HttpRequest, actor: Actor, id: str) -> HttpResponse:
    """One subscription: read it, change it, end it."""
    encargos.exigir_sistema(actor)
    _metodos(request, "GET", "HEAD", "PUT", "DELETE")
    uuid, ahora = pedidos.identificador(id), timezone.now()
    if request.method == "DELETE":
        suscripciones.borrar(actor, uuid, ahora=ahora)
        return HttpResponse(status=204)
    if request.method == "PUT":
        enviada = _enviada(request)
        if enviada.get("id") != str(uuid):
            raise ErrorFhir(400, "invalid", "El id del recurso no es el de la dirección.")
        version = pedidos.etiqueta(request.META.get("HTTP_IF_MATCH", ""))
        return _escrita(
            request, suscripciones.cambiar(actor, uuid, enviada, version=version, ahora=ahora)
        )
    leida = suscripciones.leer(actor, uuid)
    respuesta = _dicha(leida.recurso)
    respuesta["ETag"] = f'W/"{leida.version}"'
    return respuesta


@con_cliente
def estado(request: HttpRequest, actor: Actor, id: str = "") -> HttpResponse:
    """``$status``: of one, of several, or of all of one's own."""
    encargos.exigir_sistema(actor)
    pedido = _argumentos(request)
    ids = [id] if id else [v for c, v in pedido if c == "id"]
    codigos = [v for c, v in pedido if c == "status"]
    estados = suscripciones.estados(
        actor,
        [pedidos.identificador(uno.rpartition("/")[2]) for uno in ids] if ids else None,
        codigos or None,
    )
    if id and not estados:
        suscripciones.leer(actor, pedidos.identificador(id))  # says that there is none
    cuerpo = paquetes.de_estados(estados, en=respuestas.base(request))
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


@con_cliente
def eventos(request: HttpRequest, actor: Actor, id: str) -> HttpResponse:
    """``$events``: what was told, again, as far as it may be told now."""
    encargos.exigir_sistema(actor)
    uuid, ahora, pedido = pedidos.identificador(id), timezone.now(), dict(_argumentos(request))
    leida = suscripciones.leer(actor, uuid)
    pedida = leer_recurso(leida.recurso)
    contenido = pedido.get("content", pedida.contenido)
    if contenido not in (VACIO, POR_ID, ENTERO):
        raise ErrorFhir(400, "invalid", f"content es {VACIO}, {POR_ID} o {ENTERO}.")
    desde = _numero(pedido.get("eventsSinceNumber", "1"))
    hasta = _numero(pedido.get("eventsUntilNumber", str(2**62)))
    sucesos = [
        _suceso(actor, aviso, pedida)
        for aviso in suscripciones.contados(actor, uuid, desde, hasta, SUCESOS)
    ]
    (suyo,) = suscripciones.estados(actor, [uuid], None)
    cuerpo = paquetes.notificacion(
        suyo,
        paquetes.CONSULTA_DE_SUCESOS,
        en=respuestas.base(request),
        ahora=ahora,
        sucesos=sucesos,
        contenido=contenido,
    )
    return HttpResponse(cuerpo, content_type=TIPO_MIME)


def _suceso(actor: Actor, aviso: NotificacionFhir, pedida: Suscripcion) -> paquetes.Suceso:
    numero = int(aviso.numero or 0)
    try:
        visto = sucedido.mirar(actor, aviso, pedida, ahora=timezone.now())
    except AccesoDenegado as negado:
        if negado.fundamento in ErrorFhir.DEL_CLIENTE:
            raise
        visto = None
    if visto is None:
        return paquetes.Suceso(numero, aviso.momento)
    return paquetes.Suceso(numero, aviso.momento, visto.foco, aviso.version, visto.json)


def _numero(texto: str) -> int:
    if not texto.isdecimal() or len(texto) > 19:
        raise ErrorFhir(400, "invalid", "Los eventos se numeran desde 1.")
    return int(texto)


def _argumentos(request: HttpRequest) -> Pares:
    """A query (GET) or a Parameters resource (POST)."""
    if request.method in ("GET", "HEAD"):
        return respuestas.pares(respuestas.consulta(request))
    _metodos(request, "GET", "POST")
    enviado = negociacion.recurso(request)
    if enviado.get("resourceType") != "Parameters":
        raise ErrorFhir(400, "invalid", "Se espera un recurso Parameters.")
    if problemas := fhir.validar(enviado):
        raise ErrorFhir(422, "invalid", "Los parámetros no son válidos.", problemas=problemas)
    return [
        (
            str(parte.get("name", "")),
            str(next((v for c, v in parte.items() if c.startswith("value")), "")),
        )
        for parte in enviado.get("parameter", ())
    ]


def _enviada(request: HttpRequest) -> dict[str, Any]:
    enviada = negociacion.recurso(request)
    if enviada.get("resourceType") != TIPO:
        raise ErrorFhir(400, "invalid", f"Se espera un recurso {TIPO}.")
    return enviada


def _escrita(request: HttpRequest, hecha: Vista) -> HttpResponse:
    return respuestas.escrita(
        request,
        Hecho(
            TIPO,
            hecha.id,
            hecha.version,
            hecha.actualizada_at,
            fhir.json.escribir(hecha.recurso),
            hecha.version == 1,
        ),
    )


def _dicha(recurso: dict[str, Any]) -> HttpResponse:
    return HttpResponse(fhir.json.escribir(recurso), content_type=TIPO_MIME)


def _metodos(request: HttpRequest, *admitidos: str) -> None:
    if request.method not in admitidos:
        raise ErrorFhir(405, "not-supported", f"Aquí se usa {' o '.join(admitidos)}.")
