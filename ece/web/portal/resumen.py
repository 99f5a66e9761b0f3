"""The first page of a record: what matters today, and the way to the rest."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.guardas import con_acceso
from ece.web.portal.marco import marco
from registros.selectors import agenda, expediente


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def resumen(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    ahora = timezone.now()
    hoy = expediente.resumen(acceso, hoy=timezone.localdate(ahora))
    contexto = {
        **marco(acceso),
        "resumen": hoy,
        "proxima": agenda.proxima(acceso, ahora=ahora),
    }
    return render(request, "portal/resumen.html", contexto)


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def mas(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Everything there is, for who has a phone's navigation."""
    return render(request, "portal/mas.html", marco(acceso))
