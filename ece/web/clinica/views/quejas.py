"""The privacy officer's queue of what patients ask about who saw their record."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from ece.web import constancias
from ece.web.clinica.forms.quejas import Respuesta
from ece.web.guardas import con_acceso, con_alcance
from registros.selectors import quejas as selectores
from registros.services import quejas as servicios


@con_alcance(Permiso.REVISION_ATENDER, motivo="quejas")
def quejas(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    return render(request, "clinica/quejas.html", {"quejas": selectores.en_cola(alcance)})


@con_acceso(Permiso.REVISION_ATENDER)
def queja(request: HttpRequest, acceso: Acceso, queja: UUID) -> HttpResponse:
    """What was asked, and the answer that goes back to the portal."""
    vista = selectores.queja(acceso, queja_id=queja)
    if vista is None:
        raise Http404
    form = Respuesta(request.POST or None)
    if form.is_valid():
        try:
            servicios.responder(
                acceso,
                queja_id=queja,
                respuesta=form.cleaned_data["respuesta"],
                ahora=timezone.now(),
            )
        except servicios.QuejaYaRespondida:
            messages.error(request, _("Alguien más ya la respondió."))
        else:
            messages.success(request, _("La respuesta ya está en el portal del paciente."))
        return redirect("clinica:quejas")
    contexto = {
        "queja": vista,
        "form": form,
        "sobre": constancias.de_evento(acceso, vista.evento),
        "paciente_id": acceso.paciente,
    }
    return render(request, "clinica/queja.html", contexto, status=422 if form.is_bound else 200)
