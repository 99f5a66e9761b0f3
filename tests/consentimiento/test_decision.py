"""The policy as properties over everything it can be asked, and its terms in a real record."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditoria.models import Evento
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from consentimiento.decision.politica import decidir
from consentimiento.decision.reglas import DE_NADIE
from consentimiento.decision.terminos import Hechos, Relacion, Solicitud
from consentimiento.models import Concesion
from consentimiento.motivos import MotivoDeConsulta
from consentimiento.services import concesiones
from consentimiento.services.concesiones import Motivo
from ece.identidad.models import Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Actor, Asignado
from ece.nucleo.roles import Permiso, Rol
from registros.selectors import relaciones
from registros.services import citas, encuentros
from tests import elenco as reparto
from tests.elenco import AHORA, XOCHITL, Elenco

SEGUNDO = timedelta(seconds=1)
LEER = Permiso.EXPEDIENTE_LEER
LAZOS = frozenset(Relacion) - {Relacion.ADMISION, Relacion.NACIMIENTO, Relacion.DOCUMENTO}
DE_PRIVACIDAD = {Permiso.REVISION_ATENDER, Permiso.ARCO_ATENDER, Permiso.SANCION_INTEGRAR}
DE_ADMISION = {
    Permiso.PACIENTE_LEER,
    Permiso.PACIENTE_MODIFICAR,
    Permiso.ENCUENTRO_ABRIR,
    Permiso.CITA_PROGRAMAR,
    Permiso.PACIENTE_VINCULAR,
    Permiso.NACIMIENTO_REGISTRAR,
    Permiso.PORTAL_INVITAR,
    Permiso.ARCO_SOLICITAR,
    Permiso.CONSENTIMIENTO_RECABAR,
    Permiso.DIRECTIVA_REGISTRAR,
    Permiso.REFERENCIA_ATENDER,
    Permiso.COBERTURA_CONSULTAR,
}

permisos = st.sampled_from(Permiso)
lazos = st.frozensets(st.sampled_from(sorted(LAZOS)))
roles = st.frozensets(st.sampled_from(Rol), max_size=3)
concedidos = st.frozensets(permisos, max_size=4)


def actor(suyos: frozenset[Rol]) -> Actor:
    return Actor(UUID(int=9), "persona", "Alguien", tuple(Asignado(rol) for rol in sorted(suyos)))


def preguntar(suyos: frozenset[Rol], permiso: Permiso, hechos: Hechos) -> decision.Decision:
    return decidir(Solicitud(actor(suyos), permiso, hechos, AHORA))


@given(roles, permisos, lazos, concedidos)
def test_of_who_is_not_there_nothing_is_allowed(
    suyos: frozenset[Rol],
    permiso: Permiso,
    relaciones: frozenset[Relacion],
    dados: frozenset[Permiso],
) -> None:
    respuesta = preguntar(suyos, permiso, Hechos(False, relaciones, dados))
    negativa = "convenio.inexistente" if Rol.ALIADO in suyos else "sin.relacion"
    assert (respuesta.permitido, respuesta.fundamento) == (False, negativa)


@given(permisos, lazos)
def test_without_a_role_no_tie_is_enough(permiso: Permiso, relaciones: frozenset[Relacion]) -> None:
    assert not preguntar(frozenset(), permiso, Hechos(True, relaciones)).permitido


@given(roles, permisos)
def test_without_a_tie_only_admission_and_our_own_machines(
    suyos: frozenset[Rol], permiso: Permiso
) -> None:
    """And admission, no further than who the person is; and who reviews, the use of the record."""
    if preguntar(suyos - {Rol.INTEGRACION}, permiso, Hechos(True)).permitido:
        if permiso in DE_PRIVACIDAD:
            assert Rol.PRIVACIDAD in suyos
            return
        assert suyos & {Rol.URGENCIAS, Rol.ARCHIVO, Rol.ADMISION}
        assert permiso in DE_ADMISION


@given(roles, permisos)
def test_another_record_of_the_same_person_is_only_read(
    suyos: frozenset[Rol], permiso: Permiso
) -> None:
    suyos -= {Rol.INTEGRACION}
    vinculado = preguntar(suyos, permiso, Hechos(True, frozenset({Relacion.VINCULO})))
    if vinculado.fundamento == "vinculo":
        assert vinculado.permisos <= {Permiso.PACIENTE_LEER, Permiso.EXPEDIENTE_LEER}
    else:
        assert vinculado == preguntar(suyos, permiso, Hechos(True))


@given(roles, permisos)
def test_whoever_attends_a_birth_registers_that_child_and_no_more(
    suyos: frozenset[Rol], permiso: Permiso
) -> None:
    nace = preguntar(suyos, permiso, Hechos(False, frozenset({Relacion.NACIMIENTO})))
    assert nace.permitido == (permiso in nace.permisos)
    assert nace.permisos <= actor(suyos).permisos - {Permiso.EXPEDIENTE_LEER}


@given(roles, permisos, lazos, concedidos)
def test_what_is_of_no_patient_opens_the_directory_and_nothing_else(
    suyos: frozenset[Rol],
    permiso: Permiso,
    relaciones: frozenset[Relacion],
    dados: frozenset[Permiso],
) -> None:
    respuesta = preguntar(suyos, permiso, Hechos(True, relaciones, dados, institucional=True))
    assert respuesta.permisos <= DE_NADIE
    assert respuesta.permitido == (permiso in respuesta.permisos)


@given(roles, permisos, lazos, concedidos)
def test_a_yes_gives_what_was_asked_and_never_more_than_role_or_grant(
    suyos: frozenset[Rol],
    permiso: Permiso,
    relaciones: frozenset[Relacion],
    dados: frozenset[Permiso],
) -> None:
    respuesta = preguntar(suyos, permiso, Hechos(True, relaciones, dados))
    assert respuesta.fundamento
    if respuesta.permitido:
        assert permiso in respuesta.permisos
        assert respuesta.permisos <= actor(suyos).permisos | dados
    else:
        assert not respuesta.permisos


@given(roles, permisos, lazos, concedidos, st.sampled_from(sorted(LAZOS)), st.sampled_from(Rol))
def test_losing_a_tie_or_a_role_never_opens(
    suyos: frozenset[Rol],
    permiso: Permiso,
    relaciones: frozenset[Relacion],
    dados: frozenset[Permiso],
    lazo: Relacion,
    rol: Rol,
) -> None:
    hechos = Hechos(True, relaciones, dados)
    if not preguntar(suyos, permiso, hechos).permitido:
        assert not preguntar(suyos, permiso, Hechos(True, relaciones - {lazo}, dados)).permitido
        assert not preguntar(suyos - {rol}, permiso, hechos).permitido
        assert not preguntar(suyos, permiso, Hechos(True, relaciones)).permitido


@given(permisos)
def test_holding_a_document_verifies_it_and_nothing_else(permiso: Permiso) -> None:
    hechos = Hechos(True, frozenset({Relacion.DOCUMENTO}))
    respuesta = preguntar(frozenset(), permiso, hechos)
    verifica = permiso in (Permiso.RECETA_VERIFICAR, Permiso.FIRMA_VERIFICAR)
    assert respuesta.permitido == verifica
    assert respuesta.permisos == ({permiso} if verifica else set())
    assert not preguntar(frozenset(), permiso, Hechos(False, hechos.relaciones)).permitido


@given(roles, permisos)
def test_admitting_opens_only_to_who_may_register(suyos: frozenset[Rol], permiso: Permiso) -> None:
    hechos = Hechos(False, frozenset({Relacion.ADMISION}))
    if preguntar(suyos, permiso, hechos).permitido:
        assert Permiso.PACIENTE_REGISTRAR in actor(suyos).permisos


def puede(usuario: Usuario, paciente: UUID, permiso: Permiso, momento: datetime) -> bool:
    """The door's answer, which is an event that says who, of whom, and how it went."""
    quien = actor_de_usuario(usuario, ahora=momento)
    try:
        acceso = decision.abrir_paciente(
            quien, paciente, permiso, ahora=momento, motivo=MotivoDeConsulta.SEGUIMIENTO
        )
    except AccesoDenegado:
        acceso = None
    ultimo = Evento.objects.latest("id")
    assert (ultimo.actor, ultimo.pacientes) == (usuario.pk, [paciente])
    assert ultimo.resultado == ("permitido" if acceso else "denegado")
    if acceso:
        assert acceso.paciente == paciente
        assert permiso in acceso.permisos
    return acceso is not None


def otorgar(usuario: Usuario, paciente: UUID, *, hasta: datetime) -> UUID:
    return concesiones.otorgar(
        usuario_id=usuario.pk,
        paciente=paciente,
        permisos=[LEER],
        motivo=Motivo.TUTELA,
        desde=AHORA,
        hasta=hasta,
    )


@pytest.fixture
def tutora(db: None) -> Usuario:
    return Usuario.objects.create_user("tutora")


def test_a_guardian_opens_from_its_beginning_until_its_end(
    elenco: Elenco, paciente: UUID, tutora: Usuario
) -> None:
    hasta = AHORA + timedelta(days=30)
    assert not puede(tutora, paciente, LEER, AHORA)
    otorgar(tutora, paciente, hasta=hasta)
    assert not puede(tutora, paciente, LEER, AHORA - SEGUNDO)
    assert puede(tutora, paciente, LEER, AHORA)
    assert puede(tutora, paciente, LEER, hasta - SEGUNDO)
    assert not puede(tutora, paciente, LEER, hasta)


def test_a_grant_is_of_what_it_says_to_whom_it_says_on_whom_it_says(
    elenco: Elenco, paciente: UUID, tutora: Usuario
) -> None:
    otra = reparto.registrar(elenco, replace(XOCHITL, nombre="Otra"))
    otorgar(tutora, paciente, hasta=AHORA + timedelta(days=30))
    assert puede(tutora, paciente, LEER, AHORA)
    assert not puede(tutora, paciente, Permiso.NOTA_REDACTAR, AHORA)
    assert not puede(tutora, otra, LEER, AHORA)
    assert not puede(elenco.laboratorio, paciente, LEER, AHORA)


def test_a_grant_taken_back_closes_at_once(elenco: Elenco, paciente: UUID, tutora: Usuario) -> None:
    concedida = otorgar(tutora, paciente, hasta=AHORA + timedelta(days=30))
    assert puede(tutora, paciente, LEER, AHORA)
    Concesion.objects.filter(pk=concedida).update(hasta=AHORA + SEGUNDO)
    assert not puede(tutora, paciente, LEER, AHORA + SEGUNDO)
    Concesion.objects.filter(pk=concedida).delete()
    assert not puede(tutora, paciente, LEER, AHORA)


def test_an_open_visit_ties_who_attends_and_a_closed_one_nobody(
    elenco: Elenco, paciente: UUID
) -> None:
    encuentro = reparto.en_consulta(elenco, paciente)
    for quien in (elenco.medica, elenco.enfermera):
        assert puede(quien, paciente, LEER, AHORA)
    assert not puede(elenco.medico_ajeno, paciente, LEER, AHORA)
    acceso = reparto.acceso_de_medica(elenco, paciente)
    encuentros.cerrar(acceso, encuentro_id=encuentro, ahora=AHORA)
    for quien in (elenco.medica, elenco.enfermera):
        assert not puede(quien, paciente, LEER, AHORA + SEGUNDO)


def test_a_post_that_ended_opens_nothing(elenco: Elenco, paciente: UUID) -> None:
    reparto.en_consulta(elenco, paciente)
    elenco.medica.asignaciones.update(hasta=AHORA)
    assert puede(elenco.medica, paciente, LEER, AHORA - SEGUNDO)
    assert not puede(elenco.medica, paciente, LEER, AHORA)


def test_an_appointment_ties_a_week_before_and_a_month_after(
    elenco: Elenco, paciente: UUID
) -> None:
    cita = AHORA + timedelta(days=60)
    admision = decision.abrir_paciente(
        elenco.actor(elenco.archivo), paciente, Permiso.CITA_PROGRAMAR, ahora=AHORA
    )
    citas.programar(
        admision,
        lugar=citas.Lugar(elenco.medico_ajeno.pk, elenco.consulta, cita, cita + citas.DURACION),
        motivo="Control",
        ahora=AHORA,
    )
    antes, despues = relaciones.ANTES_DE_LA_CITA, relaciones.DESPUES_DE_LA_CITA
    assert not puede(elenco.medico_ajeno, paciente, LEER, cita - antes - SEGUNDO)
    assert puede(elenco.medico_ajeno, paciente, LEER, cita - antes)
    assert puede(elenco.medico_ajeno, paciente, LEER, cita + despues)
    assert not puede(elenco.medico_ajeno, paciente, LEER, cita + despues + SEGUNDO)
    assert not puede(elenco.medica, paciente, LEER, cita)


def test_whoever_is_not_there_is_refused_with_the_same_words(elenco: Elenco) -> None:
    """Nobody learns from a refusal whether there is such a patient."""
    nadie, alguien = UUID(int=404), reparto.registrar(elenco)
    quien = elenco.actor(elenco.medico_ajeno)
    razones = []
    for paciente in (nadie, alguien):
        with pytest.raises(AccesoDenegado) as negado:
            decision.abrir_paciente(quien, paciente, LEER, ahora=AHORA)
        razones.append(negado.value.fundamento)
    assert razones[0] == razones[1]
