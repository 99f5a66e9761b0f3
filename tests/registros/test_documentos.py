"""Documents from elsewhere: kept as they came, drawn on the server, found by their words."""

import io
from dataclasses import replace
from datetime import date
from hashlib import sha256
from uuid import UUID

import numpy as np
import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from auditoria import bitacora
from auditoria.models import Evento
from consentimiento import decision
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.archivos import dicom, imagenes, pdf
from ece.nucleo.roles import Permiso, Rol
from registros.models import Documento, NotaClinica
from registros.selectors import documentos as selectores
from registros.selectors import expediente, recursos
from registros.services import documentos, notas, ordenes
from registros.services.notas import Contenido
from registros.services.ordenes import Prioridad
from tests import elenco as reparto
from tests.archivos import fabrica
from tests.elenco import AHORA, XOCHITL, Elenco
from tests.flujos.expediente_lleno import DIABETES, TEXTOS
from tests.registros.nota_de_ejemplo import en_puesto

LIMITE = 2_000_000
BUENOS = {
    "resumen.pdf": fabrica.pdf(paginas=2),
    "foto.png": fabrica.imagen("PNG"),
    "foto.jpg": fabrica.imagen("JPEG"),
    "hoja.tif": fabrica.imagen("TIFF"),
    "foto.webp": fabrica.imagen("WEBP"),
    "corte.dcm": fabrica.dicom(),
    "resumen.xml": fabrica.cda(),
    "carta.txt": "Alérgica al látex.".encode("cp1252"),
}


def agregar(acceso: Acceso, nombre: str, **otros: object) -> UUID:
    datos: dict[str, object] = {
        "titulo": "Resumen de otro hospital",
        "clase": "resumen",
        "origen": "Hospital de Ejemplo",
        "autor": "Dra. Ejemplo",
        "fecha_documento": date(2025, 3, 4),
        "limite": LIMITE,
        "ahora": AHORA,
    }
    return documentos.agregar(
        acceso,
        contenido=BUENOS[nombre],
        nombre=nombre,
        **{**datos, **otros},  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("nombre", BUENOS)
def test_what_was_kept_is_byte_for_byte_what_came(acceso: Acceso, nombre: str) -> None:
    id_ = agregar(acceso, nombre)
    visto = selectores.documento(acceso, documento_id=id_)
    assert visto is not None
    assert selectores.contenido(acceso, documento_id=id_) == BUENOS[nombre]
    assert visto.huella == sha256(BUENOS[nombre]).hexdigest()
    assert (visto.nombre, visto.bytes) == (nombre, len(BUENOS[nombre]))
    assert (visto.origen, visto.autor, visto.avala) == (
        "Hospital de Ejemplo",
        "Dra. Ejemplo",
        "Elena de Ejemplo",
    )
    assert visto.fecha_documento == date(2025, 3, 4)
    assert Evento.objects.filter(tipo="documento.agregado").count() == 1


def test_neither_bytes_nor_words_lie_in_the_clear(acceso: Acceso) -> None:
    agregar(acceso, "carta.txt")
    with connection.cursor() as cursor:
        for tabla in ("registros_documento", "registros_otroregistro"):
            cursor.execute(f"SELECT t::text FROM {tabla} t")
            volcado = " ".join(fila[0] for fila in cursor.fetchall())
            assert volcado
            for palabra in ("látex", "Ejemplo", "carta", b"tex.".hex()):
                assert palabra not in volcado


def test_no_list_opens_the_bytes_of_a_document(acceso: Acceso) -> None:
    agregar(acceso, "carta.txt")
    (binario,) = recursos.compartimento(acceso, tipos=["Binary"])
    linea = expediente.linea_de_tiempo(acceso)
    assert "DocumentReference" in [e.tipo for e in linea.entradas]
    assert "Binary" not in [e.tipo for e in linea.entradas]
    assert expediente.linea_de_tiempo(acceso, tipos=["Binary"]).entradas == []
    assert "Binary" not in dict(expediente.tipos_presentes(acceso))
    assert expediente.registro(acceso, tipo="Binary", id=binario.id) is None


@pytest.mark.parametrize(
    ("palabras", "cuantos"),
    [
        ("asma", 1),
        ("ASMA infancia", 1),
        ("alergica latex", 1),
        ("látex asma", 0),
        ("camina treinta", 1),
        ("camin", 0),
        ("", 0),
        ("  ", 0),
    ],
)
def test_words_are_found_in_documents_and_in_notes(
    acceso: Acceso, palabras: str, cuantos: int
) -> None:
    agregar(acceso, "resumen.pdf")
    agregar(acceso, "carta.txt")
    (visita,) = expediente.encuentros_abiertos(acceso)
    nota = notas.redactar(acceso, tipo="evolucion", encuentro_id=visita.id, ahora=AHORA)
    contenido = Contenido(TEXTOS, {}, (DIABETES,))
    notas.finalizar(acceso, nota_id=nota, contenido=contenido, version=1, ahora=AHORA)
    hallazgos = selectores.buscar(acceso, texto=palabras)
    assert len(hallazgos) == cuantos
    if cuantos:
        assert hallazgos[0].palabra.lower() in ("asma", "alérgica", "camina")


def test_tokens_of_words_are_each_patients_own(elenco: Elenco, acceso: Acceso) -> None:
    otra = reparto.registrar(elenco, replace(XOCHITL, nombre="Otra"))
    reparto.en_consulta(elenco, otra)
    ajeno = reparto.acceso_de_medica(elenco, otra)
    for quien in (acceso, ajeno):
        agregar(quien, "carta.txt")
    una, otra_fila = (Documento.objects.de(quien).get() for quien in (acceso, ajeno))
    comunes = set(una.fichas) & set(otra_fila.fichas)
    palabras = {"alergica", "al", "latex", "resumen", "de", "otro", "hospital"}
    # What is alike is what FHIR indexes (kind, state, date): no word of the text.
    assert len(set(una.fichas) - comunes) >= len(palabras)
    assert selectores.buscar(ajeno, texto="latex")[0].entrada.id == otra_fila.id


def test_a_draft_is_not_yet_found(acceso: Acceso) -> None:
    (visita,) = expediente.encuentros_abiertos(acceso)
    notas.redactar(
        acceso,
        tipo="evolucion",
        encuentro_id=visita.id,
        ahora=AHORA,
        contenido=Contenido({"evolucion": "Palpitaciones"}),
    )
    assert NotaClinica.objects.de(acceso).count() == 1
    assert selectores.buscar(acceso, texto="palpitaciones") == []


def test_withdrawn_it_stays_and_is_found_no_more(acceso: Acceso) -> None:
    id_ = agregar(acceso, "carta.txt")
    documentos.anular(acceso, documento_id=id_, motivo="Era de otra persona", ahora=AHORA)
    visto = selectores.documento(acceso, documento_id=id_)
    assert visto is not None
    assert visto.anulado
    assert "Era de otra persona" in visto.avisos
    assert selectores.buscar(acceso, texto="latex") == []
    with pytest.raises(documentos.DocumentoInexistente):
        documentos.anular(acceso, documento_id=UUID(int=1), motivo="", ahora=AHORA)


def test_images_of_an_order_go_with_its_report(elenco: Elenco, acceso: Acceso) -> None:
    (orden,) = ordenes.solicitar(
        acceso,
        estudios=["tcc"],
        prioridad=Prioridad.ORDINARIA,
        problema="Cefalea",
        encuentro_id=None,
        ahora=AHORA,
    )
    imagen = decision.abrir_paciente(
        elenco.actor(en_puesto(elenco, Rol.IMAGEN)),
        acceso.paciente,
        Permiso.DOCUMENTO_AGREGAR,
        ahora=AHORA,
    )
    id_ = agregar(imagen, "corte.dcm", orden_id=orden)
    agregar(acceso, "foto.png")
    assert [d.id for d in selectores.de_orden(acceso, orden_id=orden)] == [id_]
    with pytest.raises(ordenes.OrdenInexistente):
        agregar(acceso, "corte.dcm", orden_id=UUID(int=1))


def test_it_is_of_who_may_and_undone_without_its_event(
    elenco: Elenco, acceso: Acceso, monkeypatch: pytest.MonkeyPatch
) -> None:
    archivo = decision.abrir_paciente(
        elenco.actor(elenco.archivo), acceso.paciente, Permiso.PACIENTE_LEER, ahora=AHORA
    )
    with pytest.raises(PermisoInsuficiente):
        agregar(archivo, "carta.txt")
    rota = ("INSERT INTO no_existe VALUES (%s)", [1])
    monkeypatch.setattr(bitacora, "insercion", lambda eventos: rota)
    punto = connection.savepoint()
    with pytest.raises(psycopg.Error):
        agregar(acceso, "carta.txt")
    monkeypatch.undo()
    connection.savepoint_rollback(punto)
    assert recursos.compartimento(acceso, tipos=["DocumentReference", "Binary"]) == []


def test_a_page_of_a_pdf_is_a_picture_of_it() -> None:
    contenido = fabrica.pdf("#set page(fill: rgb(255, 0, 0))\nHola", paginas=2)
    dibujo = Image.open(io.BytesIO(pdf.pagina(contenido, 2)))
    assert dibujo.format == "PNG"
    assert dibujo.width > 800
    assert dibujo.convert("RGB").getpixel((5, 5)) == (255, 0, 0)
    with pytest.raises(IndexError):
        pdf.pagina(contenido, 3)


def test_a_window_tells_densities_apart() -> None:
    contenido = fabrica.dicom()

    def grises(ventana: str) -> set[int]:
        dibujo = Image.open(io.BytesIO(dicom.cuadro(contenido, 0, ventana=ventana))).convert("L")
        return {int(v) for v in np.unique(np.asarray(dibujo))}

    assert grises("cerebro") == {0, 127}
    assert grises("hueso") != grises("pulmon")
    with pytest.raises(IndexError):
        dicom.cuadro(contenido, 1)


def test_a_redrawn_picture_carries_only_its_pixels() -> None:
    original = fabrica.imagen("JPEG", comment=b"algo escondido")
    dibujo = imagenes.redibujar(original)
    assert b"escondido" not in dibujo
    assert Image.open(io.BytesIO(dibujo)).info == {}


@pytest.fixture
def cliente(elenco: Elenco) -> Client:
    cliente = Client()
    cliente.force_login(elenco.medica)
    return cliente


def test_the_original_is_to_be_saved_and_nothing_of_it_runs(
    cliente: Client, acceso: Acceso
) -> None:
    id_ = agregar(acceso, "resumen.xml")
    respuesta = cliente.get(reverse("clinica:documento-original", args=[acceso.paciente, id_]))
    assert respuesta.content == BUENOS["resumen.xml"]
    assert respuesta["Content-Disposition"] == 'attachment; filename="resumen.xml"'
    assert respuesta["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in respuesta["Cache-Control"]


def subir(cliente: Client, acceso: Acceso, contenido: bytes) -> str:
    respuesta = cliente.post(
        reverse("clinica:documento-agregar", args=[acceso.paciente]),
        {
            "archivo": SimpleUploadedFile("a.pdf", contenido, "application/pdf"),
            "titulo": "Algo",
            "clase": "otro",
            "origen": "Otro hospital",
            "avala": "on",
        },
    )
    return respuesta.content.decode()


def test_the_page_says_why_a_file_may_not_stay(
    cliente: Client, acceso: Acceso, settings: object
) -> None:
    settings.ECE_DOCUMENTO_BYTES = 500_000  # type: ignore[attr-defined]
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 600_000  # type: ignore[attr-defined]
    assert "Es un programa" in subir(cliente, acceso, b"MZ" + bytes(90))
    assert "está vacío" in subir(cliente, acceso, b"")
    assert "demasiado grande" in subir(cliente, acceso, bytes(550_000))
    # This one is so large that the server does not even receive it.
    assert "demasiado grande" in subir(cliente, acceso, bytes(700_000))
    assert recursos.compartimento(acceso, tipos=["DocumentReference", "Binary"]) == []
