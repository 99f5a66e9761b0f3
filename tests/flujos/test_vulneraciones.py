"""A breach, from the officer's desk to the person's telephone; and a datum disputed there."""

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from registros.selectors import expediente
from tests import elenco as reparto
from tests.consentimiento.permisos import cuenta
from tests.consentimiento.solicitudes import oficial
from tests.consentimiento.vulneraciones import DESCRIPCION, DICHO
from tests.flujos.conftest import Hospital
from tests.flujos.idiomas import Palabras
from tests.flujos.portal import entrar_como
from tests.flujos.test_accesibilidad import revisar
from tests.registros import clinica

ANGOSTO = 320
"""CSS pixels of a screen of 1280 at 400 % (WCAG 2.2, 1.4.10)."""


def mirar(pagina: Page, nombre: str) -> None:
    """A picture to look at, where ``ECE_VER`` names a folder."""
    if carpeta := os.environ.get("ECE_VER"):
        pagina.screenshot(path=Path(carpeta) / f"{nombre}.png", full_page=True)


def test_from_the_desk_to_the_persons_telephone(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    """The officer reads in English, the person in Spanish."""
    acceso = reparto.acceso_de_medica(hospital.elenco, hospital.paciente)
    numero = expediente.identidad(acceso)[0].expediente
    problema = clinica.problema(acceso)
    cuenta("paciente", hospital.paciente)
    oficial(hospital.elenco)
    di = Palabras("en")
    oficina = entrar_como(abrir(idioma="en", esquema="dark"), "privacidad")
    oficina.get_by_role("link", name=di("Vulneraciones de datos")).click()
    oficina.get_by_label(di("Robo, extravío o copia no autorizada")).check()
    oficina.fill("[name=descripcion]", DESCRIPCION)
    revisar(oficina)
    oficina.get_by_role("button", name=di("Registrar"), exact=True).press("Enter")
    oficina.fill("[name=numeros]", f"{numero}, NO-ES-1")
    oficina.get_by_role("button", name=di("Anotar"), exact=True).press("Enter")
    expect(oficina.get_by_role("alert").first).to_contain_text("NO-ES-1")
    revisar(oficina)
    oficina.fill("[name=numeros]", numero)
    oficina.get_by_role("button", name=di("Anotar"), exact=True).press("Enter")
    expect(oficina.get_by_text("X.I.P.")).to_be_visible()
    for clave, texto in DICHO.items():
        oficina.fill(f"[name={clave}]", texto)
    mirar(oficina, "vulneracion")
    oficina.get_by_role("button", name=di("Confirmar y avisar")).press("Enter")
    expect(oficina.get_by_text(di("Falta"), exact=True)).to_be_visible()
    revisar(oficina)

    suya = entrar_como(abrir(ancho=ANGOSTO), "paciente")
    suyo = f"{hospital.url}/portal/{hospital.paciente}"
    suya.goto(f"{suyo}/quejas/")
    suya.get_by_role("link", name="Lo que pasó con mis datos").press("Enter")
    for texto in DICHO.values():
        expect(suya.get_by_text(texto)).to_be_visible()
    expect(suya.get_by_text(DESCRIPCION)).to_have_count(0)
    revisar(suya)
    mirar(suya, "portal-vulneraciones")

    suya.goto(f"{suyo}/arco/")
    suya.get_by_label("Rectificación: corregir un dato equivocado").check()
    suya.get_by_label("¿Cuál es el dato que pide corregir?").select_option(f"Condition/{problema}")
    suya.get_by_label("¿Qué pide, y sobre qué datos?").fill("Ya no lo tengo.")
    revisar(suya)
    mirar(suya, "portal-arco")
    suya.get_by_role("button", name="Presentar la solicitud").press("Enter")
    expect(suya.get_by_role("row", name="Dato que pide corregir")).to_contain_text("Asma")
    oficina.goto(f"{hospital.url}/clinica/privacidad/arco/")
    oficina.get_by_role("link", name="ARCO-").click()
    expect(oficina.get_by_role("row", name=di("Dato que pide corregir"))).to_contain_text("Asma")
    oficina.fill("[name=texto]", "No es de aquí.")
    oficina.get_by_role("button", name=di("Declarar incompetencia")).press("Enter")
    suya.reload()
    suya.get_by_text("No estoy de acuerdo con la respuesta, o no llegó").press("Enter")
    suya.get_by_label("Ante quién lo presentó, cuándo y con qué folio").fill("Folio 12")
    revisar(suya)
    mirar(suya, "portal-recurso")
    suya.get_by_role("button", name="Anotar el recurso").press("Enter")
    expect(suya.get_by_text("En recurso ante la autoridad")).to_be_visible()
