"""A person's rights over their data, from the portal."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from consentimiento.arco import Canal
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import arco
from ece.web.guardas import con_acceso
from ece.web.portal.marco import marco

PUERTA = arco.Puerta("portal", Canal.PORTAL)


@con_acceso(Permiso.ARCO_SOLICITAR, en_portal=True)
def solicitudes(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    return arco.solicitudes(request, acceso, PUERTA, marco(acceso))


@con_acceso(Permiso.ARCO_SOLICITAR, en_portal=True)
def solicitud(request: HttpRequest, acceso: Acceso, solicitud: UUID) -> HttpResponse:
    return arco.solicitud(request, acceso, PUERTA, marco(acceso), solicitud)


@con_acceso(Permiso.ARCO_SOLICITAR, en_portal=True)
def acuse(request: HttpRequest, acceso: Acceso, solicitud: UUID) -> HttpResponse:
    return arco.acuse(request, acceso, solicitud)


@require_POST
def _copia(request: HttpRequest, acceso: Acceso, solicitud: UUID) -> HttpResponse:
    return arco.copia(request, acceso, PUERTA, marco(acceso), solicitud)


copia = con_acceso(Permiso.EXPEDIENTE_IMPRIMIR, en_portal=True)(_copia)
