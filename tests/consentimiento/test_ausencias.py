"""What is withheld is absent from every list, board and count of the desk: no row, no gap."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from consentimiento.directivas import Rango
from consentimiento.selectors import criticos
from ece.identidad.models import Usuario
from ece.nucleo.acceso import Acceso
from ece.nucleo.reserva import Ambito
from ece.nucleo.roles import Permiso
from registros.selectors import agenda, escalas, expediente, pacientes, tareas
from registros.services import diagnosticos, encuentros, notas, resultados
from registros.services.encuentros import ClaseDeEncuentro
from registros.services.notas import Contenido
from tests import elenco as reparto
from tests.consentimiento.permisos import LEER, a, como, dirigir, titular
from tests.consentimiento.test_delegaciones import VIH
from tests.elenco import AHORA, Elenco
from tests.flujos.estudios import poblar
from tests.flujos.expediente_lleno import DIABETES, TEXTOS

pytestmark = pytest.mark.django_db


def alcance(elenco: Elenco, usuario: Usuario, permiso: Permiso = Permiso.PACIENTE_LISTAR) -> Any:
    return decision.alcanzar(elenco.actor(usuario), permiso, motivo="agenda", ahora=AHORA)


def pagina(usuario: Usuario, nombre: str, *args: Any) -> str:
    cliente = Client()
    cliente.force_login(usuario)
    respuesta = cliente.get(reverse(nombre, args=args))
    assert respuesta.status_code == 200, (nombre, respuesta.status_code)
    return respuesta.content.decode()


@pytest.fixture
def encuentro(elenco: Elenco, paciente: UUID) -> UUID:
    return reparto.en_consulta(elenco, paciente)


def negar(elenco: Elenco, paciente: UUID, **resto: Any) -> None:
    dirigir(titular(paciente), destinos=a(Rango.PERSONA, elenco.medica.pk), **resto)


def test_who_was_refused_finds_the_person_in_no_list(
    elenco: Elenco, paciente: UUID, encuentro: UUID
) -> None:
    poblar(elenco, paciente, encuentro)
    reparto.citada(elenco, paciente)
    actor, dia = elenco.actor(elenco.medica), timedelta(days=1)

    def listas() -> list[int]:
        suyo = alcance(elenco, elenco.medica)
        turnos = agenda.turnos(
            suyo, profesional=actor.id, desde=AHORA - dia, hasta=AHORA + dia, ahora=AHORA
        )
        return [
            len(pacientes.en_atencion(suyo, actor=actor.id, unidades=[])),
            len(pacientes.buscar(suyo, texto="xochitl")),
            len(pacientes.por_ids(suyo, [paciente])),
            len(tareas.pendientes(suyo, ahora=AHORA)),
            len([t for t in turnos if t.paciente]),
            criticos.contar(actor, ahora=AHORA).cuantos,
        ]

    antes = listas()
    assert all(antes)
    negar(elenco, paciente)
    assert listas() == [0] * len(antes)
    assert "Xóchitl" not in pagina(elenco.medica, "clinica:hoy")
    assert "Xóchitl" not in pagina(elenco.medica, "clinica:pendientes")


def test_what_was_refused_in_part_is_out_of_lists_that_do_not_open_it(
    elenco: Elenco, paciente: UUID, encuentro: UUID
) -> None:
    """Of who sees the rest of the record: not that something waits, nor how many."""
    poblar(elenco, paciente, encuentro)
    reparto.citada(elenco, paciente)
    actor, dia = elenco.actor(elenco.medica), timedelta(days=1)
    negar(elenco, paciente, ambito=Ambito(tipos=frozenset({"Task", "Appointment", "Encounter"})))
    suyo = alcance(elenco, elenco.medica)
    assert [p.nombre for p in pacientes.buscar(suyo, texto="xochitl")]
    assert tareas.pendientes(suyo, ahora=AHORA) == []
    assert criticos.contar(actor, ahora=AHORA).cuantos == 0
    assert pacientes.en_atencion(suyo, actor=actor.id, unidades=[]) == []
    turnos = agenda.turnos(
        suyo, profesional=actor.id, desde=AHORA - dia, hasta=AHORA + dia, ahora=AHORA
    )
    # The hour is taken, which whoever books must know; by whom, is not said.
    assert [t.paciente for t in turnos] == [None]


def con_vih(acceso: Acceso, encuentro: UUID) -> tuple[UUID, UUID]:
    """A sensitive diagnosis and a sensitive report; their ids."""
    diagnosticos.registrar(acceso, diagnostico=DIABETES, encuentro_id=encuentro, ahora=AHORA)
    condicion = diagnosticos.registrar(
        acceso, diagnostico=VIH, encuentro_id=encuentro, ahora=timezone.now()
    )
    return condicion, encuentro


@pytest.fixture
def de_laboratorio(elenco: Elenco, paciente: UUID, encuentro: UUID) -> UUID:
    """A report that tells of HIV, made today."""
    acceso = decision.abrir_paciente(
        elenco.actor(elenco.laboratorio), paciente, Permiso.RESULTADO_REGISTRAR, ahora=AHORA
    )
    return resultados.registrar(
        acceso,
        estudio="VIH, antígeno y anticuerpos",
        medidas=(),
        conclusion="Reactivo.",
        encuentro_id=encuentro,
        ahora=timezone.now(),
    )


def test_a_sensitive_result_is_for_who_treats_on_every_page(
    elenco: Elenco, paciente: UUID, encuentro: UUID, de_laboratorio: UUID
) -> None:
    acceso = reparto.acceso_de_medica(elenco, paciente)
    condicion, _ = con_vih(acceso, encuentro)
    assert "VIH" in pagina(elenco.medica, "clinica:hoy")
    assert "VIH" not in pagina(elenco.enfermera, "clinica:hoy")
    direcciones = [
        ("clinica:expediente", paciente),
        ("clinica:linea", paciente),
        ("clinica:problemas", paciente),
        ("clinica:ordenes", paciente),
    ]
    for nombre, *args in direcciones:
        suya, de_enfermera = (pagina(q, nombre, *args) for q in (elenco.medica, elenco.enfermera))
        assert "VIH" not in de_enfermera, nombre
        assert "reservad" not in de_enfermera.lower()
        assert "ocult" not in de_enfermera.replace("aria-hidden", "").lower(), nombre
        if nombre != "clinica:ordenes":
            assert "VIH" in suya, nombre
    cliente = Client()
    cliente.force_login(elenco.enfermera)
    for tipo, id_ in (("Condition", condicion), ("DiagnosticReport", de_laboratorio)):
        ajeno = cliente.get(reverse("clinica:registro", args=[paciente, tipo, id_]))
        nadie = cliente.get(reverse("clinica:registro", args=[paciente, tipo, paciente]))
        assert (ajeno.status_code, nadie.status_code) == (404, 404)
        assert _sin_ids(ajeno.content, id_) == _sin_ids(nadie.content, paciente)
    informe = cliente.get(reverse("clinica:informe", args=[paciente, de_laboratorio]))
    assert informe.status_code == 404


def _sin_ids(contenido: bytes, id: UUID) -> bytes:
    return contenido.replace(str(id).encode(), b"").split(b"csrf")[0]


def test_counts_types_and_searches_do_not_tell(
    elenco: Elenco, paciente: UUID, encuentro: UUID
) -> None:
    acceso = reparto.acceso_de_medica(elenco, paciente)
    diagnosticos.registrar(acceso, diagnostico=VIH, encuentro_id=encuentro, ahora=AHORA)
    nota = notas.redactar(acceso, tipo="evolucion", encuentro_id=encuentro, ahora=AHORA)
    textos = {**TEXTOS, "evolucion": "Vive con VIH; adherente a su antirretroviral."}
    contenido = Contenido(textos, {}, (VIH,))
    notas.finalizar(acceso, nota_id=nota, contenido=contenido, version=1, ahora=AHORA)
    enfermera = como(elenco.enfermera, paciente)
    tipos = {tipo for tipo, _ in expediente.tipos_presentes(enfermera)}
    assert {"Condition", "Composition"} & tipos == set()
    assert {"Condition", "Composition"} < {t for t, _ in expediente.tipos_presentes(acceso)}
    assert "antirretroviral" in pagina(elenco.medica, "clinica:nota", paciente, nota)
    cliente = Client()
    cliente.force_login(elenco.enfermera)
    buscar = reverse("clinica:buscar-en-expediente", args=[paciente])
    assert b"<mark" not in cliente.get(buscar, {"q": "antirretroviral"}).content
    assert cliente.get(reverse("clinica:nota-pdf", args=[paciente, nota])).status_code == 404
    de_ahora = reparto.acceso_de_medica(elenco, paciente)
    for suyo, la_tiene in ((de_ahora, True), (enfermera, False)):
        impreso = expediente.del_periodo(suyo, desde=None, hasta=timezone.now(), limite=99)
        assert any(e.tipo == "Composition" for e in impreso) is la_tiene


def test_the_board_of_urgencias_does_not_tell_that_a_hidden_note_was_written(
    elenco: Elenco, paciente: UUID
) -> None:
    llegada = como(elenco.archivo, paciente, Permiso.ENCUENTRO_ABRIR)
    visita = encuentros.abrir(
        llegada,
        clase=ClaseDeEncuentro.URGENCIAS,
        motivo="Dolor",
        unidad_id=elenco.urgencias,
        responsable_id=elenco.medico_ajeno.pk,
        ahora=AHORA,
    )
    tratante = como(elenco.medico_ajeno, paciente)
    nota = notas.redactar(tratante, tipo="evolucion", encuentro_id=visita, ahora=AHORA)
    textos = {**TEXTOS, "evolucion": "Vive con VIH."}
    notas.guardar_borrador(
        tratante, nota_id=nota, contenido=Contenido(textos, {}, ()), version=1, ahora=AHORA
    )

    def atendido(usuario: Usuario) -> list[bool]:
        suyo, actor = alcance(elenco, usuario), elenco.actor(usuario)
        turnos = pacientes.en_atencion(suyo, actor=actor.id, unidades=[elenco.urgencias])
        accesos = decision.abrir_pacientes(actor, [paciente], LEER, ahora=AHORA)
        return [e.atendido for e in escalas.en_espera(accesos, turnos=turnos, ahora=AHORA)]

    assert atendido(elenco.medico_ajeno) == [True]
    assert atendido(elenco.de_urgencias) == [False]


def test_an_open_proof_is_no_way_round_a_refusal(elenco: Elenco, paciente: UUID) -> None:
    """A page asks the decision again: what it kept from before opens nothing new."""
    reparto.en_consulta(elenco, paciente)
    negar(elenco, paciente)
    with pytest.raises(AccesoDenegado):
        reparto.acceso_de_medica(elenco, paciente)
    accesos = decision.abrir_pacientes(elenco.actor(elenco.medica), [paciente], LEER, ahora=AHORA)
    assert accesos == {}
