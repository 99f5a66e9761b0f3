"""What the person agreed to, given, refused and revoked by them or by who looks after them."""

from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consentimiento.selectors import avisos as ver_avisos
from consentimiento.services import avisos
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso, Rol
from ece.web import firmado, firmas_de_cartas, impresos
from ece.web.clinica import cartas as en_pagina
from ece.web.clinica import forms
from ece.web.guardas import Vista, con_acceso
from ece.web.impresion import cartas as impresion
from ece.web.portal.marco import marco
from registros.catalogos.cartas import CARTAS
from registros.selectors import cartas as selectores
from registros.selectors import expediente
from registros.selectors.cartas import CartaVista
from registros.services import cartas


def _recabar(vista: Vista) -> Vista:
    """For the person and who looks after them: somebody with a post asks at the desk."""

    @wraps(vista)
    def de_la_persona(request: HttpRequest, acceso: Acceso, **kwargs: Any) -> HttpResponse:
        propia = acceso.actor.paciente_propio == acceso.paciente
        if not propia and acceso.actor.roles - {Rol.PACIENTE}:
            raise PermissionDenied
        return vista(request, acceso, **kwargs)

    return con_acceso(Permiso.CONSENTIMIENTO_RECABAR, en_portal=True)(de_la_persona)


@_recabar
def lista(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    vistas = selectores.de_paciente(acceso, ahora=timezone.now())
    vivas = {v.tipo.clave for v in vistas if v.vigente or v.por_decidir}
    contexto = {
        **marco(acceso),
        "renglones": en_pagina.renglones(vistas),
        "posibles": [c for c in CARTAS.values() if c.en_portal and c.clave not in vivas],
    }
    return render(request, "portal/consentimientos.html", contexto)


@require_POST
def _abrir(request: HttpRequest, acceso: Acceso, tipo: str) -> HttpResponse:
    """A letter that needs nobody to inform, ready to be read and decided."""
    carta = CARTAS.get(tipo)
    if carta is None or not carta.en_portal:
        raise Http404
    id_ = cartas.preparar(
        acceso, tipo=tipo, textos=carta.textos, unidad_id=None, ahora=timezone.now()
    )
    return redirect("portal:consentimiento", acceso.paciente, id_)


abrir = _recabar(_abrir)


@_recabar
def carta(request: HttpRequest, acceso: Acceso, carta: UUID) -> HttpResponse:
    vista = _carta(acceso, carta)
    form = None
    if vista.por_decidir:
        propia = acceso.actor.paciente_propio == acceso.paciente
        quien = expediente.identidad(acceso)[0].nombre if propia else acceso.actor.nombre
        form = forms.Decision(
            request.POST or None,
            carta=vista.tipo,
            quien=quien,
            en_portal=True,
            initial={"calidad": "paciente" if propia else "patria"},
        )
    if form is not None and request.method == "POST" and form.is_valid():
        acepta = request.POST.get("accion") == "otorgar"
        if en_pagina.decidir(acceso, vista, form, acepta=acepta, ahora=timezone.now()):
            hecho = (
                _("Quedó guardado que acepta.") if acepta else _("Quedó guardado que no acepta.")
            )
            messages.success(request, hecho)
            return redirect("portal:consentimiento", acceso.paciente, carta)
    contexto = {
        **marco(acceso),
        **(en_pagina.renglones([vista])[0]),
        "firmas": en_pagina.firmas(vista),
        **firmas_de_cartas.contexto(acceso, carta, claves=firmas_de_cartas.DE_QUIEN_DECIDE),
        "form": form,
        "en_persona": vista.tipo.con_testigos,
        "revocacion": forms.Revocacion(),
    }
    estado = 422 if form is not None and form.errors else 200
    return render(request, "portal/consentimiento.html", contexto, status=estado)


@require_POST
def _revocar(request: HttpRequest, acceso: Acceso, carta: UUID) -> HttpResponse:
    form = forms.Revocacion(request.POST)
    try:
        hecho = en_pagina.revocar(acceso, carta, form, ahora=timezone.now())
    except cartas.CartaInexistente as error:
        raise Http404 from error
    if hecho:
        messages.success(request, _("Revocó este permiso. Lo que ya se hizo no cambia."))
    else:
        messages.error(request, _("Ese permiso ya no estaba vigente."))
    return redirect("portal:consentimiento", acceso.paciente, carta)


revocar = _recabar(_revocar)


@require_POST
def _firmar(request: HttpRequest, acceso: Acceso, carta: UUID) -> HttpResponse:
    """The e.firma of who decided, in their own browser."""
    vuelta = reverse("portal:consentimiento", args=[acceso.paciente, carta])
    claves = firmas_de_cartas.DE_QUIEN_DECIDE
    return firmas_de_cartas.firmar(request, acceso, carta, ir=vuelta, claves=claves)


firmar = _recabar(_firmar)


@_recabar
def evidencia(request: HttpRequest, acceso: Acceso, carta: UUID, firma: UUID) -> HttpResponse:
    return firmado.evidencia(acceso, documento=carta, firma=firma)


@_recabar
def pdf(request: HttpRequest, acceso: Acceso, carta: UUID) -> HttpResponse:
    ahora, vista = timezone.now(), _carta(acceso, carta)
    documento = impresion.pdf(acceso, vista, ahora=ahora)
    return impresos.pdf(request, acceso, documento, "carta", registros=[carta], ahora=ahora)


@_recabar
def aviso(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """The notice in force; that it was opened here is recorded, once a version."""
    pendiente = ver_avisos.le_falta(acceso)
    if pendiente is not None:
        avisos.entregar(acceso, medio="portal", ahora=timezone.now())
    contexto = {**marco(acceso), "aviso": ver_avisos.publicado()}
    return render(request, "portal/aviso.html", contexto)


def _carta(acceso: Acceso, carta_id: UUID) -> CartaVista:
    vista = selectores.carta(acceso, carta_id=carta_id, ahora=timezone.now())
    if vista is None:
        raise Http404
    return vista
