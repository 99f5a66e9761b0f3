"""The privacy officer's queue of broken glass, and what of it reached whoever directs."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento.selectors import emergencias as selectores
from consentimiento.services import emergencias
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, vistos
from ece.web.guardas import con_acceso, con_alcance


@con_alcance(Permiso.REVISION_ATENDER, motivo="revision")
def revisiones(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    casos = selectores.en_cola(alcance, ahora=timezone.now())
    contexto = {
        "pendientes": [c for c in casos if c.pendiente],
        "revisados": [c for c in reversed(casos) if not c.pendiente],
        "vencidos": sum(c.vencido for c in casos),
    }
    return render(request, "clinica/revisiones.html", contexto)


@con_acceso(Permiso.REVISION_ATENDER)
def revision(request: HttpRequest, acceso: Acceso, caso: UUID) -> HttpResponse:
    """One case whole: why, everything that was seen, how often they do it, and the finding."""
    entero = selectores.caso(acceso, caso_id=caso, ahora=timezone.now())
    if entero is None:
        raise Http404
    form = forms.Dictaminar(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            emergencias.revisar(acceso, caso_id=caso, **form.cleaned_data, ahora=timezone.now())
            messages.success(request, _("Dictamen guardado."))
        except emergencias.YaRevisada:
            messages.error(request, _("Alguien más ya lo dictaminó."))
        return redirect("clinica:revisiones")
    contexto = {
        "entero": entero,
        "caso": entero.caso,
        "vistos": vistos.en_palabras(entero.vistos),
        "tira": _tira(entero.por_dia),
        "form": form,
    }
    return render(request, "clinica/revision.html", contexto, status=422 if form.errors else 200)


@con_alcance(Permiso.INDICADORES_LEER, motivo="revision")
def vencidas(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """How many cases wait beyond their term: a figure, and nobody's name."""
    cuantas = selectores.vencidos(alcance, ahora=timezone.now())
    return render(request, "clinica/vencidas.html", {"cuantas": cuantas})


def _tira(por_dia: list[tuple[date, int]]) -> dict[str, Any]:
    """A bar a day, for a picture 300 by 48; the days when it happened are also said."""
    mas = max((n for _dia, n in por_dia), default=0) or 1
    return {
        "barras": [
            {"x": 10 * i, "y": 40 - 36 * n / mas, "alto": 36 * n / mas + 2, "n": n, "dia": dia}
            for i, (dia, n) in enumerate(por_dia)
        ],
        "dias": [(dia, n) for dia, n in por_dia if n],
        "desde": por_dia[0][0],
        "hasta": por_dia[-1][0],
    }
