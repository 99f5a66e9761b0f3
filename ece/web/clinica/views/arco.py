"""ARCO rights at the counter; the copy is handed over by who may print the record."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from consentimiento.arco import Canal
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import arco
from ece.web.clinica import paneles
from ece.web.guardas import con_acceso

PUERTA = arco.Puerta("clinica", Canal.VENTANILLA)


@con_acceso(Permiso.ARCO_SOLICITAR)
def solicitudes(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    return arco.solicitudes(request, acceso, PUERTA, paneles.cabecera_de(acceso))


@con_acceso(Permiso.ARCO_SOLICITAR)
def solicitud(request: HttpRequest, acceso: Acceso, solicitud: UUID) -> HttpResponse:
    return arco.solicitud(request, acceso, PUERTA, paneles.cabecera_de(acceso), solicitud)


@con_acceso(Permiso.ARCO_SOLICITAR)
def acuse(request: HttpRequest, acceso: Acceso, solicitud: UUID) -> HttpResponse:
    return arco.acuse(request, acceso, solicitud)


@require_POST
def _copia(request: HttpRequest, acceso: Acceso, solicitud: UUID) -> HttpResponse:
    return arco.copia(request, acceso, PUERTA, paneles.cabecera_de(acceso), solicitud)


copia = con_acceso(Permiso.EXPEDIENTE_IMPRIMIR)(_copia)
