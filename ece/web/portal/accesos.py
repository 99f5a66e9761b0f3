"""Who has seen my record (LSS art. 111 A)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import constancias
from ece.web.guardas import con_acceso
from ece.web.portal.marco import marco


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def accesos(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """By day, newest first; one's own visits when asked for."""
    mios = "mios" in request.GET
    contexto = {**marco(acceso), **constancias.de(request, acceso, con_propios=mios), "mios": mios}
    return render(request, "portal/accesos.html", contexto)
