"""Visits."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, paneles
from ece.web.guardas import con_acceso
from registros.services import encuentros


@con_acceso(Permiso.ENCUENTRO_ABRIR)
def abrir(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    form = forms.NuevoEncuentro(request.POST or None, actor=acceso.actor)
    if request.method == "POST" and form.is_valid():
        encuentros.abrir(acceso, **form.cleaned_data, ahora=timezone.now())
        messages.success(request, _("Encuentro abierto."))
        return redirect("clinica:expediente", paciente=acceso.paciente)
    contexto = {**paneles.cabecera_de(acceso), "form": form, "titulo": _("Abrir encuentro")}
    return render(request, "clinica/formulario.html", contexto)


@require_POST
def _cerrar(request: HttpRequest, acceso: Acceso, encuentro: UUID) -> HttpResponse:
    try:
        encuentros.cerrar(acceso, encuentro_id=encuentro, ahora=timezone.now())
        messages.success(request, _("Encuentro cerrado."))
    except (encuentros.EncuentroYaCerrado, encuentros.EncuentroInexistente):
        messages.error(request, _("Ese encuentro ya estaba cerrado."))
    return redirect("clinica:hoy")


cerrar = con_acceso(Permiso.ENCUENTRO_CERRAR)(_cerrar)
