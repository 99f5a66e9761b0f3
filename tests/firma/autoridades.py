"""An invented authority, a person of it, and whatever else a signature needs; made once a run."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from ece.nucleo.firma import certificados, emision, tiempo

BITS = 2048
RFC, CURP = "XAIE800101AB1", "XAIE800101MOCBXL07"


@dataclass(frozen=True)
class Autoridad:
    llave: rsa.RSAPrivateKey
    certificado: x509.Certificate


@dataclass(frozen=True)
class Persona:
    llave: rsa.RSAPrivateKey
    certificado: x509.Certificate

    @property
    def der(self) -> bytes:
        return certificados.a_der(self.certificado)


def ahora() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@cache
def llave(numero: int) -> rsa.RSAPrivateKey:
    """Keys are what costs: the n-th is the same in every test."""
    return rsa.generate_private_key(65537, BITS)


def autoridad(nombre: str = "AC de prueba (no SAT)", cual: int = 0) -> Autoridad:
    return Autoridad(llave(cual), emision.autoridad(nombre, llave(cual), ahora=ahora()))


def persona(
    de: Autoridad,
    *,
    nombre: str = "ELENA DE EJEMPLO",
    rfc: str = RFC,
    curp: str = CURP,
    cual: int = 10,
    desde: timedelta = timedelta(),
    vigencia: timedelta = timedelta(days=365),
    usos: tuple[str, ...] = ("digital_signature", "content_commitment"),
) -> Persona:
    hecho = emision.de_persona(
        nombre,
        llave(cual).public_key(),
        rfc=rfc,
        curp=curp,
        emisor=de.certificado,
        firma=de.llave,
        ahora=ahora() + desde,
        vigencia=vigencia,
        usos=usos,
    )
    return Persona(llave(cual), hecho)


def de_tiempo(de: Autoridad, cual: int = 20) -> tiempo.AutoridadLocal:
    certificado = emision.de_tiempo(
        "Tiempo de prueba",
        llave(cual).public_key(),
        emisor=de.certificado,
        firma=de.llave,
        ahora=ahora(),
    )
    return tiempo.AutoridadLocal(llave(cual), certificado)
