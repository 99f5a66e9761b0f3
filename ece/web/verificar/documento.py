"""Verifying a signed document: whoever has the PDF, or the CDA and the signature that came beside
it, learns whether it is whole, and who signed.

Nobody signs in, nothing is kept, and nothing of the record is read: the page says what the file
itself proves, with the institution's list of authorities.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from ece import cda, fhir
from ece.cda import Firmado
from ece.identidad import confianza
from ece.nucleo.firma import FirmaInvalida, aparte
from ece.nucleo.firma.aparte import Ilegible
from ece.web import palabras_de_firma as palabras
from ece.web.guardas import publica
from ece.web.impresion.sello import PARTES
from ece.web.verificar import ritmo
from registros.selectors import delegaciones_de_firma, firmas, firmas_separadas

LARGO_MAXIMO = 12 * 1024 * 1024
FIRMAS = 12
"""Signatures that are looked for in one file."""


@dataclass(frozen=True, slots=True)
class Hallada:
    """A signature embedded in the file, in words; `falla` is why it does not hold."""

    firmante: str
    papel: str
    nivel: str
    momento: datetime | None
    titular: str
    sellado_at: datetime | None
    falla: str = ""


@publica
@ritmo.moderado
def documento(request: HttpRequest) -> HttpResponse:
    """The form and, of the file that was sent, what it proves."""
    contexto: dict[str, Any] = {}
    if request.method == "POST":
        subidos = request.FILES.getlist("archivo")
        contexto["resultado"] = resultado = _de_subidos(subidos)
        if resultado is None:
            contexto["error"] = _(
                "Elija un PDF, o un CDA con su firma (los dos archivos, o su ZIP), de hasta 12 MB."
            )
    estado = 422 if "error" in contexto else 200
    respuesta = render(request, "verificar/documento.html", contexto, status=estado)
    respuesta["Cache-Control"] = "no-store"
    respuesta["X-Robots-Tag"] = "noindex"
    return respuesta


def _de_subidos(subidos: Sequence[UploadedFile[bytes]]) -> dict[str, Any] | None:
    """What was sent, verified; None when it is nothing that this page verifies."""
    if not 1 <= len(subidos) <= 2 or sum(uno.size or 0 for uno in subidos) > LARGO_MAXIMO:
        return None
    leidos = [uno.read() for uno in subidos]
    if len(leidos) == 2:
        firma, escrito = sorted(leidos, key=_en_texto)
        return _de_cda(Firmado(escrito, firma))
    if not _en_texto(leidos[0]) and not leidos[0].startswith(b"PK"):
        return _verificar(leidos[0])
    try:
        return _de_cda(cda.partir(leidos[0], limite=LARGO_MAXIMO))
    except cda.CdaInvalido:
        return None


def _en_texto(leido: bytes) -> bool:
    """Whether it may be XML: a signature, in DER, and a PDF never begin so."""
    return leido.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _de_cda(traido: Firmado) -> dict[str, Any] | None:
    if not traido.firma:
        return None
    separada = firmas_separadas.verificar(traido.firma, traido.documento)
    vale = separada.vale and separada.propia
    sello = {
        "vale": vale,
        "titular": separada.titular,
        "momento": separada.sellado_at,
        "falla": "" if separada.vale else palabras.de_separada(separada),
    }
    return {"sellos": [sello], "firmas": [], "sellado": vale, "bueno": vale}


def _verificar(pdf: bytes) -> dict[str, Any]:
    nombres = [parte.format(n) for n in range(1, FIRMAS + 1) for parte in PARTES]
    try:
        leido = aparte.leer(pdf, confianza.para_pdf(), nombres=nombres)
    except Ilegible:
        return {"ilegible": True, "bueno": False}
    halladas = [
        _hallada(leido.adjuntos, n)
        for n in range(1, FIRMAS + 1)
        if PARTES[1].format(n) in leido.adjuntos
    ]
    # The institution's authority certifies people too: none of them is its seal.
    sellos = [
        uno
        if not uno.vale or confianza.es_sello(uno.certificado)
        else replace(uno, vale=False, motivo="ajeno")
        for uno in leido.sellos
    ]
    sellos_valen = bool(sellos) and all(uno.vale for uno in sellos)
    return {
        "sellos": sellos,
        "firmas": halladas,
        "bueno": sellos_valen and bool(halladas) and not any(h.falla for h in halladas),
        "sellado": sellos_valen,
    }


def _hallada(adjuntos: dict[str, bytes], numero: int) -> Hallada:
    escrito, declarado, firmado, sobre, token = (
        adjuntos.get(parte.format(numero), b"") for parte in PARTES
    )
    try:
        dicha = fhir.json.leer(declarado)
        if sha256(escrito).hexdigest() != dicha["documento"]["sha256"]:
            raise FirmaInvalida("contenido")
        probado = firmas.verificar_evidencia(
            dicha, declarado, firmado, sobre, token.decode(), documento=fhir.json.leer(escrito)
        )
        return Hallada(
            firmante=dicha["firmante"]["nombre"],
            papel=palabras.papel(dicha["papel"], delegaciones_de_firma.en_nombre_de(dicha)),
            nivel=str(palabras.NIVELES[dicha["nivel"]]),
            momento=datetime.fromisoformat(dicha["momento"]),
            titular=probado["titular"],
            sellado_at=probado["sellado_at"],
        )
    except FirmaInvalida as error:
        falla = palabras.falla(error.motivo, propia=False)
    except (fhir.JsonInvalido, KeyError, ValueError, TypeError):
        falla = palabras.falla("malformada")
    return Hallada("", "", "", None, "", None, falla=falla)
