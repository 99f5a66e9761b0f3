"""After the answer: an appeal within its term, what the authority says, and the disputed datum."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consentimiento import arco as maquina
from consentimiento import plazos
from consentimiento.arco import Derecho, Estado, FueraDePlazo, Paso, PasoImposible
from consentimiento.models import SolicitudArco
from consentimiento.selectors import arco as selectores
from consentimiento.services import arco
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import CLASES, OtroRegistro, RegistroClinico
from registros.selectors import disputables, rectificaciones
from tests.consentimiento.permisos import como, cuenta
from tests.consentimiento.solicitudes import dar, de_oficial, en_ventanilla, pedida
from tests.consentimiento.solicitudes import oficial as la_oficial
from tests.elenco import AHORA, Elenco
from tests.registros import clinica

pytestmark = pytest.mark.django_db


@pytest.fixture
def oficial(elenco: Elenco, paciente: UUID) -> Acceso:
    return de_oficial(elenco, paciente)


def estado(id_: UUID) -> str:
    return SolicitudArco.objects.get(pk=id_).estado


def negar(oficial: Acceso, id_: UUID) -> None:
    dar(oficial, id_, Paso.ADMITIR)
    arco.dar_paso(
        oficial, solicitud_id=id_, paso=Paso.NEGAR, texto="No.", causal="49-II", ahora=AHORA
    )


def test_who_asked_appeals_within_the_term_and_not_after(
    elenco: Elenco, paciente: UUID, oficial: Acceso
) -> None:
    id_ = pedida(elenco, paciente)
    negar(oficial, id_)
    ventanilla = en_ventanilla(elenco, paciente)
    hoy = timezone.localdate(AHORA)
    termina = plazos.sumar(hoy, 15, settings.ECE_DIAS_INHABILES)
    visto = selectores.detalle(ventanilla, solicitud_id=id_, hoy=hoy)
    assert visto is not None
    assert (visto.recurso_hasta, Paso.RECURRIR in visto.pasos) == (termina, True)
    tarde = AHORA + timedelta(days=(termina - hoy).days + 1)
    with pytest.raises(FueraDePlazo):
        dar(ventanilla, id_, Paso.RECURRIR, ahora=tarde)
    dar(ventanilla, id_, Paso.RECURRIR, ahora=tarde - timedelta(days=1))
    assert estado(id_) == Estado.RECURRIDA


def test_an_answer_that_does_not_come_may_be_appealed_once_it_is_due(
    elenco: Elenco, paciente: UUID
) -> None:
    id_ = pedida(elenco, paciente)
    ventanilla = en_ventanilla(elenco, paciente)
    with pytest.raises(FueraDePlazo):
        dar(ventanilla, id_, Paso.RECURRIR)
    vence = SolicitudArco.objects.get(pk=id_).vence
    assert vence is not None
    despues = AHORA + timedelta(days=(vence - timezone.localdate(AHORA)).days + 1)
    dar(ventanilla, id_, Paso.RECURRIR, ahora=despues)


def test_what_the_authority_says_ends_it_or_has_it_carried_out(
    elenco: Elenco, paciente: UUID, oficial: Acceso
) -> None:
    confirmada, modificada = (pedida(elenco, paciente, Derecho.ACCESO) for _ in range(2))
    for id_ in (confirmada, modificada):
        negar(oficial, id_)
        dar(oficial, id_, Paso.RECURRIR)
    dar(oficial, confirmada, Paso.CONFIRMAR)
    with pytest.raises(PasoImposible):
        dar(oficial, confirmada, Paso.RECURRIR)
    dar(oficial, modificada, Paso.MODIFICAR, Paso.EFECTUAR)
    assert (estado(confirmada), estado(modificada)) == (Estado.CONFIRMADA, Estado.EFECTIVA)
    assert SolicitudArco.objects.get(pk=modificada).entrega_hasta is not None


def test_that_the_data_do_not_exist_is_said_with_the_resolution(
    elenco: Elenco, paciente: UUID, oficial: Acceso
) -> None:
    id_ = pedida(elenco, paciente)
    dar(oficial, id_, Paso.ADMITIR)
    with pytest.raises(arco.CausalRequerida):
        arco.dar_paso(oficial, solicitud_id=id_, paso=Paso.INEXISTENCIA, texto=" ", ahora=AHORA)
    dar(oficial, id_, Paso.INEXISTENCIA)
    assert estado(id_) == Estado.INEXISTENTE
    assert Estado.INEXISTENTE in maquina.FINALES


def test_the_disputed_datum_is_picked_from_ones_own_and_annotated(
    elenco: Elenco, paciente: UUID, acceso: Acceso, oficial: Acceso
) -> None:
    problema = clinica.problema(acceso)
    persona = cuenta("paciente", paciente)
    cliente = Client()
    cliente.force_login(persona)
    direccion = reverse("portal:arco", args=[paciente])
    pagina = cliente.get(direccion).content.decode()
    assert f"Condition/{problema}" in pagina
    datos = {
        "derecho": "rectificacion",
        "peticion": "No tengo asma.",
        "registro": f"Condition/{problema}",
        "solicitante": "Xóchitl",
        "calidad": "titular",
        "medio": "Aquí",
    }
    ajeno = {**datos, "registro": "Condition/01919191-0000-7000-8000-000000000001"}
    assert cliente.post(direccion, ajeno).status_code == 422
    assert cliente.post(direccion, datos).status_code == 302
    id_ = SolicitudArco.objects.get().pk
    visto = selectores.detalle(oficial, solicitud_id=id_, hoy=AHORA.date())
    assert visto is not None
    assert visto.textos["dato"].startswith("Diagnóstico: ")
    assert "registro" not in dict(visto.dichas)
    dar(oficial, id_, Paso.ADMITIR, Paso.CONCEDER, Paso.EFECTUAR, ahora=timezone.now())
    (nota,) = rectificaciones.sobre(acceso, tipo="Condition", id=problema)
    assert nota.pedido == "No tengo asma."


def test_at_the_counter_nobody_reads_the_record_to_fill_the_form(
    elenco: Elenco, paciente: UUID, acceso: Acceso
) -> None:
    clinica.problema(acceso)
    assert disputables.de_paciente(en_ventanilla(elenco, paciente)) == []
    assert disputables.de_paciente(como(cuenta("paciente", paciente), paciente))


def test_the_officer_opens_nothing_but_what_was_asked(
    elenco: Elenco, paciente: UUID, acceso: Acceso, oficial: Acceso
) -> None:
    """Not because no page shows it: the proof itself reaches nothing clinical."""
    clinica.problema(acceso)
    pedida(elenco, paciente)
    modelos: list[type[RegistroClinico]] = [*CLASES.values(), OtroRegistro]
    vistos = [fila for modelo in modelos for fila in modelo.objects.de(oficial)]
    assert {fila.tipo_fhir for fila in vistos} == {"Patient", "Communication"}
    revisora = como(la_oficial(elenco), paciente, Permiso.REVISION_ATENDER)
    vistos = [fila for modelo in modelos for fila in modelo.objects.de(revisora)]
    assert {fila.tipo_fhir for fila in vistos} == {"Patient"}
