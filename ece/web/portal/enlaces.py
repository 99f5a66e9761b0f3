"""A link, as a square to be scanned, that shows the summary to whom the person chooses."""

from typing import Any
from uuid import UUID

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from auditoria import selectors as auditoria
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.guardas import con_acceso, con_enlace, con_identidad_reciente
from ece.web.portal import forms
from ece.web.portal.marco import marco
from ece.web.verificar import ritmo
from registros.selectors import enlaces as selectores
from registros.selectors import expediente, vacunas
from registros.services import enlaces as servicios


@con_acceso(Permiso.DELEGACION_OTORGAR, en_portal=True)
@con_identidad_reciente(cuando=lambda request: request.method == "POST")
def compartir(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """The links there are and how often each was opened; a new one is shown this once."""
    ahora = timezone.now()
    form = forms.NuevoEnlace(request.POST or None)
    nuevo: dict[str, Any] = {}
    if form.is_valid():
        _id, codigo = servicios.crear(acceso, dura=form.cleaned_data["dura"], ahora=ahora)
        direccion = f"{request.build_absolute_uri(reverse('portal:abrir'))}#{codigo}"
        nuevo = {"direccion": direccion, "cuadro": _cuadro(direccion)}
    contexto = {
        **marco(acceso),
        "form": forms.NuevoEnlace(),
        **nuevo,
        "enlaces": [
            (uno, uno.vigente(ahora), auditoria.usos_de_enlace(acceso, enlace_id=uno.id))
            for uno in selectores.lista(acceso)
        ],
    }
    return render(request, "portal/compartir.html", contexto)


@require_POST
def _revocar(request: HttpRequest, acceso: Acceso, enlace: UUID) -> HttpResponse:
    try:
        servicios.revocar(acceso, enlace_id=enlace, ahora=timezone.now())
    except servicios.EnlaceInexistente as error:
        raise Http404 from error
    return redirect("portal:compartir", acceso.paciente)


revocar = con_acceso(Permiso.DELEGACION_OTORGAR, en_portal=True)(_revocar)


@ritmo.moderado
@con_enlace
def abrir(request: HttpRequest, acceso: Acceso | None, codigo: str) -> HttpResponse:
    """The summary, for whoever holds a live code; nobody signs in."""
    hoy = timezone.localdate()
    contexto: dict[str, Any] = {"buscado": bool(codigo)}
    if acceso is not None:
        contexto["resumen"] = expediente.resumen(acceso, hoy=hoy)
        contexto["cartilla"] = vacunas.cartilla(acceso, hoy=hoy)
    respuesta = render(request, "portal/abrir.html", contexto)
    respuesta["Cache-Control"] = "no-store"
    respuesta["X-Robots-Tag"] = "noindex"
    return respuesta


def _cuadro(texto: str) -> str:
    """The square as a data: URI, dark on light in either scheme."""
    cuadro = segno.make(texto, error="m", micro=False)
    return str(cuadro.svg_data_uri(border=3, scale=6, light="white"))
