"""Sharing one patient's record with another institution under an agreement, and taking it back."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consentimiento.selectors import convenios as selectores
from consentimiento.services import compartidos
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import paneles
from ece.web.clinica.forms import convenios as forms
from ece.web.guardas import con_acceso


@con_acceso(Permiso.EXPEDIENTE_COMPARTIR)
def compartir(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    ahora = timezone.now()
    vigentes = selectores.vigentes(ahora=ahora)
    form = forms.Compartir(
        request.POST or None, convenios=[(id_, nombre) for id_, nombre, _b in vigentes]
    )
    if form.is_valid():
        try:
            compartidos.compartir(
                acceso,
                convenio_id=form.cleaned_data["convenio"],
                base=form.cleaned_data["base"],
                hasta=ahora + timedelta(days=form.cleaned_data["dias"]),
                ahora=ahora,
            )
        except compartidos.BaseNoPactada:
            form.add_error("base", _("El convenio con esa institución no admite esa base."))
        else:
            messages.success(request, _("La institución ya puede consultar lo convenido."))
            return redirect("clinica:compartir", paciente=acceso.paciente)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "prestados": selectores.de_paciente(acceso, ahora=ahora),
        "hay_convenios": bool(vigentes),
    }
    return render(request, "convenios/compartir.html", contexto, status=422 if form.errors else 200)


@require_POST
def _retirar(request: HttpRequest, acceso: Acceso, compartido: UUID) -> HttpResponse:
    try:
        compartidos.retirar(acceso, compartido_id=compartido, ahora=timezone.now())
    except compartidos.CompartidoInexistente as error:
        raise Http404 from error
    messages.success(request, _("Ya no se comparte."))
    return redirect("clinica:compartir", paciente=acceso.paciente)


retirar = con_acceso(Permiso.EXPEDIENTE_COMPARTIR)(_retirar)
