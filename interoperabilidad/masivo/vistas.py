"""The addresses of ``$export``, ``$import`` and of what they leave."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import http_date

from ece import fhir
from ece.nucleo.acceso import Actor
from interoperabilidad import encargos
from interoperabilidad.fhir import lectura, negociacion, paquetes, pedidos, respuestas
from interoperabilidad.fhir.errores import TIPO_MIME, ErrorFhir, asunto
from interoperabilidad.fhir.guardas import con_cliente
from interoperabilidad.masivo import entregas, exportaciones, importaciones
from interoperabilidad.masivo import pedidos as pedidos_masivos
from interoperabilidad.masivo.pedidos import NDJSON, PACIENTES, SISTEMA
from interoperabilidad.models import EstadoDeTrabajo, TrabajoMasivo

ESPERA = 2
"""Seconds after which it is worth asking again."""


@con_cliente
def exportar(request: HttpRequest, actor: Actor) -> HttpResponse:
    """``$export`` of everything in reach."""
    return _exportar(request, actor, SISTEMA, None)


@con_cliente
def exportar_pacientes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """``Patient/$export``: the compartments of the patients in reach."""
    return _exportar(request, actor, PACIENTES, None)


@con_cliente
def exportar_grupo(request: HttpRequest, actor: Actor, id: str) -> HttpResponse:
    """``Group/[id]/$export``: those of its members, as the group is when it is asked for."""
    encargos.exigir_sistema(actor)
    uuid = pedidos.identificador(id)
    grupo = fhir.json.leer(lectura.leer(actor, "Group", uuid, ahora=timezone.now()).json)
    return _exportar(request, actor, PACIENTES, _miembros(grupo))


def _miembros(grupo: dict[str, Any]) -> list[UUID]:
    miembros = []
    for miembro in grupo.get("member", ()):
        tipo, _, id_ = str(miembro.get("entity", {}).get("reference", "")).partition("/")
        if tipo == "Patient" and not miembro.get("inactive"):
            try:
                miembros.append(UUID(id_))
            except ValueError:
                continue
    return miembros


def _exportar(
    request: HttpRequest, actor: Actor, nivel: str, miembros: list[UUID] | None
) -> HttpResponse:
    _metodos(request, "GET", "POST")
    encargos.exigir_sistema(actor)
    _exigir_espera(request)
    pares = respuestas.pares(respuestas.consulta(request))
    if request.method == "POST" and request.body:  # some clients post an address, and nothing else
        pares += _de_parameters(negociacion.recurso(request))
    pedido = pedidos_masivos.leer(
        actor,
        [par for par in pares if par[0] not in ("_format", "_pretty")],
        url=request.build_absolute_uri(),
        nivel=nivel,
        miembros=miembros,
    )
    id_ = exportaciones.pedir(actor, pedido, ahora=timezone.now())
    return _aceptada(f"{respuestas.base(request)}/$export-status/{id_}")


def _de_parameters(enviado: dict[str, Any]) -> list[tuple[str, str]]:
    if enviado.get("resourceType") != "Parameters":
        raise ErrorFhir(400, "invalid", "$export recibe un recurso Parameters.")
    if problemas := fhir.validar(enviado):
        raise ErrorFhir(422, "invalid", "Los parámetros no son válidos.", problemas=problemas)
    pares = []
    for parte in enviado.get("parameter", ()):
        valor = next((v for c, v in parte.items() if c.startswith("value")), "")
        if isinstance(valor, dict):
            valor = valor.get("reference", "")
        pares.append((str(parte.get("name", "")), str(valor)))
    return pares


@con_cliente
def importar(request: HttpRequest, actor: Actor) -> HttpResponse:
    """``$import``: take in files that others publish."""
    _metodos(request, "POST")
    encargos.exigir_sistema(actor)
    _exigir_espera(request)
    enviado = negociacion.recurso(request)
    if enviado.get("resourceType") != "Parameters":
        raise ErrorFhir(400, "invalid", "$import recibe un recurso Parameters.")
    if problemas := fhir.validar(enviado):
        raise ErrorFhir(422, "invalid", "Los parámetros no son válidos.", problemas=problemas)
    pedido = importaciones.leer(actor, enviado, url=request.build_absolute_uri())
    id_ = importaciones.pedir(actor, pedido, ahora=timezone.now())
    return _aceptada(f"{respuestas.base(request)}/$import-status/{id_}")


def _exigir_espera(request: HttpRequest) -> None:
    preferencias = request.META.get("HTTP_PREFER", "").replace(";", ",").split(",")
    if "respond-async" not in (p.strip() for p in preferencias):
        raise ErrorFhir(400, "required", "Se pide con la cabecera Prefer: respond-async.")


def _aceptada(donde: str) -> HttpResponse:
    resultado = {
        "resourceType": "OperationOutcome",
        "issue": [asunto("informational", f"Pregunte por ella en {donde}", gravedad="information")],
    }
    respuesta = HttpResponse(fhir.json.escribir(resultado), content_type=TIPO_MIME, status=202)
    respuesta["Content-Location"] = donde
    return respuesta


@con_cliente
def exportacion(request: HttpRequest, actor: Actor, id: UUID) -> HttpResponse:
    """How far an export has come; its manifest, once it is done. ``DELETE`` destroys it."""
    _metodos(request, "GET", "DELETE")
    ahora = timezone.now()
    if request.method == "DELETE":
        exportaciones.borrar(actor, id, ahora=ahora)
        return HttpResponse(status=202)
    fila = exportaciones.propia(actor, id, ahora=ahora)
    progreso = f"{fila.hechos} de {fila.pacientes} pacientes" if fila.hechos else "en cola"
    if (espera := _por_terminar(fila, progreso)) is not None:
        return espera
    pedido = exportaciones.pedido(fila)
    aqui = f"{respuestas.base(request)}/$export-status/{id}"
    return _manifiesto(
        fila,
        {
            "transactionTime": paquetes.instante(fila.creado_at - exportaciones.MARGEN),
            "request": pedido.url,
            "requiresAccessToken": True,
            "output": [
                {"type": a.tipo, "url": f"{aqui}/{a.tipo}-{a.numero}.ndjson"}
                for a in exportaciones.archivos(fila)
            ],
            "error": [],
        },
    )


def _por_terminar(fila: TrabajoMasivo, progreso: str) -> HttpResponse | None:
    """What is answered while a job goes on, or when it failed; None once it is done."""
    if fila.estado == EstadoDeTrabajo.PENDIENTE:
        respuesta = HttpResponse(status=202)
        respuesta["X-Progress"] = progreso
        respuesta["Retry-After"] = str(ESPERA)
        return respuesta
    if fila.estado == EstadoDeTrabajo.FALLIDO:
        raise ErrorFhir(500, "exception", fila.motivo)
    return None


def _manifiesto(fila: TrabajoMasivo, dicho: dict[str, Any]) -> HttpResponse:
    respuesta = HttpResponse(fhir.json.escribir(dicho), content_type="application/json")
    caduca: datetime | None = fila.caduca_at
    if caduca is not None:
        respuesta["Expires"] = http_date(caduca.timestamp())
    return respuesta


@con_cliente
def archivo(
    request: HttpRequest, actor: Actor, id: UUID, tipo: str, numero: str
) -> StreamingHttpResponse:
    """A file of an export."""
    _metodos(request, "GET")
    fila = exportaciones.propia(actor, id, ahora=timezone.now())
    if fila.estado != EstadoDeTrabajo.TERMINADO:
        raise ErrorFhir(404, "not-found", "El archivo no existe o no está a su alcance.")
    partes = entregas.lineas(actor, fila, tipo, int(numero))
    comprime = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    if comprime:
        partes = entregas.comprimidas(partes)
    respuesta = StreamingHttpResponse(partes, content_type=NDJSON)
    if comprime:
        respuesta["Content-Encoding"] = "gzip"
    return respuesta


@con_cliente
def importacion(request: HttpRequest, actor: Actor, id: UUID) -> HttpResponse:
    """How far an import has come; what became of it, once it is done. ``DELETE`` forgets it."""
    _metodos(request, "GET", "DELETE")
    ahora = timezone.now()
    if request.method == "DELETE":
        importaciones.borrar(actor, id, ahora=ahora)
        return HttpResponse(status=202)
    fila = importaciones.propia(actor, id, ahora=ahora)
    pedido = importaciones.pedido(fila)
    progreso = f"archivo {fila.archivo + 1} de {len(pedido.entradas)}, renglón {fila.renglon}"
    if (espera := _por_terminar(fila, progreso)) is not None:
        return espera
    aqui = f"{respuestas.base(request)}/$import-status/{id}"
    return _manifiesto(
        fila,
        {
            "transactionTime": paquetes.instante(fila.creado_at),
            "request": pedido.url,
            "requiresAccessToken": True,
            "output": [],
            "outcome": {"taken": fila.tomados, "refused": fila.rechazados},
            "error": [
                {
                    "type": "OperationOutcome",
                    "inputUrl": pedido.entradas[numero].url,
                    "url": f"{aqui}/{numero}.ndjson",
                    "count": cuantos,
                }
                for numero, cuantos in sorted(importaciones.con_rechazos(fila).items())
            ],
        },
    )


@con_cliente
def rechazos(request: HttpRequest, actor: Actor, id: UUID, numero: str) -> HttpResponse:
    """What of a file was not taken in."""
    _metodos(request, "GET")
    fila = importaciones.propia(actor, id, ahora=timezone.now())
    return HttpResponse(b"".join(importaciones.rechazos(fila, int(numero))), content_type=NDJSON)


def _metodos(request: HttpRequest, *admitidos: str) -> None:
    if request.method not in admitidos:
        raise ErrorFhir(405, "not-supported", f"Aquí se usa {' o '.join(admitidos)}.")
