"""A child's growth: WHO's curves, the measurements on them, and the form."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import curvas, forms, paneles
from ece.web.guardas import con_acceso
from registros.selectors import crecimiento as selectores
from registros.services import signos


@con_acceso(Permiso.EXPEDIENTE_LEER, al_escribir=Permiso.SIGNOS_REGISTRAR)
def crecimiento(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    form = forms.Crecimiento(request.POST or None)
    if request.method == "POST" and form.is_valid():
        signos.registrar(
            acceso,
            mediciones=form.mediciones(),
            encuentro_id=paneles.encuentro_de(acceso),
            ahora=timezone.now(),
        )
        messages.success(request, _("Mediciones registradas."))
        return redirect("clinica:crecimiento", paciente=acceso.paciente)
    hallado = selectores.curvas(acceso)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "crecimiento": hallado,
        "graficas": curvas.de_crecimiento(hallado, hoy=timezone.localdate()),
        "aqui": "crecimiento",
    }
    return render(request, "clinica/crecimiento.html", contexto)
