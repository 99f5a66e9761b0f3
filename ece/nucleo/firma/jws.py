"""Detached JSON Web Signatures (RFC 7515, appendix F) with the certificate in the header.

Written here, and not by a library, because the browser writes the same bytes and because exactly
one algorithm and one shape of header are admitted: nothing the token says chooses how it is
verified. Other libraries verify them in the tests.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from ece.nucleo.firma import FirmaInvalida, certificados
from ece.nucleo.firma.canonico import canonico

ALGORITMO = "RS256"
_CAMPOS = {"alg", "sigT", "x5c"}


@dataclass(frozen=True, slots=True)
class Firmado:
    """What a verified token says: under which certificate, and when it was signed (as declared)."""

    certificado: x509.Certificate
    momento: datetime


def entrada(contenido: bytes, certificado: bytes, momento: datetime) -> bytes:
    """The bytes that are signed: the header, a dot, the content, both in base64url."""
    return f"{_encabezado(certificado, momento)}.{_b64(contenido)}".encode()


def armar(firma: bytes, certificado: bytes, momento: datetime) -> str:
    """The token without its content: ``header..signature``."""
    return f"{_encabezado(certificado, momento)}..{_b64(firma)}"


def firmar(
    llave: rsa.RSAPrivateKey, contenido: bytes, certificado: bytes, momento: datetime
) -> str:
    a_firmar = entrada(contenido, certificado, momento)
    return armar(llave.sign(a_firmar, padding.PKCS1v15(), SHA256()), certificado, momento)


def verificar(token: str, contenido: bytes) -> Firmado:
    """Raises `FirmaInvalida` unless `token` signs exactly `contenido`, by the key it certifies."""
    partes = token.split(".")
    if len(partes) != 3 or partes[1]:
        raise FirmaInvalida("malformada", "no es un JWS separado de su contenido")
    encabezado = _leer_encabezado(partes[0])
    if encabezado.get("alg") != ALGORITMO:
        raise FirmaInvalida("algoritmo", "se admite sólo RS256")
    if set(encabezado) != _CAMPOS:
        raise FirmaInvalida("malformada", "encabezado con otros campos")
    try:
        (x5c,) = encabezado["x5c"]
        der = base64.b64decode(x5c, validate=True)
        momento = datetime.fromisoformat(encabezado["sigT"])
    except (TypeError, ValueError, binascii.Error) as error:
        raise FirmaInvalida("malformada", "el certificado o el momento") from error
    certificado = certificados.leer(der)
    llave = certificados.exigir_fuerza(certificado)
    try:
        llave.verify(
            _de_b64(partes[2]),
            f"{partes[0]}.{_b64(contenido)}".encode(),
            padding.PKCS1v15(),
            SHA256(),
        )
    except InvalidSignature as error:
        raise FirmaInvalida("firma", "JWS") from error
    return Firmado(certificado, momento)


def _encabezado(certificado: bytes, momento: datetime) -> str:
    campos = {
        "alg": ALGORITMO,
        "sigT": momento.isoformat(timespec="seconds"),
        "x5c": [base64.b64encode(certificado).decode()],
    }
    return _b64(canonico(campos))


def _leer_encabezado(parte: str) -> dict[str, Any]:
    try:
        encabezado = json.loads(_de_b64(parte))
    except ValueError as error:
        raise FirmaInvalida("malformada", "encabezado ilegible") from error
    if not isinstance(encabezado, dict):
        raise FirmaInvalida("malformada", "encabezado ilegible")
    return encabezado


def _b64(datos: bytes) -> str:
    return base64.urlsafe_b64encode(datos).rstrip(b"=").decode()


def _de_b64(texto: str) -> bytes:
    """Strict: one text for one value, so that a token is not another with the same meaning."""
    try:
        datos = base64.b64decode(texto + "=" * (-len(texto) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise FirmaInvalida("malformada", "base64url") from error
    if _b64(datos) != texto:
        raise FirmaInvalida("malformada", "base64url no canónico")
    return datos
