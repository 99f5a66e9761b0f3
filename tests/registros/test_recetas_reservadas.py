"""A prescription is weighed against what is withheld, and says only that it is dangerous."""

import json
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from auditoria.models import Evento
from consentimiento import decision
from consentimiento.decision.revision import FUNDAMENTO, REVISOR, para_revisar_receta
from consentimiento.directivas import Rango
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.reserva import Ambito
from ece.nucleo.roles import Permiso
from registros.catalogos.medicamentos import Clase
from registros.models import Alergia, Receta
from registros.selectors import recetas as selectores
from registros.services import encuentros, recetas, reservados
from registros.services.encuentros import ClaseDeEncuentro
from registros.services.recetas import HallazgosSinAtender
from tests.consentimiento.permisos import a, dirigir, titular
from tests.elenco import AHORA, Elenco
from tests.registros.test_recetas import alergia_a, recetar, renglon

pytestmark = pytest.mark.django_db
SECRETO = "enicilina"


@pytest.fixture
def de_urgencias(elenco: Elenco, acceso: Acceso) -> Acceso:
    """Who is on duty where the patient, allergic to penicillin, is seen: the patient asked that
    their allergies be shown to nobody there."""
    alergia_a(acceso, "Penicilina")
    encuentros.abrir(
        decision.abrir_paciente(
            elenco.actor(elenco.archivo), acceso.paciente, Permiso.ENCUENTRO_ABRIR, ahora=AHORA
        ),
        clase=ClaseDeEncuentro.URGENCIAS,
        motivo="Tos",
        unidad_id=elenco.urgencias,
        responsable_id=elenco.medico_ajeno.pk,
        ahora=AHORA,
    )
    dirigir(
        titular(acceso.paciente),
        destinos=a(Rango.PERSONA, elenco.de_urgencias.pk),
        ambito=Ambito(tipos=frozenset({"AllergyIntolerance"})),
    )
    return prescriptor(elenco, acceso.paciente)


def prescriptor(elenco: Elenco, paciente: UUID) -> Acceso:
    return decision.abrir_paciente(
        elenco.actor(elenco.de_urgencias), paciente, Permiso.RECETA_PRESCRIBIR, ahora=AHORA
    )


def test_it_is_stopped_and_says_nothing_of_why(de_urgencias: Acceso) -> None:
    assert not Alergia.objects.de(de_urgencias).exists()
    hoy, renglones = AHORA.date(), [renglon("Amoxicilina")]
    antes = recetas.hallazgos(de_urgencias, renglones=renglones, hoy=hoy)
    assert not [h for h in antes if h.clase in (Clase.ALERGIA, Clase.RESERVADO)]
    with pytest.raises(HallazgosSinAtender) as alto:
        recetar(de_urgencias, *renglones)
    (aviso,) = alto.value.hallazgos
    assert (aviso.clase, aviso.medicamento, aviso.con) == (Clase.RESERVADO, "Amoxicilina", "")
    assert aviso.porque == reservados.PORQUE
    assert SECRETO not in repr(aviso)
    assert not Receta.objects.de(de_urgencias).exists()


def test_with_a_reason_it_is_prescribed_and_keeps_the_mask(de_urgencias: Acceso) -> None:
    recetar(de_urgencias, renglon("Amoxicilina"), motivo="Sin otra opción; se vigila.")
    (recetada,) = selectores.recetados(de_urgencias)
    assert SECRETO not in json.dumps(recetada.recurso, ensure_ascii=False)
    (evento,) = Evento.objects.filter(tipo="receta.prescrita")
    assert "reservado.grave" in json.loads(bytes(evento.contenido))["detalle"]["hallazgos"]


def test_what_is_harmless_or_in_sight_adds_nothing(de_urgencias: Acceso, acceso: Acceso) -> None:
    assert recetar(de_urgencias, renglon("Paracetamol"))
    with pytest.raises(HallazgosSinAtender) as alto:  # the physician who sees it reads it whole
        recetar(acceso, renglon("Amoxicilina"))
    assert {h.clase for h in alto.value.hallazgos} == {Clase.ALERGIA}


def test_the_check_leaves_its_event_and_names_who_prescribes(
    de_urgencias: Acceso, acceso: Acceso
) -> None:
    recetar(de_urgencias, renglon("Paracetamol"))
    (evento,) = Evento.objects.filter(actor=REVISOR.id)
    dicho = json.loads(bytes(evento.contenido))
    assert dicho["detalle"]["por"] == str(de_urgencias.actor.id)
    assert (evento.pacientes, dicho["fundamento"]) == ([acceso.paciente], FUNDAMENTO)
    recetar(acceso, renglon("Paracetamol"), motivo="Otra vez")  # from whom nothing is withheld
    assert Evento.objects.filter(actor=REVISOR.id).count() == 1


def test_nobody_who_does_not_prescribe_opens_it(elenco: Elenco, de_urgencias: Acceso) -> None:
    lector = decision.abrir_paciente(
        elenco.actor(elenco.archivo), de_urgencias.paciente, Permiso.PACIENTE_LEER, ahora=AHORA
    )
    with pytest.raises(PermisoInsuficiente):
        para_revisar_receta(lector, ahora=AHORA)


def test_the_page_shows_it_only_when_it_is_about_to_be_written(
    elenco: Elenco, de_urgencias: Acceso
) -> None:
    cliente = Client()
    cliente.force_login(elenco.de_urgencias)
    direccion = reverse("clinica:recetar", args=[de_urgencias.paciente])
    uno = renglon("Amoxicilina")
    datos = {
        "r-TOTAL_FORMS": "1",
        "r-INITIAL_FORMS": "0",
        "r-0-medicamento": "Amoxicilina",
        "accion": "elegir-0",
    }
    elegida = cliente.post(direccion, datos)
    assert reservados.PORQUE not in elegida.content.decode()
    campos = elegida.context["formset"].forms[0].initial
    lleno = {f"r-0-{campo}": str(valor) for campo, valor in campos.items() if campo != "enfocar"}
    respuesta = cliente.post(direccion, {**datos, **lleno, "accion": "guardar"})
    cuerpo = respuesta.content.decode()
    assert respuesta.status_code == 422, uno
    assert reservados.PORQUE in cuerpo
    assert SECRETO not in cuerpo
    con_motivo = {**datos, **lleno, "accion": "guardar", "motivo": "Se vigila."}
    assert cliente.post(direccion, con_motivo).status_code == 302
