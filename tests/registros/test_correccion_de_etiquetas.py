"""A label corrected by a clinician: a new version in which only `meta` changed, even of a note."""

from dataclasses import replace
from uuid import UUID

import psycopg
import pytest

from auditoria import bitacora
from auditoria.actos import acto
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece import fhir
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.catalogos import sensibles
from registros.catalogos.notas import TIPOS
from registros.catalogos.sensibles import Categoria
from registros.models import Diagnostico, NotaClinica
from registros.models.base import Recurso
from registros.selectors import etiquetas as ver
from registros.services import diagnosticos, etiquetas, notas
from registros.services.diagnosticos import NuevoDiagnostico
from tests.elenco import AHORA, XOCHITL, Elenco, acceso_de_medica, en_consulta, registrar
from tests.registros.nota_de_ejemplo import contenido_completo

pytestmark = pytest.mark.django_db
MOTIVO = "El resultado era de otra persona"


@pytest.fixture
def vih(acceso: Acceso) -> UUID:
    return diagnosticos.registrar(
        acceso,
        diagnostico=NuevoDiagnostico("B24X", "Enfermedad por VIH", "prueba"),
        encuentro_id=None,
        ahora=AHORA,
    )


@pytest.fixture
def nota(elenco: Elenco, acceso: Acceso) -> UUID:
    encuentro = en_consulta(elenco, acceso.paciente)
    id_ = notas.redactar(acceso, tipo="evolucion", encuentro_id=encuentro, ahora=AHORA)
    completo = contenido_completo(TIPOS["evolucion"])
    textos = {**completo.textos, "evolucion": "Antecedente de sífilis tratada."}
    completo = replace(completo, textos=textos)
    notas.finalizar(acceso, nota_id=id_, contenido=completo, version=1, ahora=AHORA)
    return id_


def corregir(acceso: Acceso, tipo: str, id_: UUID, **cambios: set[Categoria]) -> int:
    return etiquetas.corregir(
        acceso,
        tipo=tipo,
        id=id_,
        agregar=cambios.get("agregar", set()),
        retirar=cambios.get("retirar", set()),
        motivo=MOTIVO,
        ahora=AHORA,
    )


def sin_meta(recurso: Recurso) -> bytes:
    return fhir.json.canonico({k: v for k, v in recurso.items() if k != "meta"})


def test_se_retira_se_pone_y_queda_un_evento(acceso: Acceso, vih: UUID) -> None:
    antes = Diagnostico.objects.uno(acceso, vih)
    assert antes is not None
    assert [e.categoria for e in ver.de_recurso(acceso, antes.recurso).puestas] == [Categoria.VIH]
    version = corregir(
        acceso, "Condition", vih, retirar={Categoria.VIH}, agregar={Categoria.VIOLENCIA}
    )
    despues = Diagnostico.objects.uno(acceso, vih)
    assert despues is not None
    assert (version, despues.version) == (2, 2)
    assert sensibles.etiquetar(despues.recurso) == {Categoria.VIOLENCIA}
    assert sin_meta(despues.recurso) == sin_meta(antes.recurso)
    (retirada, puesta) = sorted(
        (e for e in ver.de_recurso(acceso, despues.recurso).corregidas), key=lambda e: e.puesta
    )
    assert (retirada.categoria, puesta.categoria) == (Categoria.VIH, Categoria.VIOLENCIA)
    assert retirada.correccion is not None
    assert (retirada.correccion.motivo, retirada.correccion.quien) == (MOTIVO, acceso.actor.nombre)
    evento = Evento.objects.get(tipo=TipoDeEvento.ETIQUETA_CORREGIDA)
    assert MOTIVO.encode() not in bytes(evento.contenido)
    # and back again: what was withdrawn can be put, and leaves one reason, the last
    corregir(acceso, "Condition", vih, agregar={Categoria.VIH}, retirar={Categoria.VIOLENCIA})
    final = Diagnostico.objects.uno(acceso, vih)
    assert final is not None
    assert sensibles.etiquetar(final.recurso) == {Categoria.VIH}
    assert len(final.recurso["meta"]["extension"]) == 2


def test_una_nota_terminada_solo_cambia_en_su_meta(acceso: Acceso, nota: UUID) -> None:
    antes = NotaClinica.objects.uno(acceso, nota)
    assert antes is not None
    assert sensibles.etiquetar(antes.recurso) == {Categoria.VIH}
    corregir(acceso, "Composition", nota, retirar={Categoria.VIH})
    despues = NotaClinica.objects.uno(acceso, nota)
    assert despues is not None
    assert (despues.version, despues.estado) == (antes.version + 1, "final")
    assert (despues.autor, despues.fecha) == (antes.autor, antes.fecha)
    assert sin_meta(despues.recurso) == sin_meta(antes.recurso)
    assert not sensibles.etiquetar(despues.recurso)


def test_la_correccion_sigue_en_las_versiones_que_vengan(acceso: Acceso, vih: UUID) -> None:
    corregir(acceso, "Condition", vih, retirar={Categoria.VIH})
    fila = Diagnostico.objects.uno(acceso, vih)
    assert fila is not None
    sin_etiquetas = {k: v for k, v in fila.recurso.items() if k != "meta"}
    with acto(acceso, tipo=TipoDeEvento.PROBLEMA_CAMBIADO, ahora=AHORA) as el_acto:
        el_acto.reemplazar(fila.siguiente(acceso, sin_etiquetas, ahora=AHORA))
    despues = Diagnostico.objects.uno(acceso, vih)
    assert despues is not None
    assert (despues.version, sensibles.etiquetar(despues.recurso)) == (3, frozenset())


@pytest.mark.parametrize("tipo", [TipoDeEvento.NOTA_GUARDADA, TipoDeEvento.RECURSO_ACTUALIZADO])
def test_con_otro_evento_la_nota_no_cambia(acceso: Acceso, nota: UUID, tipo: TipoDeEvento) -> None:
    fila = NotaClinica.objects.uno(acceso, nota)
    assert fila is not None
    with (
        pytest.raises(psycopg.errors.IntegrityConstraintViolation),
        acto(acceso, tipo=tipo, ahora=AHORA) as el_acto,
    ):
        el_acto.reemplazar(fila.siguiente(acceso, fila.recurso, ahora=AHORA))


def test_ni_con_el_suyo_si_cambia_de_estado_o_de_autor(
    elenco: Elenco, acceso: Acceso, nota: UUID
) -> None:
    fila = NotaClinica.objects.uno(acceso, nota)
    assert fila is not None
    borrador = {**fila.recurso, "status": "preliminary"}
    ajeno = fila.siguiente(acceso, fila.recurso, ahora=AHORA)
    ajeno.autor = elenco.medico_ajeno.pk
    for proxima in (fila.siguiente(acceso, borrador, ahora=AHORA), ajeno):
        with (
            pytest.raises(psycopg.errors.IntegrityConstraintViolation),
            acto(acceso, tipo=TipoDeEvento.ETIQUETA_CORREGIDA, ahora=AHORA) as el_acto,
        ):
            el_acto.reemplazar(proxima)


def test_lo_que_no_se_corrige(elenco: Elenco, acceso: Acceso, vih: UUID) -> None:
    with pytest.raises(etiquetas.SinCambio):
        corregir(acceso, "Condition", vih, agregar={Categoria.VIH})
    with pytest.raises(etiquetas.SinCambio):
        corregir(acceso, "Condition", vih)
    with pytest.raises(etiquetas.SinMotivo):
        etiquetas.corregir(
            acceso,
            tipo="Condition",
            id=vih,
            agregar=(),
            retirar=[Categoria.VIH],
            motivo=" ",
            ahora=AHORA,
        )
    with pytest.raises(etiquetas.RegistroInexistente):
        corregir(acceso, "Patient", acceso.paciente, agregar={Categoria.VIH})
    with pytest.raises(etiquetas.RegistroInexistente):
        corregir(acceso, "Observation", vih, agregar={Categoria.VIOLENCIA})
    encuentro = en_consulta(elenco, acceso.paciente)
    borrador = notas.redactar(acceso, tipo="evolucion", encuentro_id=encuentro, ahora=AHORA)
    with pytest.raises(etiquetas.NotaSinTerminar):
        corregir(acceso, "Composition", borrador, agregar={Categoria.VIOLENCIA})


def test_sin_el_permiso_no(elenco: Elenco, acceso: Acceso, vih: UUID) -> None:
    en_consulta(elenco, acceso.paciente)
    enfermera = decision.abrir_paciente(
        elenco.actor(elenco.enfermera), acceso.paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA
    )
    with pytest.raises(PermisoInsuficiente):
        corregir(enfermera, "Condition", vih, retirar={Categoria.VIH})


def test_de_otro_paciente_no(elenco: Elenco, acceso: Acceso, vih: UUID) -> None:
    otro = registrar(elenco, replace(XOCHITL, nombre="Otra"))
    en_consulta(elenco, otro)
    with pytest.raises(etiquetas.RegistroInexistente):
        corregir(acceso_de_medica(elenco, otro), "Condition", vih, retirar={Categoria.VIH})


def test_si_falla_el_evento_no_se_corrige(
    acceso: Acceso, vih: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    rota = ("INSERT INTO auditoria_evento (id) VALUES (%s)", ["no es un id"])
    monkeypatch.setattr(bitacora, "insercion", lambda eventos: rota)
    with pytest.raises(psycopg.Error):
        corregir(acceso, "Condition", vih, retirar={Categoria.VIH})
    monkeypatch.undo()
    fila = Diagnostico.objects.uno(acceso, vih)
    assert fila is not None
    assert (fila.version, sensibles.etiquetar(fila.recurso)) == (1, {Categoria.VIH})
