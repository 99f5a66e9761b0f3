"""The certificate that a client showed to the proxy (mutual TLS), as the proxy tells it.

The header is believed only from the addresses of `ECE_PROXIES`: anybody else could write it.
"""

import base64
import binascii
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings


def huella(meta: Mapping[str, Any]) -> str:
    """The ``x5t#S256`` (RFC 8705, 3.1) of the client's certificate, or nothing.

    The header carries the certificate as PEM, url-encoded (nginx's ``$ssl_client_escaped_cert``),
    or as the base64 of its DER between colons (RFC 9440, ``Client-Cert``).
    """
    cabecera = settings.ECE_CABECERA_DE_CERTIFICADO
    if not cabecera or meta.get("REMOTE_ADDR", "") not in settings.ECE_PROXIES:
        return ""
    dicho = str(meta.get(f"HTTP_{cabecera.upper().replace('-', '_')}", "")).strip()
    if not dicho:
        return ""
    try:
        if dicho.startswith(":") and dicho.endswith(":"):
            certificado = x509.load_der_x509_certificate(
                base64.b64decode(dicho[1:-1], validate=True)
            )
        else:
            certificado = x509.load_pem_x509_certificate(unquote(dicho).encode())
    except (ValueError, binascii.Error):
        return ""
    der = certificado.public_bytes(Encoding.DER)
    return base64.urlsafe_b64encode(sha256(der).digest()).rstrip(b"=").decode()
