"""From bytes to a kind of file: by its content alone, and one kind at a time."""

import io
import re
import zipfile
from collections.abc import Callable

from django.utils.translation import gettext_noop as _

from ece.nucleo.archivos import dicom, imagenes, textos, xml
from ece.nucleo.archivos.nombres import extension_discordante
from ece.nucleo.archivos.tipos import Archivo, ArchivoRechazado, Tipo

VACIO = _("El archivo está vacío. Vuelva a guardarlo o a digitalizarlo y súbalo otra vez.")
GRANDE = _("El archivo es demasiado grande. Divídalo, o digitalícelo con menor resolución.")
COMPRIMIDO = _(
    "Es un archivo comprimido o de oficina, que puede llevar programas. Expórtelo a PDF y súbalo."
)
EJECUTABLE = _("Es un programa, no un documento; no se guarda.")
PAGINA_WEB = _("Es una página web o un dibujo SVG, que puede llevar código. Imprímalo a PDF.")
POLIGLOTA = _(
    "El archivo lleva otro escondido dentro. Ábralo, expórtelo de nuevo como PDF o imagen y súbalo."
)
VIRUS = _("El archivo lleva la marca de un virus. No lo abra y avise al área de informática.")
DESCONOCIDO = _("No se reconoce el tipo. Se aceptan PDF, imágenes, DICOM, CDA y texto.")
OTRO_TIPO = _("El nombre prometía otro tipo de archivo; se guarda como lo que es.")

_PRUEBA_DE_VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
_EJECUTABLES = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa")
_COMPRIMIDOS = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh"),
    *(b"\xfd7zXZ", b"\xd0\xcf\x11\xe0", b"{\\rtf"),
)
_PAGINA = re.compile(rb"\s*(<!doctype\s+html|<html|<svg|<script|<!--|<\?php)", re.IGNORECASE)
_CODIGO = re.compile(rb"<script|<\?php|<html[\s>]|<svg[\s>]|javascript:", re.IGNORECASE)


def _revisar_pdf(contenido: bytes) -> Archivo:
    from ece.nucleo.archivos import pdf  # slow to load, and few processes read one

    return pdf.revisar(contenido)


_FIRMAS: tuple[tuple[Tipo, Callable[[bytes], bool], Callable[[bytes], Archivo]], ...] = (
    (Tipo.PDF, lambda d: d.startswith(b"%PDF-"), _revisar_pdf),
    (Tipo.PNG, lambda d: d.startswith(b"\x89PNG\r\n\x1a\n"), imagenes.revisar_png),
    (Tipo.JPEG, lambda d: d.startswith(b"\xff\xd8\xff"), imagenes.revisar_jpeg),
    (Tipo.DICOM, lambda d: d[128:132] == b"DICM", dicom.revisar),
    (Tipo.TIFF, lambda d: d[:4] in (b"II*\x00", b"MM\x00*"), imagenes.revisar_tiff),
    (Tipo.WEBP, lambda d: d[:4] == b"RIFF" and d[8:12] == b"WEBP", imagenes.revisar_webp),
)


def inspeccionar(contenido: bytes, *, nombre: str, limite: int) -> Archivo:
    """What the file is, if it may stay. Raises `ArchivoRechazado`.

    `limite` is in bytes; `nombre` is only compared with what is found.
    """
    if not contenido:
        raise ArchivoRechazado(VACIO)
    if len(contenido) > limite:
        raise ArchivoRechazado(GRANDE)
    if _PRUEBA_DE_VIRUS in contenido:
        raise ArchivoRechazado(VIRUS)
    archivo = _segun_firma(contenido)
    if extension_discordante(nombre, archivo.tipo):
        return Archivo(
            archivo.tipo,
            archivo.contenido,
            archivo.texto,
            archivo.paginas,
            archivo.datos,
            (*archivo.avisos, OTRO_TIPO),
        )
    return archivo


def _segun_firma(contenido: bytes) -> Archivo:
    hallado = next(((t, revisar) for t, es, revisar in _FIRMAS if es(contenido)), None)
    if hallado is not None:
        tipo, revisar = hallado
        if zipfile.is_zipfile(io.BytesIO(contenido)):
            raise ArchivoRechazado(POLIGLOTA)
        if tipo is not Tipo.PDF and (_CODIGO.search(contenido) or b"%PDF-" in contenido):
            raise ArchivoRechazado(POLIGLOTA)
        return revisar(contenido)
    if contenido.startswith(_EJECUTABLES):
        raise ArchivoRechazado(EJECUTABLE)
    if contenido.startswith(_COMPRIMIDOS) or zipfile.is_zipfile(io.BytesIO(contenido)):
        raise ArchivoRechazado(COMPRIMIDO)
    if _PAGINA.match(contenido.removeprefix(b"\xef\xbb\xbf")):
        raise ArchivoRechazado(PAGINA_WEB)
    if xml.parece(contenido):
        return xml.revisar(contenido)
    if b"%PDF-" in contenido[:2048]:
        raise ArchivoRechazado(POLIGLOTA)
    texto = textos.leer(contenido)
    if texto is None:
        raise ArchivoRechazado(DESCONOCIDO)
    if _CODIGO.search(contenido):
        raise ArchivoRechazado(PAGINA_WEB)
    return Archivo(Tipo.TEXTO, contenido, texto)
