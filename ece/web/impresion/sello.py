"""The institution's seal on what is printed, with the signatures of its authors embedded."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from ece.identidad import confianza
from ece.identidad.confianza import Uso
from ece.nucleo.acceso import Acceso
from registros.selectors import firmas, versiones
from registros.selectors.firmas import Veredicto

PARTES = (
    "documento-{}.json",
    "declaracion-{}.json",
    "firmado-{}.json",
    "firma-{}.p7s",
    "firma-{}.jws",
)
"""The files of the n-th signature, from 1 (docs/evidence.md)."""


def de(acceso: Acceso, tipo: str, ids: list[UUID]) -> dict[UUID, list[Veredicto]]:
    """The signatures of each record, if there is a seal to print them under."""
    if not confianza.hay_credencial(Uso.SELLO):
        return {}
    halladas = {id_: firmas.de_documento(acceso, tipo=tipo, id=id_) for id_ in ids}
    return {id_: suyas for id_, suyas in halladas.items() if suyas}


def sellar(
    acceso: Acceso, pdf: bytes, tipo: str, firmadas: Mapping[UUID, list[Veredicto]]
) -> bytes:
    """`pdf` sealed (PAdES B-LTA), as it is where nothing in it is signed. Raises `SinSello`."""
    if not firmadas:
        return pdf
    from ece.nucleo.firma import pades  # half a second to load: only who prints waits for it

    par = confianza.credencial(Uso.SELLO)
    adjuntos: dict[str, bytes] = {}
    numero = 0
    for id_, suyas in firmadas.items():
        historia = versiones.historia(acceso, tipo=tipo, id=id_)
        for firma in filter(lambda una: una.vale, suyas):
            numero += 1
            contenidos = (
                firmas.documento_firmado(firma, historia),
                firma.declaracion,
                firma.firmado,
                firma.cms,
                firma.jws.encode(),
            )
            adjuntos |= {
                parte.format(numero): datos for parte, datos in zip(PARTES, contenidos, strict=True)
            }
    return pades.sellar(
        pdf,
        llave=par.llave,
        certificado=par.certificado,
        confianza=confianza.para_pdf(),
        autoridad=confianza.autoridad_de_tiempo(),
        adjuntos=adjuntos,
        motivo=_("Copia fiel del expediente"),
    )
