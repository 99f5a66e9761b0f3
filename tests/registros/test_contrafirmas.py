"""A student writes, a physician answers for it: nothing is final until both have signed."""

import io
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from pypdf import PdfReader

from auditoria import bitacora
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece.identidad.models import Asignacion, Usuario
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso, Rol
from ece.web.impresion import notas as impresion
from registros.catalogos.notas import TIPOS
from registros.models import Diagnostico, Observacion
from registros.selectors import notas as selectores
from registros.selectors import pendientes
from registros.selectors import tareas as ver_tareas
from registros.services import contrafirmas, notas
from tests.elenco import AHORA, XOCHITL, Elenco, acceso_de_medica, en_consulta, registrar
from tests.registros.nota_de_ejemplo import con_concesion, contenido_completo, en_puesto

pytestmark = pytest.mark.django_db


@pytest.fixture
def encuentro(elenco: Elenco, paciente: UUID) -> UUID:
    return en_consulta(elenco, paciente)


@pytest.fixture
def interno(elenco: Elenco) -> Usuario:
    return en_puesto(elenco, Rol.INTERNO)


@pytest.fixture
def estudiante(elenco: Elenco, paciente: UUID, encuentro: UUID, interno: Usuario) -> Acceso:
    return con_concesion(elenco, interno, paciente)


@pytest.fixture
def medica(elenco: Elenco, paciente: UUID, encuentro: UUID) -> Acceso:
    return acceso_de_medica(elenco, paciente)


def presentar(estudiante: Acceso, nota: UUID) -> None:
    vigente = selectores.nota(estudiante, nota_id=nota)
    assert vigente is not None
    completo = contenido_completo(TIPOS["evolucion"])
    notas.finalizar(
        estudiante, nota_id=nota, contenido=completo, version=vigente.version, ahora=AHORA
    )


@pytest.fixture
def nota(estudiante: Acceso, encuentro: UUID) -> UUID:
    """A note finished by a student, waiting."""
    id_ = notas.redactar(estudiante, tipo="evolucion", encuentro_id=encuentro, ahora=AHORA)
    presentar(estudiante, id_)
    return id_


def vista(acceso: Acceso, nota: UUID) -> selectores.Nota:
    encontrada = selectores.nota(acceso, nota_id=nota)
    assert encontrada is not None
    return encontrada


def por_atender(elenco: Elenco, usuario: Usuario) -> list[tuple[str, str, str]]:
    """(what it opens, title, detail) of every line of the home page, but results."""
    actor = elenco.actor(usuario)
    alcance = decision.alcanzar(actor, Permiso.EXPEDIENTE_LEER, motivo="pendientes", ahora=AHORA)
    hallado = pendientes.hallar(alcance, ahora=AHORA, paginas={})
    accesos = decision.abrir_pacientes(
        actor, hallado.pacientes, Permiso.EXPEDIENTE_LEER, ahora=AHORA
    )
    listas = pendientes.abrir(alcance, accesos, hallado, ahora=AHORA, paginas={})
    return [(p.tipo, p.titulo, p.detalle) for p in (*listas.tareas, *listas.borradores)]


def test_lo_que_termina_un_estudiante_espera(
    elenco: Elenco, estudiante: Acceso, medica: Acceso, nota: UUID
) -> None:
    esperando = vista(medica, nota)
    assert (esperando.estado, esperando.en_espera) == ("preliminary", True)
    assert Evento.objects.filter(tipo=TipoDeEvento.NOTA_PRESENTADA).count() == 1
    assert not list(Observacion.objects.de(medica))
    assert not list(Diagnostico.objects.de(medica))
    titulo = "Contrafirmar: Nota de evolución"
    assert por_atender(elenco, elenco.medica) == [("Composition", titulo, "")]
    alcance = decision.alcanzar(
        medica.actor, Permiso.PACIENTE_LISTAR, motivo="resultados", ahora=AHORA
    )
    assert ver_tareas.pendientes(alcance, ahora=AHORA) == []
    with pytest.raises(notas.NotaYaFinalizada):
        presentar(estudiante, nota)
    with pytest.raises(notas.NotaYaFinalizada):
        notas.guardar_borrador(
            estudiante,
            nota_id=nota,
            contenido=contenido_completo(TIPOS["evolucion"]),
            version=esperando.version,
            ahora=AHORA,
        )


def test_contrafirmada_es_final_y_de_su_autor(
    elenco: Elenco, estudiante: Acceso, medica: Acceso, nota: UUID
) -> None:
    contrafirmas.contrafirmar(medica, nota_id=nota, ahora=AHORA)
    final = vista(medica, nota)
    assert (final.estado, final.en_espera) == ("final", False)
    assert final.autor_id == estudiante.actor.id
    assert final.autor == estudiante.actor.nombre
    assert final.contrafirma is not None
    assert final.contrafirma.quien_id == medica.actor.id
    modos = [(a["mode"], a["party"]["display"]) for a in final.recurso["attester"]]
    assert modos == [
        ("professional", estudiante.actor.nombre),
        ("legal", medica.actor.nombre),
    ]
    assert Evento.objects.filter(tipo=TipoDeEvento.NOTA_CONTRAFIRMADA).count() == 1
    assert por_atender(elenco, elenco.medica) == []
    (signo,) = Observacion.objects.de(medica)
    assert signo.recurso["performer"][0]["display"] == estudiante.actor.nombre
    (diagnostico,) = Diagnostico.objects.de(medica)
    assert diagnostico.recurso["recorder"]["display"] == estudiante.actor.nombre
    assert diagnostico.recurso["asserter"]["display"] == medica.actor.nombre
    pdf = impresion.pdf(medica, final, [], ahora=AHORA)
    texto = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages)
    assert texto.index("Elaboró") < texto.index(estudiante.actor.nombre)
    assert texto.index("Contrafirmó") < texto.index("Elena")
    with pytest.raises(contrafirmas.NadaQueContrafirmar):
        contrafirmas.contrafirmar(medica, nota_id=nota, ahora=AHORA)


def test_devuelta_dice_por_que_y_se_presenta_otra_vez(
    elenco: Elenco, interno: Usuario, estudiante: Acceso, medica: Acceso, nota: UUID
) -> None:
    with pytest.raises(contrafirmas.SinMotivo):
        contrafirmas.devolver(medica, nota_id=nota, motivo=" ", ahora=AHORA)
    contrafirmas.devolver(medica, nota_id=nota, motivo="Falta la dosis", ahora=AHORA)
    devuelta = vista(estudiante, nota)
    assert (devuelta.en_espera, devuelta.autor_id) == (False, interno.pk)
    assert ver_tareas.devolucion(estudiante, nota_id=nota) == "Falta la dosis"
    assert Evento.objects.filter(tipo=TipoDeEvento.NOTA_DEVUELTA).count() == 1
    assert por_atender(elenco, elenco.medica) == []
    assert ("Composition", "Corregir: Nota de evolución", "Falta la dosis") in por_atender(
        elenco, interno
    )
    with pytest.raises(contrafirmas.NadaQueContrafirmar):
        contrafirmas.contrafirmar(medica, nota_id=nota, ahora=AHORA)
    presentar(estudiante, nota)
    assert ver_tareas.devolucion(estudiante, nota_id=nota) == ""
    assert por_atender(elenco, interno) == [
        ("Composition", "Nota de evolución", "En espera de contrafirma")
    ]
    contrafirmas.contrafirmar(medica, nota_id=nota, ahora=AHORA)
    assert vista(medica, nota).finalizada


def test_no_la_contrafirma_quien_la_escribio_ni_quien_no_puede(
    elenco: Elenco, paciente: UUID, encuentro: UUID, estudiante: Acceso, nota: UUID
) -> None:
    with pytest.raises(PermisoInsuficiente):
        contrafirmas.contrafirmar(estudiante, nota_id=nota, ahora=AHORA)
    residente = con_concesion(elenco, en_puesto(elenco, Rol.RESIDENTE), paciente)
    with pytest.raises(PermisoInsuficiente):
        contrafirmas.devolver(residente, nota_id=nota, motivo="No", ahora=AHORA)
    suya = notas.redactar(residente, tipo="evolucion", encuentro_id=encuentro, ahora=AHORA)
    presentar(residente, suya)
    assert vista(residente, suya).finalizada


def test_quien_ya_es_medico_no_contrafirma_lo_que_escribio_de_estudiante(
    elenco: Elenco, interno: Usuario, paciente: UUID, nota: UUID
) -> None:
    Asignacion.objects.create(
        usuario=interno, rol=Rol.MEDICO, unidad_id=elenco.consulta, desde=AHORA - timedelta(days=1)
    )
    with pytest.raises(contrafirmas.AutorDeLaNota):
        contrafirmas.contrafirmar(
            con_concesion(elenco, interno, paciente), nota_id=nota, ahora=AHORA
        )


def test_el_estudiante_no_escribe_otras_notas_ni_adendas(
    estudiante: Acceso, medica: Acceso, encuentro: UUID, nota: UUID
) -> None:
    with pytest.raises(notas.RolSinEstaNota):
        notas.redactar(estudiante, tipo="egreso", encuentro_id=encuentro, ahora=AHORA)
    contrafirmas.contrafirmar(medica, nota_id=nota, ahora=AHORA)
    with pytest.raises(notas.RolSinEstaNota):
        notas.adendar(estudiante, nota_id=nota, texto="Algo más", ahora=AHORA)


def test_de_otro_paciente_no(elenco: Elenco, nota: UUID) -> None:
    otro = registrar(elenco, replace(XOCHITL, nombre="Otra"))
    en_consulta(elenco, otro)
    with pytest.raises(notas.NotaInexistente):
        contrafirmas.contrafirmar(acceso_de_medica(elenco, otro), nota_id=nota, ahora=AHORA)


@pytest.mark.parametrize("accion", ["contrafirmar", "devolver"])
def test_si_falla_el_evento_sigue_esperando(
    medica: Acceso, nota: UUID, accion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rota = ("INSERT INTO no_existe VALUES (%s)", [1])
    monkeypatch.setattr(bitacora, "insercion", lambda eventos: rota)
    extra = {"motivo": "Algo"} if accion == "devolver" else {}
    with pytest.raises(psycopg.Error):
        getattr(contrafirmas, accion)(medica, nota_id=nota, **extra, ahora=AHORA)
    monkeypatch.undo()
    assert vista(medica, nota).en_espera
    assert not list(Observacion.objects.de(medica))
