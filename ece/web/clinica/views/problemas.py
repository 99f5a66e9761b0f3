"""The list of problems, and the story of each."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, paneles
from ece.web.guardas import con_acceso
from registros.selectors import expediente
from registros.selectors import problemas as selectores
from registros.services import problemas as servicios


@con_acceso(Permiso.EXPEDIENTE_LEER, al_escribir=Permiso.DIAGNOSTICO_REGISTRAR)
def problemas(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    notas = expediente.ultimas(acceso, "Composition", 10)
    form = forms.NuevoProblema(request.POST or None, notas=notas)
    if request.method == "POST" and form.is_valid():
        servicios.registrar(
            acceso,
            **form.cleaned_data,
            encuentro_id=paneles.encuentro_de(acceso),
            ahora=timezone.now(),
        )
        messages.success(request, _("Problema en la lista."))
        return redirect("clinica:problemas", paciente=acceso.paciente)
    vivos, terminados = selectores.lista(acceso)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "vivos": vivos,
        "terminados": terminados,
        "aqui": "problemas",
    }
    return render(request, "clinica/problemas.html", contexto)


@con_acceso(Permiso.EXPEDIENTE_LEER, al_escribir=Permiso.DIAGNOSTICO_REGISTRAR)
def problema(request: HttpRequest, acceso: Acceso, id: UUID) -> HttpResponse:
    encontrado = selectores.problema(acceso, problema_id=id)
    if encontrado is None:
        raise Http404
    este, cambios = encontrado
    form = forms.CambioDeProblema(request.POST or None, initial={"estado": este.estado})
    if request.method == "POST" and form.is_valid():
        servicios.cambiar(acceso, problema_id=id, **form.cleaned_data, ahora=timezone.now())
        messages.success(request, _("Estado del problema cambiado."))
        return redirect("clinica:problema", paciente=acceso.paciente, id=id)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "problema": este,
        "cambios": cambios,
        "aqui": "problemas",
    }
    return render(request, "clinica/problema.html", contexto)
