"""WCAG 2.2 AA on every page of the URLconf, at both widths and in both schemes.

The pages come from the URLconf: one that is in none of the tables below fails the suite.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.template.loader import render_to_string
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page, expect

from ece.identidad.models import Usuario
from ece.web import urls
from registros.catalogos.notas import TIPOS
from tests.elenco import CONTRASENA, XOCHITL
from tests.flujos.conftest import Hospital
from tests.flujos.expediente_lleno import Lleno, llenar

REGLAS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}
AGREGAR = ("alergia", "diagnostico", "receta")
PLANTILLAS = Path(urls.__file__).parent / "templates"
ERRORES = sorted(p.name for p in PLANTILLAS.glob("[0-9]*.html"))

Direcciones = Callable[[Hospital, Lleno], list[str]]


def _del_paciente(nombre: str, *claves: str) -> Direcciones:
    """Addresses of a page of the chart, one for each of `claves` where it takes one more."""

    def direcciones(hospital: Hospital, lleno: Lleno) -> list[str]:
        extras = [[c] for c in claves] or [[]]
        return [reverse(nombre, args=[hospital.paciente, *extra]) for extra in extras]

    return direcciones


def _de_la_nota(cual: str) -> Direcciones:
    return lambda hospital, lleno: [
        reverse("clinica:nota", args=[hospital.paciente, getattr(lleno, cual)])
    ]


def _fija(nombre: str) -> Direcciones:
    return lambda hospital, lleno: [reverse(nombre)]


def _registros(hospital: Hospital, lleno: Lleno) -> list[str]:
    return [
        reverse("clinica:registro", args=[hospital.paciente, tipo, id_])
        for tipo, id_ in (("Patient", hospital.paciente), ("Encounter", lleno.encuentro))
    ]


PAGINAS: dict[str, tuple[tuple[str, Direcciones], ...]] = {
    "inicio": (("medica", _fija("inicio")),),
    "cuenta:entrar": (("", _fija("cuenta:entrar")),),
    "clinica:hoy": (("medica", _fija("clinica:hoy")), ("archivo", _fija("clinica:hoy"))),
    "clinica:registrar": (("archivo", _fija("clinica:registrar")),),
    "clinica:expediente": (("medica", _del_paciente("clinica:expediente")),),
    "clinica:identificacion": (
        ("medica", _del_paciente("clinica:identificacion")),
        ("archivo", _del_paciente("clinica:identificacion")),
    ),
    "clinica:signos": (("medica", _del_paciente("clinica:signos")),),
    "clinica:abrir-encuentro": (("medica", _del_paciente("clinica:abrir-encuentro")),),
    "clinica:agregar": (("medica", _del_paciente("clinica:agregar", *AGREGAR)),),
    "clinica:registro": (("medica", _registros),),
    "clinica:nota-nueva": (("medica", _del_paciente("clinica:nota-nueva", *TIPOS)),),
    "clinica:nota": (("medica", _de_la_nota("terminada")), ("medica", _de_la_nota("borrador"))),
    "portal:inicio": (("paciente", _fija("portal:inicio")), ("nadie", _fija("portal:inicio"))),
    "portal:resumen": (("paciente", _del_paciente("portal:resumen")),),
}
SIN_PAGINA = {
    "cuenta:salir": "an action: it leads to the door",
    "cuenta:idioma": "an action: it leads back to the page it was asked from",
    "clinica:cerrar": "an action: it leads to the day's page",
    "clinica:nota-guardar": "autosave: JSON for the editor",
    "clinica:nota-finalizar": "an action; the editor with its errors is looked at below",
    "clinica:nota-adenda": "an action: it leads back to the note",
    "clinica:nota-pdf": "a PDF document",
    "clinica:buscar": "a piece of every page, looked at below",
    "clinica:linea": "a piece of the chart, looked at below",
    "clinica:cie10": "a piece of forms, looked at below",
    "clinica:parecidos": "a piece of the registration form, looked at below",
    "clinica:curp": "a piece of the registration form, looked at below",
}


def nombres(
    patrones: list[URLPattern | URLResolver] | None = None, espacio: str = ""
) -> Iterator[str]:
    """Every name of the URLconf of pages."""
    for patron in get_resolver("ece.web.urls").url_patterns if patrones is None else patrones:
        if isinstance(patron, URLResolver):
            dentro = f"{patron.namespace}:" if patron.namespace else ""
            yield from nombres(patron.url_patterns, espacio + dentro)
        else:
            yield f"{espacio}{patron.name}"


def revisar(pagina: Page) -> None:
    # What a sticky heading covers while scrolling is not a target that is too small.
    pagina.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    faltas = Axe().run(pagina, options=REGLAS)
    assert not faltas.violations_count, f"{pagina.url}\n{faltas.generate_report()}"
    ancho = pagina.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert ancho[0] <= ancho[1], f"{pagina.url} se desborda: {ancho}"
    assert pagina.locator("h1").count() == 1, f"{pagina.url} no tiene un solo título"


def fallar(pagina: Page, cuerpo: str) -> None:
    pagina.route("**/falla/", lambda ruta: ruta.fulfill(body=cuerpo, content_type="text/html"))


def test_no_page_is_left_out() -> None:
    todos = set(nombres())
    assert todos == PAGINAS.keys() | SIN_PAGINA.keys()
    assert not PAGINAS.keys() & SIN_PAGINA.keys()
    assert {"404.html", "403.html", "500.html"} <= set(ERRORES)


@pytest.fixture
def lleno(hospital: Hospital) -> Lleno:
    call_command("cargar_catalogos", stdout=io.StringIO())
    return llenar(hospital)


@pytest.fixture
def entrar(abrir: Callable[..., Page], hospital: Hospital, lleno: Lleno) -> Callable[..., Page]:
    """As `abrir`, also for people who are only in these tests: a patient, and nobody yet."""
    for clave, paciente in (("paciente", hospital.paciente), ("nadie", None)):
        usuario = Usuario.objects.create_user(clave, password=CONTRASENA)
        usuario.paciente = paciente
        usuario.save()

    def _entrar(usuario: str, *, ancho: int, esquema: str) -> Page:
        if usuario not in ("paciente", "nadie"):
            return abrir(usuario, ancho=ancho, esquema=esquema)
        pagina = abrir(ancho=ancho, esquema=esquema)
        pagina.fill("#id_username", usuario)
        pagina.fill("#id_password", CONTRASENA)
        pagina.keyboard.press("Enter")
        pagina.wait_for_url("**/portal/**")
        return pagina

    return _entrar


ambos = pytest.mark.parametrize("esquema", ["light", "dark"])
anchos = pytest.mark.parametrize("ancho", [390, 1280])


@ambos
@anchos
def test_no_page_fails_axe(
    entrar: Callable[..., Page], hospital: Hospital, lleno: Lleno, ancho: int, esquema: str
) -> None:
    abiertas: dict[str, Page] = {}
    for visitas in PAGINAS.values():
        for usuario, direcciones in visitas:
            if usuario not in abiertas:
                abiertas[usuario] = entrar(usuario, ancho=ancho, esquema=esquema)
            for direccion in direcciones(hospital, lleno):
                respuesta = abiertas[usuario].goto(hospital.url + direccion)
                assert respuesta is not None
                assert respuesta.ok, f"{direccion}: {respuesta.status}"
                revisar(abiertas[usuario])


@ambos
@anchos
def test_no_error_page_fails_axe(
    abrir: Callable[..., Page], hospital: Hospital, ancho: int, esquema: str
) -> None:
    pagina = abrir(ancho=ancho, esquema=esquema)
    # The real template with the real styles, at an address of the server that cannot be provoked.
    for plantilla in ERRORES:
        fallar(pagina, render_to_string(plantilla))
        pagina.goto(f"{hospital.url}/falla/")
        revisar(pagina)
        expect(pagina.get_by_role("link", name="Ir al inicio")).to_be_visible()
        assert pagina.locator(".pasos li").count() >= 1
    respuesta = pagina.goto(f"{hospital.url}/clinica/no-existe/")
    assert respuesta is not None
    assert respuesta.status == 404
    revisar(pagina)


@ambos
@anchos
def test_no_state_of_a_page_fails_axe(
    entrar: Callable[..., Page], hospital: Hospital, lleno: Lleno, ancho: int, esquema: str
) -> None:
    """What opens, what is refused, what arrives afterwards."""
    pagina = entrar("medica", ancho=ancho, esquema=esquema)
    pagina.keyboard.press("?")
    revisar(pagina)
    pagina.keyboard.press("Escape")
    expect(pagina.locator("#atajos")).to_be_hidden()
    pagina.keyboard.press("/")
    pagina.keyboard.type("iba")
    pagina.wait_for_selector("#encontrados [role=option]")
    revisar(pagina)

    pagina.goto(hospital.expediente())
    pagina.click("#filtro-Observation")
    expect(pagina.locator("#filtro-Observation")).to_have_attribute("aria-current", "true")
    revisar(pagina)

    pagina.goto(hospital.expediente("signos/"))
    pagina.locator(".marca[tabindex='0']").first.focus()
    revisar(pagina)
    pagina.click("main form button.principal")
    expect(pagina.locator("main [role=alert]").first).to_be_visible()
    revisar(pagina)

    pagina.goto(hospital.expediente("registrar/diagnostico/"))
    pagina.locator("#id_clave").press_sequentially("diab")
    pagina.wait_for_selector("#cie10-opciones [role=option]")
    revisar(pagina)

    pagina.goto(hospital.expediente(f"registros/Patient/{hospital.paciente}/"))
    pagina.click("summary")
    revisar(pagina)

    pagina.goto(hospital.expediente(f"notas/{lleno.borrador}/"))
    pagina.route("**/guardar/", lambda ruta: ruta.fulfill(status=403))
    pagina.fill("[name=evolucion]", "Sin cambios.")
    expect(pagina.locator("#reentrar")).to_be_visible()
    revisar(pagina)
    pagina.locator("#dx").press_sequentially("diab")
    pagina.wait_for_selector("#dx-opciones [role=option]")
    revisar(pagina)
    pagina.keyboard.press("Escape")
    pagina.click("#terminar")
    revisar(pagina)
    pagina.keyboard.type(CONTRASENA)
    pagina.keyboard.press("Enter")
    expect(pagina.locator("main [role=alert]").first).to_be_visible()
    revisar(pagina)

    pagina = entrar("archivo", ancho=ancho, esquema=esquema)
    pagina.goto(f"{hospital.url}/clinica/pacientes/nuevo/")
    pagina.click("main button.principal")
    expect(pagina.locator("main [role=alert]").first).to_be_visible()
    revisar(pagina)
    pagina.locator("#id_curp").press_sequentially("ABC")
    pagina.fill("#id_nombre", XOCHITL.nombre)
    pagina.fill("#id_primer_apellido", XOCHITL.primer_apellido)
    pagina.fill("#id_fecha_nacimiento", XOCHITL.fecha_nacimiento.isoformat())
    pagina.keyboard.press("Tab")
    expect(pagina.locator(".parecidos")).to_be_visible()
    revisar(pagina)
