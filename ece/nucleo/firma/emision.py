"""Issuing certificates: the small authority of the demonstration, the tests, and whoever has none.

An authority, the institution's seal, its time stamping, and its people's own certificates, shaped
as the SAT's (RFC in 2.5.4.45, CURP in serialNumber).
"""

import os
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ece.nucleo.firma.certificados import RFC_OID

BITS = 3072
VIGENCIA_DE_AUTORIDAD, VIGENCIA = timedelta(days=3650), timedelta(days=1460)
_MARGEN = timedelta(minutes=5)

_NINGUNO = dict.fromkeys(
    (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    ),
    False,
)
_FIRMAN = {"digital_signature": True, "content_commitment": True}


def llave(bits: int = BITS) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def autoridad(nombre: str, privada: rsa.RSAPrivateKey, *, ahora: datetime) -> x509.Certificate:
    """A root that certifies people and the institution's own keys."""
    return _certificar(
        _nombre(nombre),
        privada.public_key(),
        _nombre(nombre),
        privada,
        ahora,
        VIGENCIA_DE_AUTORIDAD,
        usos={"key_cert_sign": True, "crl_sign": True, "digital_signature": True},
        ca=True,
    )


def de_sello(
    nombre: str,
    publica: rsa.RSAPublicKey,
    *,
    emisor: x509.Certificate,
    firma: rsa.RSAPrivateKey,
    ahora: datetime,
) -> x509.Certificate:
    """The institution's: what it signs with the confidential keys of its people, and prints."""
    return _certificar(
        _nombre(nombre), publica, emisor.subject, firma, ahora, VIGENCIA, usos=_FIRMAN
    )


def de_tiempo(
    nombre: str,
    publica: rsa.RSAPublicKey,
    *,
    emisor: x509.Certificate,
    firma: rsa.RSAPrivateKey,
    ahora: datetime,
) -> x509.Certificate:
    """A time stamping authority's (RFC 3161, 2.3)."""
    sella = [ExtendedKeyUsageOID.TIME_STAMPING]
    return _certificar(
        _nombre(nombre), publica, emisor.subject, firma, ahora, VIGENCIA, usos=_FIRMAN, para=sella
    )


def de_persona(
    nombre: str,
    publica: rsa.RSAPublicKey,
    *,
    rfc: str,
    curp: str,
    emisor: x509.Certificate,
    firma: rsa.RSAPrivateKey,
    ahora: datetime,
    vigencia: timedelta = VIGENCIA,
    usos: tuple[str, ...] = ("digital_signature", "content_commitment"),
) -> x509.Certificate:
    """A person's, as the SAT shapes it."""
    sujeto = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, nombre),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "MX"),
            x509.NameAttribute(RFC_OID, rfc),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, curp),
        ]
    )
    return _certificar(
        sujeto, publica, emisor.subject, firma, ahora, vigencia, usos=dict.fromkeys(usos, True)
    )


def lista_de_revocacion(
    emisor: x509.Certificate,
    firma: rsa.RSAPrivateKey,
    *,
    revocados: dict[int, datetime],
    ahora: datetime,
    vigencia: timedelta = timedelta(days=7),
) -> bytes:
    """The CRL (DER) of an authority: serial number -> since when."""
    constructor = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(emisor.subject)
        .last_update(ahora - _MARGEN)
        .next_update(ahora + vigencia)
    )
    for serie, desde in revocados.items():
        renglon = x509.RevokedCertificateBuilder().serial_number(serie).revocation_date(desde)
        constructor = constructor.add_revoked_certificate(renglon.build())
    return constructor.sign(firma, SHA256()).public_bytes(Encoding.DER)


def _nombre(comun: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, comun[:64]),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "MX"),
        ]
    )


def _certificar(
    sujeto: x509.Name,
    publica: rsa.RSAPublicKey,
    emisor: x509.Name,
    firma: rsa.RSAPrivateKey,
    ahora: datetime,
    vigencia: timedelta,
    *,
    usos: dict[str, bool],
    ca: bool = False,
    para: list[x509.ObjectIdentifier] | None = None,
) -> x509.Certificate:
    identificador = x509.AuthorityKeyIdentifier.from_issuer_public_key(firma.public_key())
    constructor = (
        x509.CertificateBuilder()
        .subject_name(sujeto)
        .issuer_name(emisor)
        .public_key(publica)
        .serial_number(int.from_bytes(os.urandom(19), "big") >> 1)
        .not_valid_before(ahora - _MARGEN)
        .not_valid_after(ahora + vigencia)
        .add_extension(x509.BasicConstraints(ca, 1 if ca else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(publica), critical=False)
        .add_extension(identificador, critical=False)
        .add_extension(x509.KeyUsage(**{**_NINGUNO, **usos}), critical=True)
    )
    if para is not None:
        constructor = constructor.add_extension(x509.ExtendedKeyUsage(para), critical=True)
    return constructor.sign(firma, SHA256())
