"""Asking for ARCO rights, and taking away what they give: from the portal or at the counter."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consentimiento.arco import Canal, Paso
from consentimiento.selectors import arco as selectores
from consentimiento.selectors.arco import Detalle
from consentimiento.services import arco as servicios
from ece.nucleo.acceso import Acceso
from ece.web import impresos
from ece.web.clinica import forms
from ece.web.impresion import acuse as impresion
from ece.web.impresion import entrega
from registros.selectors import disputables

_DICHO = {
    Paso.DESAHOGAR: gettext_lazy("Gracias: el plazo para responderle empieza de nuevo."),
    Paso.RECURRIR: gettext_lazy("Anotado: la institución sabe que usted recurrió la respuesta."),
}


@dataclass(frozen=True, slots=True)
class Puerta:
    """Where somebody asks: its addresses (`espacio`), its pages, and what frames them."""

    espacio: str
    canal: Canal

    @property
    def en_portal(self) -> bool:
        return self.canal is Canal.PORTAL


def solicitudes(
    request: HttpRequest, acceso: Acceso, puerta: Puerta, marco: dict[str, Any]
) -> HttpResponse:
    """Those made, and the form for one more."""
    quien = acceso.actor.nombre if puerta.en_portal else ""
    # At the counter nobody reads the record: there the datum is told in words.
    datos = disputables.de_paciente(acceso) if puerta.en_portal else []
    form = forms.SolicitudArco(
        request.POST or None, en_portal=puerta.en_portal, quien=quien, datos=datos
    )
    if request.method == "POST" and form.is_valid():
        sesion = _("Sesión iniciada en el portal: %(quien)s") % {"quien": acceso.actor.nombre}
        id_ = servicios.presentar(
            acceso,
            canal=puerta.canal,
            **form.pedido(identidad=sesion if puerta.en_portal else ""),
            ahora=timezone.now(),
        )
        messages.success(request, _("Solicitud recibida. Este es su acuse."))
        return redirect(f"{puerta.espacio}:arco-solicitud", acceso.paciente, id_)
    contexto = {
        **marco,
        "form": form,
        "solicitudes": selectores.de_paciente(acceso, hoy=timezone.localdate()),
        "paciente_id": acceso.paciente,
    }
    plantilla = f"{puerta.espacio}/arco.html"
    return render(request, plantilla, contexto, status=422 if form.is_bound else 200)


def solicitud(
    request: HttpRequest, acceso: Acceso, puerta: Puerta, marco: dict[str, Any], id_: UUID
) -> HttpResponse:
    """One request, its clock and its answer; whoever asked may clarify what was asked of them, or
    say that they appealed against the answer."""
    paso = Paso.RECURRIR if request.POST.get("paso") == Paso.RECURRIR else Paso.DESAHOGAR
    form = forms.RespuestaDelTitular(request.POST or None, recurso=paso is Paso.RECURRIR)
    if request.method == "POST" and form.is_valid():
        try:
            servicios.dar_paso(
                acceso,
                solicitud_id=id_,
                paso=paso,
                **form.cleaned_data,
                ahora=timezone.now(),
            )
            messages.success(request, _DICHO[paso])
        except (servicios.PasoImposible, servicios.FueraDePlazo):
            messages.error(request, _("Ya no es posible: el plazo terminó o la solicitud cambió."))
        return redirect(f"{puerta.espacio}:arco-solicitud", acceso.paciente, id_)
    return _pagina(request, acceso, puerta, marco, id_, form=form if form.is_bound else None)


def _pagina(
    request: HttpRequest,
    acceso: Acceso,
    puerta: Puerta,
    marco: dict[str, Any],
    id_: UUID,
    *,
    form: forms.RespuestaDelTitular | None = None,
    descarga: forms.DescargaDeArco | None = None,
) -> HttpResponse:
    visto = _detalle(acceso, id_)
    mal = bool((form and form.is_bound) or (descarga and descarga.is_bound))
    responde = Paso.DESAHOGAR in visto.pasos
    recurre = Paso.RECURRIR in visto.pasos
    contexto = {
        **marco,
        "detalle": visto,
        "solicitud": visto.solicitud,
        "form": (form or forms.RespuestaDelTitular()) if responde else None,
        "recurso": (form or forms.RespuestaDelTitular(recurso=True)) if recurre else None,
        "descarga": (descarga or forms.DescargaDeArco()) if visto.solicitud.descargable else None,
        "paciente_id": acceso.paciente,
    }
    plantilla = f"{puerta.espacio}/arco_solicitud.html"
    return render(request, plantilla, contexto, status=422 if mal else 200)


def acuse(request: HttpRequest, acceso: Acceso, id_: UUID) -> HttpResponse:
    ahora, visto = timezone.now(), _detalle(acceso, id_)
    documento = impresion.pdf(visto, ahora=ahora)
    return impresos.pdf(
        request, acceso, documento, visto.solicitud.folio, registros=[id_], ahora=ahora
    )


def copia(
    request: HttpRequest, acceso: Acceso, puerta: Puerta, marco: dict[str, Any], id_: UUID
) -> HttpResponse:
    """The file that was granted, to save, for whoever says their password again."""
    form = forms.DescargaDeArco(request.POST)
    if form.is_valid() and not request.user.check_password(form.cleaned_data["contrasena"]):
        form.add_error("contrasena", _("Esa no es su contraseña."))
    if not form.is_valid():
        return _pagina(request, acceso, puerta, marco, id_, descarga=form)
    ahora = timezone.now()
    try:
        folio = servicios.entregar(acceso, solicitud_id=id_, ahora=ahora)
    except (servicios.SolicitudInexistente, servicios.FueraDePlazo) as error:
        raise Http404 from error
    respuesta = HttpResponse(
        entrega.paquete(acceso, folio=folio, ahora=ahora), content_type="application/zip"
    )
    respuesta["Content-Disposition"] = f'attachment; filename="{folio}.zip"'
    respuesta["Cache-Control"] = "no-store"
    return respuesta


def _detalle(acceso: Acceso, id_: UUID) -> Detalle:
    visto = selectores.detalle(acceso, solicitud_id=id_, hoy=timezone.localdate())
    if visto is None:
        raise Http404
    return visto
