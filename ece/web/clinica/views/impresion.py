"""The whole record, or its summary, on paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, paneles
from ece.web.guardas import con_acceso, con_identidad_reciente
from ece.web.impresion import expediente as impresion
from registros.selectors import resumen_clinico
from registros.selectors.expediente import PeriodoDemasiadoLargo


@con_acceso(Permiso.EXPEDIENTE_IMPRIMIR)
@con_identidad_reciente()
def imprimir(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Ask which document and which days; answer with its PDF, or with the CDA of today."""
    form = forms.Impresion(request.POST or None)
    if form.is_valid():
        datos = form.cleaned_data
        if datos["documento"] is impresion.Documento.CDA:
            return en_xml(resumen_clinico.cda(acceso, ahora=timezone.now()), datos["documento"])
        try:
            documento = impresion.pdf(
                acceso,
                documento_pedido=datos["documento"],
                desde=datos["desde"],
                hasta=datos["hasta"],
                ahora=timezone.now(),
            )
        except PeriodoDemasiadoLargo as error:
            mensaje = _("Hay más de %(n)s registros en ese periodo: elija uno más corto.")
            form.add_error(None, mensaje % {"n": f"{error.limite:,}"})
        else:
            return en_pdf(documento, datos["documento"])
    contexto = {**paneles.cabecera_de(acceso), "form": form}
    estado = 422 if form.is_bound else 200
    return render(request, "clinica/imprimir.html", contexto, status=estado)


def en_pdf(documento: bytes, nombre: str) -> HttpResponse:
    """A PDF to be seen in the browser, and kept by nobody on the way."""
    respuesta = HttpResponse(documento, content_type="application/pdf")
    respuesta["Content-Disposition"] = f'inline; filename="{nombre}.pdf"'
    respuesta["Cache-Control"] = "no-store"
    return respuesta


def en_xml(documento: bytes, nombre: str) -> HttpResponse:
    """An XML document to be saved, never opened by the browser, and kept by nobody on the way."""
    respuesta = HttpResponse(documento, content_type="text/xml; charset=utf-8")
    respuesta["Content-Disposition"] = f'attachment; filename="{nombre}.xml"'
    respuesta["X-Content-Type-Options"] = "nosniff"
    respuesta["Cache-Control"] = "no-store"
    return respuesta
