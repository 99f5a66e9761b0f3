"""Receipts of the accesses to one's record, and the proof that none is left out."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from auditoria import evidencia
from auditoria.sello.pruebas import SinSellar
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import evidencias
from ece.web.guardas import con_acceso


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def recibo(request: HttpRequest, acceso: Acceso, evento: UUID) -> HttpResponse:
    """One access, with the proof of its place in the log."""
    return evidencias.recibo(request, acceso, evento, vuelta=_vuelta(acceso))


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def todos(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Every event of the record, and the proof that there is no other."""
    try:
        paquete = evidencia.de_todos(acceso, ahora=timezone.now())
    except SinSellar:
        return evidencias.despues(request, _vuelta(acceso))
    return evidencias.descargar(paquete, f"accesos-{acceso.paciente}.json")


def _vuelta(acceso: Acceso) -> str:
    return reverse("portal:accesos", args=[acceso.paciente])
