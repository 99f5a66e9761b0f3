"""A clinical document and the detached signature over its bytes, together in one ZIP."""

import io
import zipfile
import zlib
from dataclasses import dataclass, field

from ece.cda.lectura import CdaInvalido

MIME, MIME_DE_FIRMA, MIME_DE_ZIP = (
    "text/xml",
    "application/pkcs7-signature",
    "application/zip",
)
DOCUMENTO, FIRMA = ".xml", ".p7s"
LARGO_DE_FIRMA = 256 * 1024
ARCHIVOS = 20
_CIFRADO = 0x1


@dataclass(frozen=True, slots=True)
class Firmado:
    """A document as it is, and its signature (CMS, DER); empty when it came without."""

    documento: bytes = field(repr=False)
    firma: bytes = field(default=b"", repr=False)


def partir(contenido: bytes, *, limite: int) -> Firmado:
    """What was sent: a document alone or, in a ZIP, a document and perhaps its signature.

    Anything else in the ZIP is left out. Raises `CdaInvalido` for one that has not exactly one
    document of at most `limite` bytes and at most one signature.
    """
    if not contenido.startswith(b"PK\x03\x04"):
        return Firmado(contenido)
    try:
        with zipfile.ZipFile(io.BytesIO(contenido)) as archivo:
            return _de_zip(archivo, limite)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError) as error:
        raise CdaInvalido("El ZIP no se puede leer.") from error


def _de_zip(archivo: zipfile.ZipFile, limite: int) -> Firmado:
    todos = archivo.infolist()
    documentos = [uno for uno in todos if uno.filename.lower().endswith(DOCUMENTO)]
    firmas = [uno for uno in todos if uno.filename.lower().endswith(FIRMA)]
    if len(todos) > ARCHIVOS or len(documentos) != 1 or len(firmas) > 1:
        raise CdaInvalido(
            "Se espera un ZIP con un solo documento (.xml) y, si va, su firma (.p7s)."
        )
    firma = _leer(archivo, firmas[0], LARGO_DE_FIRMA) if firmas else b""
    return Firmado(_leer(archivo, documentos[0], limite), firma)


def _leer(archivo: zipfile.ZipFile, cual: zipfile.ZipInfo, limite: int) -> bytes:
    """Never more than it says and than `limite`, whatever it inflates to."""
    if cual.file_size > limite or cual.flag_bits & _CIFRADO:
        raise CdaInvalido("El ZIP trae un archivo cifrado, o más grande de lo que se admite.")
    with archivo.open(cual) as abierto:
        return abierto.read(limite)
