"""POST /cda/: a clinical document in the body, or a ZIP of it and its signature.

The answer says whether it was filed or waits.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ece import fhir
from ece.cda import MIME_DE_ZIP
from ece.nucleo.acceso import Actor
from interoperabilidad.cda import archivo
from interoperabilidad.cda.buzon import REPETIDO, Rechazado
from interoperabilidad.fhir import negociacion, respuestas
from interoperabilidad.fhir.errores import TIPO_MIME, ErrorFhir, asunto
from interoperabilidad.fhir.guardas import con_cliente

_ADMITIDOS = frozenset({"application/xml", "text/xml", "application/hl7-cda+xml", MIME_DE_ZIP, ""})


@con_cliente
def recibir(request: HttpRequest, actor: Actor) -> HttpResponse:
    """201 with the address of its DocumentReference; 202 when it waits for a person."""
    if request.method != "POST":
        raise ErrorFhir(405, "not-supported", "Se espera POST con un CDA en el cuerpo.")
    if (request.content_type or "") not in _ADMITIDOS:
        raise ErrorFhir(
            415, "not-supported", "Se espera application/xml, text/xml o application/zip."
        )
    if actor.clase != "cliente":
        raise ErrorFhir(403, "forbidden", "Los documentos los entrega un sistema.")
    contenido = negociacion.cuerpo(request)
    if len(contenido) > settings.ECE_DOCUMENTO_BYTES:
        raise ErrorFhir(413, "too-long", "El documento es demasiado grande.")
    try:
        id_ = archivo.recibir(actor, contenido, ahora=timezone.now())
    except Rechazado as rechazo:
        if rechazo.motivo == REPETIDO:
            raise ErrorFhir(409, "duplicate", str(rechazo)) from rechazo
        raise ErrorFhir(422, "invalid", str(rechazo)) from rechazo
    if id_ is None:
        return _dicho(202, "Se guardó, y espera a que una persona vea de quién es.")
    respuesta = _dicho(201, "Se archivó.")
    respuesta["Location"] = f"{respuestas.base(request)}/DocumentReference/{id_}"
    return respuesta


def _dicho(estado: int, texto: str) -> HttpResponse:
    resultado = asunto("informational", texto, gravedad="information")
    cuerpo = fhir.json.escribir({"resourceType": "OperationOutcome", "issue": [resultado]})
    return HttpResponse(cuerpo, content_type=TIPO_MIME, status=estado)
