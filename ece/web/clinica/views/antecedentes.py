"""Family history, drawn and listed, and habits."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, genealogia, paneles
from ece.web.guardas import con_acceso
from registros.catalogos.antecedentes import HABITOS
from registros.selectors import antecedentes as selectores
from registros.services import antecedentes as servicios


@con_acceso(Permiso.EXPEDIENTE_LEER)
def antecedentes(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    cabecera = paneles.cabecera_de(acceso)
    familiares = selectores.familiares(acceso)
    contexto = {
        **cabecera,
        "familiares": familiares,
        "arbol": genealogia.arbol(familiares, sexo=cabecera["identidad"].sexo),
        "habitos": selectores.habitos(acceso),
        "aqui": "antecedentes",
    }
    return render(request, "clinica/antecedentes.html", contexto)


@con_acceso(Permiso.ANTECEDENTE_REGISTRAR)
def familiar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    form = forms.Familiar(request.POST or None)
    if request.method == "POST" and form.is_valid():
        servicios.registrar_familiar(acceso, **form.cleaned_data, ahora=timezone.now())
        messages.success(request, _("Antecedente registrado."))
        return redirect("clinica:antecedentes", paciente=acceso.paciente)
    return _formulario(request, acceso, form, _("Antecedente familiar"))


@con_acceso(Permiso.ANTECEDENTE_REGISTRAR)
def habito(request: HttpRequest, acceso: Acceso, habito: str) -> HttpResponse:
    if habito not in HABITOS:
        raise Http404
    form = forms.Habito(request.POST or None, habito=habito)
    if request.method == "POST" and form.is_valid():
        servicios.registrar_habito(acceso, habito=habito, **form.cleaned_data, ahora=timezone.now())
        messages.success(request, _("Antecedente registrado."))
        return redirect("clinica:antecedentes", paciente=acceso.paciente)
    return _formulario(request, acceso, form, _(HABITOS[habito].nombre))


def _formulario(request: HttpRequest, acceso: Acceso, form: object, titulo: str) -> HttpResponse:
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "titulo": titulo,
        "aqui": "antecedentes",
        "volver": "clinica:antecedentes",
    }
    return render(request, "clinica/formulario_de_apartado.html", contexto)
