"""Certificates of people: whose they are, and whether a signature can rest on them.

The SAT writes the RFC in ``x500UniqueIdentifier`` (2.5.4.45), ``RFC`` or ``RFC of the company / RFC
of the person``, and the CURP in ``serialNumber``, sometimes after a slash.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ece.nucleo.firma import FirmaInvalida

RFC_OID = x509.ObjectIdentifier("2.5.4.45")
BITS_MINIMOS = 2048
DIGESTOS = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


@dataclass(frozen=True, slots=True)
class Titular:
    """Whom a certificate names; what it does not say is empty."""

    nombre: str
    rfc: str
    curp: str
    serie: str
    emisor: str
    desde: datetime
    hasta: datetime


def leer(der: bytes) -> x509.Certificate:
    """A certificate in DER. Raises `FirmaInvalida` (malformada)."""
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError as error:
        raise FirmaInvalida("malformada", "no es un certificado X.509 en DER") from error


def a_der(certificado: x509.Certificate) -> bytes:
    return certificado.public_bytes(Encoding.DER)


def titular(certificado: x509.Certificate) -> Titular:
    """Who the certificate says its holder is."""
    return Titular(
        nombre=_atributo(certificado.subject, NameOID.COMMON_NAME),
        rfc=_identificador(_atributo(certificado.subject, RFC_OID)),
        curp=_identificador(_atributo(certificado.subject, NameOID.SERIAL_NUMBER)),
        serie=f"{certificado.serial_number:x}",
        emisor=_atributo(certificado.issuer, NameOID.COMMON_NAME),
        desde=certificado.not_valid_before_utc,
        hasta=certificado.not_valid_after_utc,
    )


def exigir_titular(certificado: x509.Certificate, *, rfc: str, curp: str) -> None:
    """That the certificate is that person's: both, and neither may be missing here or there.

    Raises `FirmaInvalida` (titular).
    """
    de = titular(certificado)
    if not rfc or not curp or de.rfc != rfc.upper() or de.curp != curp.upper():
        raise FirmaInvalida("titular")


def exigir_fuerza(certificado: x509.Certificate) -> rsa.RSAPublicKey:
    """Its RSA key, of 2048 bits or more, under a digest of SHA-2. Raises `FirmaInvalida`."""
    llave = certificado.public_key()
    if not isinstance(llave, rsa.RSAPublicKey) or llave.key_size < BITS_MINIMOS:
        raise FirmaInvalida("algoritmo", "se admite RSA de 2048 bits o más")
    if llave.public_numbers().e < 65537:
        raise FirmaInvalida("algoritmo", "exponente público débil")
    if not isinstance(certificado.signature_hash_algorithm, DIGESTOS):
        raise FirmaInvalida("algoritmo", "el certificado se emitió con un digesto débil")
    return llave


def exigir_firma_de_persona(certificado: x509.Certificate) -> None:
    """That the key is for signing, and for what cannot be denied (RFC 5280, 4.2.1.3).

    A CA is nobody's hand. Raises `FirmaInvalida` (uso).
    """
    usos = extension(certificado, x509.KeyUsage)
    if usos is None or not (usos.digital_signature and usos.content_commitment):
        raise FirmaInvalida("uso", "la llave no es para firmar")
    basicas = extension(certificado, x509.BasicConstraints)
    if basicas is not None and basicas.ca:
        raise FirmaInvalida("uso", "es de una autoridad")


Extension = TypeVar("Extension", bound=x509.ExtensionType)


def extension(certificado: x509.Certificate, clase: type[Extension]) -> Extension | None:
    """The extension of that class, or None. Raises `FirmaInvalida` when it cannot be read."""
    try:
        return certificado.extensions.get_extension_for_class(clase).value
    except x509.ExtensionNotFound:
        return None
    except (ValueError, x509.DuplicateExtension) as error:
        raise FirmaInvalida("malformada", "las extensiones del certificado") from error


def _atributo(nombre: x509.Name, oid: x509.ObjectIdentifier) -> str:
    valores = nombre.get_attributes_for_oid(oid)
    valor = valores[0].value if len(valores) == 1 else ""
    return valor if isinstance(valor, str) else ""


def _identificador(texto: str) -> str:
    """Of ``RFC / RFC`` or `` / CURP``, the one of the person: the last that says something."""
    return next((p for p in reversed([p.strip() for p in texto.split("/")]) if p), "").upper()
