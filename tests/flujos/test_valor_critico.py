"""From the order to the acknowledged critical value, by the two people who do it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from auditoria.models import Evento
from tests.flujos.conftest import Hospital


def test_from_the_order_to_the_answer(abrir: Callable[..., Page], hospital: Hospital) -> None:
    medica = abrir("medica")
    medica.goto(hospital.expediente())
    medica.get_by_role("link", name="Pedir estudios").click()
    medica.locator("#estudio").press_sequentially("electr")
    medica.wait_for_selector("#estudio-opciones [role=option]")
    medica.keyboard.press("ArrowDown")
    medica.keyboard.press("Enter")
    expect(medica.get_by_label("Estudios elegidos")).to_contain_text("Electrolitos séricos")
    medica.get_by_label("Urgente").check()
    medica.get_by_label("Problema clínico en estudio").fill("Debilidad en enfermedad renal")
    medica.get_by_role("button", name="Enviar la orden").click()
    expect(medica.locator(".ordenes")).to_contain_text("Electrolitos séricos")
    expect(medica.locator("#criticos p")).to_have_count(0)

    laboratorio = abrir("laboratorio", ancho=390)
    laboratorio.get_by_role("link", name="Trabajo del servicio").click()
    laboratorio.get_by_role("link", name="Electrolitos séricos").click()
    expect(laboratorio.locator("main")).to_contain_text("Debilidad en enfermedad renal")
    laboratorio.get_by_role("button", name="Registrar la toma de muestra").click()
    expect(laboratorio.locator(".registro .ficha", has_text="Muestra tomada")).to_be_visible()
    laboratorio.get_by_label("Sodio").fill("138")
    laboratorio.get_by_label("Potasio").fill("6.8")
    laboratorio.get_by_role("button", name="Enviar informe definitivo").click()
    expect(laboratorio.locator("main")).to_contain_text("No hay órdenes por atender.")

    # On whatever page she is, the notice stays until she answers.
    medica.goto(hospital.expediente("signos/"))
    aviso = medica.locator("#criticos")
    expect(aviso).to_contain_text("1 valor crítico espera su respuesta")
    assert "Potasio" not in aviso.inner_text()
    aviso.get_by_role("link", name="Ver y responder").click()
    medica.locator("main").get_by_role("link", name="Xóchitl Ibáñez Peña").click()
    expect(medica.locator(".critico")).to_have_text("Potasio: 6.8 mmol/L")
    medica.get_by_label("Qué se hizo").fill("Gluconato de calcio y electrocardiograma")
    relectura = medica.get_by_label("Vuelva a escribir el valor de: Potasio")
    relectura.fill("8.6")
    medica.get_by_role("button", name="Responder").click()
    expect(medica.locator("main [role=alert]")).to_contain_text("No es el valor informado")
    expect(aviso).to_contain_text("1 valor crítico")
    relectura.fill("6.8")
    medica.get_by_role("button", name="Responder").click()
    expect(medica.locator("main")).to_contain_text("Queda constancia de su respuesta")
    expect(medica.locator("main")).to_contain_text("Gluconato de calcio y electrocardiograma")
    expect(medica.locator(".valores .critica")).to_contain_text("Crítico alto")
    expect(aviso.locator("p")).to_have_count(0)

    tipos = ("orden.solicitada", "orden.tomada", "resultado.registrado", "critico.respondido")
    for tipo in tipos:
        assert Evento.objects.filter(tipo=tipo, resultado="hecho").count() == 1
