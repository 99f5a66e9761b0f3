"""The institution's seal over the bytes of a document that it gives out, in a file beside it."""

from datetime import datetime

from ece.identidad import confianza
from ece.identidad.confianza import Uso
from ece.nucleo.firma import FirmaInvalida, cms, tiempo
from ece.nucleo.firma.tiempo import SinSello


class FirmaAjena(Exception):
    """A signature that is not over those bytes."""


def exigir_suya(firma: bytes, documento: bytes) -> None:
    """Whoever signed, with whatever algorithm, and whoever believes them: that it is over
    `documento`. Raises `FirmaAjena`."""
    try:
        cms.verificar(firma, documento)
    except FirmaInvalida as falla:
        if falla.motivo == "firma" or not cms.corresponde(firma, documento):
            raise FirmaAjena from falla


def firmar(documento: bytes, *, ahora: datetime) -> bytes:
    """CMS (CAdES, DER), detached; empty where the institution has prepared no seal.

    The authority of time is asked at once: nobody can stamp it later for who takes it away. If it
    does not answer, the signature has no stamp, and holds while its certificate does.
    """
    if not confianza.hay_credencial(Uso.SELLO):
        return b""
    par, momento = confianza.credencial(Uso.SELLO), ahora.replace(microsecond=0)
    firma = cms.firmar(par.llave, documento, par.der, momento)
    try:
        sello = tiempo.sellar(confianza.autoridad_de_tiempo(), firma)
    except (SinSello, confianza.SinCredencial):
        sello = None
    return cms.armar(firma, documento, par.der, momento, cadena=par.cadena, sello=sello)
