"""Whether a certificate had been revoked: CRLs (RFC 5280, 5) and OCSP answers (RFC 6960).

Both are kept as the bytes they came in, so that the question can be answered again without a
network, with the age of the answer; and travel with the signature as its long-term evidence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, Hash, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import CRLEntryExtensionOID, ExtendedKeyUsageOID, ExtensionOID

from ece.nucleo.firma import FirmaInvalida, certificados

SIN_VENCIMIENTO = timedelta(days=1)
"""How long an answer that does not say when it expires is believed."""


@unique
class Clase(StrEnum):
    CRL = "crl"
    OCSP = "ocsp"


@dataclass(frozen=True, slots=True)
class Constancia:
    """What an authority said of a certificate: `de` is when it said so, `hasta` when it expires."""

    clase: Clase
    de: datetime
    hasta: datetime
    revocado_at: datetime | None
    der: bytes

    def edad(self, momento: datetime) -> timedelta:
        return momento - self.de


def leer(
    clase: Clase, der: bytes, *, certificado: x509.Certificate, emisor: x509.Certificate
) -> Constancia:
    """What `der` says of `certificado`, if `emisor` (or who it delegates to) said it.

    Raises `FirmaInvalida` (malformada, firma, algoritmo, sin-revocacion).
    """
    try:
        if clase is Clase.CRL:
            return _leer_crl(der, certificado, emisor)
        return _leer_ocsp(der, certificado, emisor)
    except (ValueError, TypeError) as error:
        raise FirmaInvalida("malformada", clase) from error


def leer_lista(der: bytes, *, emisor: x509.Certificate) -> x509.CertificateRevocationList:
    """A complete CRL of `emisor`, verified. Raises `FirmaInvalida`, `ValueError`."""
    lista = x509.load_der_x509_crl(der)
    llave = emisor.public_key()
    if not isinstance(llave, rsa.RSAPublicKey) or lista.issuer != emisor.subject:
        raise FirmaInvalida("firma", "CRL de otra autoridad")
    if not isinstance(lista.signature_hash_algorithm, certificados.DIGESTOS):
        raise FirmaInvalida("algoritmo", "CRL")
    if not lista.is_signature_valid(llave):
        raise FirmaInvalida("firma", "CRL")
    # A delta, or a list of only some reasons or holders, does not say that the rest were not.
    for extension in lista.extensions:
        if extension.critical or extension.oid == ExtensionOID.DELTA_CRL_INDICATOR:
            raise FirmaInvalida("sin-revocacion", "la CRL es parcial")
    return lista


def _leer_crl(der: bytes, certificado: x509.Certificate, emisor: x509.Certificate) -> Constancia:
    lista = leer_lista(der, emisor=emisor)
    renglon = lista.get_revoked_certificate_by_serial_number(certificado.serial_number)
    revocado = None
    if renglon is not None and not _retirado(renglon):
        revocado = renglon.revocation_date_utc
    de = lista.last_update_utc
    return Constancia(Clase.CRL, de, lista.next_update_utc or de + SIN_VENCIMIENTO, revocado, der)


def _retirado(renglon: x509.RevokedCertificate) -> bool:
    """Whether the entry takes a hold back."""
    try:
        razon = renglon.extensions.get_extension_for_oid(CRLEntryExtensionOID.CRL_REASON).value
    except x509.ExtensionNotFound:
        return False
    return isinstance(razon, x509.CRLReason) and razon.reason is x509.ReasonFlags.remove_from_crl


def pedir(certificado: x509.Certificate, emisor: x509.Certificate) -> bytes:
    """The OCSP request about `certificado` (DER). Its id is by SHA-1, as every responder takes it:
    that digest names, it proves nothing."""
    peticion = ocsp.OCSPRequestBuilder().add_certificate(certificado, emisor, SHA1())  # noqa: S303
    return peticion.build().public_bytes(Encoding.DER)


def _leer_ocsp(der: bytes, certificado: x509.Certificate, emisor: x509.Certificate) -> Constancia:
    respuesta = ocsp.load_der_ocsp_response(der)
    if respuesta.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise FirmaInvalida("sin-revocacion", respuesta.response_status.name.lower())
    una = next(
        (r for r in respuesta.responses if _es_de(r, certificado, emisor)),
        None,
    )
    if una is None:
        raise FirmaInvalida("sin-revocacion", "la respuesta es de otro certificado")
    de = una.this_update_utc
    hasta = una.next_update_utc or de + SIN_VENCIMIENTO
    _exigir_respondedor(respuesta, emisor, de)
    if una.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise FirmaInvalida("sin-revocacion", "la autoridad no lo conoce")
    revocado = None
    if una.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        revocado = una.revocation_time_utc or de
    return Constancia(Clase.OCSP, de, hasta, revocado, der)


def _es_de(
    una: ocsp.OCSPSingleResponse, certificado: x509.Certificate, emisor: x509.Certificate
) -> bool:
    digesto = una.hash_algorithm
    if not isinstance(digesto, SHA1 | SHA256):
        return False
    bits = emisor.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    return (
        una.serial_number == certificado.serial_number
        and una.issuer_name_hash == _digerir(digesto, emisor.subject.public_bytes())
        and una.issuer_key_hash == _digerir(digesto, bits)
    )


def _digerir(algoritmo: HashAlgorithm, datos: bytes) -> bytes:
    digesto = Hash(algoritmo)
    digesto.update(datos)
    return digesto.finalize()


def _exigir_respondedor(
    respuesta: ocsp.OCSPResponse, emisor: x509.Certificate, momento: datetime
) -> None:
    """That who answers is the issuer, or whom it certified for answering (RFC 6960, 4.2.2.2)."""
    quien = emisor
    if not _firmo(respuesta, emisor):
        quien = next((c for c in respuesta.certificates if _firmo(respuesta, c)), emisor)
        if quien == emisor:
            raise FirmaInvalida("firma", "OCSP")
        try:
            quien.verify_directly_issued_by(emisor)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise FirmaInvalida("firma", "respondedor OCSP ajeno") from error
        usos = certificados.extension(quien, x509.ExtendedKeyUsage)
        if usos is None or ExtendedKeyUsageOID.OCSP_SIGNING not in usos:
            raise FirmaInvalida("uso", "respondedor OCSP")
    if not quien.not_valid_before_utc <= momento <= quien.not_valid_after_utc:
        raise FirmaInvalida("vigencia", "respondedor OCSP")


def _firmo(respuesta: ocsp.OCSPResponse, certificado: x509.Certificate) -> bool:
    llave, digesto = certificado.public_key(), respuesta.signature_hash_algorithm
    if not isinstance(llave, rsa.RSAPublicKey) or not isinstance(digesto, certificados.DIGESTOS):
        return False
    try:
        llave.verify(respuesta.signature, respuesta.tbs_response_bytes, padding.PKCS1v15(), digesto)
    except InvalidSignature:
        return False
    return True


def exigir_no_revocado(
    constancias: Iterable[Constancia], *, momento: datetime, obligatoria: bool
) -> Constancia | None:
    """The answer that says that, at `momento`, the certificate was good.

    The newest one decides, and one that says revoked at or before `momento` always refuses. One
    given before `momento` is believed until it expires; one given after says it all. Raises
    `FirmaInvalida` (revocado; sin-revocacion if `obligatoria` and nothing says it).
    """
    todas = sorted(constancias, key=lambda c: c.de, reverse=True)
    for una in todas:
        if una.revocado_at is not None and una.revocado_at <= momento:
            raise FirmaInvalida("revocado", una.revocado_at.isoformat())
    vale = next((una for una in todas if momento <= una.hasta), None)
    if vale is None and obligatoria:
        raise FirmaInvalida("sin-revocacion")
    return vale
