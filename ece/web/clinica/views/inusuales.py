"""The privacy officer's queue of accesses that stand out, and whose record is watched."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consentimiento.selectors import inusuales as selectores
from consentimiento.selectors.inusuales import Inusual
from consentimiento.services import inusuales as servicios
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, vistos
from ece.web.guardas import con_acceso, con_alcance
from registros.selectors import pacientes


@con_alcance(Permiso.REVISION_ATENDER, motivo="revision")
def inusuales(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    return _lista(request, alcance, forms.NumeroDeExpediente())


@con_acceso(Permiso.REVISION_ATENDER)
def inusual(request: HttpRequest, acceso: Acceso, hallazgo: UUID) -> HttpResponse:
    visto = selectores.uno(acceso, hallazgo_id=hallazgo)
    form = forms.Dictaminar(request.POST or None)
    return _revisar(request, visto, form, servicios.revisar, acceso)


@con_alcance(Permiso.REVISION_ATENDER, motivo="revision")
def de_muchos(request: HttpRequest, alcance: Alcance, hallazgo: UUID) -> HttpResponse:
    visto = selectores.uno_de_muchos(alcance, hallazgo_id=hallazgo)
    form = forms.SinNota(request.POST or None)
    return _revisar(request, visto, form, servicios.revisar_de_muchos, alcance)


@require_POST
def _vigilar(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """From the number of a record to the page that watches it."""
    form = forms.NumeroDeExpediente(request.POST)
    if form.is_valid():
        paciente = pacientes.id_de_expediente(alcance, numero=form.cleaned_data["numero"])
        if paciente is not None:
            return redirect("clinica:vigilado", paciente=paciente)
        form.add_error("numero", _("No hay un expediente con ese número."))
    return _lista(request, alcance, form)


vigilar = con_alcance(Permiso.REVISION_ATENDER, motivo="revision")(_vigilar)


@con_acceso(Permiso.REVISION_ATENDER)
def poner(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Whether to watch a record, and doing it."""
    if request.method == "POST":
        vigilado = request.POST.get("vigilado") == "1"
        servicios.vigilar(acceso, vigilado=vigilado, ahora=timezone.now())
        dicho = _("Se vigila ese expediente.") if vigilado else _("Ya no se vigila.")
        messages.success(request, dicho)
        return redirect("clinica:inusuales")
    contexto = {"vigilado": selectores.es_vigilado(acceso), "paciente_id": acceso.paciente}
    return render(request, "clinica/vigilado.html", contexto)


def _lista(request: HttpRequest, alcance: Alcance, form: forms.NumeroDeExpediente) -> HttpResponse:
    hallados = selectores.en_cola(alcance, ahora=timezone.now())
    contexto = {
        "pendientes": [h for h in hallados if h.pendiente],
        "revisados": [h for h in hallados if not h.pendiente],
        "vigilados": selectores.vigilados(alcance),
        "form": form,
    }
    return render(request, "clinica/inusuales.html", contexto, status=422 if form.errors else 200)


def _revisar(
    request: HttpRequest, visto: Inusual | None, form: Any, revisar: Any, prueba: Acceso | Alcance
) -> HttpResponse:
    if visto is None:
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            revisar(prueba, hallazgo_id=visto.id, **form.cleaned_data, ahora=timezone.now())
            messages.success(request, _("Dictamen guardado."))
        except servicios.YaRevisada:
            messages.error(request, _("Alguien más ya lo dictaminó."))
        return redirect("clinica:inusuales")
    contexto = {"inusual": visto, "vistos": vistos.en_palabras(visto.vistos), "form": form}
    return render(request, "clinica/inusual.html", contexto, status=422 if form.errors else 200)
