"""The public face of the log: what anybody may hold it to (C2SP tlog-tiles, tlog-witness).

Its leaves are hashes under a salt: nothing here says anything of anybody.
"""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from auditoria.sello import llaves, pruebas, testigo
from auditoria.sello.teselas import ALTO, ANCHO, Incompleta
from auditoria.sello.testigo import (
    BitacoraDesconocida,
    FirmaDesconocida,
    NoContinua,
    OtroTamano,
    PeticionInvalida,
)
from ece.web.guardas import publica
from ece.web.verificar import ritmo

CUERPO = 64 * 1024
SELLOS = 600
"""Checkpoints that are taken of an address in a minute: a log may be sealed every three seconds,
several may come through one proxy, and people verify documents from the same address."""
_PARA_SIEMPRE = "public, max-age=31536000, immutable"


@publica
def bitacora(request: HttpRequest) -> HttpResponse:
    """What the log is, its last checkpoint, who witnesses it, and with what to check it."""
    publicado = pruebas.checkpoint()
    contexto = {
        "publicado": publicado,
        "testigos": publicado.testigos if publicado else (),
        "testigo": llaves.de_testigo().verificadora.vkey,
    }
    return render(request, "verificar/bitacora.html", contexto)


@publica
def evidencia(request: HttpRequest) -> HttpResponse:
    """The verifier in the browser: what it is given never leaves it."""
    return render(request, "verificar/evidencia.html")


@publica
def checkpoint(request: HttpRequest, tamano: int | None = None) -> HttpResponse:
    """The last one, or the one of `tamano` leaves, with the witnesses' lines."""
    publicado = pruebas.checkpoint(tamano)
    if publicado is None:
        raise Http404
    return _texto(publicado.nota)


@publica
def las_llaves(request: HttpRequest) -> HttpResponse:
    """The keys that sign checkpoints, one a line, the newest last; then the witness's."""
    renglones = [llave.vkey for _, llave, _ in llaves.generaciones()]
    return _texto("\n".join([*renglones, llaves.de_testigo().verificadora.vkey]) + "\n")


@publica
def tesela(request: HttpRequest, capa: str, numero: str, ancho: str = "256") -> HttpResponse:
    """A tile of hashes, whole or its first `ancho`; 404 if the tree has fewer."""
    pedidas = int(ancho)
    if not 1 <= pedidas <= ANCHO or int(capa) > 63 // ALTO:
        raise Http404
    indice = int(numero.replace("x", "").replace("/", ""))
    with pruebas.instantanea() as log:
        try:
            hashes = log.tesela(int(capa), indice, pedidas) if log else []
        except Incompleta:
            hashes = []
    if len(hashes) != pedidas:
        raise Http404
    respuesta = HttpResponse(b"".join(hashes), content_type="application/octet-stream")
    respuesta["Cache-Control"] = _PARA_SIEMPRE
    return respuesta


@publica
@csrf_exempt
@partial(ritmo.moderado, cuenta="testigo", intentos=SELLOS)
def agregar_checkpoint(request: HttpRequest) -> HttpResponse:
    """``add-checkpoint``: another institution asks us to witness its log."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    if int(request.META.get("CONTENT_LENGTH") or 0) > CUERPO:
        return HttpResponse(status=413)
    try:
        return _texto(testigo.agregar(request.body.decode(), ahora=timezone.now()))
    except (PeticionInvalida, UnicodeDecodeError):
        return HttpResponse(status=400)
    except BitacoraDesconocida:
        return HttpResponse(status=404)
    except FirmaDesconocida:
        return HttpResponse(status=403)
    except OtroTamano as otro:
        return HttpResponse(f"{otro.tamano}\n", content_type="text/x.tlog.size", status=409)
    except NoContinua:
        return HttpResponse(status=422)


@publica
def atestiguado(request: HttpRequest) -> HttpResponse:
    """The last checkpoint that we cosigned of the log ``?origen=``."""
    try:
        return _texto(testigo.ultimo(request.GET.get("origen", "")[:200]))
    except BitacoraDesconocida as error:
        raise Http404 from error


def _texto(texto: str) -> HttpResponse:
    respuesta = HttpResponse(texto, content_type="text/plain; charset=utf-8")
    respuesta["Cache-Control"] = "no-store"
    return respuesta
