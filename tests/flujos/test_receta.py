"""Prescribing with the keyboard, being warned, printing, verifying at the pharmacy, stopping."""

import io
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from ece.identidad.models import Institucion, Profesional
from registros.selectors import recetas as selectores
from registros.services import alergias
from registros.services.alergias import Categoria, Criticidad
from tests import elenco as reparto
from tests.elenco import AHORA
from tests.flujos.conftest import Hospital

PASOS = 8


@pytest.fixture
def establecido(hospital: Hospital) -> Hospital:
    """Everything the law wants printed, and an allergy."""
    Institucion.objects.update(domicilio="Calle Falsa 123, Oaxaca")
    Profesional.objects.filter(usuario=hospital.elenco.medica).update(
        titulo_por="Universidad de Ejemplo", especialidad="Medicina interna"
    )
    alergias.registrar(
        reparto.acceso_de_medica(hospital.elenco, hospital.paciente),
        sustancia="Penicilina",
        categoria=Categoria.MEDICAMENTO,
        criticidad=Criticidad.ALTA,
        reaccion="Anafilaxia",
        ahora=AHORA,
    )
    return hospital


def elegir(pagina: Page, letras: str) -> None:
    """Type in the field that has the focus, and take the first that is found, without waiting."""
    pagina.keyboard.type(letras)
    pagina.keyboard.press("Enter")
    pagina.wait_for_selector("[name$=dosis]:focus")


def test_a_common_medicine_takes_few_keys(
    abrir: Callable[..., Page], establecido: Hospital
) -> None:
    pagina = abrir("medica")
    pagina.goto(establecido.expediente())
    pasos = ["r", "metf", "Enter", "Enter"]
    pagina.keyboard.press(pasos[0])
    pagina.wait_for_selector("[name=r-0-medicamento]:focus")
    elegir(pagina, pasos[1])
    expect(pagina.locator("#hallazgos")).to_contain_text("surtir 60 tabletas")
    expect(pagina.locator("#hallazgos")).to_contain_text("Sin avisos")
    pagina.keyboard.press(pasos[3])
    expect(pagina.locator(".recetados").first).to_contain_text("Metformina, tableta 850 mg")
    assert len(pasos) <= PASOS
    # and repeating it, one
    pagina.get_by_role("link", name="Repetir la última").click()
    expect(pagina.locator("#hallazgos")).to_contain_text("Ya lo toma")


def test_what_is_dangerous_asks_why_and_several_go_together(
    abrir: Callable[..., Page], establecido: Hospital
) -> None:
    pagina = abrir("medica")
    pagina.goto(establecido.expediente("registrar/receta/"))
    elegir(pagina, "amox")
    expect(pagina.locator(".hallazgo.grave")).to_contain_text("Penicilina")
    pagina.get_by_role("button", name="Registrar la receta").last.click()
    expect(pagina.get_by_role("alert")).to_contain_text("Escriba el motivo")
    pagina.get_by_role("button", name="Agregar otro medicamento").click()
    pagina.wait_for_selector("[name=r-1-medicamento]:focus")
    elegir(pagina, "tempra")
    pagina.fill("[name=r-1-dosis]", "2000")
    pagina.keyboard.press("Tab")
    expect(pagina.locator("#hallazgos")).to_contain_text("2,000 mg por toma")
    pagina.fill("[name=r-1-dosis]", "500")
    pagina.keyboard.press("Tab")
    expect(pagina.locator("#hallazgos")).not_to_contain_text("2,000 mg por toma")
    pagina.get_by_label("¿Por qué se receta").fill("La toleró el mes pasado")
    pagina.get_by_role("button", name="Registrar la receta").last.click()
    expect(pagina.locator(".recetados").first).to_contain_text("Paracetamol")
    acceso = reparto.acceso_de_medica(establecido.elenco, establecido.paciente)
    assert {r.titulo.split(",")[0] for r in selectores.recetados(acceso)} == {
        "Amoxicilina",
        "Paracetamol",
    }


def test_from_the_paper_to_the_pharmacy_and_back(
    abrir: Callable[..., Page], establecido: Hospital
) -> None:
    pagina = abrir("medica")
    pagina.goto(establecido.expediente("registrar/receta/"))
    elegir(pagina, "clonaz")
    expect(pagina.locator("#hallazgos")).to_contain_text("Grupo II")
    pagina.fill("[name=r-0-indicaciones]", "por la noche")
    pagina.keyboard.press("Enter")
    enlace = pagina.get_by_role("link", name="Imprimir la receta de Clonazepam")
    respuesta = pagina.request.get(establecido.url + (enlace.get_attribute("href") or ""))
    assert respuesta.headers["content-type"] == "application/pdf"
    texto = " ".join(
        " ".join(hoja.extract_text() for hoja in PdfReader(io.BytesIO(respuesta.body())).pages)
        .replace("\n", " ")
        .split()
    )
    # Reglamento de Insumos, 29 and 30; LGS 83, 225 and 226
    for dicho in (
        "Hospital General de Ejemplo",
        "Calle Falsa 123, Oaxaca",
        "Elena de Ejemplo",
        "Cédula profesional 1000001",
        "Universidad de Ejemplo",
        "Xóchitl Ibáñez Peña",
        "Clonazepam, tableta 0.5 mg",
        "0.5 mg, vía oral, cada 12 horas, por 10 días",
        "por la noche",
        "Surtir: 20 tabletas",
        "Grupo II: se surte una sola vez y la farmacia retiene la receta",
        "Se puede surtir hasta el",
        "Nombre y firma de quien prescribe",
    ):
        assert dicho in texto, (dicho, texto)
    acceso = reparto.acceso_de_medica(establecido.elenco, establecido.paciente)
    codigo = selectores.recetados(acceso)[0].codigo
    assert codigo in texto.replace("-", "")

    farmacia = pagina.context.browser.new_context(locale="es-MX").new_page()  # type: ignore[union-attr]
    pedidas: list[str] = []
    farmacia.on("request", lambda peticion: pedidas.append(peticion.url))
    farmacia.goto(f"{establecido.url}/verificar/#{codigo}")
    expect(farmacia.get_by_role("status")).to_contain_text("Receta auténtica y vigente")
    expect(farmacia.get_by_role("status")).to_contain_text("Xóchitl Ibáñez Peña")
    assert all(codigo not in urlsplit(url).path + urlsplit(url).query for url in pedidas)

    pagina.get_by_label("Suspender Clonazepam").click()
    pagina.get_by_label("¿Por qué se suspende?").fill("Somnolencia")
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_role("region", name="Anteriores")).to_contain_text("Somnolencia")
    farmacia.goto(f"{establecido.url}/verificar/")
    farmacia.get_by_label("Código impreso").fill(codigo.lower())
    farmacia.keyboard.press("Enter")
    expect(farmacia.get_by_role("status")).to_contain_text("Suspendida")
    farmacia.context.close()


def test_inside_another_page_it_answers_with_the_piece(
    abrir: Callable[..., Page], establecido: Hospital
) -> None:
    pagina = abrir("medica")
    respuesta = pagina.request.get(
        establecido.expediente("registrar/receta/"), headers={"HX-Request": "true"}
    )
    pieza = respuesta.text()
    assert pieza.lstrip().startswith("<form")
    assert 'name="en" value="dialogo"' in pieza
