"""The addresses of operations (``$…``): parameters or a query in, and one call."""

import base64
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from consentimiento.services import impresiones
from ece import fhir
from ece.nucleo.acceso import Actor
from ece.nucleo.archivos import juntar
from interoperabilidad.fhir import (
    codigos,
    cruce,
    documentos,
    lectura,
    mensajeria,
    negociacion,
    pedidos,
    respuestas,
    resumen,
    semejantes,
    ultimas,
)
from interoperabilidad.fhir.errores import TIPO_MIME, ErrorFhir, asunto
from interoperabilidad.fhir.guardas import con_cliente

_TERMINOLOGIA = {
    "CodeSystem/$lookup": codigos.lookup,
    "CodeSystem/$validate-code": codigos.validar_codigo,
    "ValueSet/$validate-code": codigos.validar_codigo,
    "ValueSet/$expand": codigos.expandir,
    "ConceptMap/$translate": codigos.traducir,
}
CUANTOS = 8


@con_cliente
def de_codigos(request: HttpRequest, actor: Actor, tipo: str, operacion: str) -> HttpResponse:
    """Terminology: of nobody, so nothing is decided but who calls."""
    hacer = _TERMINOLOGIA.get(f"{tipo}/${operacion}")
    if hacer is None:
        raise ErrorFhir(404, "not-supported", f"{tipo} no tiene ${operacion}.")
    return _respuesta(fhir.json.escribir(hacer(_argumentos(request))))


@con_cliente
def parecidos(request: HttpRequest, actor: Actor) -> HttpResponse:
    """``Patient/$match``."""
    if request.method != "POST":
        raise ErrorFhir(405, "not-supported", "$match se pide por POST.")
    argumentos = _argumentos(request)
    cuantos = argumentos.get("count", CUANTOS)
    if not isinstance(cuantos, int) or not 0 < cuantos <= CUANTOS:
        raise ErrorFhir(400, "invalid", f"count va de 1 a {CUANTOS}.")
    cuerpo = semejantes.hallar(
        actor,
        _recurso(argumentos),
        base=respuestas.base(request),
        solo_seguros=argumentos.get("onlyCertainMatches") is True,
        cuantos=cuantos,
        ahora=timezone.now(),
    )
    return _respuesta(cuerpo)


@con_cliente
def las_ultimas(request: HttpRequest, actor: Actor) -> HttpResponse:
    """``Observation/$lastn``."""
    if request.method not in ("GET", "HEAD"):
        raise ErrorFhir(405, "not-supported", "$lastn se pide por GET.")
    pares = _pares(request)
    cuerpo = ultimas.hallar(
        actor,
        pares,
        base=respuestas.base(request),
        propio=request.build_absolute_uri(),
        ahora=timezone.now(),
    )
    return _respuesta(cuerpo)


@con_cliente
def documentos_de(request: HttpRequest, actor: Actor) -> HttpResponse:
    """``DocumentReference/$docref``."""
    cuerpo = documentos.de_paciente(
        actor, _argumentos(request), base=respuestas.base(request), ahora=timezone.now()
    )
    return _respuesta(cuerpo)


@con_cliente
def documento(request: HttpRequest, actor: Actor, id: str) -> HttpResponse:
    """``Composition/[id]/$document``."""
    if request.method not in ("GET", "HEAD"):
        raise ErrorFhir(405, "not-supported", "$document se pide por GET: no guarda nada.")
    uuid = pedidos.identificador(id)
    return _respuesta(
        documentos.documento(actor, uuid, base=respuestas.base(request), ahora=timezone.now())
    )


@con_cliente
def resumen_de(request: HttpRequest, actor: Actor, id: str) -> HttpResponse:
    """``Patient/[id]/$summary``."""
    if request.method not in ("GET", "HEAD", "POST"):
        raise ErrorFhir(405, "not-supported", "$summary se pide por GET o POST.")
    uuid = pedidos.identificador(id)
    if negociacion.pide_pdf(request):
        impreso = resumen.en_pdf(actor, uuid, ahora=timezone.now())
        respuesta = HttpResponse(impreso, content_type=negociacion.PDF)
        respuesta["Content-Disposition"] = 'attachment; filename="resumen.pdf"'
        return respuesta
    return _respuesta(
        resumen.de_paciente(actor, uuid, base=respuestas.base(request), ahora=timezone.now())
    )


@con_cliente
def cda_de(request: HttpRequest, actor: Actor, id: str) -> HttpResponse:
    """``Patient/[id]/$cda``: a Binary or, to who accepts it so, the document (`text/xml`), or a ZIP
    of it and its signature; with ``firma=true``, a DocumentReference of both."""
    if request.method not in ("GET", "HEAD", "POST"):
        raise ErrorFhir(405, "not-supported", "$cda se pide por GET o POST.")
    ahora, uuid = timezone.now(), pedidos.identificador(id)
    en_zip = negociacion.pide_zip(request)
    argumentos = _argumentos(request) if request.method != "POST" or request.body else {}
    en_referencia = str(argumentos.get("firma", "")).lower() == "true"
    firmado = documentos.resumen_cda(actor, uuid, con_firma=en_zip or en_referencia, ahora=ahora)
    documento = firmado.documento
    if en_zip:
        archivos = impresiones.en_archivos(firmado, "resumen-cda")
        respuesta = HttpResponse(juntar(archivos), content_type=negociacion.ZIP)
        respuesta["Content-Disposition"] = 'attachment; filename="resumen-cda.zip"'
        return respuesta
    if en_referencia:
        return _respuesta(documentos.en_referencia(firmado, uuid, ahora=ahora))
    if request.META.get("HTTP_ACCEPT", "").partition(";")[0].strip() in negociacion.DE_XML:
        respuesta = HttpResponse(documento, content_type="text/xml; charset=utf-8")
        respuesta["Content-Disposition"] = "attachment"
        respuesta["X-Content-Type-Options"] = "nosniff"
        return respuesta
    binario = {
        "resourceType": "Binary",
        "contentType": "text/xml",
        "securityContext": {"reference": f"Patient/{uuid}"},
        "data": base64.b64encode(documento).decode(),
    }
    return _respuesta(fhir.json.escribir(binario))


@con_cliente
def identificadores(request: HttpRequest, actor: Actor) -> HttpResponse:
    """``Patient/$ihe-pix``."""
    if request.method not in ("GET", "HEAD"):
        raise ErrorFhir(405, "not-supported", "$ihe-pix se pide por GET.")
    return _respuesta(cruce.hallar(actor, _pares(request), ahora=timezone.now()))


@con_cliente
def validar(request: HttpRequest, actor: Actor, tipo: str, id: str = "") -> HttpResponse:
    """``$validate`` what is sent or, of one that exists, what it says."""
    if tipo not in fhir.tipos_de_recurso():
        raise ErrorFhir(404, "not-supported", f"{tipo!r} no es un recurso de FHIR R4.")
    if request.method in ("GET", "HEAD"):
        if not id:
            raise ErrorFhir(405, "not-supported", "$validate de un tipo se pide por POST.")
        uuid = pedidos.identificador(id)
        recurso = fhir.json.leer(lectura.leer(actor, tipo, uuid, ahora=timezone.now()).json)
        return _respuesta(fhir.json.escribir(_dictamen(recurso, tipo, "")))
    if request.method != "POST":
        raise ErrorFhir(405, "not-supported", "$validate se pide por GET o POST.")
    enviado, perfil = negociacion.recurso(request), str(dict(_pares(request)).get("profile", ""))
    if enviado.get("resourceType") == "Parameters" and tipo != "Parameters":
        argumentos = _de_parameters(enviado)
        enviado, perfil = _recurso(argumentos), str(argumentos.get("profile", perfil))
    return _respuesta(fhir.json.escribir(_dictamen(enviado, tipo, perfil)))


@con_cliente
def procesar(request: HttpRequest, actor: Actor) -> HttpResponse:
    """``$process-message``: a step of a referral (R4 messaging), acknowledged once it is kept."""
    if request.method != "POST":
        raise ErrorFhir(405, "not-supported", "$process-message se pide por POST.")
    cuerpo = mensajeria.procesar(
        actor,
        negociacion.recurso(request),
        base=respuestas.base(request),
        ahora=timezone.now(),
    )
    return _respuesta(fhir.json.escribir(cuerpo))


def _dictamen(recurso: dict[str, Any], tipo: str, perfil: str) -> dict[str, Any]:
    """An OperationOutcome: an error for each problem or, without any, that it is valid."""
    asuntos = []
    if recurso.get("resourceType") != tipo:
        asuntos.append(asunto("invalid", f"Se espera un recurso {tipo}."))
    else:
        asuntos += [asunto(p.codigo, p.mensaje, lugar=p.ubicacion) for p in fhir.validar(recurso)]
    if perfil and perfil != f"http://hl7.org/fhir/StructureDefinition/{tipo}":
        asuntos.append(
            asunto("not-supported", f"No se conoce el perfil {perfil}.", gravedad="warning")
        )
    if all(a["severity"] != "error" for a in asuntos):
        asuntos.append(asunto("informational", "Es válido.", gravedad="information"))
    return {"resourceType": "OperationOutcome", "issue": asuntos}


def _argumentos(request: HttpRequest) -> dict[str, Any]:
    """What the operation is given: a query (GET) or a Parameters resource (POST)."""
    if request.method in ("GET", "HEAD"):
        return dict(_pares(request))
    if request.method != "POST":
        raise ErrorFhir(405, "not-supported", "Una operación se pide por GET o POST.")
    enviado = negociacion.recurso(request)
    if enviado.get("resourceType") != "Parameters":
        return {"resource": enviado}
    if problemas := fhir.validar(enviado):
        raise ErrorFhir(422, "invalid", "Los parámetros no son válidos.", problemas=problemas)
    return _de_parameters(enviado)


def _recurso(argumentos: dict[str, Any]) -> dict[str, Any]:
    recurso = argumentos.get("resource", {})
    if not isinstance(recurso, dict):
        raise ErrorFhir(400, "invalid", "El parámetro resource es un recurso.")
    return recurso


def _de_parameters(parametros: dict[str, Any]) -> dict[str, Any]:
    argumentos: dict[str, Any] = {}
    partes = parametros.get("parameter", [])
    for parte in partes if isinstance(partes, list) else []:
        if not isinstance(parte, dict):
            continue
        dados = [v for c, v in parte.items() if c == "resource" or c.startswith("value")]
        if dados:
            argumentos[str(parte.get("name", ""))] = dados[0]
    return argumentos


def _pares(request: HttpRequest) -> list[tuple[str, str]]:
    pares = respuestas.pares(respuestas.consulta(request))
    return [par for par in pares if par[0] not in ("_format", "_pretty")]


def _respuesta(cuerpo: bytes) -> HttpResponse:
    return HttpResponse(cuerpo, content_type=TIPO_MIME)
