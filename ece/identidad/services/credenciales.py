"""The institution's own keys: made, renewed, and the certificates it issues to its people."""

import os
from datetime import datetime
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import transaction

from ece.identidad import confianza
from ece.identidad.models import Autoridad, Credencial, Uso
from ece.identidad.services import revocaciones
from ece.nucleo.firma import certificados, emision
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
