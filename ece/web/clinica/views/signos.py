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
from registros.selectors import calculados as selector_de_calculados
from registros.selectors import signos as selectores
from registros.services import signos as servicios


@con_acceso(Permiso.EXPEDIENTE_LEER)
def signos(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    form = forms.Signos(request.POST or None)
    if request.method == "POST" and form.is_valid():
        servicios.registrar(
            acceso,
            mediciones=form.mediciones(),
            encuentro_id=paneles.encuentro_de(acceso),
            ahora=timezone.now(),
        )
        messages.success(request, _("Signos vitales registrados."))
        return redirect("clinica:signos", paciente=acceso.paciente)
    series = selectores.series(acceso)
    calculados, fuera = selector_de_calculados.de_paciente(acceso, series, hoy=timezone.localdate())
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "graficas": graficas.de_series(series),
        "calculados": calculados,
        "fuera": fuera,
    }
    return render(request, "clinica/signos.html", contexto)
