"""Two write the same note: the second is shown what changed, and no word is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.elenco import CONTRASENA
from tests.flujos.conftest import Hospital

Par = tuple[Page, Page]


def guardada(pagina: Page) -> None:
    expect(pagina.locator("#estado")).to_have_text("Guardado")


@pytest.fixture
def ventanas(abrir: Callable[..., Page], hospital: Hospital) -> Par:
    """The same draft on two devices of its author, something already in it."""
    una, otra = abrir("medica"), abrir("medica")
    una.goto(hospital.expediente("notas/nueva/evolucion/"))
    una.click("main button.principal")
    una.wait_for_function("() => document.querySelector('[name=version]')?.value === '1'")
    with una.expect_response("**/guardar/"):
        una.fill("[name=evolucion]", "Refiere mejoría.")
    guardada(una)
    otra.goto(una.url)
    expect(otra.locator("[name=evolucion]")).to_have_value("Refiere mejoría.")
    return una, otra


def test_each_wrote_another_section_and_both_stay(ventanas: Par) -> None:
    una, otra = ventanas
    una.fill("[name=pronostico]", "Bueno para la vida.")
    with una.expect_response("**/guardar/"):
        pass
    otra.fill("[name=tratamiento]", "Metformina 850 mg vía oral cada 12 horas.")
    expect(otra.locator("#tomado")).to_contain_text("Elena de Ejemplo")
    expect(otra.locator("#tomado")).to_contain_text("Pronóstico")
    guardada(otra)
    una.reload()
    expect(una.locator("[name=pronostico]")).to_have_value("Bueno para la vida.")
    expect(una.locator("[name=tratamiento]")).to_have_value(
        "Metformina 850 mg vía oral cada 12 horas."
    )


def test_both_wrote_the_same_section_and_the_second_merges_by_keyboard(ventanas: Par) -> None:
    una, otra = ventanas
    una.fill("[name=evolucion]", "Refiere mejoría. Duerme bien.")
    with una.expect_response("**/guardar/"):
        pass
    otra.fill("[name=evolucion]", "Refiere mejoría. Camina a diario.")
    fusion = otra.locator("#fusion")
    expect(fusion).to_be_visible()
    # Each side, whose it is, and what only it says.
    expect(fusion.locator("legend")).to_contain_text("Evolución")
    expect(fusion.locator("[data-de]")).to_contain_text("Elena de Ejemplo")
    expect(fusion.locator("[data-otro] mark").first).to_have_text("Duerme bien.")
    expect(fusion.locator("[data-mio] mark").first).to_have_text("Camina a diario.")

    # Put off, nothing is sent over the other's words; both stay for the next time.
    otra.keyboard.press("Escape")
    expect(otra.locator("#estado")).to_contain_text("hay que unir")
    otra.get_by_role("button", name="Unir los dos textos").press("Enter")
    expect(fusion.get_by_label("Las dos cosas")).to_be_checked()
    otra.keyboard.press("Enter")
    expect(otra.locator("[name=evolucion]")).to_have_value(
        "Refiere mejoría. Camina a diario.\n\nRefiere mejoría. Duerme bien."
    )
    guardada(otra)
    una.reload()
    expect(una.locator("[name=evolucion]")).to_have_value(
        "Refiere mejoría. Camina a diario.\n\nRefiere mejoría. Duerme bien."
    )


@pytest.mark.parametrize(
    ("cual", "queda"), [("Lo de aquí", "Pronóstico reservado."), ("Lo otro", "Bueno.")]
)
def test_the_second_may_keep_one_of_the_two(ventanas: Par, cual: str, queda: str) -> None:
    una, otra = ventanas
    una.fill("[name=pronostico]", "Bueno.")
    with una.expect_response("**/guardar/"):
        pass
    otra.fill("[name=pronostico]", "Pronóstico reservado.")
    otra.locator("#fusion").get_by_label(cual).check()
    otra.get_by_role("button", name="Unir", exact=True).press("Enter")
    expect(otra.locator("[name=pronostico]")).to_have_value(queda)
    guardada(otra)


def test_nobody_finishes_a_note_over_words_they_have_not_seen(ventanas: Par) -> None:
    una, otra = ventanas
    otra.click("#terminar")
    una.fill("[name=evolucion]", "Refiere mejoría. Duerme bien.")
    with una.expect_response("**/guardar/"):
        pass
    otra.fill("#contrasena", CONTRASENA)
    otra.keyboard.press("Enter")
    expect(otra.locator("main [role=alert]").first).to_contain_text("no se ha terminado")
    expect(otra.locator("#fusion [data-otro]")).to_contain_text("Duerme bien.")


def test_two_windows_of_one_browser_keep_each_its_own(ventanas: Par) -> None:
    """Both lose the server, both die; whoever comes back finds the words of both."""
    una, _ = ventanas
    contexto, direccion = una.context, una.url
    gemela = contexto.new_page()
    gemela.goto(direccion)
    contexto.route("**/guardar/", lambda ruta: ruta.abort())
    una.fill("[name=pronostico]", "Bueno para la vida.")
    gemela.fill("[name=tratamiento]", "Reposo.")
    for pagina in (una, gemela):
        expect(pagina.locator("#estado")).to_contain_text("Sin conexión")
    una.wait_for_function("() => localStorage.length === 2")
    una.close()
    gemela.close()
    contexto.unroute("**/guardar/")
    vuelta = contexto.new_page()
    vuelta.goto(direccion)
    expect(vuelta.locator("[name=pronostico]")).to_have_value("Bueno para la vida.")
    expect(vuelta.locator("[name=tratamiento]")).to_have_value("Reposo.")
    guardada(vuelta)
    vuelta.wait_for_function("() => localStorage.length === 0")
