"""The patient takes a receipt home and checks it in the browser, with the network off."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from auditoria.models import Evento
from auditoria.sello import llaves, recibos, sellador
from ece.nucleo.roles import Rol
from tests.elenco import acceso_de_medica
from tests.flujos.accesible import revisar
from tests.flujos.conftest import Hospital
from tests.flujos.portal import con_cuenta, contratar, entrar_como
from tests.registros import firmadas

Abrir = Callable[..., Page]


def comprobar(pagina: Page, ruta: Path | list[Path], llave: str = "") -> None:
    pagina.set_input_files("#archivo", ruta)
    pagina.fill("#llave", llave)
    pagina.get_by_role("button", name="Comprobar").click()
    pagina.wait_for_selector("#resultado .veredicto")


def test_a_receipt_and_all_of_them_are_checked_offline(
    hospital: Hospital, abrir: Abrir, tmp_path: Path
) -> None:
    con_cuenta(hospital.paciente)
    list(sellador.sellar_todo(ahora=timezone.now()))
    pagina = entrar_como(abrir(), "paciente")
    pagina.goto(f"{hospital.url}/portal/{hospital.paciente}/accesos/")
    with pagina.expect_download() as bajada:
        pagina.get_by_role("link", name="Descargar la prueba de que no falta ninguno").click()
    todos = tmp_path / "todos.json"
    bajada.value.save_as(todos)
    with pagina.expect_download() as bajada:
        pagina.locator('a[href$="/recibo/"]').first.click()
    recibo = tmp_path / "recibo.json"
    bajada.value.save_as(recibo)

    pagina.goto(f"{hospital.url}/verificar/evidencia/")
    pagina.context.set_offline(True)
    (_, publica, _) = llaves.generaciones()[-1]
    comprobar(pagina, todos, publica.vkey)
    expect(pagina.locator("#resultado")).to_contain_text("Vale: es lo que se selló")
    expect(pagina.locator("#resultado")).to_contain_text("No falta ningún evento")
    comprobar(pagina, recibo)
    expect(pagina.locator("#resultado")).to_contain_text("La llave venía en el archivo")

    paquete = json.loads(todos.read_text())
    paquete["eventos"].pop()
    malo = tmp_path / "malo.json"
    malo.write_text(json.dumps(paquete))
    comprobar(pagina, malo)
    expect(pagina.locator("#resultado")).to_contain_text("No vale")
    expect(pagina.locator("#resultado")).to_contain_text("faltan eventos")
    malo.write_text(recibo.read_text().replace('"dato": "{', '"dato": "{ '))
    comprobar(pagina, malo)
    expect(pagina.locator("#resultado")).to_contain_text("No vale")
    malo.write_text("esto no es nada")
    comprobar(pagina, malo)
    expect(pagina.locator("#resultado")).to_contain_text("no es una evidencia de ECE")


def test_a_printed_note_and_the_receipt_of_its_page_are_checked_offline(
    hospital: Hospital, abrir: Abrir, tmp_path: Path
) -> None:
    list(sellador.sellar_todo(ahora=timezone.now()))
    recibos.olvidar()
    acceso = acceso_de_medica(hospital.elenco, hospital.paciente)
    nota = firmadas.terminada(acceso)
    pagina = abrir("medica", ancho=390)
    respuesta = pagina.goto(f"{hospital.url}/clinica/{hospital.paciente}/notas/{nota}/")
    assert respuesta is not None
    revisar(pagina)
    renglon = tmp_path / "recibo.txt"
    renglon.write_text(f"ECE-Recibo: {respuesta.header_value('ECE-Recibo')}")
    impresa = pagina.get_by_role("link", name="Imprimir (PDF)").get_attribute("href")
    pdf = tmp_path / "nota.pdf"
    pdf.write_bytes(pagina.request.get(f"{hospital.url}{impresa}").body())
    with pagina.expect_download() as bajada:
        pagina.get_by_role("link", name="Recibo de lo impreso").click()
    recibo = tmp_path / "recibo.json"
    bajada.value.save_as(recibo)

    pagina.goto(f"{hospital.url}/verificar/evidencia/")
    pagina.context.set_offline(True)
    comprobar(pagina, [pdf, recibo, renglon])
    resultado = pagina.locator("#resultado")
    expect(resultado).to_contain_text("Vale: es lo que se selló")
    expect(resultado).to_contain_text("nota.pdf: Es, byte por byte, el documento que se imprimió")
    expect(resultado).to_contain_text("recibo.txt: La institución prometió")
    revisar(pagina)
    comprobar(pagina, pdf)
    expect(resultado).to_contain_text("elija también su recibo")
    pdf.write_bytes(pdf.read_bytes() + b"%agregado\n")
    comprobar(pagina, [pdf, recibo])
    expect(resultado).to_contain_text("No vale")
    expect(resultado).to_contain_text("se le agregó algo después de imprimirlo")
    renglon.write_text(renglon.read_text().replace("v1 ", "v1 0"))
    comprobar(pagina, [recibo, renglon])
    expect(resultado).to_contain_text("lo firma otra llave")


def test_the_whole_record_is_taken_home_with_its_proof(
    hospital: Hospital, abrir: Abrir, tmp_path: Path
) -> None:
    firmadas.preparar_institucion()
    con_cuenta(hospital.paciente)
    list(sellador.sellar_todo(ahora=timezone.now()))
    pagina = entrar_como(abrir(ancho=390), "paciente")
    pagina.goto(f"{hospital.url}/portal/{hospital.paciente}/descargar/")
    revisar(pagina)
    bajados = {}
    for documento in ("Expediente completo", "Resumen clínico para otra institución"):
        pagina.get_by_label(documento).check()
        with pagina.expect_download() as bajada:
            pagina.get_by_role("button", name="Con su prueba (ZIP)").click()
        bajados[documento] = tmp_path / bajada.value.suggested_filename
        bajada.value.save_as(bajados[documento])
    with pagina.expect_download() as bajada:
        pagina.get_by_role("link", name="Guardar el recibo de esta consulta").click()
    recibo = tmp_path / "recibo.json"
    bajada.value.save_as(recibo)
    papel, clinico = bajados.values()

    pagina.goto(f"{hospital.url}/verificar/documento/")
    pagina.get_by_label("PDF, o CDA con su firma").set_input_files(clinico)
    pagina.get_by_role("button", name="Verificar").click()
    expect(pagina.locator(".veredicto")).to_contain_text("Documento íntegro")
    expect(pagina.locator("article")).to_contain_text("Nada cambió desde que se selló")
    revisar(pagina)

    pagina.goto(f"{hospital.url}/verificar/evidencia/")
    pagina.context.set_offline(True)
    (_, publica, _) = llaves.generaciones()[-1]
    resultado = pagina.locator("#resultado")
    for paquete, dentro in ((papel, "expediente.pdf"), (clinico, "resumen-cda.xml")):
        comprobar(pagina, paquete, publica.vkey)
        expect(resultado).to_contain_text("Vale: es lo que se selló")
        expect(resultado).to_contain_text(f"el documento que se imprimió: {dentro}")
    suelto = tmp_path / "resumen-cda.xml"
    with zipfile.ZipFile(clinico) as archivo:
        suelto.write_bytes(archivo.read("resumen-cda.xml"))
    comprobar(pagina, [suelto, clinico], publica.vkey)
    expect(resultado).to_contain_text("resumen-cda.xml: Es, byte por byte")
    comprobar(pagina, recibo, publica.vkey)
    expect(resultado).to_contain_text("Vale: es lo que se selló")


@pytest.mark.parametrize("ancho", [390, 1280])
def test_the_public_pages_fit_and_say_who_witnesses(
    hospital: Hospital, abrir: Abrir, ancho: int
) -> None:
    list(sellador.sellar_todo(ahora=timezone.now()))
    pagina = abrir(ancho=ancho)
    for camino in ("bitacora/", "evidencia/"):
        pagina.goto(f"{hospital.url}/verificar/{camino}")
        cabe = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert pagina.evaluate(cabe)
    pagina.goto(f"{hospital.url}/verificar/bitacora/")
    expect(pagina.get_by_role("heading", name="Último sello")).to_be_visible()


def test_the_privacy_officer_makes_the_package_in_one_click(
    hospital: Hospital, abrir: Abrir, tmp_path: Path
) -> None:
    contratar("privacidad", Rol.PRIVACIDAD)
    evento = Evento.objects.filter(pacientes=[hospital.paciente], resultado="permitido").first()
    assert evento is not None
    pagina = entrar_como(abrir(), "privacidad")
    pagina.goto(f"{hospital.url}/clinica/privacidad/sancion/{hospital.paciente}/{evento.pk}/")
    with pagina.expect_download() as bajada:
        pagina.get_by_role("button", name="Integrar y descargar").click()
    ruta = tmp_path / "caso.zip"
    bajada.value.save_as(ruta)
    pagina.goto(f"{hospital.url}/verificar/evidencia/")
    comprobar(pagina, ruta)
    expect(pagina.locator("#resultado")).to_contain_text("El manifiesto está firmado")
    expect(pagina.locator("#resultado")).to_contain_text("Vale: es lo que se selló")
