"""The agenda: slots that are computed, hours that nobody takes twice, and who comes and waits."""

import threading
import time as reloj
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from auditoria import bitacora
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece.identidad import horarios
from ece.identidad.models import Ausencia, Consultorio
from ece.identidad.services import horarios as servicio_de_horarios
from ece.nucleo.acceso import Acceso, Alcance, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.models import Cita, Encuentro
from registros.selectors import agenda
from registros.selectors.agenda import Situacion
from registros.services import citas, encuentros
from registros.services.citas import Lugar
from tests import elenco as reparto
from tests.conftest import BaseDePruebas
from tests.elenco import AHORA, XOCHITL, Elenco

LUNES = date(2026, 11, 30)
HORA = timezone.make_aware(datetime(2026, 11, 30, 9, 0))
VEINTE = timedelta(minutes=20)


@pytest.fixture
def consultorio(elenco: Elenco) -> UUID:
    """Monday to Friday, 9 to 11, twenty minutes each, in a room."""
    servicio_de_horarios.abrir(
        profesional_id=elenco.medica.pk,
        unidad_id=elenco.consulta,
        consultorio="Consultorio 1",
        desde=time(9),
        hasta=time(11),
        minutos=20,
        vigente_desde=LUNES - timedelta(days=30),
    )
    return Consultorio.objects.get().pk


@pytest.fixture
def lugar(elenco: Elenco, consultorio: UUID) -> Lugar:
    return Lugar(elenco.medica.pk, elenco.consulta, HORA, HORA + VEINTE, consultorio)


@pytest.fixture
def admision(elenco: Elenco, paciente: UUID) -> Acceso:
    """What archivo may do to the patient."""
    return abrir(elenco, paciente)


def abrir(elenco: Elenco, paciente: UUID) -> Acceso:
    actor = elenco.actor(elenco.archivo)
    return decision.abrir_paciente(actor, paciente, Permiso.CITA_PROGRAMAR, ahora=AHORA)


def otra(elenco: Elenco, nombre: str = "Otra") -> Acceso:
    return abrir(elenco, reparto.registrar(elenco, replace(XOCHITL, nombre=nombre)))


def listado(elenco: Elenco) -> Alcance:
    actor = elenco.actor(elenco.archivo)
    return decision.alcanzar(actor, Permiso.PACIENTE_LISTAR, motivo="agenda", ahora=AHORA)


def programar(acceso: Acceso, lugar: Lugar) -> UUID:
    return citas.programar(acceso, lugar=lugar, motivo="Control", ahora=AHORA)


def eventos(tipo: TipoDeEvento) -> int:
    return Evento.objects.filter(tipo=tipo).count()


def libres(elenco: Elenco, **filtro: UUID) -> list[datetime]:
    espacios = agenda.espacios(listado(elenco), desde=LUNES, dias=1, ahora=AHORA, **filtro)
    return [e.hueco.inicio for e in espacios if e.libre]


class TestHuecos:
    def test_the_week_is_computed_from_the_schedule(
        self, elenco: Elenco, consultorio: UUID
    ) -> None:
        huecos = horarios.huecos(desde=LUNES, dias=7)
        assert len(huecos) == 5 * 6
        assert huecos[0].inicio == HORA
        assert {h.consultorio for h in huecos} == {consultorio}
        assert huecos[5].fin == HORA + timedelta(hours=2)

    def test_absences_and_holidays_take_their_hours_away(
        self, elenco: Elenco, consultorio: UUID
    ) -> None:
        Ausencia.objects.create(
            profesional=elenco.medica, desde=HORA, hasta=HORA + timedelta(minutes=30)
        )
        Ausencia.objects.create(
            desde=HORA + timedelta(days=1), hasta=HORA + timedelta(days=2), motivo="Inhábil"
        )
        Ausencia.objects.create(
            profesional=elenco.medico_ajeno, desde=HORA, hasta=HORA + timedelta(days=7)
        )
        por_dia = [h.inicio.date() for h in horarios.huecos(desde=LUNES, dias=3)]
        assert [por_dia.count(LUNES + timedelta(days=n)) for n in range(3)] == [4, 0, 6]

    def test_asking_costs_the_same_with_many_days_and_appointments(
        self, elenco: Elenco, lugar: Lugar, admision: Acceso, django_assert_num_queries: Callable
    ) -> None:
        alcance = listado(elenco)
        for numero in range(4):
            salto = VEINTE * numero
            programar(admision, replace(lugar, inicio=HORA + salto, fin=HORA + VEINTE + salto))
        with django_assert_num_queries(2):  # schedules and absences; appointments go native
            agenda.espacios(alcance, desde=LUNES, dias=60, ahora=AHORA)


class TestProgramar:
    def test_it_books_and_leaves_one_event(
        self, elenco: Elenco, admision: Acceso, lugar: Lugar
    ) -> None:
        id_ = programar(admision, lugar)
        assert eventos(TipoDeEvento.CITA_PROGRAMADA) == 1
        leida = agenda.cita(admision, cita_id=id_)
        assert leida is not None
        assert (leida.inicio, leida.fin, leida.estado) == (HORA, HORA + VEINTE, "booked")
        assert (leida.unidad, leida.consultorio) == ("Consulta externa", "Consultorio 1")
        assert leida.profesional == "Elena de Ejemplo"
        assert HORA not in libres(elenco)
        assert HORA + VEINTE in libres(elenco)

    def test_it_refuses_without_the_right(
        self, elenco: Elenco, paciente: UUID, lugar: Lugar
    ) -> None:
        reparto.en_consulta(elenco, paciente)
        acceso = decision.abrir_paciente(
            elenco.actor(elenco.enfermera), paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA
        )
        for intento in (
            lambda: programar(acceso, lugar),
            lambda: citas.esperar(acceso, unidad_id=elenco.consulta, motivo="Control", ahora=AHORA),
            lambda: agenda.cita(acceso, cita_id=paciente),
        ):
            with pytest.raises(PermisoInsuficiente):
                intento()
        assert not list(Cita.objects.de(acceso))

    @pytest.mark.parametrize("minutos", [0, 10, -10])
    def test_nobody_takes_an_hour_that_overlaps_another(
        self, elenco: Elenco, admision: Acceso, lugar: Lugar, minutos: int
    ) -> None:
        programar(admision, lugar)
        salto = timedelta(minutes=minutos)
        with pytest.raises(citas.HuecoOcupado):
            programar(otra(elenco), replace(lugar, inicio=HORA + salto, fin=HORA + VEINTE + salto))
        assert eventos(TipoDeEvento.CITA_PROGRAMADA) == 1

    def test_a_room_is_not_given_to_two_professionals(
        self, elenco: Elenco, admision: Acceso, lugar: Lugar
    ) -> None:
        programar(admision, lugar)
        colega = replace(lugar, profesional_id=elenco.medico_ajeno.pk)
        with pytest.raises(citas.HuecoOcupado):
            programar(otra(elenco), colega)
        programar(otra(elenco, "Tercera"), replace(colega, consultorio_id=None))

    def test_overbooking_is_explicit_and_says_why(
        self, elenco: Elenco, admision: Acceso, lugar: Lugar
    ) -> None:
        programar(admision, lugar)
        ajena = otra(elenco)
        id_ = programar(ajena, replace(lugar, sobrecupo="Dolor agudo"))
        leida = agenda.cita(ajena, cita_id=id_)
        assert leida is not None
        assert leida.sobrecupo == "Dolor agudo"

    def test_if_the_log_fails_nothing_is_booked(
        self, admision: Acceso, lugar: Lugar, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rota = ("INSERT INTO no_existe VALUES (%s)", [1])
        monkeypatch.setattr(bitacora, "insercion", lambda eventos: rota)
        with pytest.raises(psycopg.Error):
            programar(admision, lugar)
        monkeypatch.undo()
        assert not list(Cita.objects.de(admision))


@pytest.mark.django_db(transaction=True)
def test_of_many_who_book_at_once_one_gets_the_hour(
    transactional_db: None, elenco: Elenco, lugar: Lugar, base_de_pruebas: BaseDePruebas
) -> None:
    """Eight windows, eight connections, the same hour; half of them ask for the room alone.

    A lock keeps every one of them from writing until all have asked, so that whoever only looked
    before writing would find the hour free.
    """
    accesos = [otra(elenco, f"Persona {letra}") for letra in "ABCDEFGH"]
    resultados: list[str] = []

    def reservar(acceso: Acceso, donde: Lugar) -> None:
        try:
            programar(acceso, donde)
            resultados.append("dada")
        except citas.HuecoOcupado:
            resultados.append("ocupada")
        finally:
            connection.close()

    ajeno = replace(lugar, profesional_id=elenco.medico_ajeno.pk)
    hilos = [
        threading.Thread(target=reservar, args=(acceso, lugar if numero % 2 else ajeno))
        for numero, acceso in enumerate(accesos)
    ]
    with psycopg.connect(base_de_pruebas.url()) as candado:
        candado.execute("LOCK TABLE registros_cita IN SHARE ROW EXCLUSIVE MODE")
        for hilo in hilos:
            hilo.start()
        detenidos = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        for _ in range(400):
            fila = candado.execute(detenidos).fetchone()
            if fila and fila[0] >= len(hilos):
                break
            reloj.sleep(0.05)
        else:
            pytest.fail("no todas llegaron a pedir la hora")
    for hilo in hilos:
        hilo.join(timeout=20)
    assert sorted(resultados) == ["dada"] + ["ocupada"] * 7
    assert eventos(TipoDeEvento.CITA_PROGRAMADA) == 1


class TestCambiar:
    def test_moving_frees_the_hour_it_leaves(
        self, elenco: Elenco, admision: Acceso, lugar: Lugar
    ) -> None:
        id_ = programar(admision, lugar)
        despues = replace(lugar, inicio=HORA + VEINTE, fin=HORA + 2 * VEINTE)
        citas.reprogramar(admision, cita_id=id_, lugar=despues, ahora=AHORA)
        assert eventos(TipoDeEvento.CITA_REPROGRAMADA) == 1
        programar(otra(elenco), lugar)
        with pytest.raises(citas.HuecoOcupado):
            citas.reprogramar(admision, cita_id=id_, lugar=lugar, ahora=AHORA)

    def test_staying_within_its_own_hour_collides_with_nobody(
        self, admision: Acceso, lugar: Lugar
    ) -> None:
        id_ = programar(admision, lugar)
        corta = replace(lugar, fin=HORA + timedelta(minutes=15))
        citas.reprogramar(admision, cita_id=id_, lugar=corta, ahora=AHORA)

    def test_cancelling_says_why_and_frees_the_hour(
        self, elenco: Elenco, admision: Acceso, lugar: Lugar
    ) -> None:
        id_ = programar(admision, lugar)
        citas.cancelar(admision, cita_id=id_, motivo="No puede venir", ahora=AHORA)
        assert eventos(TipoDeEvento.CITA_CANCELADA) == 1
        leida = agenda.cita(admision, cita_id=id_)
        assert leida is not None
        assert leida.cancelada_por == "No puede venir"
        assert HORA in libres(elenco)
        with pytest.raises(citas.CitaEnOtroEstado):
            citas.cancelar(admision, cita_id=id_, motivo="Otra vez", ahora=AHORA)

    def test_nobody_changes_the_appointment_of_another_patient(
        self, elenco: Elenco, admision: Acceso, lugar: Lugar
    ) -> None:
        id_ = programar(admision, lugar)
        ajena = otra(elenco)
        for verbo in (
            lambda: citas.cancelar(ajena, cita_id=id_, motivo="x", ahora=AHORA),
            lambda: citas.recibir(ajena, cita_id=id_, ahora=AHORA),
            lambda: citas.faltar(ajena, cita_id=id_, ahora=HORA),
            lambda: citas.atender(ajena, cita_id=id_, ahora=AHORA),
            lambda: citas.reprogramar(ajena, cita_id=id_, lugar=lugar, ahora=AHORA),
        ):
            with pytest.raises(citas.CitaInexistente):
                verbo()
        assert agenda.cita(ajena, cita_id=id_) is None


class TestElDia:
    def situacion(self, elenco: Elenco, ahora: datetime) -> tuple[Situacion, int]:
        (turno,) = agenda.turnos(
            listado(elenco),
            profesional=elenco.medica.pk,
            desde=HORA - timedelta(hours=9),
            hasta=HORA + timedelta(hours=15),
            ahora=ahora,
        )
        return turno.situacion, turno.minutos

    def test_from_the_door_to_the_end_of_the_visit(
        self, elenco: Elenco, admision: Acceso, lugar: Lugar
    ) -> None:
        id_ = programar(admision, lugar)
        assert self.situacion(elenco, HORA) == (Situacion.PROGRAMADA, 0)
        citas.recibir(admision, cita_id=id_, ahora=HORA - timedelta(minutes=10))
        assert eventos(TipoDeEvento.CITA_RECIBIDA) == 1
        assert self.situacion(elenco, HORA) == (Situacion.LLEGO, 10)
        encuentro = citas.atender(admision, cita_id=id_, ahora=HORA)
        assert self.situacion(elenco, HORA) == (Situacion.EN_CONSULTA, 0)
        acceso = decision.abrir_paciente(
            elenco.actor(elenco.medica), admision.paciente, Permiso.ENCUENTRO_CERRAR, ahora=HORA
        )
        fila = Encuentro.objects.uno(acceso, encuentro)
        assert fila is not None
        assert (fila.responsable, fila.unidad) == (elenco.medica.pk, elenco.consulta)
        assert fila.recurso["appointment"] == [{"reference": f"Appointment/{id_}"}]
        encuentros.cerrar(acceso, encuentro_id=encuentro, ahora=HORA + VEINTE)
        assert self.situacion(elenco, HORA + VEINTE) == (Situacion.TERMINADA, 0)

    def test_who_did_not_come_may_still_arrive(
        self, elenco: Elenco, admision: Acceso, lugar: Lugar
    ) -> None:
        id_ = programar(admision, lugar)
        with pytest.raises(citas.CitaFutura):
            citas.faltar(admision, cita_id=id_, ahora=HORA - VEINTE)
        citas.faltar(admision, cita_id=id_, ahora=HORA + VEINTE)
        assert eventos(TipoDeEvento.CITA_INCUMPLIDA) == 1
        assert self.situacion(elenco, HORA + VEINTE)[0] is Situacion.NO_LLEGO
        citas.recibir(admision, cita_id=id_, ahora=HORA + VEINTE)
        assert self.situacion(elenco, HORA + VEINTE)[0] is Situacion.LLEGO

    def test_the_day_of_a_physician_is_shown_with_somebody_who_did_not_come(
        self, elenco: Elenco, admision: Acceso, lugar: Lugar, client: Client
    ) -> None:
        ahora = timezone.now()
        id_ = programar(admision, replace(lugar, inicio=ahora, fin=ahora + VEINTE))
        citas.faltar(admision, cita_id=id_, ahora=ahora)
        client.force_login(elenco.medica)
        for direccion in ("/clinica/", "/clinica/agenda/", "/clinica/agenda/?vista=semana"):
            assert client.get(direccion).status_code == 200

    def test_whoever_has_nothing_to_do_with_a_patient_sees_only_that_the_hour_is_taken(
        self, elenco: Elenco, admision: Acceso, lugar: Lugar
    ) -> None:
        programar(admision, lugar)
        ajeno = decision.alcanzar(
            elenco.actor(elenco.medico_ajeno),
            Permiso.PACIENTE_LISTAR,
            motivo="agenda",
            ahora=AHORA,
        )
        (turno,) = agenda.turnos(
            ajeno,
            profesional=elenco.medica.pk,
            desde=HORA,
            hasta=HORA + VEINTE,
            ahora=AHORA,
        )
        assert turno.paciente is None


class TestEspera:
    def test_who_waits_is_offered_the_hour_that_frees(
        self, elenco: Elenco, admision: Acceso, lugar: Lugar
    ) -> None:
        id_ = citas.esperar(admision, unidad_id=elenco.consulta, motivo="Control", ahora=AHORA)
        assert eventos(TipoDeEvento.CITA_SOLICITADA) == 1
        (uno,) = agenda.en_espera(listado(elenco), unidad=elenco.consulta)
        assert (uno.cita, uno.paciente.id, uno.desde) == (id_, admision.paciente, AHORA)
        assert not agenda.en_espera(listado(elenco), unidad=elenco.urgencias)
        citas.reprogramar(admision, cita_id=id_, lugar=lugar, ahora=AHORA)
        assert not agenda.en_espera(listado(elenco), unidad=elenco.consulta)
        leida = agenda.cita(admision, cita_id=id_)
        assert leida is not None
        assert leida.estado == "booked"
        assert HORA not in libres(elenco)
