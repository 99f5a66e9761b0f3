"""A real browser against a real server, with the constant cast."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import elenco as reparto
from tests.elenco import CONTRASENA, Elenco

ESPERA = 30_000  # ms: two cores that run everything at once are slow
expect.set_options(timeout=ESPERA)


@dataclass(frozen=True)
class Hospital:
    """The live server, its people, and one patient in a visit with `medica`."""

    url: str
    elenco: Elenco
    paciente: UUID

    def expediente(self, resto: str = "") -> str:
        return f"{self.url}/clinica/{self.paciente}/{resto}"


@pytest.fixture
def hospital(navegador: Browser, transactional_db: None, live_server: LiveServer) -> Hospital:
    personas = reparto.reunir()
    paciente = reparto.registrar(personas)
    reparto.en_consulta(personas, paciente)
    return Hospital(live_server.url, personas, paciente)


@pytest.fixture
def abrir(navegador: Browser, hospital: Hospital) -> Iterator[Callable[..., Page]]:
    """Open a window as somebody: `abrir("medica", ancho=390, esquema="dark", idioma="en")`."""
    contextos = []

    def _abrir(
        usuario: str = "", *, ancho: int = 1280, esquema: str = "light", idioma: str = ""
    ) -> Page:
        contexto = navegador.new_context(
            viewport={"width": ancho, "height": 900},
            color_scheme=esquema,  # type: ignore[arg-type]
            locale="es-MX",
            reduced_motion="reduce",
        )
        contexto.set_default_timeout(ESPERA)
        if idioma:  # as the switch of every page leaves it
            galleta = {"name": "django_language", "value": idioma, "url": hospital.url}
            contexto.add_cookies([galleta])  # type: ignore[list-item]
        contextos.append(contexto)
        pagina = contexto.new_page()
        pagina.goto(f"{hospital.url}/")
        if usuario:
            pagina.wait_for_selector("#id_username:focus")
            pagina.keyboard.type(usuario)
            pagina.keyboard.press("Tab")
            pagina.keyboard.type(CONTRASENA)
            pagina.keyboard.press("Enter")
            pagina.wait_for_url("**/clinica/")
        return pagina

    yield _abrir
    for contexto in contextos:
        contexto.close()
