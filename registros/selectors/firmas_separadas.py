"""Signatures over the bytes of a whole document, kept or sent beside it (CAdES, detached)."""

from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509
from django.utils import timezone

from ece.cda import LARGO_DE_FIRMA
from ece.identidad import confianza
from ece.identidad.confianza import Uso
from ece.nucleo.firma import FirmaInvalida, certificados, cms
from ece.nucleo.firma.cms import Firmado
from registros.selectors import firmas


@dataclass(frozen=True, slots=True)
class Separada:
    """Whose a signature says that it is, and whether it holds (`falla` says why not).

    `propia`: by a seal of this institution. `sellado_at` is what a time stamp proves.
    """

    titular: str = ""
    emisor: str = ""
    momento: datetime | None = None
    sellado_at: datetime | None = None
    propia: bool = False
    falla: str = ""

    @property
    def vale(self) -> bool:
        return not self.falla


def verificar(firma: bytes, documento: bytes) -> Separada:
    """`firma` weighed against the bytes of `documento`, as of the moment that it proves: a seal, or
    a person, of the institution's list of authorities."""
    if len(firma) > LARGO_DE_FIRMA:
        return Separada(falla="malformada")
    try:
        hecha = cms.verificar(firma, documento)
    except FirmaInvalida as falla:
        return Separada(falla=falla.motivo)
    de = certificados.titular(hecha.certificado)
    vista = Separada(
        titular=de.nombre,
        emisor=de.emisor,
        momento=hecha.momento,
        propia=confianza.es_sello(certificados.a_der(hecha.certificado)),
    )
    try:
        sello = firmas.probar_momento(hecha, firma, ())
        if sello and abs(sello.momento - hecha.momento) > firmas.TOLERANCIA:
            raise FirmaInvalida("sello", "es de otro momento que el que se declara")
        momento = sello.momento if sello else timezone.now()
        firmas.no_revocado(hecha, _uso(hecha, momento), momento)
    except FirmaInvalida as falla:
        return replace(vista, falla=falla.motivo)
    return replace(vista, sellado_at=sello.momento if sello else None)


def _uso(hecha: Firmado, momento: datetime) -> Uso:
    """Of which list its authority is. Raises `FirmaInvalida` when of none."""
    acompanan: list[x509.Certificate] = [certificados.leer(uno) for uno in hecha.cadena]
    fallas: list[FirmaInvalida] = []
    for uso in (Uso.SELLO, Uso.AVANZADA):
        try:
            confianza.lista(uso).alcanzar(hecha.certificado, momento, acompanan)
        except FirmaInvalida as falla:
            fallas.append(falla)
        else:
            return uso
    # Of the two, the one that got further: an authority that is known says more.
    raise next((f for f in fallas if f.motivo != "cadena"), fallas[0])
