"""Somebody whose keys were destroyed is nobody: in no list, count or search, and no page breaks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from consentimiento import decision
from consentimiento.arco import Derecho, Paso
from consentimiento.decision import AccesoDenegado
from consentimiento.services import conservacion
from ece import fhir
from ece.identidad.models import Usuario
from ece.nucleo.identificadores.curp import calcular_curp
from ece.nucleo.roles import Permiso, Rol
from interoperabilidad.fhir import lectura
from registros.selectors import agenda, pacientes
from registros.services import pacientes as servicio
from tests import elenco as reparto
from tests.consentimiento.permisos import cuenta
from tests.consentimiento.solicitudes import dar, de_oficial, oficial, pedida
from tests.elenco import AHORA, INTEGRACION, XOCHITL, Elenco
from tests.flujos.portal import contratar
from tests.registros import clinica

pytestmark = pytest.mark.django_db
MUCHO_DESPUES = datetime(2033, 1, 1, tzinfo=UTC)
CURP = calcular_curp(
    nombre="Xóchitl",
    primer_apellido="Ibáñez",
    segundo_apellido="Peña",
    fecha_nacimiento=date(1984, 5, 17),
    sexo="M",
    entidad="OC",
    homoclave="0",
)
CON_CURP = replace(XOCHITL, curp=CURP, sin_curp_motivo="")


@pytest.fixture
def destruida(elenco: Elenco) -> UUID:
    """A patient with a visit, an appointment, data and an account, shredded."""
    paciente = reparto.registrar(elenco, CON_CURP)
    reparto.en_consulta(elenco, paciente)
    reparto.citada(elenco, paciente)
    clinica.problema(reparto.acceso_de_medica(elenco, paciente))
    cuenta("paciente", paciente)
    acceso = de_oficial(elenco, paciente)
    solicitud = pedida(elenco, paciente, Derecho.CANCELACION)
    dar(acceso, solicitud, Paso.ADMITIR, Paso.CONCEDER, Paso.EFECTUAR)
    assert conservacion.destruir_vencidos(ahora=MUCHO_DESPUES) == [paciente]
    return paciente


def test_no_search_or_list_of_the_desk_finds_them(elenco: Elenco, destruida: UUID) -> None:
    for usuario in (elenco.archivo, elenco.medica, elenco.de_urgencias):
        actor = elenco.actor(usuario)
        alcance = decision.alcanzar(actor, Permiso.PACIENTE_LISTAR, motivo="busqueda", ahora=AHORA)
        assert pacientes.buscar(alcance, texto="Ibáñez") == []
        assert pacientes.buscar(alcance, texto=CURP) == []
        assert pacientes.por_ids(alcance, [destruida]) == {}
        atencion = pacientes.en_atencion(alcance, actor=actor.id, unidades=[elenco.consulta])
        assert atencion == []
        manana = AHORA + timedelta(days=1)
        assert not agenda.turnos(
            alcance,
            profesional=elenco.medica.pk,
            desde=AHORA - timedelta(days=1),
            hasta=manana,
            ahora=AHORA,
        )


def test_to_everybody_it_is_as_if_there_were_nobody(elenco: Elenco, destruida: UUID) -> None:
    persona = Usuario.objects.get(username="paciente")
    for usuario in (elenco.medica, elenco.archivo, persona, oficial(elenco)):
        for permiso in (Permiso.EXPEDIENTE_LEER, Permiso.PACIENTE_LEER, Permiso.ARCO_ATENDER):
            with pytest.raises(AccesoDenegado) as negado:
                decision.abrir_paciente(elenco.actor(usuario), destruida, permiso, ahora=AHORA)
            assert (negado.value.fundamento, negado.value.conocido) == ("sin.relacion", False)


def test_machines_search_count_and_read_as_if_there_were_nobody(
    elenco: Elenco, destruida: UUID
) -> None:
    otra = reparto.registrar(elenco)
    reparto.en_consulta(elenco, otra)
    for tipo, cuantas in (("Patient", 1), ("Encounter", 1), ("Condition", 0), ("Appointment", 0)):
        hallado = fhir.json.leer(
            lectura.buscar(
                INTEGRACION,
                tipo,
                [("_total", "accurate")],
                base="x",
                estricto=True,
                ahora=AHORA,
            )
        )
        assert (hallado["total"], len(hallado.get("entry", ()))) == (cuantas, cuantas), tipo
    for pedido in (
        lambda: lectura.leer(INTEGRACION, "Patient", destruida, ahora=AHORA),
        lambda: lectura.expediente(
            INTEGRACION, destruida, base="x", cursor="", tipos="", ahora=AHORA
        ),
    ):
        with pytest.raises(AccesoDenegado):
            pedido()  # type: ignore[no-untyped-call]


def test_no_page_breaks(elenco: Elenco, destruida: UUID) -> None:
    contratar("calidad", Rol.CALIDAD)
    paginas = {
        "medica": ("clinica:hoy", "clinica:pendientes", "clinica:buscar", "clinica:agenda"),
        "archivo": ("clinica:hoy", "clinica:agenda", "clinica:espera"),
        "laboratorio": ("clinica:servicio",),
        "calidad": ("clinica:calidad",),
        "privacidad": (
            *("clinica:privacidad", "clinica:privacidad-arco", "clinica:revisiones"),
            *("clinica:inusuales", "clinica:quejas", "clinica:vulneraciones"),
        ),
        "paciente": ("portal:inicio",),
    }
    oficial(elenco)
    for quien, nombres in paginas.items():
        cliente = Client()
        cliente.force_login(Usuario.objects.get(username=quien))
        for nombre in nombres:
            respuesta = cliente.get(reverse(nombre), {"q": "ibañez"}, follow=True)
            assert respuesta.status_code in (200, 404), nombre
            assert "Ibáñez" not in respuesta.content.decode(), nombre
        for nombre in ("clinica:expediente", "portal:resumen", "clinica:identificacion"):
            respuesta = cliente.get(reverse(nombre, args=[destruida]), follow=True)
            assert respuesta.status_code == 404, (quien, nombre)


def test_whoever_comes_back_is_registered_anew(elenco: Elenco, destruida: UUID) -> None:
    """Their CURP is nobody's; of somebody who is still here, it is not given to another."""
    nueva = reparto.registrar(elenco, CON_CURP)
    assert nueva != destruida
    admision = decision.admitir(elenco.actor(elenco.archivo), ahora=AHORA)
    with pytest.raises(Exception, match="ya es de otro paciente"):
        servicio.registrar(admision, identificacion=CON_CURP, ahora=AHORA)
