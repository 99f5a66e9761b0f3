"""Hostile files: each is refused, saying why, or made harmless; none leaves a trace."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from auditoria.models import Evento
from ece.nucleo.acceso import Acceso
from ece.nucleo.archivos import ArchivoRechazado
from registros.selectors import documentos as selectores
from registros.selectors import recursos
from registros.services import documentos
from tests.archivos import fabrica
from tests.elenco import AHORA

LIMITE = 2_000_000
VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
ENTIDADES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
CODIGO = b"<script>alert(1)</script>"
JPEG, PNG = fabrica.imagen("JPEG"), fabrica.imagen("PNG")
PDF, DICOM, CDA = fabrica.pdf(), fabrica.dicom(), fabrica.cda()

RECHAZADOS: dict[str, tuple[str, bytes, str]] = {
    "empty": ("nota.pdf", b"", "vacío"),
    "oversized": ("nota.txt", b"a" * (LIMITE + 1), "grande"),
    "windows program": ("nota.pdf", b"MZ\x90\x00" + bytes(200), "programa"),
    "linux program": ("nota.pdf", b"\x7fELF\x02\x01" + bytes(200), "programa"),
    "shell script": ("nota.txt", b"#!/bin/sh\nrm -rf ~\n", "programa"),
    "html": ("nota.pdf", b"<!DOCTYPE html><html>" + CODIGO, "página web"),
    "html in the middle of a text": ("nota.txt", b"Hola\n" + CODIGO, "página web"),
    "php in a text": ("nota.txt", b"Hola <?php system($_GET[0]); ?>", "página web"),
    "svg": ("dibujo.svg", b'<svg onload="alert(1)"/>', "página web"),
    "svg as xml": (
        "dibujo.xml",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">%s</svg>' % CODIGO,
        "CDA",
    ),
    "pdf that runs code when opened": (
        "nota.pdf",
        fabrica.pdf_de({}, raiz=b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
        "código",
    ),
    "pdf with escaped names": (
        "nota.pdf",
        fabrica.pdf_de({}, raiz=b"/OpenAction<</S/J#61vaScript/J#53(app.alert\\(1\\))>>"),
        "código",
    ),
    "pdf with its code in a compressed object": (
        "nota.pdf",
        fabrica.pdf_con_objeto_oculto(),
        "código",
    ),
    "pdf that launches a program": (
        "nota.pdf",
        fabrica.pdf_de({4: b"<</S/Launch/F(cmd.exe)>>"}, raiz=b"/OpenAction 4 0 R"),
        "código",
    ),
    "pdf that sends a form": (
        "nota.pdf",
        fabrica.pdf_de({4: b"<</S/SubmitForm/F(http://x.example)>>"}, raiz=b"/AA<</WC 4 0 R>>"),
        "código",
    ),
    "pdf with an attachment": (
        "nota.pdf",
        fabrica.pdf_de(
            {
                4: b"<</Type/Filespec/F(a.exe)/EF<</F 5 0 R>>>>",
                5: fabrica.flujo(b"MZ", b"/Type/EmbeddedFile"),
            },
            raiz=b"/Names<</EmbeddedFiles<</Names[(a)4 0 R]>>>>",
        ),
        "adjuntos",
    ),
    "pdf with an XFA form": (
        "nota.pdf",
        fabrica.pdf_de({4: fabrica.flujo(b"<xdp/>")}, raiz=b"/AcroForm<</XFA 4 0 R/Fields[]>>"),
        "código",
    ),
    "encrypted pdf": ("nota.pdf", fabrica.pdf_cifrado(), "contraseña"),
    "truncated pdf": ("nota.pdf", PDF[: len(PDF) * 2 // 3], "incompleto"),
    "pdf bomb": (
        "nota.pdf",
        fabrica.pdf_de({4: fabrica.flujo(bytes(320_000_000))}),
        "crece demasiado",
    ),
    "pdf with an endless page": (
        "nota.pdf",
        fabrica.pdf_de({3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1 14400]>>"}),
        "crece demasiado",
    ),
    "pdf with an enormous picture": (
        "nota.pdf",
        fabrica.pdf_de(
            {4: fabrica.flujo(b"x", b"/Type/XObject/Subtype/Image/Width 60000/Height 60000")}
        ),
        "crece demasiado",
    ),
    "pdf and program": ("nota.pdf", PDF + b"MZ" + bytes(300), "detrás"),
    "pdf and zip": ("nota.pdf", PDF + fabrica.zip_de(a_class=b"x"), "escondido"),
    "html and pdf": ("nota.pdf", b"Hola\n" + PDF, "escondido"),
    "picture bomb": ("foto.png", fabrica.png_de(60_000, 60_000), "demasiados puntos"),
    "truncated png": ("foto.png", PNG[: len(PNG) // 2], "incompleta"),
    "truncated jpeg": ("foto.jpg", JPEG[: len(JPEG) // 2], "incompleta"),
    "png and zip": ("foto.png", PNG + fabrica.zip_de(a_class=b"x"), "escondido"),
    "png and more": ("foto.png", PNG + b"algo", "detrás"),
    "jpeg with code": ("foto.jpg", fabrica.imagen("JPEG", comment=CODIGO), "escondido"),
    "png with a pdf inside": (
        "foto.png",
        PNG + PDF,
        "escondido",
    ),
    "zip bomb": ("notas.zip", fabrica.zip_de(a=bytes(3_000_000)), "comprimido"),
    "word document": (
        "nota.docx",
        fabrica.zip_de(word_document=b"<w:document/>", word_vbaProject=b"x"),
        "comprimido",
    ),
    "old office document": (
        "nota.doc",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "oficina",
    ),
    "rtf": ("nota.rtf", b"{\\rtf1\\object\\objdata 0105}", "oficina"),
    "gzip bomb": ("nota.txt", fabrica.gzip_de(bytes(5_000_000)), "comprimido"),
    "dicom without picture": ("a.dcm", fabrica.dicom(con_imagen=False), "no trae imagen"),
    "truncated dicom": ("a.dcm", DICOM[:-3000], "incompleto"),
    "dicom that says it is enormous": ("a.dcm", fabrica.dicom(filas=65_000), "incompleto"),
    "external entity": (
        "a.xml",
        fabrica.cda("&x;", '<!DOCTYPE ClinicalDocument [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "entidades",
    ),
    "entity bomb": (
        "a.xml",
        fabrica.cda("&e8;", f'<!DOCTYPE ClinicalDocument [<!ENTITY e0 "ja">{ENTIDADES}]>'),
        "entidades",
    ),
    "entities in UTF-16": (
        "a.xml",
        fabrica.cda("&x;", '<!DOCTYPE a [<!ENTITY x "ja">]>')
        .decode()
        .replace("UTF-8", "UTF-16")
        .encode("utf-16"),
        "entidades",
    ),
    "cda with code": ("a.xml", fabrica.cda("<script>alert(1)</script>"), "activo"),
    "cda with a link to code": (
        "a.xml",
        fabrica.cda('<linkHtml href=" java&#10;script:alert(1)">x</linkHtml>'),
        "activo",
    ),
    "truncated cda": ("a.xml", CDA[:-20], "mal formado"),
    "test virus": ("nota.txt", VIRUS, "virus"),
    "test virus in a pdf": ("nota.pdf", fabrica.pdf_de({4: b"(%s)" % VIRUS[28:]}), "virus"),
    "noise": ("nota.pdf", bytes(range(256)) * 20, "No se reconoce"),
}


@dataclass(frozen=True)
class Neutralizado:
    """What arrives, and what must be true of what is kept."""

    nombre: str
    contenido: bytes
    guardado: str
    aviso: str = ""


NEUTRALIZADOS: dict[str, Neutralizado] = {
    "dicom with a program for a preamble": Neutralizado(
        "a.dcm", fabrica.dicom(preambulo=b"MZ\x90\x00" + b"\xcc" * 90), "a.dcm", "preámbulo"
    ),
    "dicom that is a script too": Neutralizado(
        "a.dcm", fabrica.dicom(preambulo=b"#!/bin/sh\nid\n"), "a.dcm", "preámbulo"
    ),
    "path in the name": Neutralizado("../../etc/cron.d/nota.txt", b"Hola", "nota.txt"),
    "windows path in the name": Neutralizado("C:\\Windows\\nota.txt", b"Hola", "nota.txt"),
    "name that reads backwards": Neutralizado(
        "resumen\u202etxt.exe", b"Hola", "resumentxt.txt", "otro tipo"
    ),
    "double extension": Neutralizado("foto.png.exe", PNG, "foto.png", "otro tipo"),
    "picture that says it is a pdf": Neutralizado("nota.pdf", PNG, "nota.png", "otro tipo"),
    "text that reads backwards": Neutralizado(
        "nota.txt", "Dosis \u202e0001\u202c mg".encode(), "nota.txt"
    ),
    "cda with a style sheet from elsewhere": Neutralizado(
        "a.xml",
        fabrica.cda(antes='<?xml-stylesheet href="http://x.example/x.xsl"?>'),
        "a.xml",
        "hoja de estilo",
    ),
}


def agregar(acceso: Acceso, nombre: str, contenido: bytes) -> UUID:
    return documentos.agregar(
        acceso,
        contenido=contenido,
        nombre=nombre,
        titulo="Documento",
        clase="otro",
        origen="Otro hospital",
        autor="",
        fecha_documento=None,
        limite=LIMITE,
        ahora=AHORA,
    )


def test_there_are_at_least_thirty() -> None:
    assert len(RECHAZADOS) + len(NEUTRALIZADOS) >= 50


@pytest.mark.parametrize("cual", RECHAZADOS)
def test_a_hostile_file_is_refused_and_leaves_nothing(acceso: Acceso, cual: str) -> None:
    nombre, contenido, palabra = RECHAZADOS[cual]
    with pytest.raises(ArchivoRechazado) as rechazo:
        agregar(acceso, nombre, contenido)
    assert palabra in rechazo.value.mensaje
    tipos = ["DocumentReference", "Binary"]
    assert recursos.compartimento(acceso, tipos=tipos) == []
    assert not Evento.objects.filter(tipo="documento.agregado").exists()


@pytest.mark.parametrize("cual", NEUTRALIZADOS)
def test_what_can_be_made_harmless_is(acceso: Acceso, cual: str) -> None:
    caso = NEUTRALIZADOS[cual]
    id_ = agregar(acceso, caso.nombre, caso.contenido)
    visto = selectores.documento(acceso, documento_id=id_)
    guardado = selectores.contenido(acceso, documento_id=id_)
    assert visto is not None
    assert guardado is not None
    assert visto.nombre == caso.guardado
    assert any(caso.aviso in aviso for aviso in visto.avisos) == bool(caso.aviso)
    assert not set(visto.texto) & set("\u202a\u202b\u202d\u202e\u2066\u2067")
    if caso.aviso == "preámbulo":
        assert guardado[:128] == bytes(128)
        assert guardado[128:] == caso.contenido[128:]
    else:
        assert guardado == caso.contenido
