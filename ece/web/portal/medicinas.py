"""Medicines: what each is for, how it is taken and until when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.guardas import con_acceso
from ece.web.portal import palabras
from ece.web.portal.marco import marco
from registros.selectors import recetas


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def medicinas(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    hoy = timezone.localdate()
    todas = [(uno, palabras.de_medicina(uno.titulo)) for uno in recetas.recetados(acceso)]
    contexto = {
        **marco(acceso),
        "vigentes": [par for par in todas if par[0].vigente(hoy)],
        "pasadas": [par[0] for par in todas if not par[0].vigente(hoy)],
    }
    return render(request, "portal/medicinas.html", contexto)
