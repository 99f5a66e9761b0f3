"""From a no to the reason of it, to breaking the glass, to its end, and to its review."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from auditoria.models import Evento
from consentimiento.models import Emergencia
from ece.identidad.models import Asignacion, Usuario
from ece.nucleo.roles import Rol
from tests.elenco import CONTRASENA
from tests.flujos.conftest import Hospital
from tests.flujos.idiomas import Palabras, ambos_idiomas

ESPANOL = Palabras("es-mx")
TEXTO = "Llegó inconsciente tras un choque; no trae a nadie."


@pytest.fixture
def privacidad(hospital: Hospital) -> Usuario:
    usuario = Usuario.objects.create_user("privacidad", password=CONTRASENA, first_name="Raúl")
    Asignacion.objects.create(usuario=usuario, rol=Rol.PRIVACIDAD, desde=timezone.now())
    return usuario


def entrar(abrir: Callable[..., Page], usuario: str, idioma: str) -> Page:
    pagina = abrir(idioma=idioma)
    pagina.fill("#id_username", usuario)
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.wait_for_load_state()
    return pagina


def romper(pagina: Page, contrasena: str, di: Palabras = ESPANOL) -> None:
    pagina.get_by_label(di("La persona no puede responder y su vida peligra")).check()
    pagina.fill("#id_texto", TEXTO)
    pagina.fill("#id_contrasena", contrasena)
    pagina.get_by_role("button", name=di("Abrir por emergencia")).press("Enter")


@ambos_idiomas
def test_from_the_refusal_to_the_review(
    abrir: Callable[..., Page], hospital: Hospital, privacidad: Usuario, idioma: str
) -> None:
    di = Palabras(idioma)
    pagina = abrir("medico-ajeno", idioma=idioma)
    respuesta = pagina.goto(hospital.expediente())
    assert respuesta is not None
    assert respuesta.status == 404
    expect(pagina.get_by_role("heading", level=1)).to_have_text(di("No se encontró"))
    expect(pagina.locator("body")).not_to_contain_text("Xóchitl")
    pagina.get_by_role("link", name=di("Es una emergencia")).press("Enter")
    expect(pagina.locator("body")).not_to_contain_text("Xóchitl")

    romper(pagina, "otra-cosa-2026", di)
    expect(pagina.get_by_role("alert")).to_be_visible()
    assert not Emergencia.objects.exists()
    romper(pagina, CONTRASENA, di)

    expect(pagina.locator(".paciente h1")).to_contain_text("Xóchitl")
    franja = pagina.locator(".emergencia[role=status]")
    expect(franja.get_by_role("timer")).to_contain_text("minut")
    pagina.goto(hospital.expediente("signos/"))
    expect(franja.get_by_role("button", name=di("Terminar ya"))).to_be_visible()
    Emergencia.objects.update(hasta=timezone.now())
    respuesta = pagina.goto(hospital.expediente("signos/"))
    assert respuesta is not None
    assert respuesta.status == 404

    revisora = entrar(abrir, "privacidad", idioma)
    expect(revisora).to_have_url(f"{hospital.url}/clinica/privacidad/")
    revisora.get_by_role("link", name=di("Emergencias por revisar")).press("Enter")
    revisora.get_by_role("link", name="Hugo").press("Enter")
    expect(revisora.locator("blockquote")).to_have_text(TEXTO)
    tabla = revisora.get_by_role("table")
    expect(tabla).to_contain_text(di("Resumen"))
    expect(tabla).to_contain_text(di("Signos vitales"))
    expect(revisora.locator("body")).not_to_contain_text("Xóchitl")
    revisora.get_by_label(di("Injustificada")).check()
    revisora.get_by_role("button", name=di("Guardar dictamen")).press("Enter")
    expect(revisora.locator("#id_nota_error")).to_be_visible()
    revisora.fill("#id_nota", "No estaba de guardia.")
    revisora.get_by_role("button", name=di("Guardar dictamen")).press("Enter")
    expect(revisora.get_by_text(di("Injustificada"), exact=True)).to_be_visible()

    de_la_persona = Evento.objects.filter(pacientes=[hospital.paciente], tipo__startswith="emer")
    assert set(de_la_persona.values_list("tipo", flat=True)) == {
        "emergencia.abierta",
        "emergencia.revisada",
    }


def test_ended_before_its_time(abrir: Callable[..., Page], hospital: Hospital) -> None:
    pagina = abrir("urgencias")
    pagina.goto(hospital.expediente("linea/"))
    expect(pagina.get_by_role("heading", level=1)).to_have_text(
        "No tiene una atención en curso con esta persona"
    )
    pagina.get_by_role("link", name="Es una emergencia").press("Enter")
    romper(pagina, CONTRASENA)
    pagina.get_by_role("button", name="Terminar ya").press("Enter")
    expect(pagina.get_by_text("El acceso de emergencia terminó.")).to_be_visible()
    respuesta = pagina.goto(hospital.expediente("linea/"))
    assert respuesta is not None
    assert respuesta.status == 403


def test_a_fragment_refused_says_why_where_it_would_be(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    """A page left open while the post that explained it changes."""
    puesto = Asignacion.objects.filter(usuario=hospital.elenco.de_urgencias)
    puesto.update(unidad=hospital.elenco.consulta)
    pagina = abrir("urgencias")
    pagina.goto(hospital.expediente())
    puesto.update(unidad=hospital.elenco.urgencias)
    pagina.locator("#filtro-Encounter").press("Enter")
    alerta = pagina.get_by_role("alert")
    expect(alerta).to_contain_text("No tiene una atención en curso con esta persona")
    expect(alerta.get_by_role("link", name="Es una emergencia")).to_be_visible()
