"""Health problems and allergies, with what each is in plain words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.guardas import con_acceso
from ece.web.portal import palabras
from ece.web.portal.marco import marco
from registros.selectors import expediente
from registros.selectors import problemas as selectores


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def problemas(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    activos, terminados = selectores.lista(acceso)
    contexto = {
        **marco(acceso),
        "activos": [(uno, palabras.de_problema(uno.clave)) for uno in activos],
        "terminados": terminados,
        "alergias": expediente.alergias(acceso),
    }
    return render(request, "portal/problemas.html", contexto)
