"""Asking why, before the first datum of a record shows (LSS art. 111 A)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from ece.nucleo.acceso import Actor
from ece.web.clinica import forms
from ece.web.guardas import con_sesion, decir_motivo


@con_sesion
def motivo(request: HttpRequest, actor: Actor, paciente: UUID) -> HttpResponse:
    form = forms.MotivoDeLaConsulta(request.POST or None)
    if form.is_valid():
        decir_motivo(request, paciente, form.cleaned_data["motivo"])
        destino = request.POST.get("next", "")
        if url_has_allowed_host_and_scheme(destino, allowed_hosts=None) and destino[:1] == "/":
            return redirect(destino)
        return redirect("clinica:expediente", paciente=paciente)
    contexto = {"form": form, "next": request.GET.get("next", request.POST.get("next", ""))}
    return render(request, "clinica/motivo.html", contexto, status=422 if form.errors else 200)
