"""Breaking the glass: what it opens, for how long, what it leaves, and its review."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from auditoria import bitacora
from auditoria.models import Evento
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from consentimiento.models import Emergencia
from consentimiento.selectors import emergencias as selectores
from consentimiento.services import emergencias
from consentimiento.services.emergencias import Dictamen, MotivoDeEmergencia
from ece.identidad.models import Asignacion, Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Acceso, Actor, PermisoInsuficiente
from ece.nucleo.roles import Permiso, Rol
from ece.nucleo.uuid7 import uuid7
from registros.models import OtroRegistro
from registros.selectors import expediente
from tests import elenco as reparto
from tests.elenco import AHORA, Elenco

LEER = Permiso.EXPEDIENTE_LEER
UN_MINUTO, HORA = timedelta(minutes=1), timedelta(hours=1)
TEXTO = "Llegó inconsciente tras un choque; no trae a nadie."


def romper(quien: Actor, paciente: UUID, ahora: datetime = AHORA) -> UUID:
    motivo = MotivoDeEmergencia.INCONSCIENTE
    return emergencias.abrir(quien, paciente=paciente, motivo=motivo, texto=TEXTO, ahora=ahora)


def leer(quien: Actor, paciente: UUID, ahora: datetime) -> Acceso:
    return decision.abrir_paciente(quien, paciente, LEER, ahora=ahora)


@pytest.fixture
def ajeno(elenco: Elenco) -> Actor:
    return elenco.actor(elenco.medico_ajeno)


@pytest.fixture
def privacidad(elenco: Elenco) -> Actor:
    usuario = Usuario.objects.create_user("privacidad", first_name="Raúl")
    Asignacion.objects.create(usuario=usuario, rol=Rol.PRIVACIDAD, desde=AHORA - timedelta(days=1))
    return actor_de_usuario(usuario, ahora=AHORA)


def test_it_opens_one_record_for_its_term_and_no_longer(
    elenco: Elenco, paciente: UUID, ajeno: Actor
) -> None:
    otro = reparto.registrar(elenco)
    with pytest.raises(AccesoDenegado):
        leer(ajeno, paciente, AHORA)
    caso = romper(ajeno, paciente)
    acceso = leer(ajeno, paciente, AHORA + UN_MINUTO)
    assert (acceso.fundamento, acceso.proposito) == ("emergencia", "ETREAT")
    assert selectores.vigente(acceso, ahora=AHORA) == AHORA + HORA
    for quien, ahora in ((otro, AHORA + UN_MINUTO), (paciente, AHORA + HORA)):
        with pytest.raises(AccesoDenegado):
            leer(ajeno, quien, ahora)
    evento = Evento.objects.get(tipo="emergencia.abierta")
    assert (evento.actor, evento.pacientes) == (ajeno.id, [paciente])
    assert str(caso).encode() in evento.contenido
    assert TEXTO.encode() not in evento.contenido


def test_the_reason_is_in_the_record_as_the_standard_says_and_the_patient_reads_it(
    elenco: Elenco, paciente: UUID, ajeno: Actor
) -> None:
    romper(ajeno, paciente)
    titular = Usuario.objects.create_user("titular", paciente=paciente)
    acceso = leer(actor_de_usuario(titular, ahora=AHORA), paciente, AHORA)
    (constancia,) = OtroRegistro.objects.de(acceso).filter(tipo="AuditEvent")
    assert constancia.recurso["outcomeDesc"] == TEXTO
    codigos = [c["code"] for p in constancia.recurso["purposeOfEvent"] for c in p["coding"]]
    assert codigos == ["BTG", "inconsciente"]
    pagina = expediente.linea_de_tiempo(acceso)
    assert "Acceso de emergencia" in {e.titulo for e in pagina.entradas}


def test_who_treats_nobody_breaks_nothing_and_learns_nothing(
    elenco: Elenco, paciente: UUID
) -> None:
    for quien in (elenco.laboratorio, elenco.archivo):
        for cual in (paciente, uuid7()):
            with pytest.raises(AccesoDenegado) as negado:
                romper(elenco.actor(quien), cual)
            assert (negado.value.fundamento, negado.value.conocido) == ("rol.insuficiente", False)
    assert not Emergencia.objects.exists()
    assert Evento.objects.filter(tipo="acceso.decidido", resultado="denegado").count() == 4


def test_of_who_does_not_exist_nothing_is_broken(elenco: Elenco, ajeno: Actor) -> None:
    with pytest.raises(AccesoDenegado) as negado:
        romper(ajeno, uuid7())
    assert not negado.value.conocido
    assert not Emergencia.objects.exists()


def test_if_the_log_fails_the_glass_stays_whole(
    paciente: UUID, ajeno: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = bitacora.insercion

    def sin_emergencias(eventos):  # type: ignore[no-untyped-def]
        if any(e.tipo == "emergencia.abierta" for e in eventos):
            raise RuntimeError("la bitácora no responde")
        return original(eventos)

    monkeypatch.setattr(bitacora, "insercion", sin_emergencias)
    with pytest.raises(RuntimeError):
        romper(ajeno, paciente)
    assert not Emergencia.objects.exists()
    with pytest.raises(AccesoDenegado):
        leer(ajeno, paciente, AHORA)


def test_ended_before_its_time_it_is_ended(paciente: UUID, ajeno: Actor) -> None:
    romper(ajeno, paciente)
    acceso = leer(ajeno, paciente, AHORA + UN_MINUTO)
    emergencias.terminar(acceso, ahora=AHORA + UN_MINUTO)
    assert Evento.objects.filter(tipo="emergencia.terminada", pacientes=[paciente]).count() == 1
    with pytest.raises(AccesoDenegado):
        leer(ajeno, paciente, AHORA + 2 * UN_MINUTO)


def test_going_on_takes_another_reason_and_is_another_case(paciente: UUID, ajeno: Actor) -> None:
    primero = romper(ajeno, paciente)
    segundo = romper(ajeno, paciente, AHORA + 30 * UN_MINUTO)
    assert primero != segundo
    assert leer(ajeno, paciente, AHORA + 80 * UN_MINUTO).fundamento == "emergencia"
    assert Evento.objects.filter(tipo="emergencia.abierta").count() == 2


def revisar(privacidad: Actor, paciente: UUID, caso: UUID, dictamen: Dictamen, nota: str) -> Acceso:
    acceso = decision.abrir_paciente(
        privacidad, paciente, Permiso.REVISION_ATENDER, ahora=AHORA + HORA
    )
    emergencias.revisar(
        acceso, caso_id=caso, dictamen=dictamen, nota=nota, ahora=AHORA + timedelta(hours=2)
    )
    return acceso


def test_the_officer_sees_who_whom_why_and_everything_that_was_seen(
    elenco: Elenco, paciente: UUID, ajeno: Actor, privacidad: Actor
) -> None:
    caso = romper(ajeno, paciente)
    for pagina in ("clinica:expediente", "clinica:signos", "clinica:signos"):
        decision.abrir_paciente(
            ajeno, paciente, LEER, ahora=AHORA + UN_MINUTO, detalle={"pagina": pagina}
        )
    manana = AHORA + timedelta(hours=23)
    alcance = decision.alcanzar(
        privacidad, Permiso.REVISION_ATENDER, motivo="revision", ahora=manana
    )
    (en_cola,) = selectores.en_cola(alcance, ahora=manana)
    assert (en_cola.nombre, en_cola.iniciales) == (elenco.medico_ajeno.nombre, "X.I.P.")
    assert (en_cola.veces, en_cola.repite, en_cola.vencido) == (1, False, False)
    (tarde,) = selectores.en_cola(alcance, ahora=AHORA + timedelta(hours=24))
    assert tarde.vencido

    acceso = decision.abrir_paciente(privacidad, paciente, Permiso.REVISION_ATENDER, ahora=manana)
    assert acceso.permisos == {Permiso.REVISION_ATENDER}
    entero = selectores.caso(acceso, caso_id=caso, ahora=manana)
    assert entero is not None
    assert entero.texto == TEXTO
    vistos = {v.que: v.veces for v in entero.vistos}
    assert vistos["clinica:signos"] == 2
    assert vistos["clinica:expediente"] == 1


def test_a_review_is_one_event_and_what_was_said_is_a_version_of_the_reason(
    paciente: UUID, ajeno: Actor, privacidad: Actor
) -> None:
    caso = romper(ajeno, paciente)
    with pytest.raises(emergencias.SinNota):
        revisar(privacidad, paciente, caso, Dictamen.INJUSTIFICADA, "  ")
    acceso = revisar(privacidad, paciente, caso, Dictamen.INJUSTIFICADA, "No estaba de guardia.")
    fila = Emergencia.objects.get(pk=caso)
    assert (fila.dictamen, fila.revisada_por_id) == ("injustificada", privacidad.id)
    constancia = OtroRegistro.objects.uno(acceso, fila.constancia)
    assert constancia is not None
    assert constancia.version == 2
    (evento,) = Evento.objects.filter(tipo="emergencia.revisada")
    assert b"guardia" not in evento.contenido
    with pytest.raises(emergencias.YaRevisada):
        revisar(privacidad, paciente, caso, Dictamen.JUSTIFICADA, "")


def test_a_case_of_another_is_not_reviewed_from_here_nor_by_who_may_not(
    elenco: Elenco, paciente: UUID, ajeno: Actor, privacidad: Actor
) -> None:
    caso = romper(ajeno, paciente)
    with pytest.raises(emergencias.EmergenciaInexistente):
        revisar(privacidad, reparto.registrar(elenco), caso, Dictamen.JUSTIFICADA, "")
    with pytest.raises(PermisoInsuficiente):
        emergencias.revisar(
            leer(ajeno, paciente, AHORA + UN_MINUTO),
            caso_id=caso,
            dictamen=Dictamen.JUSTIFICADA,
            nota="",
            ahora=AHORA,
        )


def test_who_does_it_often_stands_out(paciente: UUID, ajeno: Actor, privacidad: Actor) -> None:
    for dias in (45, 12, 5, 0):
        romper(ajeno, paciente, AHORA - timedelta(days=dias))
    alcance = decision.alcanzar(
        privacidad, Permiso.REVISION_ATENDER, motivo="revision", ahora=AHORA
    )
    casos = selectores.en_cola(alcance, ahora=AHORA + UN_MINUTO)
    assert [c.veces for c in casos] == [1, 1, 2, 3]
    assert [c.repite for c in casos] == [False, False, False, True]


def test_what_nobody_reviews_in_time_reaches_whoever_directs_as_a_figure(
    elenco: Elenco, paciente: UUID, ajeno: Actor
) -> None:
    romper(ajeno, paciente)
    usuario = Usuario.objects.create_user("direccion")
    Asignacion.objects.create(usuario=usuario, rol=Rol.DIRECCION, desde=AHORA)
    directora = actor_de_usuario(usuario, ahora=AHORA)
    alcance = decision.alcanzar(directora, Permiso.INDICADORES_LEER, motivo="revision", ahora=AHORA)
    assert selectores.vencidos(alcance, ahora=AHORA + 23 * HORA) == 0
    assert selectores.vencidos(alcance, ahora=AHORA + 24 * HORA) == 1
