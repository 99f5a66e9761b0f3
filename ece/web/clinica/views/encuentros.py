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
from ece.web.clinica.cartas import que_faltan
from ece.web.guardas import con_acceso
from registros.catalogos.cartas import TipoDeCarta
from registros.services import encuentros


@con_acceso(Permiso.ENCUENTRO_ABRIR)
def abrir(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    form = forms.NuevoEncuentro(request.POST or None, actor=acceso.actor)
    faltan: list[TipoDeCarta] = []
    if request.method == "POST" and form.is_valid():
        try:
            encuentros.abrir(acceso, **form.cleaned_data, ahora=timezone.now())
        except encuentros.FaltaConsentimiento as error:
            faltan = que_faltan(error.cartas)
        else:
            messages.success(request, _("Encuentro abierto."))
            return redirect("clinica:expediente", paciente=acceso.paciente)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "titulo": _("Abrir encuentro"),
        "boton": _("Abrir encuentro"),
        "faltan_cartas": faltan,
    }
    estado = 422 if faltan else 200
    return render(request, "clinica/formulario.html", contexto, status=estado)


@require_POST
def _cerrar(request: HttpRequest, acceso: Acceso, encuentro: UUID) -> HttpResponse:
    try:
        encuentros.cerrar(acceso, encuentro_id=encuentro, ahora=timezone.now())
        messages.success(request, _("Encuentro cerrado."))
    except (encuentros.EncuentroYaCerrado, encuentros.EncuentroInexistente):
        messages.error(request, _("Ese encuentro ya estaba cerrado."))
    return redirect("clinica:hoy")


cerrar = con_acceso(Permiso.ENCUENTRO_CERRAR)(_cerrar)
