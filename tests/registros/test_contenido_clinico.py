"""Problems, allergies, scales, history, vaccines and pregnancy: each service, by the same rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db import connection

from auditoria import bitacora
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece import fhir
from ece.nucleo.acceso import PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.selectors import alergias as selector_de_alergias
from registros.selectors import antecedentes as selector_de_antecedentes
from registros.selectors import calculados, expediente, recursos
from registros.selectors import embarazo as selector_de_embarazo
from registros.selectors import escalas as selector_de_escalas
from registros.selectors import problemas as selector_de_problemas
from registros.selectors import signos as selector_de_signos
from registros.selectors import vacunas as selector_de_vacunas
from registros.services import alergias, embarazo, escalas, problemas, signos
from registros.services import recursos as servicio_de_recursos
from registros.services.alergias import Cambio, Categoria, Criticidad
from tests.elenco import AHORA, XOCHITL, acceso_de_medica, en_consulta, registrar
from tests.registros import clinica

pytestmark = pytest.mark.django_db
todos = pytest.mark.parametrize("clave", clinica.SERVICIOS)


def _del_paciente(acceso):
    return recursos.compartimento(acceso, limite=200)


@pytest.fixture
def de_archivo(elenco, paciente):
    """What archivo may do to the patient: identify, nothing clinical."""
    actor = elenco.actor(elenco.archivo)
    return decision.abrir_paciente(actor, paciente, Permiso.PACIENTE_LEER, ahora=AHORA)


@pytest.fixture
def ajeno(elenco, acceso):
    """The same physician's access to somebody else."""
    otro = registrar(elenco, replace(XOCHITL, nombre="Otra"))
    en_consulta(elenco, otro)
    return acceso_de_medica(elenco, otro)


@todos
def test_each_service_works_and_leaves_one_event(acceso, clave):
    servicio, tipo = clinica.SERVICIOS[clave]
    antes, habia = Evento.objects.count(), len(_del_paciente(acceso))
    servicio(acceso)
    assert Evento.objects.count() == antes + 1
    evento = Evento.objects.get(tipo=tipo)
    assert evento.pacientes == [acceso.paciente]
    assert len(_del_paciente(acceso)) > habia
    for _sellado, json in recursos.abrir_todos({acceso.paciente: acceso}, _del_paciente(acceso)):
        assert not fhir.validar(fhir.json.leer(json))


@todos
def test_each_service_refuses_whoever_may_not(de_archivo, clave):
    antes = Evento.objects.count()
    with pytest.raises(PermisoInsuficiente):
        clinica.SERVICIOS[clave][0](de_archivo)
    assert Evento.objects.count() == antes


@todos
def test_when_the_log_fails_nothing_is_written(acceso, monkeypatch, clave):
    habia = len(_del_paciente(acceso))
    rota = ("INSERT INTO no_existe VALUES (%s)", [1])
    monkeypatch.setattr(bitacora, "insercion", lambda eventos: rota)
    with pytest.raises(psycopg.Error):
        clinica.SERVICIOS[clave][0](acceso)
    monkeypatch.undo()
    connection.rollback() if not connection.in_atomic_block else None
    assert len(_del_paciente(acceso)) == habia


def test_nothing_of_one_patient_is_seen_or_changed_from_another(acceso, ajeno):
    problema = clinica.problema(acceso)
    alergia = alergias.registrar(
        acceso,
        sustancia="Látex",
        categoria=Categoria.AMBIENTE,
        criticidad=Criticidad.BAJA,
        reaccion="",
        ahora=AHORA,
    )
    clinica.embarazada(acceso)
    with pytest.raises(problemas.ProblemaInexistente):
        problemas.cambiar(
            ajeno, problema_id=problema, estado="resolved", motivo="x", fecha=None, ahora=AHORA
        )
    with pytest.raises(alergias.AlergiaInexistente):
        alergias.cambiar(
            ajeno, alergia_id=alergia, cambio=Cambio.DESCARTAR, motivo="x", ahora=AHORA
        )
    with pytest.raises(embarazo.SinEmbarazo):
        embarazo.controlar(ajeno, control=clinica.CONTROL, encuentro_id=None, ahora=AHORA)
    assert selector_de_problemas.problema(ajeno, problema_id=problema) is None
    assert selector_de_alergias.detalle(ajeno, alergia_id=alergia) is None
    assert selector_de_embarazo.vigente(ajeno) is None


class TestProblemas:
    def test_a_change_of_state_is_a_version_with_its_reason(self, acceso):
        id_ = clinica.problema(acceso)
        (vivo,), terminados = selector_de_problemas.lista(acceso)
        assert (vivo.nombre, vivo.curso, vivo.inicio) == (
            "Asma, no especificada",
            "Crónico",
            date(2020, 3, 1),
        )
        assert not terminados
        problemas.cambiar(
            acceso,
            problema_id=id_,
            estado="resolved",
            motivo="Dos años sin síntomas",
            fecha=date(2026, 11, 1),
            ahora=AHORA,
        )
        assert selector_de_problemas.lista(acceso)[0] == []
        este, cambios = selector_de_problemas.problema(acceso, problema_id=id_)
        assert (este.estado, este.fin) == ("resolved", date(2026, 11, 1))
        assert [(c.version, c.estado, c.motivo) for c in cambios] == [
            (2, "Resuelto", "Dos años sin síntomas"),
            (1, "Activo", ""),
        ]
        problemas.cambiar(
            acceso, problema_id=id_, estado="recurrence", motivo="Crisis", fecha=None, ahora=AHORA
        )
        este, _cambios = selector_de_problemas.problema(acceso, problema_id=id_)
        assert este.vivo
        assert este.fin is None


class TestAlergias:
    def _penicilina(self, acceso, **otros):
        return alergias.registrar(
            acceso,
            sustancia="Penicilina",
            categoria=Categoria.MEDICAMENTO,
            criticidad=Criticidad.ALTA,
            reaccion="Urticaria, broncoespasmo",
            ahora=AHORA,
            **otros,
        )

    def test_an_allergy_refutes_the_denial_and_forbids_another(self, acceso):
        clinica.niega(acceso)
        (negada,), _ = selector_de_alergias.lista(acceso)
        assert negada.niega
        self._penicilina(acceso)
        (vigente,), (descartada,) = selector_de_alergias.lista(acceso)
        assert vigente.reacciones == ["Urticaria", "broncoespasmo"]
        assert descartada.niega
        assert "Penicilina" in descartada.motivos[0]
        with pytest.raises(alergias.YaHayAlergias):
            alergias.negar(acceso, ahora=AHORA)

    def test_verified_refuted_and_annulled_keep_who_and_why(self, acceso):
        id_ = self._penicilina(acceso, verificada=False)
        (antes,), _ = selector_de_alergias.lista(acceso)
        assert (antes.certeza, antes.verifico) == ("unconfirmed", "")
        for cambio, vigente in (
            (Cambio.VERIFICAR, True),
            (Cambio.DESCARTAR, False),
            (Cambio.ANULAR, False),
        ):
            alergias.cambiar(
                acceso, alergia_id=id_, cambio=cambio, motivo=f"por {cambio}", ahora=AHORA
            )
            assert bool(selector_de_alergias.lista(acceso)[0]) is vigente
            assert bool(expediente.alergias(acceso)) is vigente
        assert Evento.objects.filter(tipo=TipoDeEvento.ALERGIA_CAMBIADA).count() == 3
        with pytest.raises(alergias.AlergiaInexistente):
            alergias.cambiar(
                acceso, alergia_id=id_, cambio=Cambio.VERIFICAR, motivo="x", ahora=AHORA
            )


class TestEscalas:
    def test_the_total_is_computed_and_the_red_flag_raises_the_priority(self, acceso):
        clinica.glasgow(acceso)
        clinica.triage(acceso)
        (glasgow,) = selector_de_escalas.historial(acceso, escala="glasgow")
        assert (glasgow.total, glasgow.banda.texto) == (14, "Leve o normal")
        (triage,) = selector_de_escalas.historial(acceso, escala="triage")
        assert triage.total == 2
        assert triage.banderas == ["Dolor torácico sugestivo de isquemia"]
        ultimas = {e.clave: a for e, a in selector_de_escalas.ultimas(acceso)}
        assert ultimas["glasgow"].total == 14
        assert ultimas["eva"] is None

    @pytest.mark.parametrize(
        "respuestas", [{"ocular": "1-4"}, {**clinica.GLASGOW_14, "motora": "9"}]
    )
    def test_an_incomplete_scale_is_refused(self, acceso, respuestas):
        antes = Evento.objects.count()
        with pytest.raises(escalas.EscalaIncompleta):
            escalas.registrar(
                acceso, escala="glasgow", respuestas=respuestas, encuentro_id=None, ahora=AHORA
            )
        assert Evento.objects.count() == antes

    def test_a_nurse_scores_but_does_not_classify(self, elenco, acceso):
        enfermera = decision.abrir_paciente(
            elenco.actor(elenco.enfermera), acceso.paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA
        )
        clinica.glasgow(enfermera)
        with pytest.raises(PermisoInsuficiente):
            clinica.triage(enfermera)


class TestVacunas:
    def test_what_was_given_and_what_was_not_and_why(self, acceso):
        clinica.vacuna(acceso, "td", date(2020, 5, 1))
        clinica.no_vacuna(acceso)
        cartilla = selector_de_vacunas.cartilla(acceso, hoy=date(2026, 11, 23))
        dadas = [c for _, cs in cartilla.por_edad for c in cs if c.aplicacion]
        assert [(c.dosis.biologico.clave, c.aplicacion.lote) for c in dadas] == [("td", "L-2026")]
        assert dadas[0].aplicacion.fecha == date(2020, 5, 1)
        assert dadas[0].aplicacion.quien == "Elena de Ejemplo"
        assert [a.motivo for a in cartilla.omitidas] == ["No había biológico"]


class TestEmbarazo:
    def test_its_dates_its_control_its_alarms_and_its_end(self, acceso):
        clinica.embarazada(acceso)
        vigente = selector_de_embarazo.vigente(acceso)
        assert vigente.fpp == date(2027, 2, 11)
        assert str(vigente.edad(date(2026, 11, 23))) == "29.0"
        assert vigente.formula == [("Gestas", 2), ("Partos", 1), ("Cesáreas", 0), ("Abortos", 0)]
        assert vigente.riesgos == ["Hipertensión o preeclampsia previa"]
        with pytest.raises(embarazo.YaHayEmbarazo):
            clinica.embarazada(acceso)

        embarazo.controlar(acceso, control=clinica.CONTROL, encuentro_id=None, ahora=AHORA)
        (control,) = selector_de_embarazo.controles(acceso, vigente)
        assert (control.presion, control.edema) == ("142/88", "Leve (+)")
        assert [t for t, _ in control.alarmas] == [
            "Tensión de 140/90 o más: descarte preeclampsia",
            "Cefalea intensa",
        ]
        # The control's weight and pressure are also vital signs of the chart.
        claves = {s.signo.clave for s in selector_de_signos.series(acceso)}
        assert {"peso", "sistolica", "diastolica"} <= claves

        embarazo.concluir(acceso, desenlace="parto", fecha=date(2026, 11, 23), ahora=AHORA)
        assert selector_de_embarazo.vigente(acceso) is None
        with pytest.raises(embarazo.SinEmbarazo):
            embarazo.concluir(acceso, desenlace="parto", fecha=date(2026, 11, 23), ahora=AHORA)

    def test_an_ultrasound_dates_it_only_beyond_the_tolerance(self, acceso):
        clinica.embarazada(acceso)
        primero = date(2026, 7, 6)  # nine weeks by last period: up to seven days
        with pytest.raises(embarazo.SinCorreccion):
            embarazo.corregir(acceso, fecha=primero, semanas=8, dias=0, ahora=AHORA)
        nueva = embarazo.corregir(acceso, fecha=primero, semanas=7, dias=6, ahora=AHORA)
        assert nueva == primero + timedelta(days=280 - 55)
        vigente = selector_de_embarazo.vigente(acceso)
        assert vigente.fpp == nueva
        assert "7 semanas y 6 días" in vigente.segun
        assert vigente.edad(primero).dias == 55

    def test_an_impossible_figure_is_refused(self, acceso):
        clinica.embarazada(acceso)
        imposible = embarazo.Control({"frecuencia_fetal": Decimal(20)})
        with pytest.raises(signos.MedicionImposible):
            embarazo.controlar(acceso, control=imposible, encuentro_id=None, ahora=AHORA)


class TestAntecedentes:
    def test_relatives_and_habits_as_they_stand(self, acceso):
        clinica.familiar(acceso)
        clinica.habito(acceso)
        (madre,) = selector_de_antecedentes.familiares(acceso)
        assert madre.padecimientos == ["Diabetes", "Hipertensión", "Glaucoma"]
        assert (madre.vive, madre.edad) == (False, 71)
        habitos = {h.clave: r for h, r in selector_de_antecedentes.habitos(acceso)}
        assert (habitos["tabaco"].texto, habitos["tabaco"].indice) == ("Dejó de fumar", 10)
        assert habitos["alcohol"] is None


def test_computed_values_and_what_is_out_of_range(acceso):
    signos.registrar(
        acceso,
        mediciones={
            "sistolica": Decimal(150),
            "diastolica": Decimal(80),
            "peso": Decimal(70),
            "talla": Decimal(165),
        },
        encuentro_id=None,
        ahora=AHORA,
    )
    creatinina = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2160-0"}]},
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "effectiveDateTime": datetime(2026, 11, 20, tzinfo=UTC).isoformat(),
        "valueQuantity": {"value": Decimal("0.9"), "unit": "mg/dL"},
    }
    servicio_de_recursos.escribir(
        [servicio_de_recursos.Escritura(acceso, creatinina, None)],
        ahora=AHORA,
        tipo=TipoDeEvento.RECURSO_CREADO,
    )
    hechos, fuera = calculados.de_paciente(
        acceso, selector_de_signos.series(acceso), hoy=date(2026, 11, 23)
    )
    assert {c.nombre: str(c.valor) for c in hechos} == {
        "Presión arterial media": "103",
        "Índice de masa corporal": "25.7",
        "Superficie corporal": "1.79",
        "Filtrado glomerular estimado": "82",
    }
    assert [f.signo.clave for f in fuera] == ["sistolica"]
