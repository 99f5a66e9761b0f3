"""The whole record, or its summary, as one PDF/A: everything of the period, indexed, bounded."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from consentimiento import decision
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from ece.web.impresion import expediente as impresion
from ece.web.impresion.expediente import Documento
from registros.selectors import expediente
from registros.selectors import notas as selectores
from registros.services import notas
from registros.services.contenido import Contenido
from tests.elenco import AHORA, Elenco, acceso_de_medica, en_consulta
from tests.flujos.conftest import Hospital
from tests.flujos.expediente_lleno import DIABETES, TEXTOS, llenar

pytestmark = pytest.mark.django_db


@pytest.fixture
def lleno(elenco: Elenco, paciente: UUID) -> Acceso:
    en_consulta(elenco, paciente)
    llenar(Hospital("", elenco, paciente))
    return acceso_de_medica(elenco, paciente)


@pytest.fixture
def imprimir(lleno: Acceso) -> Callable[..., PdfReader]:
    def _imprimir(
        pedido: Documento, desde: date | None = None, hasta: date | None = None
    ) -> PdfReader:
        pdf = impresion.pdf(lleno, documento_pedido=pedido, desde=desde, hasta=hasta, ahora=AHORA)
        return PdfReader(io.BytesIO(pdf))

    return _imprimir


def palabras(lector: PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(p.extract_text() for p in lector.pages))


def test_the_record_has_everything_and_says_where(imprimir: Callable[..., PdfReader]) -> None:
    lector = imprimir(Documento.EXPEDIENTE)
    texto = palabras(lector)
    for esperado in (
        *("Expediente clínico", "Índice", "Xóchitl Ibáñez Peña", "Hospital General de Ejemplo"),
        *("Ficha de identificación", "9511234567"),
        *("Penicilina", "Urticaria", "Diabetes mellitus tipo 2", "Metformina", "150/92 mmHg"),
        *("Refiere mejoría", "Se agrega resultado.", "Cédula profesional 1000001"),
    ):
        assert esperado in texto
    # The index names the note and the page where it is.
    indice = lector.pages[0].extract_text()
    (pagina,) = re.findall(r"Nota de evolución, 23/11/2026[ .]+(\d+)", indice)
    assert "Refiere mejoría" in lector.pages[int(pagina) - 1].extract_text()
    # Every page says whose it is, and which of how many.
    for numero, hoja in enumerate(lector.pages, 1):
        assert "Xóchitl Ibáñez Peña" in hoja.extract_text()
        assert f"Página {numero} de {len(lector.pages)}" in hoja.extract_text()
    assert b"pdfaid:part" in (lector.xmp_metadata.stream.get_data() if lector.xmp_metadata else b"")


def test_a_draft_is_not_printed(lleno: Acceso, imprimir: Callable[..., PdfReader]) -> None:
    (encuentro,) = expediente.encuentros_abiertos(lleno)
    notas.redactar(
        lleno,
        tipo="evolucion",
        encuentro_id=encuentro.id,
        ahora=AHORA,
        contenido=Contenido({"evolucion": "A medio escribir."}),
    )
    assert "A medio escribir." not in palabras(imprimir(Documento.EXPEDIENTE))
    assert "A medio escribir." not in palabras(imprimir(Documento.RESUMEN))


def test_the_summary_tells_what_the_norm_says_and_who_answers_for_it(
    imprimir: Callable[..., PdfReader],
) -> None:
    texto = palabras(imprimir(Documento.RESUMEN))
    for esperado in (
        *("Resumen clínico", "Problemas activos", "Medicamentos vigentes", "Alergias"),
        *("Padecimiento y evolución", TEXTOS["pronostico"], TEXTOS["tratamiento"]),
        *("Elaboró", "Elena de Ejemplo", "Cédula profesional 1000001"),
    ):
        assert esperado in texto


def test_only_the_period_is_printed(imprimir: Callable[..., PdfReader]) -> None:
    hace_poco = imprimir(Documento.EXPEDIENTE, AHORA.date() - timedelta(days=20))
    antes = imprimir(Documento.EXPEDIENTE, None, AHORA.date() - timedelta(days=1))
    assert "150/92" in palabras(hace_poco)
    assert "139/81" not in palabras(hace_poco)
    assert "139/81" in palabras(antes)
    assert "Refiere mejoría" not in palabras(antes)


def test_a_note_comes_with_its_addenda_whenever_written(lleno: Acceso) -> None:
    (encuentro,) = expediente.encuentros_abiertos(lleno)
    nota = notas.redactar(lleno, tipo="evolucion", encuentro_id=encuentro.id, ahora=AHORA)
    contenido = Contenido(TEXTOS, {}, (DIABETES,))
    notas.finalizar(lleno, nota_id=nota, contenido=contenido, version=1, ahora=AHORA)
    despues = AHORA + timedelta(days=30)
    adenda = notas.adendar(lleno, nota_id=nota, texto="Tardía.", ahora=despues)

    hoy = selectores.del_periodo(lleno, desde=None, hasta=AHORA + timedelta(days=1))
    assert [[a.id for a in suyas] for una, suyas in hoy if una.id == nota] == [[adenda]]
    sola = selectores.del_periodo(
        lleno, desde=AHORA + timedelta(days=1), hasta=despues + timedelta(days=1)
    )
    assert [una.id for una, _ in sola] == [adenda]


def test_many_notes_ask_no_more_than_few(
    lleno: Acceso, imprimir: Callable[..., PdfReader], django_assert_max_num_queries: Any
) -> None:
    (encuentro,) = expediente.encuentros_abiertos(lleno)
    for _ in range(12):
        nota = notas.redactar(lleno, tipo="evolucion", encuentro_id=encuentro.id, ahora=AHORA)
        contenido = Contenido(TEXTOS, {}, (DIABETES,))
        notas.finalizar(lleno, nota_id=nota, contenido=contenido, version=1, ahora=AHORA)
    with django_assert_max_num_queries(10):
        imprimir(Documento.EXPEDIENTE)


def test_too_much_is_refused_with_its_limit(
    lleno: Acceso, imprimir: Callable[..., PdfReader]
) -> None:
    with pytest.raises(expediente.PeriodoDemasiadoLargo) as negado:
        expediente.del_periodo(lleno, desde=None, hasta=AHORA + timedelta(days=1), limite=10)
    assert negado.value.limite == 10
    recientes = expediente.del_periodo(
        lleno, desde=AHORA - timedelta(days=1), hasta=AHORA + timedelta(days=1), limite=200
    )
    assert {e.tipo for e in recientes} > {"Observation", "Composition"}


def test_a_nurse_reads_the_record_but_does_not_print_it_whole(
    elenco: Elenco, paciente: UUID
) -> None:
    en_consulta(elenco, paciente)
    acceso = decision.abrir_paciente(
        elenco.actor(elenco.enfermera), paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA
    )
    with pytest.raises(PermisoInsuficiente):
        impresion.pdf(
            acceso, documento_pedido=Documento.RESUMEN, desde=None, hasta=None, ahora=AHORA
        )
