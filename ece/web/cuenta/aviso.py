"""Where the link of a message leads: to the portal, once it is known who comes."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from consentimiento.notificaciones import buzon
from ece.nucleo.acceso import Actor
from ece.web.guardas import con_sesion


@con_sesion
def aviso(request: HttpRequest, actor: Actor, aviso: UUID) -> HttpResponse:
    suya, paciente = buzon.destino(actor.id, aviso)
    if not suya:
        raise Http404
    if paciente is None:
        return redirect("portal:inicio")
    return redirect("portal:notificaciones", paciente=paciente)
