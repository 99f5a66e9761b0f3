"""The patient's door, for now: their own summary and that of whom they look after."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from consentimiento.services import concesiones
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from ece.web.guardas import con_acceso, con_sesion
from registros.selectors import expediente


@con_sesion
def inicio(request: HttpRequest, actor: Actor) -> HttpResponse:
    propio = actor.paciente_propio or concesiones.a_cargo_de(actor.id)
    if propio is None:
        return render(request, "portal/vacio.html")
    return redirect("portal:resumen", paciente=propio)


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def resumen(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    return render(request, "portal/resumen.html", {"resumen": expediente.resumen(acceso)})
