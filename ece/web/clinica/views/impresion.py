"""The whole record, or its summary, on paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import impresos
from ece.web.clinica import forms, paneles
from ece.web.guardas import con_acceso, con_identidad_reciente
from ece.web.impresion import expediente as impresion
from registros.selectors.expediente import PeriodoDemasiadoLargo


@con_acceso(Permiso.EXPEDIENTE_IMPRIMIR)
@con_identidad_reciente()
def imprimir(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Ask which document and which days; answer with its PDF or, of the CDA, with a ZIP of it and
    its signature; and with the proof, when it is asked for."""
    form = forms.Impresion(request.POST or None)
    if form.is_valid():
        ahora, datos = timezone.now(), form.cleaned_data
        if datos["documento"] is impresion.Documento.CDA:
            return impresos.resumen(request, acceso, datos["documento"], ahora=ahora)
        try:
            documento = impresion.pdf(
                acceso,
                documento_pedido=datos["documento"],
                desde=datos["desde"],
                hasta=datos["hasta"],
                ahora=ahora,
            )
        except PeriodoDemasiadoLargo as error:
            mensaje = _("Hay más de %(n)s registros en ese periodo: elija uno más corto.")
            form.add_error(None, mensaje % {"n": f"{error.limite:,}"})
        else:
            return impresos.pdf(request, acceso, documento, datos["documento"], ahora=ahora)
    contexto = {**paneles.cabecera_de(acceso), "form": form, "consulta": acceso.decision}
    estado = 422 if form.is_bound else 200
    return render(request, "clinica/imprimir.html", contexto, status=estado)
