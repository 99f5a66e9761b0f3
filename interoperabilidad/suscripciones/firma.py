"""Notifications say who sends them: HTTP Message Signatures (RFC 9421), Ed25519.

The key descends from the installation's root by a label of its own; its public half is at
``/fhir/.well-known/jwks.json``. What is signed is the method, the address, the type of content and
the digest of the body (RFC 9530), and when.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPSignatureKeyResolver,
    algorithms,
)

from consentimiento.services.firmas_de_convenio import Jwk, pulgar, sin_relleno
from ece.nucleo import llavero

CUBRE = ("@method", "@target-uri", "content-type", "content-digest")
ETIQUETA = "ece"


@dataclass(slots=True)
class Mensaje:
    """A request about to be sent, as the library reads it; signing adds to its headers."""

    url: str
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    method: str = "POST"


class _Llaves(HTTPSignatureKeyResolver):
    def resolve_private_key(self, key_id: str) -> Any:
        return _privada()

    def resolve_public_key(self, key_id: str) -> Any:
        return _privada().public_key()


def firmar(mensaje: Mensaje, *, ahora: datetime) -> None:
    """Add Content-Digest, Signature-Input and Signature to the headers of `mensaje`."""
    firmante = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_Llaves())
    firmante.sign(
        mensaje,
        key_id=str(publica()["kid"]),
        created=ahora,
        label=ETIQUETA,
        covered_component_ids=CUBRE,
        body=mensaje.body,
    )


def publica() -> Jwk:
    """The public key, as it is published (RFC 7517)."""
    cruda = _privada().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": sin_relleno(cruda)}
    return {**jwk, "kid": pulgar(jwk), "alg": "EdDSA", "use": "sig"}


def _privada() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(llavero.clave_institucional("notificaciones"))
