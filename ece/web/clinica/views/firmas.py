"""Signing with a certificate of one's own, many at once; signing beside another; evidence.

The person's key and its password never come here: the browser sends back a signature.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_POST

from ece.identidad import confianza
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import firmado
from ece.web import palabras_de_firma as palabras
from ece.web.comprobacion import NoComprobado, comprobar
from ece.web.guardas import con_acceso, con_lista
from registros.selectors import expediente, por_firmar
from registros.services import firmas as servicio
from registros.services import firmas_avanzadas

Accesos = Mapping[UUID, Acceso]
YA_NO = gettext_noop("Alguno de los documentos ya no espera su firma. Vuelva a cargar la página.")
_con_lo_por_firmar = con_lista(
    Permiso.DOCUMENTO_FIRMAR, motivo="firma", pacientes=por_firmar.pacientes
)
"""Signing what one wrote needs no more than that it waits: also after the visit or order ended."""


@_con_lo_por_firmar
def pendientes(request: HttpRequest, accesos: Accesos) -> HttpResponse:
    """The finished documents that wait, and the form that signs them in the browser."""
    nombres = {p: expediente.identidad(acceso)[0].nombre for p, acceso in accesos.items()}
    contexto = {
        "documentos": [(uno, nombres[uno.paciente]) for uno in por_firmar.documentos(accesos)],
    }
    return render(request, "clinica/por_firmar.html", contexto)


@_con_lo_por_firmar
@require_POST
def preparar(request: HttpRequest, accesos: Accesos) -> JsonResponse:
    """What the person would sign."""
    try:
        dicho = firmado.cuerpo(request)
        certificado, documentos = firmado.certificado(dicho), _documentos(dicho)
        preparado = firmas_avanzadas.preparar(
            accesos, documentos=documentos, certificado=certificado, ahora=timezone.now()
        )
    except (firmado.PeticionInvalida, firmas_avanzadas.NadaQueFirmar):
        return firmado.negar(_(YA_NO))
    except firmas_avanzadas.FirmaInvalida as error:
        return firmado.negar(palabras.falla(error.motivo))
    return firmado.por_firmar(preparado, certificado)


@_con_lo_por_firmar
@require_POST
def firmar(request: HttpRequest, accesos: Accesos) -> JsonResponse:
    """Keep what the browser signed."""
    try:
        dicho = firmado.cuerpo(request)
        cuantas = firmas_avanzadas.firmar(
            accesos,
            documentos=_documentos(dicho),
            **firmado.firmada(dicho),
            ahora=timezone.now(),
        )
    except (firmado.PeticionInvalida, firmas_avanzadas.NadaQueFirmar):
        return firmado.negar(_(YA_NO))
    except firmas_avanzadas.Caducada:
        return firmado.negar(str(palabras.CADUCADA))
    except firmas_avanzadas.FirmaInvalida as error:
        return firmado.negar(palabras.falla(error.motivo))
    hecho = ngettext("Se firmó %(n)d documento.", "Se firmaron %(n)d documentos.", cuantas)
    messages.success(request, hecho % {"n": cuantas})
    return JsonResponse({"ir": reverse("clinica:por-firmar")})


@require_POST
def _tambien(request: HttpRequest, acceso: Acceso, nota: UUID) -> HttpResponse:
    """The signature, or the refusal, of another person than the author."""
    vuelta = redirect("clinica:nota", paciente=acceso.paciente, nota=nota)
    try:
        metodo = comprobar(request, acceso.actor.id)
        if request.POST.get("que") == "rehusar":
            servicio.rehusar(
                acceso,
                nota_id=nota,
                motivo=request.POST.get("motivo", "")[:1000],
                metodo=metodo,
                ahora=timezone.now(),
            )
            messages.success(request, _("Quedó escrito que rehusó firmar, y por qué."))
        else:
            servicio.firmar_tambien(acceso, nota_id=nota, metodo=metodo, ahora=timezone.now())
            messages.success(request, _("Firmada."))
    except NoComprobado as error:
        messages.error(request, str(error))
    except servicio.SinMotivo:
        messages.error(request, _("Escriba por qué rehúsa firmar."))
    except servicio.NadaQueFirmar:
        messages.error(request, _("La nota ya no espera su firma."))
    except confianza.SinCredencial:
        messages.error(request, _("La institución no tiene sello con que firmar."))
    return vuelta


tambien = con_acceso(Permiso.NOTA_FINALIZAR)(_tambien)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def evidencia(request: HttpRequest, acceso: Acceso, nota: UUID, firma: UUID) -> HttpResponse:
    """Of a note or a visit, or of anything else that is signed."""
    return firmado.evidencia(acceso, documento=nota, firma=firma)


def _documentos(dicho: dict[str, Any]) -> list[tuple[UUID, UUID]]:
    try:
        return [(UUID(paciente), UUID(id_)) for paciente, id_ in dicho["documentos"]]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise firmado.PeticionInvalida from error
