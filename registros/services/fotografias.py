"""The patient's photograph: drawn anew from what was sent, so that nothing rides along in it."""

import base64
import io
from datetime import datetime

from PIL import Image, ImageOps

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import OtroRegistro, Paciente
from registros.models.base import Recurso

BYTES = 8 * 1024 * 1024
PIXELES = 40_000_000
LADO = 480
_FORMATOS = ("JPEG", "PNG", "WEBP")
_TIPO = "image/jpeg"


class FotografiaInaceptable(Exception):
    """Not a photograph that can be kept; the message says why."""


def poner(acceso: Acceso, *, imagen: bytes, ahora: datetime) -> None:
    """Keep `imagen` as the patient's photograph (the one before stays in the history).

    Raises `FotografiaInaceptable`.
    """
    acceso.exigir(Permiso.PACIENTE_MODIFICAR)
    limpia = redibujar(imagen)
    binario: Recurso = {
        "resourceType": "Binary",
        "contentType": _TIPO,
        "data": base64.b64encode(limpia).decode(),
    }
    with acto(acceso, tipo=TipoDeEvento.PACIENTE_RETRATADO, ahora=ahora) as el_acto:
        paciente = Paciente.objects.de(acceso).get()
        guardada = OtroRegistro.nuevo(acceso, binario, ahora=ahora)
        foto = {"contentType": _TIPO, "url": f"Binary/{guardada.id}", "size": len(limpia)}
        recurso = {**paciente.recurso, "photo": [foto]}
        el_acto.insertar(guardada)
        el_acto.reemplazar(paciente.siguiente(acceso, recurso, ahora=ahora))


def redibujar(imagen: bytes) -> bytes:
    """A JPEG of at most `LADO` pixels a side, upright, with no metadata."""
    if len(imagen) > BYTES:
        raise FotografiaInaceptable("La fotografía pesa más de 8 MB.")
    try:
        with Image.open(io.BytesIO(imagen), formats=_FORMATOS) as abierta:
            if abierta.width * abierta.height > PIXELES:
                raise FotografiaInaceptable("La fotografía tiene demasiados puntos.")
            derecha = ImageOps.exif_transpose(abierta).convert("RGB")
            derecha.thumbnail((LADO, LADO))
            salida = io.BytesIO()
            Image.frombytes("RGB", derecha.size, derecha.tobytes()).save(salida, "JPEG", quality=85)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombWarning) as error:
        raise FotografiaInaceptable("No es una fotografía JPEG, PNG o WebP.") from error
    except Image.DecompressionBombError as error:
        raise FotografiaInaceptable("La fotografía tiene demasiados puntos.") from error
    return salida.getvalue()
