"""Each step of a request: it works and leaves one event, refuses, and is undone with its event."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection

from auditoria import bitacora
from auditoria.models import Evento
from consentimiento import arco as maquina
from consentimiento import decision, directivas
from consentimiento.arco import (
    Calidad,
    Canal,
    Derecho,
    Estado,
    FueraDePlazo,
    Paso,
    PasoImposible,
    Situacion,
)
from consentimiento.decision import AccesoDenegado
from consentimiento.models import Bloqueo, SolicitudArco
from consentimiento.selectors import arco as selectores
from consentimiento.services import arco, conservacion
from ece.nucleo import llavero
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.llavero import LlaveDestruida
from ece.nucleo.roles import Permiso
from registros.models import Consentimiento
from registros.selectors import expediente, rectificaciones
from tests import elenco as reparto
from tests.consentimiento.solicitudes import TEXTOS, dar, de_oficial, en_ventanilla, pedida
from tests.elenco import AHORA, INTEGRACION, Elenco
from tests.registros import clinica

HOY = date(2026, 11, 23)
PUBLICO, PARTICULAR = arco.terminos("publico"), arco.terminos("particular")
HASTA: dict[Paso, tuple[Paso, ...]] = {
    Paso.ADMITIR: (),
    Paso.INCOMPETENCIA: (),
    Paso.RECONDUCIR: (),
    Paso.PREVENIR: (),
    Paso.DESAHOGAR: (Paso.PREVENIR,),
    Paso.PRORROGAR: (Paso.ADMITIR,),
    Paso.CONCEDER: (Paso.ADMITIR,),
    Paso.EFECTUAR: (Paso.ADMITIR, Paso.CONCEDER),
    Paso.INEXISTENCIA: (Paso.ADMITIR,),
    Paso.RECURRIR: (Paso.INCOMPETENCIA,),
    Paso.CONFIRMAR: (Paso.INCOMPETENCIA, Paso.RECURRIR),
    Paso.MODIFICAR: (Paso.INCOMPETENCIA, Paso.RECURRIR),
}
"""step -> those that lead to where it can be taken."""


@pytest.fixture
def oficial(elenco: Elenco, paciente: UUID) -> Acceso:
    return de_oficial(elenco, paciente)


@pytest.mark.parametrize("paso", HASTA)
def test_each_step_moves_the_request_and_leaves_one_event(
    elenco: Elenco, paciente: UUID, oficial: Acceso, paso: Paso
) -> None:
    id_ = pedida(elenco, paciente)
    dar(oficial, id_, *HASTA[paso], paso)
    fila = SolicitudArco.objects.get(pk=id_)
    _, hasta, tipo = maquina.PASOS[paso]
    assert fila.estado == hasta
    assert (fila.vence is None) is (hasta in maquina.FINALES | {Estado.RECURRIDA})
    (evento,) = Evento.objects.filter(tipo=tipo.value)
    assert evento.pacientes == [paciente]
    assert json.loads(bytes(evento.contenido))["detalle"] == {"solicitud": str(id_)}
    visto = selectores.detalle(oficial, solicitud_id=id_, hoy=HOY)
    assert visto is not None
    assert visto.dichos[-1].paso == paso.value


@pytest.mark.parametrize("paso", HASTA)
def test_no_step_is_taken_twice_nor_of_anothers_request(
    elenco: Elenco, paciente: UUID, oficial: Acceso, paso: Paso
) -> None:
    id_ = pedida(elenco, paciente)
    dar(oficial, id_, *HASTA[paso], paso)
    with pytest.raises(PasoImposible):
        dar(oficial, id_, paso)
    otro = de_oficial(elenco, reparto.registrar(elenco))
    with pytest.raises(arco.SolicitudInexistente):
        dar(otro, id_, paso)


def test_who_asks_does_not_answer_but_clarifies(
    elenco: Elenco, paciente: UUID, oficial: Acceso
) -> None:
    id_ = pedida(elenco, paciente)
    ventanilla = en_ventanilla(elenco, paciente)
    with pytest.raises(PermisoInsuficiente):
        dar(ventanilla, id_, Paso.ADMITIR)
    dar(oficial, id_, Paso.PREVENIR)
    dar(ventanilla, id_, Paso.DESAHOGAR)
    assert SolicitudArco.objects.get(pk=id_).estado == Estado.EN_RESOLUCION


def test_an_audit_failure_undoes_the_request_and_the_step(
    elenco: Elenco, paciente: UUID, oficial: Acceso, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = pedida(elenco, paciente)
    acceso = en_ventanilla(elenco, paciente)

    def falla(*_: Any) -> Any:
        raise RuntimeError("sin bitácora")

    monkeypatch.setattr(bitacora, "insercion", falla)
    with pytest.raises(RuntimeError):
        dar(oficial, id_, Paso.ADMITIR)
    with pytest.raises(RuntimeError):
        arco.presentar(
            acceso,
            derecho=Derecho.ACCESO,
            calidad=Calidad.TITULAR,
            canal=Canal.PORTAL,
            textos=TEXTOS,
            ahora=AHORA,
        )
    assert SolicitudArco.objects.get().estado == Estado.RECIBIDA


def test_a_request_without_what_the_law_asks_is_not_received(
    elenco: Elenco, paciente: UUID
) -> None:
    with pytest.raises(arco.RequisitosIncompletos) as falta:
        arco.presentar(
            en_ventanilla(elenco, paciente),
            derecho=Derecho.OPOSICION,
            calidad=Calidad.REPRESENTANTE,
            canal=Canal.VENTANILLA,
            textos={"peticion": "Algo", "medio": " "},
            ahora=AHORA,
        )
    assert falta.value.faltan == ("solicitante", "identidad", "medio", "acredita", "fin")
    assert not SolicitudArco.objects.exists()


def test_a_denial_names_its_cause(elenco: Elenco, paciente: UUID, oficial: Acceso) -> None:
    id_ = pedida(elenco, paciente)
    dar(oficial, id_, Paso.ADMITIR)
    with pytest.raises(arco.CausalRequerida):
        dar(oficial, id_, Paso.NEGAR)
    arco.dar_paso(
        oficial, solicitud_id=id_, paso=Paso.NEGAR, texto="Ley", causal="49-III", ahora=AHORA
    )
    fila = SolicitudArco.objects.get(pk=id_)
    assert (fila.estado, fila.causal, fila.vence) == (Estado.IMPROCEDENTE, "49-III", None)


def en(estado: Estado, **otros: Any) -> Situacion:
    return Situacion(estado, HOY, otros.pop("vence", HOY + timedelta(days=28)), **otros)


def test_the_terms_that_the_law_gives_a_step_are_kept() -> None:
    recibida = maquina.recibida(HOY, PUBLICO, ())
    assert recibida.vence == date(2026, 12, 21)
    for paso, ultimo in (
        (Paso.INCOMPETENCIA, date(2026, 11, 26)),
        (Paso.RECONDUCIR, date(2026, 11, 30)),
        (Paso.PREVENIR, date(2026, 11, 30)),
    ):
        maquina.dar(recibida, paso, ultimo, PUBLICO, ())
        with pytest.raises(FueraDePlazo):
            maquina.dar(recibida, paso, ultimo + timedelta(days=1), PUBLICO, ())
    prevenida = maquina.dar(recibida, Paso.PREVENIR, HOY, PUBLICO, ())
    assert prevenida.vence == date(2026, 12, 7)
    with pytest.raises(FueraDePlazo):
        maquina.dar(prevenida, Paso.NO_PRESENTAR, date(2026, 12, 7), PUBLICO, ())
    vencida = maquina.dar(prevenida, Paso.NO_PRESENTAR, date(2026, 12, 8), PUBLICO, ())
    assert vencida == Situacion(Estado.NO_PRESENTADA, date(2026, 12, 8), None)
    with pytest.raises(FueraDePlazo):
        maquina.dar(prevenida, Paso.DESAHOGAR, date(2026, 12, 8), PUBLICO, ())
    desahogada = maquina.dar(prevenida, Paso.DESAHOGAR, date(2026, 12, 7), PUBLICO, ())
    assert (desahogada.base, desahogada.vence) == (date(2026, 12, 7), date(2027, 1, 6))


def test_each_regime_extends_once_and_its_own_way() -> None:
    abierta = maquina.dar(maquina.recibida(HOY, PUBLICO, ()), Paso.ADMITIR, HOY, PUBLICO, ())
    publica = maquina.dar(abierta, Paso.PRORROGAR, HOY, PUBLICO, ())
    particular = maquina.dar(abierta, Paso.PRORROGAR, HOY, PARTICULAR, ())
    assert (publica.vence, particular.vence) == (date(2027, 1, 6), date(2027, 1, 20))
    with pytest.raises(PasoImposible):
        maquina.dar(publica, Paso.PRORROGAR, HOY, PUBLICO, ())
    procede = maquina.dar(abierta, Paso.CONCEDER, HOY, PARTICULAR, ())
    with pytest.raises(PasoImposible):
        maquina.dar(procede, Paso.AMPLIAR, HOY, PUBLICO, ())
    ampliada = maquina.dar(procede, Paso.AMPLIAR, HOY, PARTICULAR, ())
    assert (procede.vence, ampliada.vence) == (date(2026, 12, 14), date(2027, 1, 6))
    with pytest.raises(PasoImposible):
        maquina.dar(ampliada, Paso.AMPLIAR, HOY, PARTICULAR, ())


def test_what_ended_goes_nowhere_and_what_is_open_goes_on() -> None:
    for estado in Estado:
        pasos = maquina.posibles(en(estado), HOY, PARTICULAR, ())
        salvo_recurrir = set(pasos) - {Paso.RECURRIR}
        assert bool(salvo_recurrir) is (estado not in maquina.FINALES), estado


def test_what_was_asked_is_encrypted_and_not_for_who_treats(
    elenco: Elenco, paciente: UUID, acceso: Acceso
) -> None:
    id_ = pedida(elenco, paciente)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM consentimiento_solicitudarco t")
        assert "copia" not in cursor.fetchone()[0]
    linea = expediente.linea_de_tiempo(acceso)
    assert "Communication" not in {e.tipo for e in linea.entradas}
    with pytest.raises(PermisoInsuficiente):
        selectores.detalle(de_enfermera(elenco, paciente), solicitud_id=id_, hoy=HOY)


def de_enfermera(elenco: Elenco, paciente: UUID) -> Acceso:
    return decision.abrir_paciente(
        elenco.actor(elenco.enfermera), paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA
    )


def test_the_officer_reads_no_record(elenco: Elenco, oficial: Acceso) -> None:
    with pytest.raises(PermisoInsuficiente):
        expediente.linea_de_tiempo(oficial)
    with pytest.raises(PermisoInsuficiente):
        expediente.resumen(oficial, hoy=HOY)


def test_a_rectification_stands_beside_the_datum_and_changes_nothing_of_it(
    elenco: Elenco, paciente: UUID, acceso: Acceso, oficial: Acceso
) -> None:
    problema = clinica.problema(acceso)
    antes = expediente.registro(acceso, tipo="Condition", id=problema)
    id_ = pedida(
        elenco,
        paciente,
        Derecho.RECTIFICACION,
        peticion="No tengo diabetes.",
        registro=f"Condition/{problema}",
    )
    dar(oficial, id_, Paso.ADMITIR, Paso.CONCEDER, Paso.EFECTUAR)
    (nota,) = rectificaciones.sobre(acceso, tipo="Condition", id=problema)
    assert (nota.pedido, nota.resuelto) == ("No tengo diabetes.", "Se le dice.")
    assert expediente.registro(acceso, tipo="Condition", id=problema) == antes


def test_an_opposition_becomes_a_directive(elenco: Elenco, paciente: UUID, oficial: Acceso) -> None:
    id_ = pedida(elenco, paciente, Derecho.OPOSICION)
    dar(oficial, id_, Paso.ADMITIR, Paso.CONCEDER, Paso.EFECTUAR)
    assert not Consentimiento.objects.de(oficial).exists()  # who answers reads no record
    sistema = decision.abrir_paciente(INTEGRACION, paciente, Permiso.RECURSO_LEER, ahora=AHORA)
    (consentimiento,) = Consentimiento.objects.de(sistema)
    provision = consentimiento.recurso["provision"]
    assert (provision["type"], provision["purpose"][0]["code"]) == ("deny", "HRESCH")
    (directiva,) = directivas.leer(consentimiento.id, consentimiento.recurso)
    assert (directiva.permite, directiva.propositos) == (False, frozenset({"HRESCH"}))


def cancelado(elenco: Elenco, paciente: UUID, oficial: Acceso) -> Bloqueo:
    id_ = pedida(elenco, paciente, Derecho.CANCELACION)
    dar(oficial, id_, Paso.ADMITIR, Paso.CONCEDER, Paso.EFECTUAR)
    return Bloqueo.objects.get(paciente=paciente)


def test_a_cancelled_record_is_kept_five_years_from_the_last_act_and_then_shredded(
    elenco: Elenco, paciente: UUID, acceso: Acceso, oficial: Acceso
) -> None:
    bloqueo = cancelado(elenco, paciente, oficial)
    assert bloqueo.conserva_hasta == date(2031, 11, 23)
    ultimo_dia = datetime(2031, 11, 23, 18, tzinfo=AHORA.tzinfo)
    assert conservacion.destruir_vencidos(ahora=ultimo_dia) == []
    despues = ultimo_dia + timedelta(days=1)
    assert conservacion.destruir_vencidos(ahora=despues) == [paciente]
    assert Evento.objects.filter(tipo="llave.destruida", pacientes=[paciente]).count() == 1
    with pytest.raises(LlaveDestruida):
        llavero.clave_clinica(acceso)
    assert conservacion.destruir_vencidos(ahora=despues) == []
    call_command("conservacion")


def test_a_legal_hold_stops_the_clock_and_an_act_restarts_it(
    elenco: Elenco, paciente: UUID, acceso: Acceso, oficial: Acceso
) -> None:
    cancelado(elenco, paciente, oficial)
    luego = datetime(2033, 1, 1, tzinfo=AHORA.tzinfo)
    conservacion.retener(oficial, retenido=True, ahora=AHORA)
    assert conservacion.destruir_vencidos(ahora=luego) == []
    conservacion.retener(oficial, retenido=False, ahora=AHORA)
    Bloqueo.objects.update(conserva_hasta=date(2026, 1, 1))
    assert conservacion.destruir_vencidos(ahora=AHORA) == []
    assert Bloqueo.objects.get().conserva_hasta == date(2031, 11, 23)
    assert Evento.objects.filter(tipo="bloqueo.retenido").count() == 2


def test_shredding_is_undone_with_its_event(
    elenco: Elenco,
    paciente: UUID,
    acceso: Acceso,
    oficial: Acceso,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cancelado(elenco, paciente, oficial)

    def falla(*_: Any) -> Any:
        raise RuntimeError("sin bitácora")

    with monkeypatch.context() as parche:
        parche.setattr(bitacora, "anexar", falla)
        with pytest.raises(RuntimeError):
            conservacion.destruir_vencidos(ahora=datetime(2033, 1, 1, tzinfo=AHORA.tzinfo))
    assert llavero.clave_clinica(acceso)
    assert Bloqueo.objects.get().destruido_at is None


def test_a_blocked_record_is_used_by_nobody_but_whose_it_is(
    elenco: Elenco, paciente: UUID, oficial: Acceso
) -> None:
    """Not by who treats them, nor by admission, nor by our own machines."""
    reparto.en_consulta(elenco, paciente)
    reparto.acceso_de_medica(elenco, paciente)
    cancelado(elenco, paciente, oficial)
    for quien, permiso, porque in (
        (elenco.actor(elenco.medica), Permiso.EXPEDIENTE_LEER, "bloqueo"),
        (elenco.actor(elenco.archivo), Permiso.PACIENTE_LEER, "bloqueo"),
        (INTEGRACION, Permiso.RECURSO_LEER, "directiva"),
    ):
        with pytest.raises(AccesoDenegado, match=porque):
            decision.abrir_paciente(quien, paciente, permiso, ahora=AHORA)
