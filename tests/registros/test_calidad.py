"""The MECIC: what the data tell, what a person judges, who may, and what stays of it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from auditoria import bitacora
from auditoria.actos import acto
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from consentimiento.models import Muestra
from consentimiento.services import muestras
from ece.identidad.models import Asignacion, Profesional, Usuario
from ece.nucleo.acceso import Acceso, Actor, Alcance, PermisoInsuficiente
from ece.nucleo.roles import Permiso, Rol
from registros.catalogos.mecic import CRITERIOS, Nivel, Respuesta
from registros.catalogos.notas import TIPOS
from registros.models import NotaClinica, OtroRegistro
from registros.selectors import calidad as selectores
from registros.selectors import expediente
from registros.services import calidad as servicios
from registros.services import notas
from registros.services.calidad import Juicio
from registros.services.notas import Contenido
from tests import elenco as reparto
from tests.elenco import AHORA, CONTRASENA, XOCHITL, Elenco
from tests.flujos.expediente_lleno import DIABETES, TEXTOS
from tests.registros.nota_de_ejemplo import contenido_completo

DIA = timedelta(days=1)
EVALUAR = Permiso.CALIDAD_EVALUAR


@pytest.fixture
def evaluadora(elenco: Elenco) -> Actor:
    usuario = Usuario.objects.create_user("calidad", password=CONTRASENA, first_name="Noemí")
    Asignacion.objects.create(usuario=usuario, rol=Rol.CALIDAD, desde=AHORA - DIA)
    return elenco.actor(usuario)


def alcance(actor: Actor) -> Alcance:
    return decision.alcanzar(actor, EVALUAR, motivo="calidad", ahora=AHORA)


def sortear(actor: Actor, elenco: Elenco, *, cuantos: int = 5, semilla: int = 7) -> int:
    return muestras.sortear(
        alcance(actor),
        unidad_id=elenco.consulta,
        desde=AHORA - DIA,
        hasta=AHORA + DIA,
        cuantos=cuantos,
        semilla=semilla,
        ahora=AHORA,
    )


def evaluador(actor: Actor, paciente: UUID) -> Acceso:
    return decision.abrir_paciente(actor, paciente, EVALUAR, ahora=AHORA)


def terminar(acceso: Acceso, tipo: str, contenido: Contenido) -> UUID:
    encuentro = expediente.encuentros_abiertos(acceso)[0].id
    nota = notas.redactar(acceso, tipo=tipo, encuentro_id=encuentro, ahora=AHORA)
    notas.finalizar(acceso, nota_id=nota, contenido=contenido, version=1, ahora=AHORA)
    return nota


def evolucion(acceso: Acceso, **textos: str) -> UUID:
    return terminar(acceso, "evolucion", Contenido({**TEXTOS, **textos}, {}, (DIABETES,)))


def historia(acceso: Acceso) -> UUID:
    contenido = contenido_completo(TIPOS["historia-clinica"])
    return terminar(acceso, "historia-clinica", contenido)


def lugares(hallazgo: selectores.Hallazgo) -> list[UUID]:
    return [lugar.id for lugar in hallazgo.lugares]


class TestMuestra:
    def test_the_seed_draws_the_same_records_for_whoever_repeats_it(self) -> None:
        quienes = [UUID(int=n) for n in range(200)]
        una = muestras.elegir(quienes, cuantos=20, semilla=7)
        assert una == muestras.elegir(quienes[::-1], cuantos=20, semilla=7)
        assert una != muestras.elegir(quienes, cuantos=20, semilla=8)
        assert len(set(una)) == 20

    def test_what_was_drawn_is_an_event_and_a_list_and_is_not_drawn_twice(
        self, elenco: Elenco, acceso: Acceso, evaluadora: Actor
    ) -> None:
        reparto.registrar(elenco, replace(XOCHITL, nombre="Sin visita"))
        assert sortear(evaluadora, elenco) == 1
        assert sortear(evaluadora, elenco) == 0
        (evento,) = Evento.objects.filter(tipo=TipoDeEvento.CALIDAD_MUESTREADA)
        assert evento.pacientes == [acceso.paciente]
        (uno,) = muestras.pendientes(alcance(evaluadora), ahora=AHORA)
        assert (uno.paciente.id, uno.unidad, uno.evaluado) == (
            acceso.paciente,
            elenco.consulta,
            False,
        )

    def test_nobody_else_draws(self, elenco: Elenco, acceso: Acceso) -> None:
        for quien in (elenco.medica, elenco.archivo):
            with pytest.raises(AccesoDenegado):
                alcance(elenco.actor(quien))
        listado = decision.alcanzar(
            elenco.actor(elenco.archivo), Permiso.PACIENTE_LISTAR, motivo="x", ahora=AHORA
        )
        with pytest.raises(PermisoInsuficiente):
            muestras.sortear(
                listado,
                unidad_id=elenco.consulta,
                desde=AHORA - DIA,
                hasta=AHORA + DIA,
                cuantos=1,
                semilla=1,
                ahora=AHORA,
            )
        assert not Muestra.objects.exists()

    def test_if_the_log_fails_nothing_is_drawn(
        self,
        elenco: Elenco,
        acceso: Acceso,
        evaluadora: Actor,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        suyo = alcance(evaluadora)
        rota = ("INSERT INTO no_existe VALUES (%s)", [1])
        monkeypatch.setattr(bitacora, "insercion", lambda eventos: rota)
        with pytest.raises(psycopg.Error):
            muestras.sortear(
                suyo,
                unidad_id=elenco.consulta,
                desde=AHORA - DIA,
                hasta=AHORA + DIA,
                cuantos=5,
                semilla=7,
                ahora=AHORA,
            )
        monkeypatch.undo()
        assert not Muestra.objects.exists()


class TestDecision:
    """What was drawn opens, to whoever it was drawn for, to read, for its term; nothing else."""

    def abre(self, actor: Actor, paciente: UUID, permiso: Permiso, cuando: object = AHORA) -> bool:
        try:
            decision.abrir_paciente(actor, paciente, permiso, ahora=cuando)  # type: ignore[arg-type]
        except AccesoDenegado:
            return False
        return True

    def test_a_drawn_record_opens_to_read_and_says_what_for(
        self, elenco: Elenco, acceso: Acceso, evaluadora: Actor
    ) -> None:
        paciente = acceso.paciente
        assert not self.abre(evaluadora, paciente, Permiso.EXPEDIENTE_LEER)
        sortear(evaluadora, elenco)
        assert self.abre(evaluadora, paciente, Permiso.EXPEDIENTE_LEER)
        evento = Evento.objects.latest("id")
        assert b'"fundamento":"calidad.muestra"' in bytes(evento.contenido)
        assert b'"proposito":"HOPERAT"' in bytes(evento.contenido)
        nunca = set(Permiso) - {
            Permiso.PACIENTE_LEER,
            Permiso.EXPEDIENTE_LEER,
            Permiso.CALIDAD_EVALUAR,
            Permiso.BITACORA_LEER,
        }
        assert not [p for p in nunca if self.abre(evaluadora, paciente, p)]

    def test_neither_another_patient_nor_another_evaluator_nor_another_day(
        self, elenco: Elenco, acceso: Acceso, evaluadora: Actor
    ) -> None:
        sortear(evaluadora, elenco)
        leer, paciente = Permiso.EXPEDIENTE_LEER, acceso.paciente
        otro = reparto.registrar(elenco, replace(XOCHITL, nombre="Otra"))
        assert not self.abre(evaluadora, otro, leer)
        colega = Usuario.objects.create_user("otra-calidad")
        Asignacion.objects.create(usuario=colega, rol=Rol.CALIDAD, desde=AHORA - DIA)
        assert not self.abre(elenco.actor(colega), paciente, leer)
        segundo = timedelta(seconds=1)
        assert not self.abre(evaluadora, paciente, leer, AHORA - segundo)
        assert self.abre(evaluadora, paciente, leer, AHORA + muestras.PLAZO - segundo)
        assert not self.abre(evaluadora, paciente, leer, AHORA + muestras.PLAZO)

    def test_losing_the_post_closes_it(
        self, elenco: Elenco, acceso: Acceso, evaluadora: Actor
    ) -> None:
        sortear(evaluadora, elenco)
        sin_puesto = replace(evaluadora, asignaciones=())
        assert not self.abre(sin_puesto, acceso.paciente, Permiso.EXPEDIENTE_LEER)


class TestAutomatica:
    @pytest.fixture
    def revisar(self, elenco: Elenco, acceso: Acceso, evaluadora: Actor):
        sortear(evaluadora, elenco)

        def _revisar(cuando=AHORA) -> dict[str, selectores.Hallazgo]:
            return selectores.automatica(evaluador(evaluadora, acceso.paciente), ahora=cuando)

        return _revisar

    def test_an_empty_record_lacks_its_history_and_the_rest_does_not_apply(self, revisar) -> None:
        hallazgos = revisar()
        assert hallazgos["historia"].respuesta is Respuesta.NO
        assert hallazgos["expediente"].respuesta is Respuesta.SI
        assert hallazgos["identificacion"].respuesta is Respuesta.NO  # no address
        for clave in ("autor", "abreviaturas", "codificados", "evolucion.pronostico"):
            assert hallazgos[clave].respuesta is Respuesta.NO_APLICA

    def test_a_complete_record_answers_yes_to_everything_it_is_asked(
        self, revisar, acceso: Acceso
    ) -> None:
        historia(acceso)
        evolucion(acceso)
        respuestas = {c: h.respuesta for c, h in revisar().items() if c != "identificacion"}
        assert Respuesta.NO not in respuestas.values()
        assert respuestas["evolucion.pronostico"] is Respuesta.SI
        assert respuestas["historia-clinica.signos"] is Respuesta.SI
        puntaje = selectores.puntuar(respuestas)
        assert (puntaje.total, puntaje.por_dominio["historia-clinica"]) == (100, 100)
        assert puntaje.por_dominio["urgencias"] is None
        assert puntaje.nivel is Nivel.DE_CALIDAD

    def test_a_note_without_its_prognosis_is_pointed_at(
        self, revisar, acceso: Acceso, elenco: Elenco
    ) -> None:
        """Such a note does not pass the service; one from elsewhere, or of older rules, does."""
        buena = evolucion(acceso)
        antes = selectores.puntuar({c: h.respuesta for c, h in revisar().items()})
        fila = NotaClinica.objects.uno(acceso, buena)
        assert fila is not None
        secciones = [
            s for s in fila.recurso["section"] if s["code"]["coding"][0]["code"] != "pronostico"
        ]
        recurso = {**fila.recurso, "section": secciones}
        with acto(acceso, tipo=TipoDeEvento.RECURSO_CREADO, ahora=AHORA) as el_acto:
            mala = NotaClinica.nuevo(acceso, recurso, ahora=AHORA)
            el_acto.insertar(mala)
        hallazgos = revisar()
        assert hallazgos["evolucion.pronostico"].respuesta is Respuesta.NO
        assert lugares(hallazgos["evolucion.pronostico"]) == [mala.id]
        assert CRITERIOS["evolucion.pronostico"].numeral == "6.2.5"
        despues = selectores.puntuar({c: h.respuesta for c, h in hallazgos.items()})
        assert antes.por_dominio["evolucion"] == 100
        assert despues.por_dominio["evolucion"] == 75

    def test_abbreviations_are_named_where_they_are(self, revisar, acceso: Acceso) -> None:
        evolucion(acceso)
        nota = evolucion(acceso, evolucion="Paciente con HAS y DM2 en control.")
        hallazgo = revisar()["abreviaturas"]
        assert (lugares(hallazgo), hallazgo.detalle) == ([nota], "DM2, HAS")

    def test_a_copied_note_and_a_forgotten_draft_are_found(self, revisar, acceso: Acceso) -> None:
        evolucion(acceso)
        copia = evolucion(acceso)
        assert lugares(revisar()["repetidas"]) == [copia]
        encuentro = expediente.encuentros_abiertos(acceso)[0].id
        borrador = notas.redactar(acceso, tipo="evolucion", encuentro_id=encuentro, ahora=AHORA)
        assert revisar()["terminadas"].respuesta is Respuesta.SI
        assert lugares(revisar(AHORA + 2 * DIA)["terminadas"]) == [borrador]

    def test_an_author_without_licence_is_found(self, revisar, acceso: Acceso) -> None:
        nota = evolucion(acceso)
        assert revisar()["autor"].respuesta is Respuesta.SI
        Profesional.objects.filter(pk=acceso.actor.id).delete()
        assert lugares(revisar()["autor"]) == [nota]

    def test_it_costs_the_same_with_many_notes(
        self, revisar, acceso: Acceso, django_assert_max_num_queries
    ) -> None:
        for numero in range(6):
            evolucion(acceso, evolucion=f"Consulta {numero}.")
        with django_assert_max_num_queries(8):
            revisar()


class TestEvaluar:
    @pytest.fixture
    def suyo(self, elenco: Elenco, acceso: Acceso, evaluadora: Actor) -> Acceso:
        historia(acceso)
        evolucion(acceso)
        sortear(evaluadora, elenco)
        return evaluador(evaluadora, acceso.paciente)

    @pytest.fixture
    def institucional(self, evaluadora: Actor) -> Acceso:
        return decision.abrir_directorio(evaluadora, EVALUAR, ahora=AHORA)

    def juicios(self, suyo: Acceso, valor: Respuesta = Respuesta.SI) -> dict[str, Juicio]:
        preguntados = selectores.aplicables(selectores.automatica(suyo, ahora=AHORA))
        return {clave: Juicio(valor, "Visto.") for clave in preguntados}

    def evaluar(self, suyo: Acceso, institucional: Acceso, elenco: Elenco, **cambios):
        datos = {
            "unidad_id": elenco.consulta,
            "juicios": self.juicios(suyo),
            "ahora": AHORA,
            **cambios,
        }
        return servicios.evaluar(suyo, institucional, **datos)

    def test_the_answers_stay_in_the_record_and_the_score_with_the_institution(
        self, suyo: Acceso, institucional: Acceso, elenco: Elenco
    ) -> None:
        assert set(self.juicios(suyo)) == {
            "lenguaje",
            "historia-clinica.padecimiento",
            "historia-clinica.plan",
            "evolucion.actualiza",
            "evolucion.plan",
        }
        puntaje = self.evaluar(suyo, institucional, elenco)
        assert Evento.objects.filter(tipo=TipoDeEvento.CALIDAD_EVALUADA).count() == 1
        leido = selectores.resultado(suyo)
        assert leido is not None
        assert leido["lenguaje"] == (Respuesta.SI, "Visto.")
        assert leido["identificacion"][0] is Respuesta.NO
        (medida,) = selectores.medidas(institucional)
        assert (medida.unidad, medida.total) == (elenco.consulta, puntaje.total)
        assert medida.dominios["evolucion"] == 100
        (fila,) = OtroRegistro.objects.de(institucional).filter(tipo="MeasureReport")
        assert str(suyo.paciente) not in str(fila.recurso)
        (una,) = muestras.pendientes(alcance(suyo.actor), ahora=AHORA)
        assert una.evaluado

    def test_a_bad_judgement_lowers_the_score(
        self, suyo: Acceso, institucional: Acceso, elenco: Elenco
    ) -> None:
        malos = self.juicios(suyo, Respuesta.NO)
        puntaje = self.evaluar(suyo, institucional, elenco, juicios=malos)
        assert (puntaje.por_dominio["evolucion"] or 0) < 100
        assert puntaje.por_dominio["integracion"] == 78

    def test_what_was_not_judged_is_named(
        self, suyo: Acceso, institucional: Acceso, elenco: Elenco
    ) -> None:
        incompletos = self.juicios(suyo) | {"lenguaje": Juicio(None)}
        with pytest.raises(servicios.EvaluacionIncompleta) as falta:
            self.evaluar(suyo, institucional, elenco, juicios=incompletos)
        assert falta.value.faltan == ("lenguaje",)

    def test_it_is_done_once(self, suyo: Acceso, institucional: Acceso, elenco: Elenco) -> None:
        self.evaluar(suyo, institucional, elenco)
        with pytest.raises(servicios.YaEvaluado):
            self.evaluar(suyo, institucional, elenco)
        assert len(selectores.medidas(institucional)) == 1

    def test_it_refuses_whoever_may_not(
        self, suyo: Acceso, institucional: Acceso, acceso: Acceso, elenco: Elenco
    ) -> None:
        for uno, otro in ((acceso, institucional), (suyo, acceso)):
            with pytest.raises(PermisoInsuficiente):
                servicios.evaluar(uno, otro, unidad_id=elenco.consulta, juicios={}, ahora=AHORA)
        for pregunta in (
            lambda: selectores.automatica(acceso, ahora=AHORA),
            lambda: selectores.resultado(acceso),
            lambda: selectores.medidas(acceso),
        ):
            with pytest.raises(PermisoInsuficiente):
                pregunta()

    def test_if_the_log_fails_nothing_is_kept(
        self,
        suyo: Acceso,
        institucional: Acceso,
        elenco: Elenco,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        rota = ("INSERT INTO no_existe VALUES (%s)", [1])
        juicios = self.juicios(suyo)
        monkeypatch.setattr(bitacora, "insercion", lambda eventos: rota)
        with pytest.raises(psycopg.Error):
            self.evaluar(suyo, institucional, elenco, juicios=juicios)
        monkeypatch.undo()
        assert selectores.resultado(suyo) is None
        assert not selectores.medidas(institucional)
