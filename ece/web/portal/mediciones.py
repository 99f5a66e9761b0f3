"""Measurements over time, and those that the person takes at home."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import graficas
from ece.web.guardas import con_acceso
from ece.web.portal import forms
from ece.web.portal.marco import marco
from registros.selectors import signos
from registros.services import aportaciones


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def mediciones(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    nombres = {clave: str(nombre) for clave, nombre in forms.EN_CASA.items()}
    nombres["presion"] = _("Presión")
    dibujadas = graficas.de_series(signos.series(acceso), nombres=nombres)
    contexto = {**marco(acceso), "graficas": dibujadas}
    return render(request, "portal/mediciones.html", contexto)


@con_acceso(Permiso.APORTACION_AGREGAR, en_portal=True)
def medir(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    form = forms.MedicionPropia(request.POST or None)
    if form.is_valid():
        aportaciones.medir(
            acceso,
            mediciones=form.mediciones(),
            momento=form.momento(),
            ahora=timezone.now(),
        )
        messages.success(request, _("Su medición quedó en el expediente."))
        return redirect("portal:mediciones", acceso.paciente)
    contexto = {**marco(acceso), "form": form, "titulo": _("Anotar una medición")}
    return render(request, "portal/formulario.html", contexto, status=422 if form.is_bound else 200)
