"""The institution's own keys: made, renewed, and the certificates it issues to its people."""

import os
from datetime import datetime
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import transaction

from ece.identidad import confianza
from ece.identidad.models import Autoridad, ConstanciaDeRevocacion, Credencial, Uso
from ece.identidad.services import revocaciones
from ece.nucleo.firma import certificados, emision
from ece.nucleo.firma.revocacion import Clase
from ece.nucleo.uuid7 import uuid7

AUTORIDAD = ""
"""The use of the internal authority's own key pair."""


@transaction.atomic
def preparar(nombre: str, *, ahora: datetime, bits: int = emision.BITS) -> None:
    """An internal authority, a seal and a time stamping key, each only if there is none.

    For whoever has no other: the demonstration, the tests. `nombre` is the institution's.
    """
    if not confianza.hay_credencial(AUTORIDAD):
        llave = emision.llave(bits)
        raiz = emision.autoridad(f"Autoridad interna de {nombre}", llave, ahora=ahora)
        _guardar(AUTORIDAD, llave, raiz)
        for uso in Uso:
            Autoridad.objects.create(
                nombre=f"Autoridad interna de {nombre}"[:120],
                uso=uso,
                certificado=certificados.a_der(raiz),
            )
        publicar_lista(ahora=ahora)
    if not confianza.hay_credencial(Uso.SELLO):
        llave = emision.llave(bits)
        par = confianza.credencial(AUTORIDAD)
        _guardar(
            Uso.SELLO,
            llave,
            emision.de_sello(
                nombre, llave.public_key(), emisor=par.certificado, firma=par.llave, ahora=ahora
            ),
        )
    if not confianza.hay_credencial(Uso.TIEMPO):
        llave = emision.llave(bits)
        par = confianza.credencial(AUTORIDAD)
        _guardar(
            Uso.TIEMPO,
            llave,
            emision.de_tiempo(
                f"Sellos de tiempo de {nombre}",
                llave.public_key(),
                emisor=par.certificado,
                firma=par.llave,
                ahora=ahora,
            ),
        )


@transaction.atomic
def renovar(uso: str, nombre: str, *, ahora: datetime, bits: int = emision.BITS) -> None:
    """Retire the key pair of `uso` and make another. What the old one signed stays verifiable."""
    Credencial.objects.filter(uso=uso, retirada_at=None).update(retirada_at=ahora)
    confianza.olvidar()
    preparar(nombre, ahora=ahora, bits=bits)


def expedir(
    *, nombre: str, rfc: str, curp: str, publica: rsa.RSAPublicKey, ahora: datetime
) -> x509.Certificate:
    """A certificate for one of the institution's people, under the internal authority."""
    par = confianza.credencial(AUTORIDAD)
    return emision.de_persona(
        nombre, publica, rfc=rfc, curp=curp, emisor=par.certificado, firma=par.llave, ahora=ahora
    )


def publicar_lista(*, ahora: datetime, revocados: dict[int, datetime] | None = None) -> None:
    """The internal authority's list of revoked certificates (CRL), which the cache keeps."""
    par = confianza.credencial(AUTORIDAD)
    lista = emision.lista_de_revocacion(
        par.certificado, par.llave, revocados=revocados or {}, ahora=ahora
    )
    for autoridad in Autoridad.objects.filter(certificado=par.der):
        revocaciones.guardar_lista(autoridad, lista, ahora=ahora)


def renovar_lista(*, ahora: datetime) -> None:
    """The same list again, with a later term, where there is an internal authority."""
    if not confianza.hay_credencial(AUTORIDAD):
        return
    publicar_lista(ahora=ahora, revocados=_revocados())


def revocar(certificado: x509.Certificate, *, ahora: datetime) -> None:
    """Take back a certificate that the internal authority issued; it stays in every later list."""
    publicar_lista(ahora=ahora, revocados={certificado.serial_number: ahora} | _revocados())


def _revocados() -> dict[int, datetime]:
    """Serial number -> since when, of the last list of the internal authority."""
    par = confianza.credencial(AUTORIDAD)
    filas = ConstanciaDeRevocacion.objects.filter(autoridad__certificado=par.der, clase=Clase.CRL)
    return {
        renglon.serial_number: renglon.revocation_date_utc
        for fila in filas
        for renglon in x509.load_der_x509_crl(bytes(fila.contenido))
    }


def _guardar(uso: str, llave: rsa.RSAPrivateKey, certificado: x509.Certificate) -> UUID:
    id_, nonce = uuid7(), os.urandom(12)
    abierta = llave.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    Credencial.objects.create(
        id=id_,
        uso=uso,
        certificado=certificados.a_der(certificado),
        llave=nonce + confianza.cifra().encrypt(nonce, abierta, id_.bytes),
        desde=certificado.not_valid_before_utc,
        hasta=certificado.not_valid_after_utc,
    )
    return id_
