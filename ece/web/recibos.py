"""Who reads a page takes away what a machine does: a signed receipt of what it left in the log."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from auditoria import bitacora
from auditoria.sello import recibos


class Recibos:
    """Says ``ECE-Recibo`` on each answer that left events in the log (docs/evidence.md)."""

    def __init__(self, responder: Callable[[HttpRequest], HttpResponse]) -> None:
        self._responder = responder

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with bitacora.anotando() as eventos:
            respuesta = self._responder(request)
        if recibo := recibos.de(eventos, segundos=int(time.time())):
            respuesta["ECE-Recibo"] = recibo
        return respuesta
