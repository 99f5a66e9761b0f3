"""The same inbox over HTTPS: a message in the body, its acknowledgement in the answer."""

import time

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from ece.nucleo.acceso import Actor
from interoperabilidad.hl7v2 import buzon, consultas, interlocutores, medidas
from interoperabilidad.hl7v2.examen import examinar
from interoperabilidad.hl7v2.interlocutores import Directorio, Origen
from interoperabilidad.oauth.credenciales import CredencialInvalida, actor_de

ER7 = "x-application/hl7-v2+er7; charset=utf-8"
_ADMITIDOS = ("x-application/hl7-v2+er7", "application/hl7-v2", "text/plain", "")
_leido: tuple[float, Directorio] = (0.0, Directorio())


@csrf_exempt
def recibir(request: HttpRequest) -> HttpResponse:
    """POST /hl7v2/ : 200 with the acknowledgement, whatever it says."""
    if request.method != "POST":
        return _error(405, "Se espera POST con un mensaje HL7 v2 en el cuerpo.")
    if (request.content_type or "") not in _ADMITIDOS:
        return _error(415, "Se espera x-application/hl7-v2+er7.")
    try:
        actor = actor_de(request)
    except CredencialInvalida as error:
        respuesta = _error(401, str(error))
        respuesta["WWW-Authenticate"] = 'Bearer realm="ece"'
        return respuesta
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.ECE_HL7_BYTES:
        return _error(413, f"Un mensaje mide hasta {settings.ECE_HL7_BYTES} octetos.")
    return _acusar(request, actor)


recibir.guarda = "cliente"  # type: ignore[attr-defined]


def _acusar(request: HttpRequest, actor: Actor) -> HttpResponse:
    origen = Origen("https", request.META.get("REMOTE_ADDR", ""), cliente=actor.id)
    examen = examinar(request.body, origen=origen, directorio=_directorio(), momento=timezone.now())
    try:
        (constancia,) = buzon.guardar([examen])
        if examen.es_consulta:
            acuse = consultas.responder(examen, constancia)
        else:
            acuse = buzon.acuse_de(examen, constancia)
        codigo = constancia.rechazo.acuse if constancia.rechazo else "AA"
    except Error:
        acuse, codigo = buzon.sin_guardar(examen), "AE"
    medidas.RECIBIDOS.labels("https", examen.familia or "otra", codigo).inc()
    return HttpResponse(acuse, content_type=ER7.replace("utf-8", examen.codec))


def _directorio() -> Directorio:
    global _leido
    if _leido[0] < time.monotonic():
        _leido = (time.monotonic() + interlocutores.VIDA_SEGUNDOS, interlocutores.directorio())
    return _leido[1]


def olvidar() -> None:
    """Forget who may connect (only a test changes the database under a process)."""
    global _leido
    _leido = (0.0, Directorio())


def _error(estado: int, texto: str) -> HttpResponse:
    return HttpResponse(texto, status=estado, content_type="text/plain; charset=utf-8")
