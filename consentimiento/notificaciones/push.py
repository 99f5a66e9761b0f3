"""Web push: RFC 8030 to deliver, RFC 8291 to encrypt for the browser, RFC 8292 (VAPID) to say who
sends. The service in between sees neither the words nor whom they are for."""

import base64
import hmac
import http.client
import json
import os
import struct
from collections.abc import Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from consentimiento.models import Notificacion, Suscripcion
from consentimiento.models.notificacion import Tipo
from consentimiento.models.suscripcion import huella_de
from consentimiento.notificaciones.envio import EnvioIncierto, NoEnviada, SinDestino, enlace
from consentimiento.notificaciones.textos import DESDE_FUERA, TEXTOS
from ece.identidad.services import contactos
from ece.nucleo import llavero

SEGUNDOS = 15
VIVE = 24 * 3600
REGISTRO = 4096
_ORDEN_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SE_FUE = (404, 410)


class ServicioAjeno(ValueError):
    """The address is not that of a push service we know: nobody makes us call elsewhere."""


def llave_publica() -> str:
    """The installation's key, as browsers ask for it (``applicationServerKey``)."""
    return _sin_relleno(_punto(_vapid().public_key()))


def suscribir(usuario_id: UUID, datos: Mapping[str, Any], *, ahora: datetime) -> None:
    """Tell a browser from now on; the same one again changes hands. Raises `ServicioAjeno`,
    `ValueError` or `KeyError` for what no browser says."""
    llaves = {clave: str(datos["keys"][clave]) for clave in ("p256dh", "auth")}
    _publica(llaves["p256dh"])
    endpoint = str(datos["endpoint"])
    if not _conocido(endpoint):
        raise ServicioAjeno
    Suscripcion.objects.filter(huella=huella_de(endpoint)).delete()
    nueva = Suscripcion(usuario_id=usuario_id, creada_at=ahora)
    nueva.datos = {"endpoint": endpoint, "keys": llaves}
    nueva.save()


def olvidar(usuario_id: UUID, endpoint: str) -> None:
    Suscripcion.objects.filter(usuario_id=usuario_id, huella=huella_de(endpoint)).delete()


def enviar(notificacion: Notificacion, *, ahora: datetime) -> None:
    """Raises `NoEnviada`, `EnvioIncierto`, `SinDestino`."""
    suscripcion = Suscripcion.objects.filter(
        pk=notificacion.destino, usuario_id=notificacion.usuario_id
    ).first()
    if suscripcion is None:
        raise SinDestino
    with translation.override(contactos.de(notificacion.usuario_id).idioma):
        texto = TEXTOS[Tipo(notificacion.tipo)]
        mensaje = {"titulo": _(texto.titulo), "texto": _(DESDE_FUERA)}
    mensaje["url"] = enlace(notificacion.pk)
    datos = suscripcion.datos
    cuerpo = cifrar(datos["keys"], json.dumps(mensaje).encode())
    estado = _entregar(datos["endpoint"], cuerpo, ahora)
    if estado in _SE_FUE:
        suscripcion.delete()
        raise SinDestino
    if not 200 <= estado < 300:
        raise NoEnviada(f"HTTP {estado}")


def _entregar(endpoint: str, cuerpo: bytes, ahora: datetime) -> int:
    if not _conocido(endpoint):
        raise SinDestino
    partes = urlsplit(endpoint)
    clase = http.client.HTTPSConnection if partes.scheme == "https" else http.client.HTTPConnection
    conexion = clase(partes.netloc, timeout=SEGUNDOS)
    try:
        conexion.connect()
    except OSError as error:
        raise NoEnviada(type(error).__name__) from error
    camino = f"{partes.path or '/'}{'?' + partes.query if partes.query else ''}"
    try:
        conexion.request("POST", camino, cuerpo, _cabeceras(partes.scheme, partes.netloc, ahora))
        return conexion.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise EnvioIncierto from error
    finally:
        conexion.close()


def _conocido(endpoint: str) -> bool:
    partes = urlsplit(endpoint)
    origen = f"{partes.scheme}://{partes.netloc}"
    return any(fnmatchcase(origen, patron) for patron in settings.ECE_PUSH_SERVICIOS)


def _cabeceras(esquema: str, sitio: str, ahora: datetime) -> dict[str, str]:
    """VAPID (RFC 8292): the service learns which installation sends, and nothing else."""
    reclamo = {
        "aud": f"{esquema}://{sitio}",
        "exp": int((ahora + timedelta(hours=12)).timestamp()),
        "sub": settings.ECE_URL,
    }
    ficha = jwt.encode(reclamo, _vapid(), algorithm="ES256")
    return {
        "Authorization": f"vapid t={ficha}, k={llave_publica()}",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(VIVE),
    }


def cifrar(
    llaves: Mapping[str, str],
    mensaje: bytes,
    *,
    efimera: ec.EllipticCurvePrivateKey | None = None,
    sal: bytes | None = None,
) -> bytes:
    """The body of a push message (RFC 8291, section 3; RFC 8188, one record).

    `efimera` and `sal` are new each time; they are given only to compare with the RFC's example.
    """
    efimera, sal = efimera or ec.generate_private_key(ec.SECP256R1()), sal or os.urandom(16)
    del_navegador, nuestro = _con_relleno(llaves["p256dh"]), _punto(efimera.public_key())
    compartido = efimera.exchange(ec.ECDH(), _publica(llaves["p256dh"]))
    secreto = _hkdf(
        _con_relleno(llaves["auth"]), compartido, b"WebPush: info\0" + del_navegador + nuestro, 32
    )
    clave = _hkdf(sal, secreto, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _hkdf(sal, secreto, b"Content-Encoding: nonce\0", 12)
    cabecera = sal + struct.pack("!LB", REGISTRO, len(nuestro)) + nuestro
    return cabecera + AESGCM(clave).encrypt(nonce, mensaje + b"\x02", None)


def _hkdf(sal: bytes, material: bytes, info: bytes, largo: int) -> bytes:
    extraido = hmac.digest(sal, material, "sha256")
    return hmac.digest(extraido, info + b"\x01", "sha256")[:largo]


def _vapid() -> ec.EllipticCurvePrivateKey:
    """The key of the installation, always the same: it descends from the ring's root."""
    semilla = int.from_bytes(llavero.clave_institucional("push/vapid"), "big")
    return ec.derive_private_key(semilla % (_ORDEN_P256 - 1) + 1, ec.SECP256R1())


def _publica(p256dh: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _con_relleno(p256dh))


def _punto(publica: ec.EllipticCurvePublicKey) -> bytes:
    return publica.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _sin_relleno(crudo: bytes) -> str:
    return base64.urlsafe_b64encode(crudo).rstrip(b"=").decode()


def _con_relleno(texto: str) -> bytes:
    return base64.urlsafe_b64decode(texto + "=" * (-len(texto) % 4))
