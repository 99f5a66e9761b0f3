"""PDF: nothing in it may act; its text is read, and its pages are shown as pictures."""

import io
import math
import os
import re
import zlib
from collections.abc import Iterator
from typing import Any

import typst
from django.utils.translation import gettext_noop as _
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from ece.nucleo.archivos.textos import visible
from ece.nucleo.archivos.tipos import Archivo, ArchivoRechazado, Tipo

OBJETOS = 200_000
INFLADO = 300_000_000
PAGINAS = 2_000
TEXTO = 200_000
ALARGADA = 10
PIXELES = 100_000_000
PUNTOS_POR_PULGADA = 110
_ROTO = _("El PDF está incompleto o dañado. Vuelva a guardarlo o a descargarlo y súbalo otra vez.")
_CIFRADO = _("El PDF está protegido con contraseña. Quítela, o imprímalo a PDF, y súbalo otra vez.")
_ACTIVO = _("El PDF lleva código, acciones o archivos adjuntos. Imprímalo a PDF y suba la copia.")
_BOMBA = _("El PDF crece demasiado al abrirse. Imprímalo a PDF y suba la copia.")
_COLA = _("El PDF lleva algo más detrás. Imprímalo a PDF y suba la copia.")

_CLAVES = frozenset({"/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EmbeddedFile", "/RichMedia"})
_ACCIONES = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE", "/GoToR"}
    | {"/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView"}
)
_TIPOS = frozenset({"/EmbeddedFile", "/RichMedia", "/Screen", "/3D", "/FileAttachment", "/Movie"})
_EN_CRUDO = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia)\b")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


def revisar(contenido: bytes) -> Archivo:
    """A PDF that only shows. Raises `ArchivoRechazado`."""
    fin = contenido.rfind(b"%%EOF")
    if fin < 0 or b"startxref" not in contenido[max(0, fin - 2048) : fin]:
        raise ArchivoRechazado(_ROTO)
    if contenido[fin + 5 :].strip(b"\r\n\t \x00"):
        raise ArchivoRechazado(_COLA)
    nombres = _ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), contenido)
    if _EN_CRUDO.search(nombres):
        raise ArchivoRechazado(_ACTIVO)
    try:
        lector = PdfReader(io.BytesIO(contenido), strict=False)
        if lector.is_encrypted:
            raise ArchivoRechazado(_CIFRADO)
        _recorrer(lector)
        paginas = len(lector.pages)
        if not 0 < paginas <= PAGINAS:
            raise ArchivoRechazado(_ROTO)
        for hoja in lector.pages:
            _medir(float(hoja.mediabox.width), float(hoja.mediabox.height))
        texto = _texto(lector)
    except ArchivoRechazado:
        raise
    except Exception as error:  # a broken PDF can fail anywhere in its reader
        bomba = "limit" in str(error).lower() or isinstance(error, MemoryError | RecursionError)
        raise ArchivoRechazado(_BOMBA if bomba else _ROTO) from error
    return Archivo(Tipo.PDF, contenido, texto, paginas)


def pagina(contenido: bytes, numero: int) -> bytes:
    """Page `numero` (from 1) as PNG; IndexError when there is none."""
    lector = PdfReader(io.BytesIO(contenido), strict=False)
    escritor = PdfWriter()
    sola = escritor.add_page(lector.pages[numero - 1])
    for clave in ("/Annots", "/AA"):
        sola.pop(clave, None)
    salida = io.BytesIO()
    escritor.write(salida)
    # In memory of the kernel, never on a disk: typst reads its images from a path.
    descriptor = os.memfd_create("pagina")
    try:
        with os.fdopen(os.dup(descriptor), "wb") as memoria:
            memoria.write(salida.getvalue())
        hoja = (
            "#set page(width: auto, height: auto, margin: 0pt)\n"
            f'#image("/proc/self/fd/{descriptor}", format: "pdf", width: 21.59cm)'
        )
        png: bytes = typst.compile(  # type: ignore[call-overload]
            hoja.encode(), root="/", format="png", ppi=PUNTOS_POR_PULGADA
        )
    except BaseException as error:  # a panic of the renderer is not an Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise ArchivoRechazado(_ROTO) from error
    finally:
        os.close(descriptor)
    return png


def _medir(ancho: float, alto: float) -> None:
    """A page as narrow as a thread would be drawn without end."""
    if not (ancho > 0 and alto > 0 and alto / ancho <= ALARGADA and ancho / alto <= ALARGADA * 5):
        raise ArchivoRechazado(_BOMBA)


def _recorrer(lector: PdfReader) -> None:
    """Every object of the file, wherever it hangs: none acts, none inflates beyond measure."""
    inflado = 0
    numeros = [
        (numero, generacion) for generacion, tabla in lector.xref.items() for numero in tabla
    ] + [(numero, 0) for numero in lector.xref_objStm]
    if len(numeros) > OBJETOS:
        raise ArchivoRechazado(_BOMBA)
    for numero, generacion in numeros:
        if numero == 0:
            continue
        objeto = lector.get_object(IndirectObject(numero, generacion, lector))
        for diccionario in _diccionarios(objeto):
            _que_no_actue(diccionario)
        if isinstance(objeto, StreamObject):
            inflado += _largo_inflado(objeto, INFLADO - inflado)
    for diccionario in _diccionarios(lector.trailer):
        _que_no_actue(diccionario)


def _diccionarios(objeto: Any, hondura: int = 0) -> Iterator[DictionaryObject]:
    """The dictionaries of an object, without following its references."""
    if hondura > 60:
        raise ArchivoRechazado(_BOMBA)
    if isinstance(objeto, DictionaryObject):
        yield objeto
        for valor in objeto.values():
            if not isinstance(valor, IndirectObject):
                yield from _diccionarios(valor, hondura + 1)
    elif isinstance(objeto, ArrayObject):
        for valor in objeto:
            if not isinstance(valor, IndirectObject):
                yield from _diccionarios(valor, hondura + 1)


def _que_no_actue(diccionario: DictionaryObject) -> None:
    accion = str(diccionario.raw_get("/S")) if "/S" in diccionario else ""
    subtipo = str(diccionario.raw_get("/Subtype")) if "/Subtype" in diccionario else ""
    tipo = str(diccionario.raw_get("/Type")) if "/Type" in diccionario else ""
    if subtipo == "/Image":
        lados = (diccionario.get("/Width", 0), diccionario.get("/Height", 0))
        if math.prod(int(lado) for lado in lados) > PIXELES:
            raise ArchivoRechazado(_BOMBA)
    if _CLAVES & diccionario.keys() or accion in _ACCIONES or {subtipo, tipo} & _TIPOS:
        raise ArchivoRechazado(_ACTIVO)


def _largo_inflado(flujo: StreamObject, resta: int) -> int:
    """Bytes of a deflated stream once inflated, without keeping them."""
    if "FlateDecode" not in str(flujo.get("/Filter", "")):
        return 0
    inflador, total = zlib.decompressobj(), 0
    pendiente = flujo._data
    while pendiente:
        try:
            total += len(inflador.decompress(pendiente, 1 << 20))
        except zlib.error:
            break
        if total > resta:
            raise ArchivoRechazado(_BOMBA)
        pendiente = inflador.unconsumed_tail
    return total


def _texto(lector: PdfReader) -> str:
    partes: list[str] = []
    largo = 0
    for hoja in lector.pages:
        partes.append(hoja.extract_text())
        largo += len(partes[-1])
        if largo > TEXTO:
            break
    return visible("\n".join(partes)[:TEXTO])
