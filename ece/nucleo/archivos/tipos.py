"""What is kept of a file, and why one is refused."""

from dataclasses import dataclass, field
from enum import StrEnum, unique


class ArchivoRechazado(Exception):
    """The file may not stay; the message says why and what to do, in Spanish."""

    def __init__(self, mensaje: str) -> None:
        super().__init__(mensaje)
        self.mensaje = mensaje


@unique
class Tipo(StrEnum):
    """The kinds that are kept, by their media type."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TIFF = "image/tiff"
    WEBP = "image/webp"
    DICOM = "application/dicom"
    CDA = "application/xml"
    TEXTO = "text/plain"

    @property
    def extension(self) -> str:
        return _EXTENSIONES[self]

    @property
    def imagen(self) -> bool:
        return self in (Tipo.PNG, Tipo.JPEG, Tipo.TIFF, Tipo.WEBP)


_EXTENSIONES = {
    Tipo.PDF: "pdf",
    Tipo.PNG: "png",
    Tipo.JPEG: "jpg",
    Tipo.TIFF: "tif",
    Tipo.WEBP: "webp",
    Tipo.DICOM: "dcm",
    Tipo.CDA: "xml",
    Tipo.TEXTO: "txt",
}


@dataclass(frozen=True, slots=True)
class Archivo:
    """A file that may stay. `contenido` is what arrived, unless `avisos` says what was erased."""

    tipo: Tipo
    contenido: bytes = field(repr=False)
    texto: str = ""
    paginas: int = 1
    datos: dict[str, str] = field(default_factory=dict)
    avisos: tuple[str, ...] = ()
