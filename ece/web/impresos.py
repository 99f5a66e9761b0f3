"""The only way out of what is printed: its digest is in the log before the bytes leave."""

from collections.abc import Iterable
from datetime import datetime
from importlib import resources
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from auditoria.sello.pruebas import SinSellar
from consentimiento.services import impresiones
from ece.nucleo.acceso import Acceso
from ece.nucleo.archivos import juntar
from ece.web import evidencias

CON_PRUEBA = "con_prueba"
"""What a link or a button says to take the document inside a package with its proof."""


def pdf(
    request: HttpRequest,
    acceso: Acceso,
    documento: bytes,
    nombre: str,
    *,
    registros: Iterable[UUID] = (),
    ahora: datetime,
) -> HttpResponse:
    """A PDF to be seen in the browser or, `CON_PRUEBA`, the package that proves it."""
    evento = impresiones.asentar(acceso, documento, registros=registros, ahora=ahora)
    archivos = {f"{nombre}.pdf": documento}
    if CON_PRUEBA in request.GET or CON_PRUEBA in request.POST:
        return _con_prueba(request, acceso, nombre, archivos, evento, ahora)
    respuesta = HttpResponse(documento, content_type="application/pdf")
    respuesta["Content-Disposition"] = f'inline; filename="{nombre}.pdf"'
    respuesta["Cache-Control"] = "no-store"
    return respuesta


def resumen(request: HttpRequest, acceso: Acceso, nombre: str, *, ahora: datetime) -> HttpResponse:
    """The clinical summary of today (CDA) and its signature, in one ZIP to be saved."""
    firmado, evento = impresiones.resumen(acceso, ahora=ahora)
    archivos = impresiones.en_archivos(firmado, nombre)
    if CON_PRUEBA in request.POST:
        return _con_prueba(request, acceso, nombre, archivos, evento, ahora)
    return _zip(juntar(archivos), nombre)


def _con_prueba(
    request: HttpRequest,
    acceso: Acceso,
    nombre: str,
    archivos: dict[str, bytes],
    evento: UUID,
    ahora: datetime,
) -> HttpResponse:
    verificador = resources.files("ece.web").joinpath("static/ece/verificador.py").read_bytes()
    try:
        paquete = impresiones.con_prueba(
            acceso, archivos, evento=evento, verificador=verificador, ahora=ahora
        )
    except SinSellar:
        return evidencias.despues(request, request.path)
    return _zip(paquete, f"{nombre}-con-prueba")


def _zip(contenido: bytes, nombre: str) -> HttpResponse:
    respuesta = HttpResponse(contenido, content_type="application/zip")
    respuesta["Content-Disposition"] = f'attachment; filename="{nombre}.zip"'
    respuesta["X-Content-Type-Options"] = "nosniff"
    respuesta["Cache-Control"] = "no-store"
    return respuesta
