"""The pregnancy under way: its dates, its controls, its charts."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, graficas, paneles
from ece.web.guardas import con_acceso
from registros.selectors import embarazo as selectores
from registros.services import embarazo as servicios

ACCIONES: dict[str, tuple[type[django_forms.Form], Any, Callable[..., object], bool]] = {
    "abrir": (
        forms.AbrirEmbarazo,
        gettext_lazy("Registrar embarazo"),
        servicios.abrir,
        True,
    ),
    "corregir": (
        forms.CorregirEmbarazo,
        gettext_lazy("Fechar por ultrasonido"),
        servicios.corregir,
        False,
    ),
    "control": (
        forms.ControlarEmbarazo,
        gettext_lazy("Control prenatal"),
        servicios.controlar,
        True,
    ),
    "concluir": (
        forms.ConcluirEmbarazo,
        gettext_lazy("Concluir embarazo"),
        servicios.concluir,
        False,
    ),
}
"""key -> form, title, service, whether it hangs from the open visit."""


@con_acceso(Permiso.EXPEDIENTE_LEER)
def embarazo(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    vigente = selectores.vigente(acceso)
    controles = selectores.controles(acceso, vigente) if vigente else []
    contexto = {
        **paneles.cabecera_de(acceso),
        "controles": controles,
        "graficas": graficas.de_series(selectores.series(controles)),
        "aqui": "embarazo",
    }
    return render(request, "clinica/embarazo.html", contexto)


@con_acceso(Permiso.EMBARAZO_REGISTRAR)
def accion(request: HttpRequest, acceso: Acceso, accion: str) -> HttpResponse:
    """One thing that happens in a pregnancy."""
    if accion not in ACCIONES:
        raise Http404
    clase, titulo, servicio, en_encuentro = ACCIONES[accion]
    form = clase(request.POST or None)
    if request.method == "POST" and form.is_valid():
        extra = {"encuentro_id": paneles.encuentro_de(acceso)} if en_encuentro else {}
        try:
            servicio(acceso, **form.cleaned_data, **extra, ahora=timezone.now())
        except servicios.YaHayEmbarazo:
            form.add_error(None, _("Ya hay un embarazo en curso; conclúyalo antes."))
        except servicios.SinEmbarazo:
            form.add_error(None, _("No hay un embarazo en curso."))
        except servicios.SinCorreccion:
            form.add_error(
                None, _("El ultrasonido concuerda con la última menstruación: la fecha no cambia.")
            )
        else:
            messages.success(request, _("Registrado en el expediente."))
            return redirect("clinica:embarazo", paciente=acceso.paciente)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "titulo": titulo,
        "aqui": "embarazo",
        "volver": "clinica:embarazo",
    }
    return render(request, "clinica/formulario_de_apartado.html", contexto)
