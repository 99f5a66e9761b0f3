"""Whose right to care the patient has: what is known, and asking again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import paneles
from ece.web.guardas import con_acceso
from red.derechohabiencia import consultas


@con_acceso(Permiso.COBERTURA_CONSULTAR)
def vigencia(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """What each institution last said; a POST asks one of them, and never stops the desk."""
    if request.method == "POST":
        _preguntar(request, acceso)
        return redirect("clinica:vigencia", paciente=acceso.paciente)
    contexto = {
        **paneles.cabecera_de(acceso),
        "sabidas": consultas.todas(acceso, ahora=timezone.now()),
    }
    return render(request, "red/vigencia.html", contexto)


def _preguntar(request: HttpRequest, acceso: Acceso) -> None:
    try:
        sabida = consultas.consultar(
            acceso,
            conector=request.POST.get("conector", ""),
            de_nuevo="de_nuevo" in request.POST,
            ahora=timezone.now(),
        )
    except consultas.ConectorInexistente as error:
        raise Http404 from error
    except consultas.SinIdentificador:
        messages.error(
            request, _("El paciente no tiene CURP ni NSS: no se puede preguntar por él.")
        )
        return
    nombre = {"nombre": sabida.nombre}
    if not sabida.callado:
        messages.success(request, _("%(nombre)s contestó.") % nombre)
    elif sabida.vigencia is None:
        messages.warning(
            request, _("%(nombre)s no contesta. Siga sin ese dato y pregunte más tarde.") % nombre
        )
    else:
        messages.warning(
            request, _("%(nombre)s no contesta. Abajo está lo último que se supo.") % nombre
        )
