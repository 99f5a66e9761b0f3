"""Signing a decided letter with an e.firma, the same at the desk and in the portal."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.web import firmado
from ece.web import palabras_de_firma as palabras
from registros.selectors import firmas
from registros.services import firmas_de_cartas as servicio
from registros.services import pliegos
from registros.services.firmas import NadaQueFirmar
from registros.services.firmas_de_cartas import FirmaInvalida, SinCurp

DE_QUIEN_DECIDE = ("decide",)
"""Who signs by themselves in the portal: a witness does it where they witness."""


def contexto(
    acceso: Acceso, carta: UUID, *, claves: Collection[str] | None = None
) -> dict[str, Any]:
    """The signatures of a letter, and who of `claves` (None: anybody it names) could still sign."""
    faltan = [
        uno
        for uno in servicio.faltan(acceso, carta_id=carta)
        if claves is None or uno.clave in claves
    ]
    return {
        "electronicas": palabras.dichas(firmas.de_documento(acceso, tipo="Consent", id=carta)),
        "por_firmar": [(uno, palabras.DE_CARTA[uno.papel]) for uno in faltan if uno.con_curp],
        "sin_curp": [uno.nombre for uno in faltan if not uno.con_curp],
    }


def firmar(
    request: HttpRequest,
    acceso: Acceso,
    carta: UUID,
    *,
    ir: str,
    claves: Collection[str] | None = None,
) -> JsonResponse:
    """What one of `claves` would sign or, once it comes back signed, keep it and go to `ir`."""
    try:
        dicho = firmado.cuerpo(request)
        quien = str(dicho.get("quien"))
        if claves is not None and quien not in claves:
            raise NadaQueFirmar(quien)
        if "cms" in dicho:
            servicio.firmar(
                acceso,
                carta_id=carta,
                clave=quien,
                **firmado.firmada(dicho),
                ahora=timezone.now(),
            )
            messages.success(request, _("La carta quedó firmada."))
            return JsonResponse({"ir": ir})
        certificado = firmado.certificado(dicho)
        preparado = servicio.preparar(
            acceso, carta_id=carta, clave=quien, certificado=certificado, ahora=timezone.now()
        )
    except (firmado.PeticionInvalida, NadaQueFirmar):
        return firmado.negar(_("La carta ya no espera esa firma. Vuelva a cargar la página."))
    except SinCurp:
        return firmado.negar(_("La carta no tiene la CURP de quien firmaría."))
    except pliegos.Caducada:
        return firmado.negar(str(palabras.CADUCADA))
    except FirmaInvalida as error:
        ajeno = error.motivo == "titular"
        return firmado.negar(str(palabras.DE_LA_CARTA if ajeno else palabras.FALLAS[error.motivo]))
    return firmado.por_firmar(preparado, certificado)
