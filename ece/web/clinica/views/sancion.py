"""An access in question, gathered into a signed package with one click."""

from importlib import resources
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from auditoria.sello.pruebas import SinSellar
from consentimiento.services import sancion as servicio
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import constancias, evidencias
from ece.web.guardas import con_acceso
from ece.web.impresion import sancion as impresion


@con_acceso(Permiso.SANCION_INTEGRAR)
def sancion(request: HttpRequest, acceso: Acceso, evento: UUID) -> HttpResponse:
    """What the package is about, and the button; a POST hands it over."""
    sobre = constancias.de_evento(acceso, evento)
    if sobre is None:
        raise Http404
    if request.method != "POST":
        contexto = {"sobre": sobre, "a": sobre}
        return render(request, "clinica/sancion.html", contexto)
    try:
        paquete = servicio.integrar(
            acceso,
            evento_id=evento,
            ahora=timezone.now(),
            informar=impresion.pdf,
            verificador=resources.files("ece.web")
            .joinpath("static/ece/verificador.py")
            .read_bytes(),
        )
    except SinSellar:
        return evidencias.despues(request, request.path)
    respuesta = HttpResponse(paquete, content_type="application/zip")
    respuesta["Content-Disposition"] = f'attachment; filename="acceso-en-duda-{evento}.zip"'
    return respuesta
