"""Allergies: in force, no longer, and the denial of having any."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, paneles
from ece.web.guardas import con_acceso
from registros.selectors import alergias as selectores
from registros.services import alergias as servicios


@con_acceso(Permiso.EXPEDIENTE_LEER, al_escribir=Permiso.ALERGIA_REGISTRAR)
def alergias(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    form = forms.NuevaAlergia(request.POST or None)
    if request.method == "POST" and form.is_valid():
        servicios.registrar(acceso, **form.cleaned_data, ahora=timezone.now())
        messages.success(request, _("Alergia registrada."))
        return redirect("clinica:alergias", paciente=acceso.paciente)
    vigentes, anteriores = selectores.lista(acceso)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "vigentes": vigentes,
        "anteriores": anteriores,
        "aqui": "alergias",
    }
    return render(request, "clinica/alergias.html", contexto)


@require_POST
def _negar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    try:
        servicios.negar(acceso, ahora=timezone.now())
        messages.success(request, _("Consta que niega alergias conocidas."))
    except servicios.YaHayAlergias:
        messages.error(request, _("Hay alergias registradas; descártelas antes, con su motivo."))
    return redirect("clinica:alergias", paciente=acceso.paciente)


negar = con_acceso(Permiso.ALERGIA_REGISTRAR)(_negar)


@con_acceso(Permiso.EXPEDIENTE_LEER, al_escribir=Permiso.ALERGIA_REGISTRAR)
def alergia(request: HttpRequest, acceso: Acceso, id: UUID) -> HttpResponse:
    esta = selectores.detalle(acceso, alergia_id=id)
    if esta is None:
        raise Http404
    form = forms.CambioDeAlergia(request.POST or None)
    if request.method == "POST" and form.is_valid():
        servicios.cambiar(acceso, alergia_id=id, **form.cleaned_data, ahora=timezone.now())
        messages.success(request, _("Alergia corregida; queda el motivo."))
        return redirect("clinica:alergias", paciente=acceso.paciente)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "alergia": esta,
        "aqui": "alergias",
    }
    return render(request, "clinica/alergia.html", contexto)
