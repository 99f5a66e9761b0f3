"""Every document of NOM-004: written, refused for each thing it lacks, and printed whole."""

import io
import re
from dataclasses import replace
from uuid import UUID

import pytest
from pypdf import PdfReader

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.impresion import notas as impresion
from registros.catalogos.notas import TIPOS, Clase, Forma, TipoDeNota, de_concepto
from registros.models import NotaClinica
from registros.selectors import notas as selectores
from registros.services import notas, requisitos
from registros.services.contenido import Contenido, faltas
from registros.services.respuestas import RespuestaInvalida
from tests.elenco import AHORA, Elenco, en_consulta
from tests.registros import cartas
from tests.registros.nota_de_ejemplo import acceso_de_quien_escribe, contenido_completo

pytestmark = pytest.mark.django_db

cada_tipo = pytest.mark.parametrize("tipo", TIPOS.values(), ids=TIPOS)


@pytest.fixture
def encuentro(elenco: Elenco, paciente: UUID) -> UUID:
    return en_consulta(elenco, paciente)


@pytest.fixture
def autor(elenco: Elenco, paciente: UUID, encuentro: UUID, tipo: TipoDeNota) -> Acceso:
    acceso = acceso_de_quien_escribe(elenco, paciente, tipo)
    if carta := requisitos.DE_NOTA.get(tipo.clave):
        cartas.otorgada(acceso, carta, elenco.consulta)
    return acceso


@pytest.fixture
def borrador(autor: Acceso, encuentro: UUID, tipo: TipoDeNota) -> UUID:
    return notas.redactar(autor, tipo=tipo.clave, encuentro_id=encuentro, ahora=AHORA)


def sin_una_cosa(tipo: TipoDeNota) -> list[tuple[str, str, Contenido]]:
    """(title, numeral, contents) for every required element, with that one left out."""
    todo = contenido_completo(tipo)
    casos = []
    for seccion in tipo.secciones:
        for reactivo in seccion.reactivos:
            if not reactivo.requerido:
                continue
            clave = seccion.clave_de(reactivo)
            quedan = {c: v for c, v in todo.respuestas.items() if c != clave}
            numeral = reactivo.numeral or seccion.numeral
            casos.append((reactivo.titulo, numeral, replace(todo, respuestas=quedan)))
        if not seccion.requerida:
            continue
        if seccion.clase is Clase.TEXTO:
            menos = replace(todo, textos={**todo.textos, seccion.clave: "  \n"})
        elif seccion.clase is Clase.SIGNOS:
            menos = replace(todo, signos={})
        elif seccion.clase is Clase.DIAGNOSTICOS:
            menos = replace(todo, diagnosticos=())
        elif not any(r.requerido for r in seccion.reactivos):
            claves = {seccion.clave_de(r) for r in seccion.reactivos}
            quedan = {c: v for c, v in todo.respuestas.items() if c not in claves}
            menos = replace(todo, respuestas=quedan)
        else:
            continue
        casos.append((seccion.titulo, seccion.numeral, menos))
    return casos


@cada_tipo
def test_it_is_finished_kept_and_printed_whole(
    autor: Acceso, borrador: UUID, tipo: TipoDeNota, encuentro: UUID
) -> None:
    contenido = contenido_completo(tipo)
    version = notas.guardar_borrador(
        autor, nota_id=borrador, contenido=contenido, version=1, ahora=AHORA
    )
    guardada = selectores.nota(autor, nota_id=borrador)
    assert guardada is not None
    assert notas.contenido_de(guardada.recurso) == contenido

    eventos = Evento.objects.count()
    notas.finalizar(autor, nota_id=borrador, contenido=contenido, version=version, ahora=AHORA)
    assert Evento.objects.count() == eventos + 1
    terminada = selectores.nota(autor, nota_id=borrador)
    assert terminada is not None
    assert terminada.finalizada
    assert terminada.tipo is tipo
    assert fhir.validar(terminada.recurso) == []
    assert notas.contenido_de(terminada.recurso).respuestas == contenido.respuestas

    leido = _leer(impresion.pdf(autor, terminada, [], ahora=AHORA))
    for esperado in (
        *("Hospital General de Ejemplo", "Consulta externa (CLUES OCSSA000001)"),
        *("Xóchitl Ibáñez Peña", "42 años", "Mujer", tipo.titulo, "23 de noviembre de 2026, 10:00"),
        *(autor.actor.nombre, "Cédula profesional 100000", "Página 1 de"),
    ):
        assert esperado in leido
    for seccion in tipo.secciones:
        assert seccion.titulo in leido
        for dicho in _dicho(seccion, contenido):
            assert dicho in leido, (seccion.clave, dicho)


def _leer(pdf: bytes) -> str:
    paginas = (pagina.extract_text() for pagina in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", " ".join(paginas))


def _dicho(seccion, contenido: Contenido) -> list[str]:  # type: ignore[no-untyped-def]
    if seccion.clase is Clase.TEXTO:
        return [contenido.textos[seccion.clave]]
    if seccion.clase is Clase.SIGNOS:
        return ["36.5 °C"]
    if seccion.clase is Clase.DIAGNOSTICOS:
        return ["E119 Diabetes mellitus tipo 2"]
    dichos = []
    for reactivo in seccion.reactivos:
        respuesta = {
            Forma.OPCION: lambda r: r.opciones[-1].titulo,
            Forma.MOMENTO: lambda r: "20 de noviembre de 2026, 08:30",
            Forma.CANTIDAD: lambda r: f"1,250.5 {r.unidad[0]}",
        }.get(reactivo.forma, lambda r: f"Respuesta a {r.clave}")
        dichos.append(f"{reactivo.titulo}: {respuesta(reactivo)}")
    return dichos


@cada_tipo
def test_it_is_not_finished_without_each_thing_its_norm_asks_for(
    autor: Acceso, borrador: UUID, tipo: TipoDeNota
) -> None:
    casos = sin_una_cosa(tipo)
    assert len(casos) >= len(tipo.requeridas)
    for titulo, numeral, contenido in casos:
        eventos = Evento.objects.count()
        with pytest.raises(notas.SeccionesIncompletas) as negado:
            notas.finalizar(autor, nota_id=borrador, contenido=contenido, version=1, ahora=AHORA)
        (falta,) = negado.value.faltas
        assert titulo in str(negado.value)
        assert numeral in str(negado.value)
        assert str(negado.value).startswith("Falta «")
        assert notas.faltantes(tipo, contenido) == (falta.seccion.clave,)
        assert Evento.objects.count() == eventos
    vacia = {f.seccion.clave for f in faltas(tipo, Contenido())}
    assert vacia == {s.clave for s in tipo.requeridas}
    nota = NotaClinica.objects.uno(autor, borrador)
    assert nota is not None
    assert not nota.finalizada


@cada_tipo
def test_who_may_not_write_it_does_not(
    elenco: Elenco, paciente: UUID, encuentro: UUID, tipo: TipoDeNota
) -> None:
    for usuario in (elenco.medica, elenco.enfermera):
        acceso = decision.abrir_paciente(
            elenco.actor(usuario), paciente, Permiso.NOTA_REDACTAR, ahora=AHORA
        )
        if tipo.autores & acceso.actor.roles:
            continue
        with pytest.raises(notas.RolSinEstaNota):
            notas.redactar(acceso, tipo=tipo.clave, encuentro_id=encuentro, ahora=AHORA)
        assert not Evento.objects.filter(tipo=TipoDeEvento.NOTA_REDACTADA).exists()


def test_who_may_not_write_it_adds_nothing_to_it(
    elenco: Elenco, paciente: UUID, encuentro: UUID
) -> None:
    tipo = TIPOS["evolucion"]
    medica = acceso_de_quien_escribe(elenco, paciente, tipo)
    nota = notas.redactar(medica, tipo=tipo.clave, encuentro_id=encuentro, ahora=AHORA)
    contenido = contenido_completo(tipo)
    notas.finalizar(medica, nota_id=nota, contenido=contenido, version=1, ahora=AHORA)
    enfermera = acceso_de_quien_escribe(elenco, paciente, TIPOS["enfermeria"])
    with pytest.raises(notas.RolSinEstaNota):
        notas.adendar(enfermera, nota_id=nota, texto="Algo", ahora=AHORA)
    assert not Evento.objects.filter(tipo=TipoDeEvento.NOTA_ADENDADA).exists()


def test_a_note_that_has_only_a_public_code_is_the_commonest_type_of_it() -> None:
    solo_loinc = {"coding": [{"system": "http://loinc.org", "code": "11506-3"}]}
    assert de_concepto(solo_loinc) is TIPOS["evolucion"]
    assert de_concepto({"coding": [{"system": "http://loinc.org", "code": "0-0"}]}) is None
    assert de_concepto({"text": "Nota"}) is None


@pytest.mark.parametrize(
    ("clave", "valor"),
    [
        ("heredofamiliares.diabetes", "quizá"),
        ("heredofamiliares.diabetes", AHORA),
        ("exploracion.cabeza", " "),
        ("exploracion.cabeza", AHORA.replace(tzinfo=None)),
    ],
)
def test_an_answer_of_another_kind_is_refused_and_changes_nothing(
    elenco: Elenco, paciente: UUID, encuentro: UUID, clave: str, valor: object
) -> None:
    tipo = TIPOS["historia-clinica"]
    acceso = acceso_de_quien_escribe(elenco, paciente, tipo)
    nota = notas.redactar(acceso, tipo=tipo.clave, encuentro_id=encuentro, ahora=AHORA)
    with pytest.raises(RespuestaInvalida):
        notas.guardar_borrador(
            acceso,
            nota_id=nota,
            contenido=Contenido(respuestas={clave: valor}),  # type: ignore[dict-item]
            version=1,
            ahora=AHORA,
        )
    guardada = selectores.nota(acceso, nota_id=nota)
    assert guardada is not None
    assert guardada.version == 1


def test_diagnoses_and_signs_of_a_finished_note_are_records(
    elenco: Elenco, paciente: UUID, encuentro: UUID
) -> None:
    tipo = TIPOS["ingreso"]
    acceso = acceso_de_quien_escribe(elenco, paciente, tipo)
    nota = notas.redactar(acceso, tipo=tipo.clave, encuentro_id=encuentro, ahora=AHORA)
    contenido = contenido_completo(tipo)
    notas.finalizar(acceso, nota_id=nota, contenido=contenido, version=1, ahora=AHORA)
    terminada = selectores.nota(acceso, nota_id=nota)
    assert terminada is not None
    citados = {
        entrada["reference"].split("/")[0]
        for seccion in terminada.recurso["section"]
        for entrada in seccion.get("entry", ())
    }
    assert citados == {"Observation", "Condition"}
