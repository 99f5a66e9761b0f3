"""The vaccination booklet: what is due, what was given."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.guardas import con_acceso
from ece.web.portal.marco import marco
from registros.selectors import vacunas as selectores


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def vacunas(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    cartilla = selectores.cartilla(acceso, hoy=timezone.localdate())
    return render(request, "portal/vacunas.html", {**marco(acceso), "cartilla": cartilla})
