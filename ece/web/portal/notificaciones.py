"""What the patient was told, and how they want to be told."""

import json

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento.notificaciones import buzon as mensajes
from consentimiento.notificaciones import preferencias as las_preferencias
from consentimiento.notificaciones import push as el_push
from consentimiento.services import recuperacion
from ece.identidad.services import contactos
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.guardas import con_acceso
from ece.web.portal.forms_de_notificaciones import Preferencias, iniciales
from ece.web.portal.marco import marco


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def buzon(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    quien, ahora = acceso.actor.id, timezone.now()
    if request.method == "POST":
        if "no-fui-yo" in request.POST:
            recuperacion.cancelar_las_de(quien, ahora=ahora)
        else:
            mensajes.leer_todas(quien, acceso.paciente, ahora=ahora)
        return redirect("portal:notificaciones", paciente=acceso.paciente)
    return render(
        request,
        "portal/notificaciones.html",
        {
            **marco(acceso),
            "avisos": mensajes.de(quien, acceso.paciente),
            "recuperacion": recuperacion.en_curso(quien, ahora=ahora),
        },
    )


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def preferencias(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    quien = acceso.actor.id
    senas, actuales = contactos.de(quien), las_preferencias.de(quien)
    form = Preferencias(request.POST or None, initial=iniciales(actuales, senas))
    if form.is_valid():
        las_preferencias.guardar(quien, **form.elegidas())
        return redirect("portal:notificaciones", paciente=acceso.paciente)
    return render(
        request,
        "portal/notificaciones_preferencias.html",
        {
            **marco(acceso),
            "form": form,
            "llave": el_push.llave_publica(),
            "titulo": _("Qué avisos quiere y cómo"),
        },
    )


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def push(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """This browser may be told, or no longer (``{"suscripcion": …}`` or ``{"olvidar": …}``)."""
    try:
        dicho = json.loads(request.body or b"{}")
        if "olvidar" in dicho:
            el_push.olvidar(acceso.actor.id, str(dicho["olvidar"]))
        else:
            el_push.suscribir(acceso.actor.id, dicho["suscripcion"], ahora=timezone.now())
    except (KeyError, ValueError, TypeError):
        return HttpResponseBadRequest()
    return HttpResponse(status=204)
