"""Signing with a certificate of one's own, many notes at once; signing beside another; evidence.

The person's key and its password never come here: the browser sends back a signature.
"""

import base64
import binascii
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ece.identidad import confianza
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import certificados
from ece.nucleo.roles import Permiso
from ece.web import palabras_de_firma as palabras
from ece.web.comprobacion import NoComprobado, comprobar
from ece.web.guardas import con_acceso, con_lista
from registros.selectors import expediente, firmas, por_firmar, versiones
from registros.services import firmas as servicio
from registros.services import firmas_avanzadas

Accesos = Mapping[UUID, Acceso]
LARGO_MAXIMO = 256 * 1024
_con_lo_por_firmar = con_lista(
    Permiso.NOTA_FINALIZAR,
    motivo="firma",
    pacientes=por_firmar.pacientes,
    al_abrir=Permiso.EXPEDIENTE_LEER,
)
"""Signing what one wrote needs no more than to read it: also after the visit ended."""


class PeticionInvalida(Exception):
    """What the browser sent has not the form it should."""


@_con_lo_por_firmar
def pendientes(request: HttpRequest, accesos: Accesos) -> HttpResponse:
    """The finished notes that wait, and the form that signs them in the browser."""
    nombres = {p: expediente.identidad(acceso)[0].nombre for p, acceso in accesos.items()}
    contexto = {
        "notas": [(una, nombres[una.paciente]) for una in por_firmar.notas(accesos)],
    }
    return render(request, "clinica/por_firmar.html", contexto)


@_con_lo_por_firmar
@require_POST
def preparar(request: HttpRequest, accesos: Accesos) -> JsonResponse:
    """What the person would sign: the bytes of each document, each declaration, and the sheet."""
    try:
        dicho = _cuerpo(request)
        certificado, notas = _b64(dicho["certificado"]), _notas(dicho)
        preparado = firmas_avanzadas.preparar(
            accesos, notas=notas, certificado=certificado, ahora=timezone.now()
        )
    except (PeticionInvalida, KeyError, firmas_avanzadas.NadaQueFirmar):
        return _no(_("Alguna de las notas ya no espera su firma. Vuelva a cargar la página."))
    except firmas_avanzadas.FirmaInvalida as error:
        return _no(palabras.falla(error.motivo))
    titular = certificados.titular(certificados.leer(certificado))
    return JsonResponse(
        {
            "momento": preparado.momento.isoformat(timespec="seconds"),
            "pliego": preparado.pliego.decode(),
            "titular": titular.nombre,
            "hojas": [
                {
                    "paciente": str(hoja.paciente),
                    "nota": str(hoja.nota_id),
                    "declaracion": hoja.declaracion.decode(),
                    "contenido": hoja.contenido.decode(),
                }
                for hoja in preparado.hojas
            ],
        },
        headers={"Cache-Control": "no-store"},
    )


@_con_lo_por_firmar
@require_POST
def firmar(request: HttpRequest, accesos: Accesos) -> JsonResponse:
    """Keep what the browser signed."""
    try:
        dicho = _cuerpo(request)
        cuantas = firmas_avanzadas.firmar(
            accesos,
            notas=_notas(dicho),
            certificado=_b64(dicho["certificado"]),
            momento=datetime.fromisoformat(dicho["momento"]),
            firma_cms=_b64(dicho["cms"]),
            firma_jws=_b64(dicho["jws"]),
            ahora=timezone.now(),
        )
    except (PeticionInvalida, KeyError, TypeError, ValueError, firmas_avanzadas.NadaQueFirmar):
        return _no(_("Alguna de las notas ya no espera su firma. Vuelva a cargar la página."))
    except firmas_avanzadas.Caducada:
        return _no(_("Pasó mucho tiempo desde que se preparó. Empiece de nuevo."))
    except firmas_avanzadas.FirmaInvalida as error:
        return _no(palabras.falla(error.motivo))
    hecho = ngettext("Se firmó %(n)d nota.", "Se firmaron %(n)d notas.", cuantas)
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
    """A signature of a note, or the constancia of a visit, with all that an expert needs to verify
    it without us (docs/evidence.md)."""
    halladas = (
        (tipo, una)
        for tipo in ("Composition", "Encounter")
        for una in firmas.de_documento(acceso, tipo=tipo, id=nota)
        if una.id == firma
    )
    tipo, una = next(halladas, ("", None))
    if una is None:
        raise Http404
    archivos: dict[str, bytes] = {
        "declaracion.json": una.declaracion,
        "firmado.json": una.firmado,
        "firma.p7s": una.cms,
        "firma.jws": una.jws.encode(),
        "sello.tst": una.sello,
        "documento.json": firmas.documento_firmado(
            una, versiones.historia(acceso, tipo=tipo, id=nota)
        ),
        "autoridades.pem": firmas.autoridades(una),
        "LEEME.txt": palabras.LEEME.encode(),
    }
    paquete = io.BytesIO()
    with zipfile.ZipFile(paquete, "w", zipfile.ZIP_DEFLATED) as comprimido:
        for nombre, datos in archivos.items():
            if datos:
                comprimido.writestr(nombre, datos)
    respuesta = HttpResponse(paquete.getvalue(), content_type="application/zip")
    respuesta["Content-Disposition"] = f'attachment; filename="firma-{una.codigo[:8]}.zip"'
    respuesta["Cache-Control"] = "no-store"
    return respuesta


def _cuerpo(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > LARGO_MAXIMO:
        raise PeticionInvalida
    try:
        dicho = json.loads(request.body)
    except ValueError as error:
        raise PeticionInvalida from error
    if not isinstance(dicho, dict):
        raise PeticionInvalida
    return dicho


def _notas(dicho: dict[str, Any]) -> list[tuple[UUID, UUID]]:
    try:
        return [(UUID(paciente), UUID(nota)) for paciente, nota in dicho["notas"]]
    except (ValueError, TypeError, AttributeError) as error:
        raise PeticionInvalida from error


def _b64(texto: object) -> bytes:
    try:
        return base64.b64decode(str(texto), validate=True)
    except (ValueError, binascii.Error) as error:
        raise PeticionInvalida from error


def _no(error: str) -> JsonResponse:
    return JsonResponse({"error": error}, status=422)
