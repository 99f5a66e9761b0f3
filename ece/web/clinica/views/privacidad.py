"""The privacy officer's desk: what waits, its clocks, and the steps of each answer.

Nothing here opens a record: a request says what its holder wrote, and no more.
"""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consentimiento.arco import Paso
from consentimiento.selectors import arco as selectores
from consentimiento.services import arco as servicios
from consentimiento.services import conservacion
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, palabras
from ece.web.guardas import con_acceso, con_alcance

DEL_TITULAR = frozenset({Paso.DESAHOGAR})


@con_alcance(Permiso.ARCO_ATENDER, motivo="privacidad")
def inicio(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """What waits, by how soon its clock ends."""
    abiertas = selectores.bandeja(alcance, hoy=timezone.localdate())
    contexto = {
        "abiertas": abiertas,
        "vencidas": [s for s in abiertas if s.vencida],
        "pronto": [s for s in abiertas if s.pronto],
        "urgentes": [s for s in abiertas if s.vencida or s.pronto][:8],
    }
    return render(request, "clinica/privacidad.html", contexto)


@con_alcance(Permiso.ARCO_ATENDER, motivo="privacidad")
def bandeja(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    concluidas = request.GET.get("ver") == "concluidas"
    filas = selectores.bandeja(alcance, hoy=timezone.localdate(), concluidas=concluidas)
    contexto = {"solicitudes": filas, "concluidas": concluidas}
    return render(request, "clinica/privacidad_arco.html", contexto)


@con_acceso(Permiso.ARCO_ATENDER)
def solicitud(request: HttpRequest, acceso: Acceso, solicitud: UUID) -> HttpResponse:
    return _solicitud(request, acceso, solicitud)


@require_POST
def _dar_paso(request: HttpRequest, acceso: Acceso, solicitud: UUID, paso: str) -> HttpResponse:
    visto = selectores.detalle(acceso, solicitud_id=solicitud, hoy=timezone.localdate())
    if visto is None or paso not in {p.value for p in Paso}:
        raise Http404
    form = forms.PasoDeArco(request.POST, causales=visto.causales)
    if not form.is_valid():
        return _solicitud(request, acceso, solicitud, form)
    try:
        servicios.dar_paso(
            acceso,
            solicitud_id=solicitud,
            paso=Paso(paso),
            texto=form.cleaned_data["texto"],
            causal=form.cleaned_data.get("causal", ""),
            ahora=timezone.now(),
        )
        messages.success(request, _("Hecho; la persona lo ve en su portal."))
    except servicios.CausalRequerida:
        form.add_error("causal", _("Una negativa dice en qué fracción se funda."))
        return _solicitud(request, acceso, solicitud, form)
    except (servicios.PasoImposible, servicios.FueraDePlazo):
        messages.error(request, _("Ese paso ya no es posible: cambió la solicitud o su plazo."))
    return redirect("clinica:arco-atender", acceso.paciente, solicitud)


dar_paso = con_acceso(Permiso.ARCO_ATENDER)(_dar_paso)


@require_POST
def _retener(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Stop or let run the conservation of a blocked record (a legal hold)."""
    try:
        conservacion.retener(
            acceso, retenido=request.POST.get("retenido") == "si", ahora=timezone.now()
        )
        messages.success(request, _("Hecho."))
    except conservacion.SinBloqueo:
        messages.error(request, _("Este expediente no está bloqueado."))
    return redirect("clinica:privacidad")


retener = con_acceso(Permiso.ARCO_ATENDER)(_retener)


def _solicitud(
    request: HttpRequest, acceso: Acceso, id_: UUID, form: forms.PasoDeArco | None = None
) -> HttpResponse:
    visto = selectores.detalle(acceso, solicitud_id=id_, hoy=timezone.localdate())
    if visto is None:
        raise Http404
    pasos = [(p, palabras.PASOS_DE_ARCO[p]) for p in visto.pasos if p not in DEL_TITULAR]
    contexto = {
        "detalle": visto,
        "solicitud": visto.solicitud,
        "pasos": pasos,
        "form": form
        or forms.PasoDeArco(causales=visto.causales if Paso.NEGAR in visto.pasos else None),
    }
    estado = 422 if form is not None else 200
    return render(request, "clinica/privacidad_solicitud.html", contexto, status=estado)
