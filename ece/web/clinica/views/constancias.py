"""Constancias de consulta: who opened this record, when and why, in the record (LSS 111 A)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import constancias as accesos
from ece.web.clinica import paneles
from ece.web.guardas import con_acceso


@con_acceso(Permiso.EXPEDIENTE_LEER)
def constancias(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    contexto = {
        **paneles.cabecera_de(acceso),
        **accesos.de(request, acceso, con_propios=True),
    }
    return render(request, "clinica/constancias.html", contexto)
