"""Signing an agreement and verifying who signed: JWS over the canonical terms (RFC 7515, 7797).

Our key descends from the installation's root, by a label of its own; the partner's are those
registered with its system, and the terms name them by thumbprint. An algorithm is the key's, never
what the header says alone.
"""

import base64
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ece import fhir
from ece.nucleo import llavero

Jwk = dict[str, Any]

ALGORITMOS = {
    ("OKP", "Ed25519"): "EdDSA",
    ("EC", "P-256"): "ES256",
    ("EC", "P-384"): "ES384",
    ("RSA", ""): "RS384",
}
_PUBLICOS = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}
RSA_MINIMA = 2048


class FirmaInvalida(Exception):
    """The signature is not one of these terms by one of those keys."""


def firmar(canonico: bytes) -> str:
    """Our signature over the terms."""
    return jwt.api_jws.PyJWS().encode(
        canonico, _privada(), algorithm="EdDSA", headers={"kid": kid()}, is_payload_detached=True
    )


def nuestra_llave() -> Jwk:
    """Our public key, as the JWKS of agreements publishes it."""
    cruda = _privada().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": sin_relleno(cruda)}
    return {**jwk, "kid": pulgar(jwk), "alg": "EdDSA", "use": "sig"}


def kid() -> str:
    return str(nuestra_llave()["kid"])


def pulgar(jwk: Mapping[str, Any]) -> str:
    """The thumbprint of a public key (RFC 7638). Raises `FirmaInvalida` for what is no key."""
    campos = _PUBLICOS.get(str(jwk.get("kty")))
    if campos is None or any(c not in jwk for c in campos):
        raise FirmaInvalida("no es una llave pública conocida")
    canonica = fhir.json.canonico({c: jwk[c] for c in campos})
    return sin_relleno(sha256(canonica).digest())


def algoritmo(jwk: Mapping[str, Any]) -> str:
    """The only algorithm that a key signs with. Raises `FirmaInvalida`."""
    cual = (str(jwk.get("kty")), str(jwk.get("crv", "")))
    if cual not in ALGORITMOS:
        raise FirmaInvalida("la llave es de una clase que no se admite")
    return ALGORITMOS[cual]


def verificar(canonico: bytes, jws: str, llaves: Sequence[Jwk]) -> Jwk:
    """The key of `llaves` that signed these terms. Raises `FirmaInvalida`.

    `jws` may carry its payload or not; if it does, it must be these very bytes.
    """
    try:
        cabeza, contenido, _ = jws.strip().split(".")
        if contenido and base64.urlsafe_b64decode(contenido + "=" * (-len(contenido) % 4)) != (
            canonico
        ):
            raise FirmaInvalida("la firma es de otros términos")
        dicho = jwt.get_unverified_header(jws.strip())
        firma = jws.strip().rsplit(".", 1)[1]
    except (ValueError, jwt.PyJWTError) as error:
        raise FirmaInvalida("no es una firma JWS compacta") from error
    for jwk in llaves:
        if dicho.get("kid") not in (jwk.get("kid"), pulgar(jwk)):
            continue
        try:
            llave = jwt.PyJWK(dict(jwk), algorithm=algoritmo(jwk))
            if jwk["kty"] == "RSA" and llave.key.key_size < RSA_MINIMA:
                raise FirmaInvalida("la llave RSA es demasiado corta")
            _comprobar(dicho, cabeza, canonico, firma, llave.key, algoritmo(jwk))
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise FirmaInvalida("la firma no corresponde a la llave") from error
        return dict(jwk)
    raise FirmaInvalida("ninguna llave registrada tiene ese kid")


def _comprobar(
    dicho: Mapping[str, Any], cabeza: str, canonico: bytes, firma: str, llave: Any, alg: str
) -> None:
    """Raise unless `firma` holds, whether the payload was signed encoded or as it is (RFC 7797)."""
    if set(dicho.get("crit", ())) - {"b64"}:
        raise FirmaInvalida("la firma pide algo que no se conoce")
    jws, crudo = jwt.api_jws.PyJWS(), dicho.get("b64") is False
    if crudo:
        jws.decode(f"{cabeza}..{firma}", llave, algorithms=[alg], detached_payload=canonico)
    else:
        jws.decode(f"{cabeza}.{sin_relleno(canonico)}.{firma}", llave, algorithms=[alg])


@lru_cache(maxsize=1_000)
def _verificada(canonico: bytes, jws: str, llave: str) -> bool:
    try:
        verificar(canonico, jws, [fhir.json.leer(llave)])
    except FirmaInvalida:
        return False
    return True


def consta(canonico: bytes, jws: str, llave: Jwk) -> bool:
    """Whether a stored signature holds; the answer about the same bytes is remembered."""
    return _verificada(canonico, jws, fhir.json.canonico(llave).decode())


def _privada() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(llavero.clave_institucional("convenios"))


def sin_relleno(datos: bytes) -> str:
    """Base64url without padding, as JOSE writes it."""
    return base64.urlsafe_b64encode(datos).rstrip(b"=").decode()
