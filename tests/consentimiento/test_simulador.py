"""The simulator answers what the door answers, with the facts as they are, and each use is told."""

from datetime import timedelta
from uuid import UUID

import pytest

from auditoria.models import Evento
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from consentimiento.services import concesiones, simulador
from consentimiento.services.concesiones import Motivo
from consentimiento.services.simulador import Proposito
from ece.identidad.models import Asignacion, Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Acceso, Alcance, PermisoInsuficiente
from ece.nucleo.roles import Permiso, Rol
from ece.nucleo.uuid7 import uuid7
from registros.selectors import expediente, pacientes
from tests.elenco import AHORA, Elenco

LEER = Permiso.EXPEDIENTE_LEER


@pytest.fixture
def alcance(elenco: Elenco) -> Alcance:
    usuario = Usuario.objects.create_user("privacidad")
    Asignacion.objects.create(usuario=usuario, rol=Rol.PRIVACIDAD, desde=AHORA - timedelta(days=1))
    privacidad = actor_de_usuario(usuario, ahora=AHORA)
    return decision.alcanzar(privacidad, Permiso.DECISION_SIMULAR, motivo="simulacion", ahora=AHORA)


@pytest.mark.parametrize("permiso", [LEER, Permiso.PACIENTE_LEER, Permiso.RECETA_PRESCRIBIR])
def test_it_says_of_each_what_the_door_says(
    elenco: Elenco, acceso: Acceso, alcance: Alcance, permiso: Permiso
) -> None:
    for usuario in (elenco.medica, elenco.enfermera, elenco.medico_ajeno, elenco.archivo):
        podria = simulador.simular(
            alcance,
            usuario_id=usuario.pk,
            paciente=acceso.paciente,
            permiso=permiso,
            proposito=None,
            ahora=AHORA,
        )
        try:
            abierto = decision.abrir_paciente(
                elenco.actor(usuario), acceso.paciente, permiso, ahora=AHORA
            )
        except AccesoDenegado as negado:
            puerta = (False, negado.fundamento)
        else:
            puerta = (True, abierto.fundamento)
            assert podria.decision.permisos == abierto.permisos
            assert len(podria.vedas) == len(abierto.reserva.vedas)
        assert (podria.decision.permitido, podria.decision.fundamento) == puerta
    eventos = Evento.objects.filter(tipo="decision.simulada", pacientes=[acceso.paciente])
    assert eventos.count() == 4


def test_another_purpose_is_another_answer(
    elenco: Elenco, acceso: Acceso, alcance: Alcance
) -> None:
    podria = simulador.simular(
        alcance,
        usuario_id=elenco.medica.pk,
        paciente=acceso.paciente,
        permiso=LEER,
        proposito=Proposito.HRESCH,
        ahora=AHORA,
    )
    assert (podria.decision.permitido, podria.decision.fundamento) == (False, "proposito")


def test_everybody_who_could_open_it_today_with_the_ground(
    elenco: Elenco, acceso: Acceso, alcance: Alcance
) -> None:
    madre = Usuario.objects.create_user("madre")
    concesiones.otorgar(
        usuario_id=madre.pk,
        paciente=acceso.paciente,
        permisos=[LEER],
        motivo=Motivo.TUTELA,
        desde=AHORA - timedelta(days=1),
        hasta=AHORA + timedelta(days=1),
    )
    Usuario.objects.create_user("titular", paciente=acceso.paciente)
    podrian = simulador.quienes(alcance, paciente=acceso.paciente, ahora=AHORA)
    assert {(p.nombre.partition(" ")[0], p.decision.fundamento) for p in podrian} == {
        ("Elena", "atencion"),
        ("Irma", "atencion.unidad"),
        ("madre", "representacion"),
        ("titular", "titular"),
    }
    assert Evento.objects.filter(tipo="decision.simulada").count() == 1


def test_a_record_is_found_by_its_number_and_by_whoever_may(
    elenco: Elenco, acceso: Acceso, alcance: Alcance
) -> None:
    numero = expediente.identidad(acceso)[0].expediente
    assert pacientes.id_de_expediente(alcance, numero=numero.lower()) == acceso.paciente
    assert pacientes.id_de_expediente(alcance, numero="NO-EXISTE") is None
    suyo = decision.alcanzar(
        elenco.actor(elenco.medica), Permiso.PACIENTE_LISTAR, motivo="busqueda", ahora=AHORA
    )
    with pytest.raises(PermisoInsuficiente):
        pacientes.id_de_expediente(suyo, numero=numero)
    with pytest.raises(PermisoInsuficiente):
        simulador.quienes(suyo, paciente=acceso.paciente, ahora=AHORA)


def test_nobody_is_nobody(elenco: Elenco, acceso: Acceso, alcance: Alcance) -> None:
    with pytest.raises(simulador.PersonaInexistente):
        simulador.simular(
            alcance,
            usuario_id=uuid7(),
            paciente=acceso.paciente,
            permiso=LEER,
            proposito=None,
            ahora=AHORA,
        )
    assert not Evento.objects.filter(tipo="decision.simulada").exists()


def test_of_who_does_not_exist_nobody_could(alcance: Alcance) -> None:
    assert simulador.quienes(alcance, paciente=UUID(int=7), ahora=AHORA) == []
