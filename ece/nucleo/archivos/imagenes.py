"""Photographs and scanned pages: measured before they are opened, and shown only redrawn."""

import io
import warnings

from django.utils.translation import gettext_noop as _
from PIL import Image, ImageOps, UnidentifiedImageError

from ece.nucleo.archivos.tipos import Archivo, ArchivoRechazado, Tipo

PIXELES = 60_000_000
LADO = 2_400
CUADROS = 200
FORMATOS = ("PNG", "JPEG", "MPO", "TIFF", "WEBP")
"""What Pillow may open: others of its decoders run programs."""
_ENORME = _("La imagen tiene demasiados puntos. Guárdela con menor resolución (300 ppp bastan).")
_ROTA = _("La imagen está incompleta o dañada. Vuelva a tomarla o a digitalizarla.")
_COLA = _("La imagen lleva algo más detrás. Ábrala, guárdela de nuevo como imagen y súbala.")


def revisar_png(contenido: bytes) -> Archivo:
    if _tras_png(contenido):
        raise ArchivoRechazado(_COLA)
    return _revisar(contenido, Tipo.PNG, "PNG")


def revisar_jpeg(contenido: bytes) -> Archivo:
    return _revisar(contenido, Tipo.JPEG, "JPEG", "MPO")


def revisar_tiff(contenido: bytes) -> Archivo:
    return _revisar(contenido, Tipo.TIFF, "TIFF")


def revisar_webp(contenido: bytes) -> Archivo:
    return _revisar(contenido, Tipo.WEBP, "WEBP")


def redibujar(contenido: bytes, *, cuadro: int = 0) -> bytes:
    """A PNG of the image's pixels and nothing else, upright, no larger than a screen needs."""
    imagen = _abrir(contenido, FORMATOS)
    imagen.seek(cuadro)
    orientada = ImageOps.exif_transpose(imagen)
    orientada.thumbnail((LADO, LADO))
    return a_png(orientada)


def a_png(imagen: Image.Image) -> bytes:
    limpia = imagen.convert("RGBA" if "A" in imagen.getbands() else "RGB")
    salida = io.BytesIO()
    limpia.save(salida, "PNG", compress_level=3)
    return salida.getvalue()


def _revisar(contenido: bytes, tipo: Tipo, *formatos: str) -> Archivo:
    imagen = _abrir(contenido, formatos)
    cuadros = getattr(imagen, "n_frames", 1)
    if cuadros > CUADROS:
        raise ArchivoRechazado(_ENORME)
    try:
        for cuadro in range(cuadros):
            imagen.seek(cuadro)
            _medir(imagen)
            imagen.load()
    except ArchivoRechazado:
        raise
    except Exception as error:  # each of Pillow's decoders fails in its own way
        raise ArchivoRechazado(_ROTA) from error
    return Archivo(tipo, contenido, paginas=1 if tipo is Tipo.JPEG else cuadros)


def _abrir(contenido: bytes, formatos: tuple[str, ...]) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            imagen = Image.open(io.BytesIO(contenido), formats=formatos)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ArchivoRechazado(_ENORME) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise ArchivoRechazado(_ROTA) from error
    _medir(imagen)
    return imagen


def _medir(imagen: Image.Image) -> None:
    if imagen.width * imagen.height > PIXELES:
        raise ArchivoRechazado(_ENORME)


def _tras_png(contenido: bytes) -> bool:
    """Whether anything follows the last chunk."""
    en = 8
    while en + 8 <= len(contenido):
        largo = int.from_bytes(contenido[en : en + 4], "big")
        clase = contenido[en + 4 : en + 8]
        en += 12 + largo
        if clase == b"IEND":
            return en < len(contenido)
    return False
