"""Appointments: the next ones, and those that passed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import palabras
from ece.web.guardas import con_acceso
from ece.web.portal.marco import marco
from registros.selectors import agenda


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def citas(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    ahora = timezone.now()
    todas = agenda.de_paciente(acceso)
    proximas = [c for c in todas if c.por_ocurrir and c.inicio >= ahora]
    contexto = {
        **marco(acceso),
        "proximas": proximas[::-1],
        "pasadas": [
            (c, _("Ya pasó") if c.por_ocurrir else palabras.ESTADOS_DE_CITA.get(c.estado, ""))
            for c in todas
            if c not in proximas
        ],
    }
    return render(request, "portal/citas.html", contexto)
