"""Where the link of a message leads, once it is known who comes: to the portal, or to work."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from consentimiento.notificaciones import buzon
from consentimiento.notificaciones.textos import Tipo
from ece.nucleo.acceso import Actor
from ece.web.guardas import con_sesion


@con_sesion
def aviso(request: HttpRequest, actor: Actor, aviso: UUID) -> HttpResponse:
    destino = buzon.destino(actor.id, aviso)
    if destino is None:
        raise Http404
    tipo, paciente = destino
    if tipo == Tipo.FIRMA_DELEGADA:
        return redirect("clinica:delegaciones-de-firma")
    if paciente is None:
        return redirect("portal:inicio")
    return redirect("portal:notificaciones", paciente=paciente)
