"""Breaking the glass: the page that asks why, and ending it before its time."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consentimiento.decision import AccesoDenegado
from consentimiento.services import emergencias
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms
from ece.web.cuenta import sesion
from ece.web.guardas import con_acceso, con_puesto, explicar


@con_puesto(Permiso.EMERGENCIA_ABRIR)
def abrir(request: HttpRequest, actor: Actor, paciente: UUID) -> HttpResponse:
    """The same page whether or not there is such a patient: it says nothing of them."""
    form = forms.Emergencia(request.POST or None)
    if form.is_valid():
        datos = form.cleaned_data
        if not sesion.contrasena_correcta(request, datos["contrasena"]):
            form.add_error("contrasena", _("La contraseña no es correcta; no se abrió nada."))
        else:
            try:
                emergencias.abrir(
                    actor,
                    paciente=paciente,
                    motivo=datos["motivo"],
                    texto=datos["texto"],
                    ahora=timezone.now(),
                )
            except AccesoDenegado as negado:
                return explicar(request, negado, paciente)
            return redirect("clinica:expediente", paciente=paciente)
    contexto = {
        "form": form,
        "paciente_id": paciente,
        "minutos": settings.ECE_EMERGENCIA_MINUTOS,
    }
    return render(request, "clinica/emergencia.html", contexto, status=422 if form.errors else 200)


@require_POST
def _terminar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    emergencias.terminar(acceso, ahora=timezone.now())
    messages.success(request, _("El acceso de emergencia terminó."))
    return redirect("inicio")


terminar = con_acceso(Permiso.EMERGENCIA_ABRIR)(_terminar)
