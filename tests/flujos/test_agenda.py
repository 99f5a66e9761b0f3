"""The agenda in a browser: booking to visit by keyboard, the list that moves, who waits."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from ece.identidad.models import Consultorio, Horario
from tests.flujos.conftest import Hospital


@pytest.fixture
def horario(hospital: Hospital) -> None:
    """`medica` receives every day from 9 to 11, in a room."""
    elenco = hospital.elenco
    sitio = Consultorio.objects.create(unidad_id=elenco.consulta, nombre="Consultorio 1")
    for dia in range(7):
        Horario.objects.create(
            profesional=elenco.medica,
            unidad_id=elenco.consulta,
            consultorio=sitio,
            dia=dia,
            desde=time(9),
            hasta=time(11),
            vigente_desde=timezone.localdate() - timedelta(days=1),
        )


def manana() -> str:
    return (timezone.localdate() + timedelta(days=1)).isoformat()


def test_from_the_booking_to_the_visit_by_keyboard(
    abrir: Callable[..., Page], hospital: Hospital, horario: None
) -> None:
    pagina = abrir("archivo")
    pagina.keyboard.press("/")
    pagina.keyboard.type("iba")
    pagina.wait_for_selector("#encontrados [role=option]")
    pagina.keyboard.press("ArrowDown")
    pagina.keyboard.press("Enter")
    pagina.get_by_role("link", name="Citas", exact=True).press("Enter")
    pagina.get_by_role("link", name="Agendar cita").press("Enter")
    pagina.goto(f"{pagina.url}?fecha={manana()}")
    pagina.locator("[name=hueco]").first.focus()
    pagina.keyboard.press("Space")
    pagina.keyboard.press("ArrowRight")
    pagina.locator("#id_motivo").focus()
    pagina.keyboard.type("Control de presión")
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_role("status").first).to_have_text("Cita agendada.")
    expect(pagina.locator("main")).to_contain_text("09:20")
    expect(pagina.locator("main")).to_contain_text("Consultorio 1")

    pagina.goto(f"{hospital.url}/clinica/agenda/?fecha={manana()}")
    expect(pagina.locator(".turnos .libre")).to_have_count(5)
    otra = abrir("medica")
    otra.clock.install()
    otra.goto(f"{hospital.url}/clinica/agenda/?fecha={manana()}")
    expect(otra.locator(".turnos .programada")).to_contain_text("Xóchitl")

    pagina.get_by_role("button", name="Llegó Xóchitl").press("Enter")
    expect(pagina.locator(".turnos .llego")).to_contain_text("espera 0 min")
    # The physician's list moves by itself, and what had the focus keeps it.
    enlace = otra.locator(".turnos .quien a")
    enlace.focus()
    otra.clock.fast_forward(20_000)
    expect(otra.locator(".turnos .llego")).to_be_visible()
    expect(enlace).to_be_focused()

    otra.get_by_role("button", name="Pasar a consulta a Xóchitl").press("Enter")
    expect(otra.get_by_role("status").first).to_have_text("Encuentro abierto.")
    pagina.reload()
    expect(pagina.locator(".turnos .en-consulta")).to_contain_text("En consulta")


def test_a_taken_hour_is_not_offered_but_to_overbook_with_a_reason(
    abrir: Callable[..., Page], hospital: Hospital, horario: None
) -> None:
    pagina = abrir("archivo", ancho=390)
    pagina.goto(hospital.expediente(f"citas/nueva/?fecha={manana()}"))
    primera = pagina.locator("[name=hueco]").first
    hora = primera.get_attribute("value")
    elegida = pagina.locator(f'[name=hueco][value="{hora}"]')
    elegida.check()
    pagina.fill("#id_motivo", "Control")
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_role("link", name="Comprobante")).to_be_visible()

    pagina.goto(hospital.expediente(f"citas/nueva/?fecha={manana()}"))
    expect(pagina.locator("[name=hueco]").first).to_be_visible()
    expect(elegida).to_have_count(0)
    pagina.goto(hospital.expediente(f"citas/nueva/?fecha={manana()}&sobrecupo=1"))
    elegida.check()
    pagina.fill("#id_motivo", "Dolor")
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_text("Esa hora está ocupada: anote por qué se da.")).to_be_visible()
    pagina.fill("#id_sobrecupo", "Dolor agudo")
    pagina.keyboard.press("Enter")
    expect(pagina.locator("main")).to_contain_text("Sobrecupo: Dolor agudo")


def test_who_waits_gets_the_hour_that_somebody_leaves(
    abrir: Callable[..., Page], hospital: Hospital, horario: None
) -> None:
    elenco = hospital.elenco
    pagina = abrir("archivo")
    pagina.goto(hospital.expediente("citas/esperar/"))
    pagina.select_option("#id_unidad_id", str(elenco.consulta))
    pagina.fill("#id_motivo", "Revisión")
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_text("En espera")).to_be_visible()

    pagina.goto(f"{hospital.url}/clinica/agenda/espera/?unidad={elenco.consulta}")
    pagina.get_by_role("link", name="Dar cita a Xóchitl").press("Enter")
    expect(pagina.get_by_text("Espera desde el")).to_be_visible()
    pagina.locator("[name=hueco]").last.check()
    pagina.get_by_role("button", name="Guardar").press("Enter")
    expect(pagina.get_by_role("status").first).to_have_text("Cita agendada.")
    expect(pagina.get_by_text("En espera")).to_have_count(0)
    pagina.get_by_role("link", name="Cancelar").press("Enter")
    pagina.fill("#id_motivo", "Ya no la necesita")
    pagina.keyboard.press("Enter")
    # What it frees is shown beside who waits.
    expect(pagina.get_by_role("heading", name="Lista de espera")).to_be_visible()
    expect(pagina.get_by_text("Nadie espera.")).to_be_visible()
    pagina.goto(hospital.expediente("citas/"))
    expect(pagina.locator("main")).to_contain_text("Motivo: Ya no la necesita")
