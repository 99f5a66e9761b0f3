"""What the person lets others see of their record, and whom they let in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consentimiento.selectors import delegaciones as selectores
from consentimiento.services import delegaciones
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from ece.web import permisos
from ece.web.guardas import con_acceso, con_sesion
from ece.web.portal import forms_de_permisos as forms
from ece.web.portal.marco import marco
from ece.web.verificar import ritmo


def _marco(acceso: Acceso) -> dict[str, Any]:
    """For the person alone: whoever has a post asks at the counter."""
    if acceso.actor.paciente_propio != acceso.paciente:
        raise PermissionDenied
    return marco(acceso)


@con_acceso(Permiso.DIRECTIVA_REGISTRAR, en_portal=True)
def lista(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    return permisos.lista(request, acceso, "portal/permisos.html", _marco(acceso))


@con_acceso(Permiso.DIRECTIVA_REGISTRAR, en_portal=True)
def nuevo(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    return permisos.nueva(
        request, acceso, "portal/permiso_nuevo.html", _marco(acceso), "portal:permisos"
    )


@require_POST
def _retirar(request: HttpRequest, acceso: Acceso, directiva: UUID) -> HttpResponse:
    _marco(acceso)
    return permisos.retirar(request, acceso, directiva, "portal:permisos")


retirar = con_acceso(Permiso.DIRECTIVA_REGISTRAR, en_portal=True)(_retirar)


@con_acceso(Permiso.DELEGACION_OTORGAR, en_portal=True)
def delegar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Whom the person let in; a new code is shown this once."""
    ahora = timezone.now()
    form = forms.NuevaDelegacion(request.POST or None)
    contexto = {**_marco(acceso), "form": form}
    if form.is_valid():
        contexto["codigo"] = delegaciones.ofrecer(acceso, **form.oferta(), ahora=ahora)
        contexto["form"] = forms.NuevaDelegacion()
    contexto["delegaciones"] = selectores.de_paciente(acceso, ahora=ahora)
    return render(request, "portal/delegar.html", contexto, status=422 if form.errors else 200)


@require_POST
def _decidir(request: HttpRequest, acceso: Acceso, delegacion: UUID, decision: str) -> HttpResponse:
    """Say yes to who redeemed the code, or shut the door."""
    _marco(acceso)
    verbo = delegaciones.confirmar if decision == "confirmar" else delegaciones.retirar
    try:
        verbo(acceso, delegacion_id=delegacion, ahora=timezone.now())
    except delegaciones.DelegacionInexistente as error:
        raise Http404 from error
    hecho = _("Ya puede entrar.") if decision == "confirmar" else _("Ya no puede entrar.")
    messages.success(request, hecho)
    return redirect("portal:delegar", acceso.paciente)


delegacion = con_acceso(Permiso.DELEGACION_OTORGAR, en_portal=True)(_decidir)


@ritmo.moderado
@con_sesion
def canjear(request: HttpRequest, actor: Actor) -> HttpResponse:
    """For whoever was handed a code: it says who they are, and the person says yes."""
    form = forms.CodigoDeDelegacion(request.POST or None)
    canjeado = False
    if form.is_valid():
        try:
            delegaciones.canjear(actor, codigo=form.cleaned_data["codigo"], ahora=timezone.now())
        except delegaciones.CodigoInvalido:
            form.add_error("codigo", _("Ese código no sirve: revíselo o pida otro."))
        else:
            canjeado = True
    contexto = {"form": form, "canjeado": canjeado}
    return render(request, "portal/canjear.html", contexto, status=422 if form.errors else 200)
