"""Files of every kind, good and hostile, made here: none comes from anybody."""

import gzip
import io
import struct
import zipfile
import zlib

import numpy as np
import pydicom
import typst
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pypdf import PdfReader, PdfWriter

HL7 = "urn:hl7-org:v3"


def pdf(texto: str = "La paciente tiene asma desde la infancia.", paginas: int = 1) -> bytes:
    hoja = "\n#pagebreak()\n".join([texto] * paginas)
    return bytes(typst.compile(hoja.encode(), format="pdf"))


def pdf_de(objetos: dict[int, bytes], *, raiz: bytes = b"") -> bytes:
    """A PDF by hand: a page, plus `objetos` by number (from 4) and what `raiz` adds to it."""
    todos = {
        1: b"<</Type/Catalog/Pages 2 0 R%s>>" % raiz,
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
        **objetos,
    }
    salida, lugares = bytearray(b"%PDF-1.7\n"), []
    for numero in sorted(todos):
        lugares.append(len(salida))
        salida += b"%d 0 obj\n%s\nendobj\n" % (numero, todos[numero])
    tabla = len(salida)
    salida += b"xref\n0 %d\n0000000000 65535 f \n" % (len(lugares) + 1)
    salida += b"".join(b"%010d 00000 n \n" % lugar for lugar in lugares)
    salida += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(lugares) + 1,
        tabla,
    )
    return bytes(salida)


def flujo(crudo: bytes, extra: bytes = b"") -> bytes:
    """A deflated stream of a PDF."""
    inflado = zlib.compress(crudo, 1)
    return b"<</Length %d/Filter/FlateDecode%s>>\nstream\n%s\nendstream" % (
        len(inflado),
        extra,
        inflado,
    )


def pdf_con_objeto_oculto() -> bytes:
    """The action lies in a compressed object stream: no word of it can be read in the file."""
    dentro = b"4 0 <</S/JavaScript/JS(app.alert\\(1\\))>>"
    primero = dentro.index(b"<<")
    cuerpo = flujo(dentro, b"/Type/ObjStm/N 1/First %d" % primero)
    salida, lugares = bytearray(b"%PDF-1.7\n"), {}
    for numero, objeto in (
        (1, b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>"),
        (2, b"<</Type/Pages/Count 1/Kids[3 0 R]>>"),
        (3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"),
        (5, cuerpo),
    ):
        lugares[numero] = len(salida)
        salida += b"%d 0 obj\n%s\nendobj\n" % (numero, objeto)
    tabla = len(salida)
    filas = [(0, 0, 255), *((1, lugares[n], 0) for n in (1, 2, 3)), (2, 5, 0), (1, lugares[5], 0)]
    filas.append((1, tabla, 0))
    crudas = b"".join(struct.pack(">BIB", *fila) for fila in filas)
    salida += b"6 0 obj\n%s\nendobj\n" % flujo(crudas, b"/Type/XRef/Size 7/W[1 4 1]/Root 1 0 R")
    return bytes(salida) + b"startxref\n%d\n%%%%EOF\n" % tabla


def pdf_cifrado() -> bytes:
    escritor = PdfWriter(PdfReader(io.BytesIO(pdf())))
    escritor.encrypt("secreto", algorithm="RC4-128")
    salida = io.BytesIO()
    escritor.write(salida)
    return salida.getvalue()


def imagen(formato: str = "PNG", lado: int = 120, **extra: object) -> bytes:
    salida = io.BytesIO()
    Image.linear_gradient("L").resize((lado, lado)).convert("RGB").save(
        salida,
        formato,
        **extra,  # type: ignore[arg-type]
    )
    return salida.getvalue()


def png_de(ancho: int, alto: int) -> bytes:
    """A few bytes that say they are an enormous picture."""

    def trozo(clase: bytes, datos: bytes) -> bytes:
        suma = struct.pack(">I", zlib.crc32(clase + datos))
        return struct.pack(">I", len(datos)) + clase + datos + suma

    cabeza = struct.pack(">IIBBBBB", ancho, alto, 8, 0, 0, 0, 0)
    datos = zlib.compress(bytes(4096), 9)
    trozos = trozo(b"IHDR", cabeza) + trozo(b"IDAT", datos) + trozo(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + trozos


def dicom(*, preambulo: bytes = b"", con_imagen: bool = True, filas: int = 64) -> bytes:
    """A tomography of a sphere, 64 by 64."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = "1.2.826.0.1.3680043.8.498.1"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    datos = Dataset()
    datos.file_meta = meta
    datos.SOPClassUID, datos.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    datos.Modality, datos.PatientName = "CT", "Ejemplo^Persona"
    if con_imagen:
        datos.Rows, datos.Columns, datos.SamplesPerPixel = filas, 64, 1
        datos.BitsAllocated = datos.BitsStored = 16
        datos.HighBit, datos.PixelRepresentation = 15, 1
        datos.PhotometricInterpretation = "MONOCHROME2"
        y, x = np.mgrid[:64, :64]
        dentro = np.hypot(x - 32, y - 32) < 24
        datos.PixelData = np.where(dentro, 40, -1000).astype(np.int16).tobytes()
    salida = io.BytesIO()
    pydicom.dcmwrite(salida, datos, enforce_file_format=True)
    crudo = salida.getvalue()
    return preambulo.ljust(128, b"\x00") + crudo[128:] if preambulo else crudo


def dicom_desinflado() -> bytes:
    crudo = dicom()
    # Only the name of the transfer syntax matters: it is refused before anything is inflated.
    return crudo.replace(b"1.2.840.10008.1.2.1\x00", b"1.2.840.10008.1.2.1.99"[:20])


def cda(cuerpo: str = "<paragraph>Reposo relativo.</paragraph>", antes: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{antes}<ClinicalDocument xmlns="{HL7}"><component>'
        f"<section><title>Plan</title><text>{cuerpo}</text></section></component>"
        "</ClinicalDocument>"
    ).encode()


def zip_de(**archivos: bytes) -> bytes:
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as comprimido:
        for nombre, contenido in archivos.items():
            comprimido.writestr(nombre.replace("_", "/"), contenido)
    return salida.getvalue()


def gzip_de(contenido: bytes) -> bytes:
    return gzip.compress(contenido, mtime=0)
