"""From the order to the acknowledged critical value, by the two people who do it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from auditoria.models import Evento
from tests.flujos.conftest import Hospital
from tests.flujos.idiomas import Palabras, ambos_idiomas


@ambos_idiomas
def test_from_the_order_to_the_answer(
    abrir: Callable[..., Page], hospital: Hospital, idioma: str
) -> None:
    """In either language of the screen; studies are called as the catalogue does, in Spanish."""
    di = Palabras(idioma)
    medica = abrir("medica", idioma=idioma)
    medica.goto(hospital.expediente())
    medica.get_by_role("link", name=di("Pedir estudios")).click()
    medica.locator("#estudio").press_sequentially("electr")
    medica.wait_for_selector("#estudio-opciones [role=option]")
    medica.keyboard.press("ArrowDown")
    medica.keyboard.press("Enter")
    expect(medica.get_by_label(di("Estudios elegidos"))).to_contain_text("Electrolitos séricos")
    medica.get_by_label(di("Urgente")).check()
    medica.get_by_label(di("Problema clínico en estudio")).fill("Debilidad en enfermedad renal")
    medica.get_by_role("button", name=di("Enviar la orden")).click()
    expect(medica.locator(".ordenes")).to_contain_text("Electrolitos séricos")
    expect(medica.locator("#criticos p")).to_have_count(0)

    laboratorio = abrir("laboratorio", ancho=390, idioma=idioma)
    laboratorio.get_by_role("link", name=di("Trabajo del servicio")).click()
    laboratorio.get_by_role("link", name="Electrolitos séricos").click()
    expect(laboratorio.locator("main")).to_contain_text("Debilidad en enfermedad renal")
    laboratorio.get_by_role("button", name=di("Registrar la toma de muestra")).click()
    expect(laboratorio.locator(".registro .ficha", has_text=di("Muestra tomada"))).to_be_visible()
    laboratorio.get_by_label("Sodio").fill("138")
    laboratorio.get_by_label("Potasio").fill("6.8")
    laboratorio.get_by_role("button", name=di("Enviar informe definitivo")).click()
    expect(laboratorio.locator("main")).to_contain_text(di("No hay órdenes por atender."))

    un_critico = di.cuantos(
        "%(n)s valor crítico espera su respuesta", "%(n)s valores críticos esperan su respuesta", 1
    )
    # On whatever page she is, the notice stays until she answers.
    medica.goto(hospital.expediente("signos/"))
    aviso = medica.locator("#criticos")
    expect(aviso).to_contain_text(un_critico)
    assert "Potasio" not in aviso.inner_text()
    aviso.get_by_role("link", name=di("Ver y responder")).click()
    medica.locator("main").get_by_role("link", name="Xóchitl Ibáñez Peña").click()
    expect(medica.locator(".critico")).to_have_text("Potasio: 6.8 mmol/L")
    medica.get_by_label(di("Qué se hizo")).fill("Gluconato de calcio y electrocardiograma")
    relectura = medica.get_by_label(
        di("Vuelva a escribir el valor de: %(nombre)s", nombre="Potasio")
    )
    relectura.fill("8.6")
    medica.get_by_role("button", name=di("Responder")).click()
    expect(medica.locator("main [role=alert]")).to_contain_text(
        di("No es el valor informado; vuelva a leerlo arriba.")
    )
    expect(aviso).to_contain_text(un_critico)
    relectura.fill("6.8")
    medica.get_by_role("button", name=di("Responder")).click()
    expect(medica.locator("main")).to_contain_text(di("Queda constancia de su respuesta."))
    expect(medica.locator("main")).to_contain_text("Gluconato de calcio y electrocardiograma")
    expect(medica.locator("main")).to_contain_text(di("Respondió"))
    releido = di("Valor repetido por quien lo recibe: %(que)s", que="Potasio")
    expect(medica.locator("main")).to_contain_text(releido)
    expect(medica.locator(".valores .critica")).to_contain_text(di("Crítico alto"))
    expect(aviso.locator("p")).to_have_count(0)

    tipos = ("orden.solicitada", "orden.tomada", "resultado.registrado", "critico.respondido")
    for tipo in tipos:
        assert Evento.objects.filter(tipo=tipo, resultado="hecho").count() == 1
