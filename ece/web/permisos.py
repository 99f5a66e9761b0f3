"""The pages of what a person directs, the same at the counter and in the portal.

A directive is written in two steps: the form, and what it will change, which is when it is given.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consentimiento import frases
from consentimiento.selectors import directivas as selectores
from consentimiento.selectors import efectos
from consentimiento.selectors.efectos import Cambio
from consentimiento.services import directivas
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms
from ece.web.templatetags import fechas
from registros.selectors import expediente

CAMBIOS = {
    Cambio.TODO: gettext_lazy("dejará de ver su expediente"),
    Cambio.PARTE: gettext_lazy("dejará de ver esa parte"),
    Cambio.GANA: gettext_lazy("podrá ver más que hoy"),
}


def lista(
    request: HttpRequest, acceso: Acceso, plantilla: str, marco: dict[str, Any]
) -> HttpResponse:
    vistas = selectores.de_paciente(acceso, ahora=timezone.now())
    contexto = {
        **marco,
        "vigentes": [v for v in vistas if v.vigente],
        "pasadas": [v for v in vistas if not v.vigente],
        "comprobacion": _comprobacion(acceso, None),
    }
    return render(request, plantilla, contexto)


def nueva(
    request: HttpRequest, acceso: Acceso, plantilla: str, marco: dict[str, Any], destino: str
) -> HttpResponse:
    """The form; what it would change, with a yes to give; and then, given."""
    datos = request.POST or None
    form = forms.NuevaDirectiva(datos, visitas=_visitas(acceso))
    comprobacion = _comprobacion(acceso, datos)
    contexto: dict[str, Any] = {**marco, "form": form, "comprobacion": comprobacion}
    validas = [uno.is_valid() for uno in (form, comprobacion)]
    if "corregir" in request.POST or not all(validas):
        ahora = timezone.now()
        contexto["cercanos"] = efectos.nombres_cercanos(acceso, ahora=ahora)
        estado = 422 if datos and "corregir" not in request.POST else 200
        return render(request, plantilla, contexto, status=estado)
    directiva = form.directiva()
    explicacion = frases.explicar(directiva, form.nombres)
    if "confirmar" in request.POST:
        directivas.registrar(
            acceso,
            directiva=directiva,
            nombres=form.nombres,
            explicacion=explicacion,
            otorgante=comprobacion.otorgante(),
            ahora=timezone.now(),
        )
        messages.success(request, _("Queda en vigor desde este momento."))
        return redirect(destino, acceso.paciente)
    previstos = efectos.previstos(acceso, directiva=directiva, ahora=timezone.now())
    contexto |= {
        "explicacion": explicacion,
        "permite": directiva.permite,
        "previstos": [(e, CAMBIOS[e.cambio]) for e in previstos],
        "deja_a_quien_atiende": any(e.atiende and e.cambio is Cambio.TODO for e in previstos),
        "dicho": [
            (c, v)
            for c in request.POST
            if c != "csrfmiddlewaretoken"
            for v in request.POST.getlist(c)
        ],
    }
    return render(request, plantilla, contexto)


def retirar(request: HttpRequest, acceso: Acceso, directiva: UUID, destino: str) -> HttpResponse:
    """Take one back, at once; at the counter, once the identity of who asks was checked."""
    comprobacion = _comprobacion(acceso, request.POST)
    if not comprobacion.is_valid():
        messages.error(request, _("Diga con qué documento comprobó su identidad."))
        return redirect(destino, acceso.paciente)
    try:
        directivas.revocar(
            acceso,
            directiva_id=directiva,
            otorgante=comprobacion.otorgante(),
            ahora=timezone.now(),
        )
    except directivas.DirectivaInexistente as error:
        raise Http404 from error
    except directivas.DirectivaYaRevocada:
        messages.info(request, _("Ya estaba retirado."))
    else:
        messages.success(request, _("Retirado: deja de valer desde este momento."))
    return redirect(destino, acceso.paciente)


def _comprobacion(acceso: Acceso, datos: Any) -> forms.ComprobacionDeIdentidad | forms.EnPersona:
    if acceso.actor.paciente_propio == acceso.paciente:
        return forms.EnPersona({})
    return forms.ComprobacionDeIdentidad(datos)


def _visitas(acceso: Acceso) -> list[tuple[UUID, str]]:
    """Visits that the person may name; at the counter nobody reads which there were."""
    if Permiso.EXPEDIENTE_LEER not in acceso.permisos:
        return []
    return [
        (visita.id, _("la atención del %(dia)s") % {"dia": fechas.fecha(visita.fecha)})
        for visita in expediente.ultimas(acceso, "Encounter", 40)
    ]
