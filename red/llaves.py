"""The key with which this institution says who it is to others (SMART Backend Services: ES384)."""

import json
import time
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwt.algorithms import ECAlgorithm

from consentimiento.services import firmas_de_convenio
from ece.nucleo import llavero

_ORDEN = int(
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
    16,
)
"""Of P-384 (FIPS 186-5)."""
VIDA = 240
"""Seconds that an assertion serves."""


def publicas() -> list[dict[str, Any]]:
    """Our public keys: with the first agreements are signed, with the second tokens are asked."""
    jwk: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(_privada().public_key()))
    propia = {**jwk, "kid": firmas_de_convenio.pulgar(jwk), "alg": "ES384", "use": "sig"}
    return [firmas_de_convenio.nuestra_llave(), propia]


def asercion(*, client_id: str, para: str, usuario: str, rol: str, proposito: str) -> str:
    """A client assertion (RFC 7523) that declares for whom we ask (UDAP, ``hl7-b2b``)."""
    ahora = int(time.time())
    return jwt.encode(
        {
            "iss": client_id,
            "sub": client_id,
            "aud": para,
            "iat": ahora,
            "exp": ahora + VIDA,
            "jti": str(uuid4()),
            "extensions": {
                "hl7-b2b": {
                    "version": "1",
                    "subject_id": usuario,
                    "subject_role": rol,
                    "purpose_of_use": [proposito],
                }
            },
        },
        _privada(),
        algorithm="ES384",
        headers={"kid": publicas()[1]["kid"]},
    )


def _privada() -> ec.EllipticCurvePrivateKey:
    """Descends from the installation's root by a label of its own, as the key of agreements does.

    64 bytes leave a bias below 2^-128 (FIPS 186-5, A.2.1).
    """
    derivar = HKDF(algorithm=SHA512(), length=64, salt=None, info=b"ece/red/es384")
    entero = int.from_bytes(derivar.derive(llavero.clave_institucional("red")), "big")
    return ec.derive_private_key(entero % (_ORDEN - 1) + 1, ec.SECP384R1())
