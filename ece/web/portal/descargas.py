"""The record to take away: on paper (PDF), and for another system (FHIR)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import impresos
from ece.web.clinica import forms
from ece.web.guardas import con_acceso, con_identidad_reciente
from ece.web.impresion import expediente as impresion
from ece.web.portal.marco import marco
from registros.selectors import paquetes
from registros.selectors.expediente import PeriodoDemasiadoLargo


@con_acceso(Permiso.EXPEDIENTE_IMPRIMIR, en_portal=True)
@con_identidad_reciente()
def descargar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Ask which document and which days; answer with its PDF or, of the CDA, with a ZIP of it and
    its signature; and with the proof, when it is asked for."""
    form = forms.Impresion(request.POST or None)
    if form.is_valid():
        ahora, pedido = timezone.now(), form.cleaned_data
        if pedido["documento"] is impresion.Documento.CDA:
            return impresos.resumen(request, acceso, pedido["documento"], ahora=ahora)
        try:
            documento = impresion.pdf(
                acceso,
                documento_pedido=pedido["documento"],
                desde=pedido["desde"],
                hasta=pedido["hasta"],
                ahora=ahora,
            )
        except PeriodoDemasiadoLargo as error:
            mensaje = _("Hay más de %(n)s registros en ese periodo: elija uno más corto.")
            form.add_error(None, mensaje % {"n": f"{error.limite:,}"})
        else:
            return impresos.pdf(request, acceso, documento, pedido["documento"], ahora=ahora)
    contexto = {**marco(acceso), "form": form}
    return render(request, "portal/descargar.html", contexto, status=422 if form.is_bound else 200)


@con_acceso(Permiso.EXPEDIENTE_IMPRIMIR, en_portal=True)
@con_identidad_reciente()
def fhir(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Everything in force as one Bundle, to save."""
    respuesta = HttpResponse(
        paquetes.completo(acceso, ahora=timezone.now()), content_type="application/fhir+json"
    )
    respuesta["Content-Disposition"] = 'attachment; filename="expediente.json"'
    return respuesta
