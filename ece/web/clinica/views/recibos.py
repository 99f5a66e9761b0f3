"""The receipt of what one has just seen of a record, to keep."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from auditoria import selectors as auditoria
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import evidencias
from ece.web.guardas import con_acceso


@con_acceso(Permiso.EXPEDIENTE_LEER)
def recibo(request: HttpRequest, acceso: Acceso, evento: UUID) -> HttpResponse:
    """Of an event of one's own: those of others are the patient's, and of who reviews them."""
    propio = auditoria.uno(acceso, evento_id=evento)
    if propio is None:
        raise Http404
    if propio.actor != acceso.actor.id:
        raise PermissionDenied
    vuelta = reverse("clinica:expediente", args=[acceso.paciente])
    return evidencias.recibo(request, acceso, evento, vuelta=vuelta)
