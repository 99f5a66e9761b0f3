"""The apps that one lets act in one's name, and taking it back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece.identidad import aplicaciones
from ece.identidad.services import autorizaciones
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from ece.web.aplicaciones import palabras
from ece.web.guardas import con_acceso, con_sesion
from ece.web.portal.marco import marco


def _autorizadas(actor: Actor) -> list[dict[str, Any]]:
    return [
        {"ficha": una, "dichos": palabras.decir(una.ambitos)}
        for una in aplicaciones.de_usuario(actor)
    ]


@con_sesion
def cuenta(request: HttpRequest, actor: Actor) -> HttpResponse:
    contexto = {"autorizadas": _autorizadas(actor), "retira": "cuenta:app-retirar"}
    return render(request, "aplicaciones/cuenta.html", contexto)


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def portal(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    contexto = {
        **marco(acceso),
        "autorizadas": _autorizadas(acceso.actor),
        "retira": "cuenta:app-retirar",
    }
    return render(request, "aplicaciones/portal.html", contexto)


@con_sesion
@require_POST
def retirar(request: HttpRequest, actor: Actor, autorizacion: UUID) -> HttpResponse:
    if autorizaciones.retirar(actor, autorizacion_id=autorizacion, ahora=timezone.now()):
        messages.success(request, _("La aplicación ya no entra en su nombre."))
    paciente = request.POST.get("paciente", "")
    try:
        return redirect("portal:apps", paciente=UUID(paciente))
    except ValueError:
        return redirect("cuenta:apps")
