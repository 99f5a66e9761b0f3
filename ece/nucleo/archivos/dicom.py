"""DICOM: what its header says, a preamble that cannot run, and its pixels as pictures.

Its reader takes a fifth of a second to load: only who opens such a file waits for it.
"""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _
from PIL import Image

from ece.nucleo.archivos.imagenes import LADO, a_png
from ece.nucleo.archivos.textos import visible
from ece.nucleo.archivos.tipos import Archivo, ArchivoRechazado, Tipo

if TYPE_CHECKING:
    import numpy as np

PREAMBULO = 128
BYTES_DE_IMAGEN = 600_000_000
CUADROS = 2_000
_ROTO = _("El archivo DICOM está incompleto o dañado. Expórtelo de nuevo desde el equipo.")
_SIN_IMAGEN = _("El archivo DICOM no trae imagen. Suba la imagen, o el informe en PDF.")
_ENORME = _("El estudio DICOM es demasiado grande al abrirse. Suba sólo las imágenes clave.")
_COMPRESION = _("El archivo DICOM usa una compresión que no se admite. Expórtelo sin comprimir.")
_PREAMBULO = _(
    "El preámbulo del DICOM traía otro contenido, que podía ejecutarse; se borró y lo demás quedó "
    "igual."
)
_DESINFLADA = "1.2.840.10008.1.2.1.99"


@dataclass(frozen=True, slots=True)
class Ventana:
    """Which densities are told apart: those around `centro`, `ancho` wide."""

    clave: str
    nombre: str
    centro: float
    ancho: float


VENTANAS = (
    Ventana("pulmon", _("Pulmón"), -600, 1500),
    Ventana("mediastino", _("Mediastino"), 40, 400),
    Ventana("abdomen", _("Abdomen"), 50, 350),
    Ventana("cerebro", _("Cerebro"), 40, 80),
    Ventana("hueso", _("Hueso"), 400, 1800),
)
"""The usual ones of tomography, in Hounsfield units."""


def revisar(contenido: bytes) -> Archivo:
    """A DICOM image, with its preamble erased if it held anything. Raises `ArchivoRechazado`."""
    avisos: tuple[str, ...] = ()
    if contenido[:PREAMBULO].strip(b"\x00"):
        contenido = bytes(PREAMBULO) + contenido[PREAMBULO:]
        avisos = (_PREAMBULO,)
    conjunto = _leer(contenido)
    if str(conjunto.file_meta.get("TransferSyntaxUID", "")) == _DESINFLADA:
        raise ArchivoRechazado(_COMPRESION)
    if "PixelData" not in conjunto:
        raise ArchivoRechazado(_SIN_IMAGEN)
    cuadros = _cuadros(conjunto)
    puntos = int(conjunto.Rows) * int(conjunto.Columns) * int(conjunto.get("SamplesPerPixel", 1))
    largo = puntos * (int(conjunto.get("BitsAllocated", 8)) // 8 or 1) * cuadros
    if largo > BYTES_DE_IMAGEN or cuadros > CUADROS:
        raise ArchivoRechazado(_ENORME)
    if not conjunto.file_meta.TransferSyntaxUID.is_compressed and len(conjunto.PixelData) < largo:
        raise ArchivoRechazado(_ROTO)
    cuadro(contenido, 0)
    return Archivo(Tipo.DICOM, contenido, "", cuadros, _datos(conjunto), avisos)


def cuadro(contenido: bytes, numero: int, *, ventana: str = "") -> bytes:
    """Frame `numero` (from 0) as PNG, through one of `VENTANAS` or the file's own window.

    Raises `ArchivoRechazado` when its pixels cannot be read, IndexError when there is no such one.
    """
    from pydicom.pixels.utils import pixel_array

    conjunto = _leer(contenido)
    if not 0 <= numero < _cuadros(conjunto):
        raise IndexError(numero)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            puntos = pixel_array(conjunto, index=numero)
    except (RuntimeError, NotImplementedError, AttributeError) as error:
        raise ArchivoRechazado(_COMPRESION) from error
    except Exception as error:  # decoders fail in their own ways
        raise ArchivoRechazado(_ROTO) from error
    imagen = Image.fromarray(_a_gris(conjunto, puntos, ventana))
    imagen.thumbnail((LADO, LADO))
    return a_png(imagen)


def modalidad_con_ventanas(datos: dict[str, str]) -> bool:
    return datos.get("modalidad") == "CT"


def _leer(contenido: bytes) -> Any:
    import pydicom

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            conjunto = pydicom.dcmread(io.BytesIO(contenido))
            conjunto.file_meta.TransferSyntaxUID  # noqa: B018 - asks whether there is one
            if "PixelData" in conjunto:
                conjunto.Rows, conjunto.Columns  # noqa: B018
    except Exception as error:  # so does its reader
        raise ArchivoRechazado(_ROTO) from error
    return conjunto


def _cuadros(conjunto: Any) -> int:
    return int(conjunto.get("NumberOfFrames", 1) or 1)


def _a_gris(conjunto: Any, puntos: "np.ndarray[Any, Any]", cual: str) -> "np.ndarray[Any, Any]":
    """Eight bits a sample: colour as it comes, grey through the window."""
    if puntos.ndim == 3:
        return puntos.astype("uint8")
    valores = puntos.astype("float64") * float(conjunto.get("RescaleSlope", 1) or 1)
    valores += float(conjunto.get("RescaleIntercept", 0) or 0)
    elegida = next((v for v in VENTANAS if v.clave == cual), None)
    if elegida is not None:
        centro, ancho = elegida.centro, elegida.ancho
    elif "WindowCenter" in conjunto and "WindowWidth" in conjunto:
        centro, ancho = _primero(conjunto.WindowCenter), _primero(conjunto.WindowWidth)
    else:
        centro = (float(valores.max()) + float(valores.min())) / 2
        ancho = float(valores.max()) - float(valores.min())
    bajo = centro - ancho / 2
    gris = ((valores - bajo) / max(ancho, 1e-6)).clip(0, 1) * 255
    if conjunto.get("PhotometricInterpretation") == "MONOCHROME1":
        gris = 255 - gris
    return gris.astype("uint8")


def _primero(valor: Any) -> float:
    return float(valor[0]) if isinstance(valor, Sequence) else float(valor)


_ELEMENTOS = {
    "modalidad": "Modality",
    "estudio": "StudyDescription",
    "serie": "SeriesDescription",
    "region": "BodyPartExamined",
    "fecha": "StudyDate",
    "paciente": "PatientName",
    "nacimiento": "PatientBirthDate",
    "institucion": "InstitutionName",
    "equipo": "Manufacturer",
}


def _datos(conjunto: Any) -> dict[str, str]:
    leidos = {
        nuestro: visible(" ".join(str(conjunto.get(suyo, "")).replace("^", " ").split())[:200])
        for nuestro, suyo in _ELEMENTOS.items()
    }
    return {clave: valor for clave, valor in leidos.items() if valor}
