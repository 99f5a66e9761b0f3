"""The printed page of one note."""

from datetime import datetime

from django.utils import translation

from ece.nucleo.acceso import Acceso
from ece.web.impresion import documento, sello
from registros.selectors.notas import Nota


@translation.override("es-mx")
def pdf(acceso: Acceso, nota: Nota, adendas: list[Nota], *, ahora: datetime) -> bytes:
    """The PDF of a finished note and its addenda, sealed with their signatures inside."""
    ids = [nota.id, *(adenda.id for adenda in adendas)]
    firmas = sello.de(acceso, "Composition", ids)
    impreso = documento.componer(
        acceso, nota.titulo, [(nota, adendas)], ahora=ahora, huella=nota.huella, firmas=firmas
    )
    return sello.sellar(acceso, impreso, "Composition", firmas)
