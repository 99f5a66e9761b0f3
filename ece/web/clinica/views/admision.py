"""Whoever arrives without a name, and whoever has just been born: neither waits for papers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento import decision
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, paneles
from ece.web.guardas import con_acceso, con_alcance
from registros.services import nacimientos, pacientes


@con_alcance(Permiso.PACIENTE_REGISTRAR, motivo="admision")
def desconocido(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """One step, nothing obligatory; then the visit."""
    form = forms.PersonaDesconocida(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ahora = timezone.now()
        admision = decision.admitir(alcance.actor, ahora=ahora)
        nuevo = pacientes.registrar(admision, identificacion=form.identificacion(), ahora=ahora)
        messages.success(request, _("Quedó registrado como DESCONOCIDO; abra su encuentro."))
        return redirect("clinica:abrir-encuentro", paciente=nuevo)
    return render(request, "clinica/desconocido.html", {"form": form})


@con_acceso(Permiso.NACIMIENTO_REGISTRAR)
def nacimiento(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """The child of the patient whose chart this is."""
    form = forms.NuevoNacimiento(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ahora = timezone.now()
        hijo = decision.admitir_recien_nacido(acceso, ahora=ahora)
        try:
            nuevo = nacimientos.registrar(acceso, hijo, nacimiento=form.nacimiento(), ahora=ahora)
        except nacimientos.MadreImposible:
            form.add_error(None, _("El expediente es de un hombre; revise que sea el de la madre."))
        else:
            messages.success(request, _("Nacimiento registrado; este es su expediente."))
            return redirect("clinica:identificacion", paciente=nuevo)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "titulo": _("Registrar nacimiento"),
    }
    return render(request, "clinica/formulario.html", contexto)
