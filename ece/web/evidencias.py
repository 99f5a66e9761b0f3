"""Evidence of the log as a file that is handed out."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from auditoria import evidencia
from auditoria.sello.pruebas import SinSellar
from ece.nucleo.acceso import Acceso


def recibo(request: HttpRequest, acceso: Acceso, evento: UUID, *, vuelta: str) -> HttpResponse:
    """One event, with the proof of its place in the log; `vuelta` is where to wait for its seal."""
    try:
        paquete = evidencia.de_evento(acceso, evento_id=evento, ahora=timezone.now())
    except SinSellar:
        return despues(request, vuelta)
    if paquete is None:
        raise Http404
    return descargar(paquete, f"recibo-{evento}.json")


def despues(request: HttpRequest, vuelta: str) -> HttpResponse:
    """Back to `vuelta`: what was asked for is not sealed yet."""
    messages.info(request, _("Lo último se está sellando; vuelva a pedirlo en unos segundos."))
    return redirect(vuelta)


def descargar(paquete: dict[str, Any] | None, nombre: str) -> HttpResponse:
    """A package of evidence (docs/evidence.md), to save."""
    cuerpo = json.dumps(paquete, ensure_ascii=False, indent=1)
    respuesta = HttpResponse(cuerpo, content_type="application/json")
    respuesta["Content-Disposition"] = f'attachment; filename="{nombre}"'
    return respuesta
