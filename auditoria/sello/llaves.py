"""The keys of the log: what salts its leaves, and signs its checkpoints.

All descend from the key ring's root of indices, each under a label of its own: a backup of the
database has none of them. The signing key has generations; the first checkpoint after a rotation is
signed by the old one too, so that whoever trusted that one goes on from it.
"""

from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from auditoria import bitacora
from auditoria.notas import COFIRMA, Firmante, Verificadora
from ece.nucleo import llavero

CAMINO = "/verificar/bitacora"


def origen() -> str:
    """The name of the log: that of its first checkpoint for ever; before it, the configured one."""
    filas = bitacora.consultar("SELECT nota FROM auditoria_sello ORDER BY tamano LIMIT 1", [])
    if filas:
        return str(filas[0][0]).partition("\n")[0]
    return settings.ECE_BITACORA_ORIGEN or urlsplit(settings.ECE_URL).netloc + CAMINO


def de_sales() -> bytes:
    return llavero.clave_institucional("bitacora/sales")


def firmante(nombre: str, generacion: int) -> Firmante:
    return Firmante(nombre, _privada(llavero.clave_institucional(f"bitacora/sello/{generacion}")))


def firmante_actual() -> Firmante:
    """With which what is handed out now is signed; the log must have been sealed once."""
    generacion, _, _ = generaciones()[-1]
    return firmante(origen(), generacion)


def de_testigo() -> Firmante:
    """With which we cosign the logs of others."""
    nombre = origen().removesuffix(CAMINO) + CAMINO + "/testigo"
    return Firmante(nombre, _privada(llavero.clave_institucional("bitacora/testigo")), COFIRMA)


def generaciones() -> list[tuple[int, Verificadora, int]]:
    """(generation, public key, size from which it signs), the newest last."""
    filas = bitacora.consultar(
        "SELECT generacion, vkey, desde FROM auditoria_llavedesello ORDER BY generacion", []
    )
    return [(g, Verificadora.de_vkey(vkey), desde) for g, vkey, desde in filas]


@lru_cache(maxsize=16)
def _privada(semilla: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(semilla)
