"""Vital signs: the chart, the table beside it, and the form."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, graficas, paneles
from ece.web.guardas import con_acceso
from registros.selectors import expediente
from registros.selectors import signos as selectores
from registros.services import signos as servicios


@con_acceso(Permiso.EXPEDIENTE_LEER)
def signos(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    form = forms.Signos(request.POST or None)
    if request.method == "POST" and form.is_valid():
        abiertos = expediente.encuentros_abiertos(acceso)
        servicios.registrar(
            acceso,
            mediciones=form.mediciones(),
            encuentro_id=abiertos[0].id if abiertos else None,
            ahora=timezone.now(),
        )
        messages.success(request, _("Signos vitales registrados."))
        return redirect("clinica:signos", paciente=acceso.paciente)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "graficas": graficas.de_series(selectores.series(acceso)),
    }
    return render(request, "clinica/signos.html", contexto)
