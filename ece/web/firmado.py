"""Signing in the browser, as the server sees it: what is prepared, what comes back, and evidence.

The person's key and its password never come here: the browser sends back a signature.
"""

import base64
import binascii
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from ece.nucleo.acceso import Acceso
from ece.nucleo.archivos import juntar
from ece.nucleo.firma import certificados
from ece.web import palabras_de_firma as palabras
from registros.selectors import firmas
from registros.services.pliegos import Preparado

LARGO_MAXIMO = 256 * 1024


class PeticionInvalida(Exception):
    """What the browser sent has not the form it should."""


def cuerpo(request: HttpRequest) -> dict[str, Any]:
    """Raises `PeticionInvalida`."""
    if len(request.body) > LARGO_MAXIMO:
        raise PeticionInvalida
    try:
        dicho = json.loads(request.body)
    except ValueError as error:
        raise PeticionInvalida from error
    if not isinstance(dicho, dict):
        raise PeticionInvalida
    return dicho


def certificado(dicho: dict[str, Any]) -> bytes:
    """Raises `PeticionInvalida`."""
    return _b64(dicho.get("certificado"))


def firmada(dicho: dict[str, Any]) -> dict[str, Any]:
    """What came back, as the services take it. Raises `PeticionInvalida`."""
    try:
        momento = datetime.fromisoformat(str(dicho.get("momento")))
    except ValueError as error:
        raise PeticionInvalida from error
    if momento.tzinfo is None:
        raise PeticionInvalida
    return {
        "certificado": certificado(dicho),
        "momento": momento,
        "firma_cms": _b64(dicho.get("cms")),
        "firma_jws": _b64(dicho.get("jws")),
    }


def por_firmar(preparado: Preparado, certificado: bytes) -> JsonResponse:
    """What the person would sign: the bytes of each document, each declaration, and the sheet."""
    return JsonResponse(
        {
            "momento": preparado.momento.isoformat(timespec="seconds"),
            "pliego": preparado.pliego.decode(),
            "titular": certificados.titular(certificados.leer(certificado)).nombre,
            "hojas": [
                {
                    "paciente": str(hoja.paciente),
                    "documento": str(hoja.documento_id),
                    "declaracion": hoja.declaracion.decode(),
                    "contenido": hoja.contenido.decode(),
                    "citados": {id_: citado.decode() for id_, citado in hoja.citados.items()},
                }
                for hoja in preparado.hojas
            ],
        },
        headers={"Cache-Control": "no-store"},
    )


def negar(error: str) -> JsonResponse:
    return JsonResponse({"error": error}, status=422)


def evidencia(acceso: Acceso, *, documento: UUID, firma: UUID) -> HttpResponse:
    """A signature of a record, with all that an expert needs to verify it without us
    (docs/evidence.md)."""
    hallada = firmas.evidencia(acceso, documento=documento, firma=firma)
    if hallada is None:
        raise Http404
    una, escrito = hallada
    archivos: dict[str, bytes] = {
        "declaracion.json": una.declaracion,
        "texto.txt": _texto(una.declaracion, escrito),
        "firmado.json": una.firmado,
        "firma.p7s": una.cms,
        "firma.jws": una.jws.encode(),
        "sello.tst": una.sello,
        "documento.json": escrito,
        "autoridades.pem": firmas.autoridades(una.nivel),
        "LEEME.txt": palabras.LEEME.encode(),
    }
    respuesta = HttpResponse(juntar(archivos), content_type="application/zip")
    respuesta["Content-Disposition"] = f'attachment; filename="firma-{una.codigo[:8]}.zip"'
    respuesta["Cache-Control"] = "no-store"
    return respuesta


def _texto(declaracion: bytes, documento: bytes) -> bytes:
    """Of a letter, the text that was read, whose digest the declaration has too."""
    if "texto" not in json.loads(declaracion):
        return b""
    return base64.b64decode(json.loads(documento)["sourceAttachment"]["data"])


def _b64(texto: object) -> bytes:
    try:
        return base64.b64decode(str(texto), validate=True)
    except (ValueError, binascii.Error) as error:
        raise PeticionInvalida from error
