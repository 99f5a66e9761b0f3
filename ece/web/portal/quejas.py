"""A question or complaint about who saw the record, and what was answered."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import constancias
from ece.web.guardas import con_acceso
from ece.web.portal import forms
from ece.web.portal.marco import marco
from registros.selectors import quejas as selectores
from registros.services import quejas as servicios


@con_acceso(Permiso.QUEJA_PRESENTAR, en_portal=True)
def quejas(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """What was asked, with its answers; and the form, about an access when `evento` names it."""
    form = forms.Queja(request.POST or None)
    if form.is_valid():
        servicios.presentar(
            acceso,
            texto=form.cleaned_data["texto"],
            evento_id=_evento(request),
            ahora=timezone.now(),
        )
        messages.success(
            request,
            _("Su mensaje llegó a la persona responsable de privacidad. Le responderá aquí."),
        )
        return redirect("portal:quejas", acceso.paciente)
    contexto = {
        **marco(acceso),
        "form": form,
        "sobre": constancias.de_evento(acceso, _evento(request)),
        "quejas": selectores.de_paciente(acceso),
    }
    return render(request, "portal/quejas.html", contexto, status=422 if form.is_bound else 200)


def _evento(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET["evento"]) if "evento" in request.GET else None
    except ValueError as error:
        raise Http404 from error
