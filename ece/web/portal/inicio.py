"""The door: one's own record, and those of whom one looks after."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from consentimiento.selectors import a_cargo
from ece.nucleo.acceso import Actor
from ece.web.guardas import con_sesion


@con_sesion
def inicio(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Straight to the only record there is; a list when there are more."""
    ahora = timezone.now()
    suyos = a_cargo.ids(actor, ahora=ahora)
    if not suyos:
        return render(request, "portal/vacio.html")
    if len(suyos) == 1:
        return redirect("portal:resumen", paciente=suyos[0])
    contexto = {"expedientes": a_cargo.expedientes(actor, ahora=ahora)}
    return render(request, "portal/inicio.html", contexto)
