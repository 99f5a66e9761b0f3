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
from ece.identidad.confianza import Nivel
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import firmado
from ece.web import palabras_de_firma as palabras
from ece.web.comprobacion import NoComprobado, comprobar, pedido
from ece.web.guardas import actor_de, con_acceso, con_lista
from registros.selectors import delegaciones_de_firma, expediente, por_firmar
from registros.services import firmas as servicio
from registros.services import firmas_avanzadas, firmas_institucionales

Accesos = Mapping[UUID, Acceso]
YA_NO = gettext_noop("Alguno de los documentos ya no espera su firma. Vuelva a cargar la página.")
SIN_SELLO = gettext_noop("La institución no tiene sello con que firmar.")
_con_lo_por_firmar = con_lista(
    Permiso.DOCUMENTO_FIRMAR,
    motivo="firma",
    pacientes=lambda alcance: por_firmar.pacientes(alcance, ahora=timezone.now()),
)
"""Signing what one wrote needs no more than that it waits: also after the visit or order ended."""


@_con_lo_por_firmar
def pendientes(request: HttpRequest, accesos: Accesos) -> HttpResponse:
    """The finished documents that wait, those that a colleague left to this person besides; and the
    forms that sign them: in the browser, or with the password."""
    esperan = por_firmar.documentos(accesos, ahora=timezone.now())
    nombres = {p: expediente.identidad(acceso)[0].nombre for p, acceso in accesos.items()}
    por_nivel = {
        nivel: [(uno, nombres[uno.paciente]) for uno in esperan if uno.nivel == nivel]
        for nivel in Nivel
    }
    contexto = {
        "documentos": por_nivel[Nivel.AVANZADA],
        "institucionales": por_nivel[Nivel.INSTITUCIONAL],
        "firma": pedido(actor_de(request).id),
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
    except (firmado.PeticionInvalida, firmas_avanzadas.NadaQueFirmar) as error:
        return firmado.negar(_porque(request, error))
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
    except (firmado.PeticionInvalida, firmas_avanzadas.NadaQueFirmar) as error:
        return firmado.negar(_porque(request, error))
    except firmas_avanzadas.Caducada:
        return firmado.negar(str(palabras.CADUCADA))
    except firmas_avanzadas.FirmaInvalida as error:
        return firmado.negar(palabras.falla(error.motivo))
    _decir_cuantas(request, cuantas)
    return JsonResponse({"ir": reverse("clinica:por-firmar")})


@_con_lo_por_firmar
@require_POST
def institucional(request: HttpRequest, accesos: Accesos) -> HttpResponse:
    """Sign what waits for the institutional signature, with the password and what goes with it."""
    try:
        elegidos = [tuple(uno.split("/")) for uno in request.POST.getlist("documento")]
        documentos = _documentos({"documentos": elegidos})
        metodo = comprobar(request, actor_de(request).id)
        cuantas = firmas_institucionales.firmar(
            accesos, documentos=documentos, metodo=metodo, ahora=timezone.now()
        )
        _decir_cuantas(request, cuantas)
    except NoComprobado as error:
        messages.error(request, str(error))
    except (firmado.PeticionInvalida, servicio.NadaQueFirmar) as error:
        messages.error(request, _porque(request, error))
    except confianza.SinCredencial:
        messages.error(request, _(SIN_SELLO))
    return redirect("clinica:por-firmar")


def _decir_cuantas(request: HttpRequest, cuantas: int) -> None:
    hecho = ngettext("Se firmó %(n)d documento.", "Se firmaron %(n)d documentos.", cuantas)
    messages.success(request, hecho % {"n": cuantas})


def _porque(request: HttpRequest, error: Exception) -> str:
    """Why it was not signed. A record that was only open under a delegation that ended opens no
    more: then that is what happened."""
    if isinstance(error, firmas_avanzadas.NoDelegado):
        return str(palabras.NEGATIVAS[error.negativa])
    ahora = timezone.now()
    recibidas = delegaciones_de_firma.de_persona(actor_de(request), ahora=ahora).recibidas
    if any(una.terminada(ahora) for una in recibidas):
        return f"{_(YA_NO)} {palabras.NEGATIVAS['vigencia']}"
    return _(YA_NO)


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
        messages.error(request, _(SIN_SELLO))
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
