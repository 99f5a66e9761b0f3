"""Certificates as people have them: DER, or the same in PEM (RFC 7468)."""

from cryptography import x509

from ece.nucleo.firma import FirmaInvalida, certificados


def a_der(archivo: bytes) -> bytes:
    """The DER of one certificate. Raises `FirmaInvalida` (malformada)."""
    if not archivo.lstrip().startswith(b"-----BEGIN"):
        return certificados.a_der(certificados.leer(archivo))
    try:
        return certificados.a_der(x509.load_pem_x509_certificate(archivo))
    except ValueError as error:
        raise FirmaInvalida("malformada", "no es un certificado en PEM") from error
