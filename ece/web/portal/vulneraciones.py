"""What befell the person's data, as the law asks that they be told."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consentimiento.selectors import vulneraciones as selectores
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.guardas import con_acceso
from ece.web.portal.marco import marco


@con_acceso(Permiso.QUEJA_PRESENTAR, en_portal=True)
def vulneraciones(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    contexto = {**marco(acceso), "avisos": selectores.de_paciente(acceso)}
    return render(request, "portal/vulneraciones.html", contexto)
