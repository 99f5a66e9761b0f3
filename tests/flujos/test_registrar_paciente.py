"""Registering somebody, with and without scripts: the CURP is checked, nobody is created twice."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from ece.nucleo.identificadores import calcular_curp
from tests.elenco import CONTRASENA, XOCHITL
from tests.flujos.conftest import Hospital

CURP = calcular_curp(
    nombre=XOCHITL.nombre,
    primer_apellido=XOCHITL.primer_apellido,
    segundo_apellido=XOCHITL.segundo_apellido,
    fecha_nacimiento=XOCHITL.fecha_nacimiento,
    sexo=XOCHITL.sexo_curp,
    entidad=XOCHITL.entidad_nacimiento,
    homoclave="0",
)


@pytest.fixture
def sin_guiones(navegador: Browser, hospital: Hospital) -> Iterator[Page]:
    contexto = navegador.new_context(java_script_enabled=False, locale="es-MX")
    pagina = contexto.new_page()
    pagina.goto(f"{hospital.url}/")
    pagina.fill("#id_username", "archivo")
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/clinica/")
    yield pagina
    contexto.close()


def registrados() -> int:
    return Evento.objects.filter(tipo=TipoDeEvento.PACIENTE_REGISTRADO).count()


def llenar(pagina: Page) -> None:
    """The same person that is already registered, but without a CURP."""
    pagina.fill("[name=sin_curp_motivo]", "No la trae consigo")
    pagina.fill("[name=nombre]", XOCHITL.nombre)
    pagina.fill("[name=primer_apellido]", XOCHITL.primer_apellido)
    pagina.fill("[name=fecha_nacimiento]", XOCHITL.fecha_nacimiento.isoformat())
    pagina.check("[name=sexo_curp][value=M]")
    pagina.check("[name=sexo_biologico][value=femenino]")


def test_nothing_about_the_person_is_presumed(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("archivo")
    pagina.goto(f"{hospital.url}/clinica/pacientes/nuevo/")
    assert pagina.locator("main input:checked").count() == 0
    leyendas = pagina.locator("fieldset.grupo > legend").all_inner_texts()
    assert leyendas[0] == "Identidad oficial"
    assert len(leyendas) == 4
    pagina.click("main button.principal")
    faltan = pagina.locator("[aria-invalid=true], fieldset:has(> div .error)").count()
    assert faltan >= 5
    assert registrados() == 1


def test_the_curp_is_checked_as_it_is_typed(abrir: Callable[..., Page], hospital: Hospital) -> None:
    pagina = abrir("archivo")
    pagina.goto(f"{hospital.url}/clinica/pacientes/nuevo/")
    pedidas: list[str] = []
    pagina.on("request", lambda peticion: pedidas.append(peticion.url))
    dicho = pagina.locator("#curp-dicho")
    pagina.locator("#id_curp").press_sequentially(CURP[:10])
    expect(dicho).to_contain_text("10 caracteres de 18")
    pagina.locator("#id_curp").press_sequentially(CURP[10:17] + "X")
    expect(dicho.locator(".error")).to_be_visible()
    pagina.keyboard.press("Backspace")
    pagina.keyboard.type(CURP[17])
    expect(dicho).to_contain_text("Está bien formada: Mujer")
    assert not [direccion for direccion in pedidas if CURP[:10] in direccion]


def test_likely_duplicates_show_before_saving(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    pagina = abrir("archivo")
    pagina.goto(f"{hospital.url}/clinica/pacientes/nuevo/")
    llenar(pagina)
    expect(pagina.locator("#parecidos")).to_contain_text(XOCHITL.primer_apellido)
    pagina.click("main button.principal")
    expect(pagina.locator("#parecidos")).to_contain_text("¿Es alguna de estas personas?")
    assert registrados() == 1


def test_without_scripts_the_same_holds(sin_guiones: Page, hospital: Hospital) -> None:
    pagina = sin_guiones
    pagina.goto(f"{hospital.url}/clinica/pacientes/nuevo/")
    pagina.fill("[name=curp]", CURP[:17] + "X")
    llenar(pagina)
    pagina.click("main button.principal")
    expect(pagina.locator("#curp-dicho .error")).to_be_visible()

    pagina.fill("[name=curp]", "")
    pagina.click("main button.principal")
    expect(pagina.locator("#parecidos")).to_contain_text("¿Es alguna de estas personas?")
    assert registrados() == 1

    pagina.get_by_role("checkbox", name="No es").check()
    pagina.click("main button.principal")
    pagina.wait_for_url("**/identificacion/")
    assert registrados() == 2
