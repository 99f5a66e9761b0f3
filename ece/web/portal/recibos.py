"""Receipts of the accesses to one's record, and the proof that none is left out."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from auditoria import evidencia
from auditoria.sello.pruebas import SinSellar
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.evidencias import descargar
from ece.web.guardas import con_acceso


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def recibo(request: HttpRequest, acceso: Acceso, evento: UUID) -> HttpResponse:
    """One access, with the proof of its place in the log."""
    try:
        paquete = evidencia.de_evento(acceso, evento_id=evento, ahora=timezone.now())
    except SinSellar:
        return _despues(request, acceso)
    if paquete is None:
        raise Http404
    return descargar(paquete, f"recibo-{evento}.json")


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def todos(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Every event of the record, and the proof that there is no other."""
    try:
        paquete = evidencia.de_todos(acceso, ahora=timezone.now())
    except SinSellar:
        return _despues(request, acceso)
    return descargar(paquete, f"accesos-{acceso.paciente}.json")


def _despues(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    messages.info(request, _("Lo último se está sellando; vuelva a pedirlo en unos segundos."))
    return redirect("portal:accesos", acceso.paciente)
