"""An agreement from the draft to its suspension, by those who govern it; and an app that a person
lets in: in a browser, by keyboard where it is quickest."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from consentimiento.models import Convenio
from ece.identidad.models import Usuario
from ece.identidad.services import clientes
from ece.nucleo.roles import Rol
from interoperabilidad.oauth import credenciales
from tests.convenios import aliado, firma_de_aliada, persona, registrar_aliado
from tests.elenco import CONTRASENA
from tests.flujos.conftest import Hospital
from tests.interoperabilidad.smart import App

Abrir = Callable[..., Page]


def entrar(abrir: Abrir, usuario: str, destino: str, **como: object) -> Page:
    pagina = abrir(**como)
    pagina.fill("#id_username", usuario)
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url(destino)
    return pagina


def marcar(pagina: Page, campo: str, *valores: str) -> None:
    for valor in valores:
        pagina.locator(f"[name={campo}][value='{valor}']").check()


def test_an_agreement_is_drafted_signed_used_and_suspended(
    hospital: Hospital, abrir: Abrir
) -> None:
    credenciales.olvidar()
    registrar_aliado()
    persona("enlace", Rol.ENLACE)
    persona("direccion", Rol.DIRECCION)

    enlace = entrar(abrir, "enlace", "**/clinica/convenios/")
    enlace.get_by_role("link", name="Redactar convenio").click()
    for campo, valor in {
        "folio": "HGE-2026-7",
        "representante": "Adela Pech",
        "cargo": "Directora",
        "aliada": "Hospital aliado",
        "representante_aliada": "Blas Uitz",
        "cargo_aliada": "Director",
        "privacidad_nombre": "Carmen Itzá",
        "privacidad_correo": "datos@aliado.example",
    }.items():
        enlace.fill(f"[name={campo}]", valor)
    marcar(enlace, "propositos", "TREAT")
    marcar(enlace, "sale", "Patient", "Observation")
    enlace.get_by_role("button", name="Guardar borrador").click()
    expect(enlace.get_by_role("alert")).to_contain_text("Este campo es obligatorio")
    marcar(enlace, "bases", "referencia")
    enlace.get_by_role("button", name="Guardar borrador").click()
    expect(enlace.locator("main")).to_contain_text("Nadie lo ha firmado")
    expect(enlace.get_by_role("button", name="Firmar por nuestra institución")).to_have_count(0)

    convenio = Convenio.objects.get()
    direccion = entrar(abrir, "direccion", "**/por-autorizar/", ancho=390)
    direccion.goto(f"{hospital.url}/clinica/convenios/{convenio.pk}/")
    direccion.get_by_role("button", name="Firmar por nuestra institución").click()
    expect(direccion.locator("main")).to_contain_text("Nuestra institución")
    expect(direccion.locator("main")).to_contain_text("Comprobada")
    ancho = direccion.evaluate("document.documentElement.scrollWidth")
    assert ancho <= 390

    enlace.reload()
    enlace.get_by_label("Firma de la institución aliada (JWS)").fill("no es una firma")
    enlace.get_by_role("button", name="Comprobar y guardar").click()
    expect(enlace.get_by_role("alert")).to_contain_text("La firma no se admite")
    jws = firma_de_aliada(bytes(convenio.terminos))
    enlace.get_by_label("Firma de la institución aliada (JWS)").fill(jws)
    enlace.get_by_role("button", name="Comprobar y guardar").click()
    expect(enlace.locator("main")).to_contain_text("Firmado por ambas")
    enlace.get_by_role("button", name="Poner en vigor").click()
    expect(enlace.get_by_role("status").first).to_have_text("El convenio está vigente.")

    medica = abrir("medica")
    medica.goto(hospital.expediente("compartir/"))
    medica.get_by_label("Hospital aliado").check()
    medica.get_by_label("Referencia o contrarreferencia").check()
    medica.get_by_role("button", name="Compartir", exact=True).click()
    expect(medica.locator("main")).to_contain_text("Dejar de compartir")
    assert aliado().get(f"/fhir/Patient/{hospital.paciente}").status_code == 200
    assert aliado("HRESCH").get(f"/fhir/Patient/{hospital.paciente}").status_code == 403

    enlace.reload()
    expect(enlace.locator("main")).to_contain_text("Propósito fuera del convenio")
    expect(enlace.locator("svg rect.si")).to_have_count(1)
    expect(enlace.locator("svg rect.no")).to_have_count(1)
    tarjeta = enlace.get_by_role("region", name="Suspender")
    tarjeta.get_by_role("button").click()
    expect(enlace.get_by_role("alert")).to_contain_text("obligatorio")
    tarjeta.get_by_label("Motivo").fill("Incidente de seguridad en la aliada")
    enlace.keyboard.press("Enter")
    expect(enlace.locator("main")).to_contain_text("Suspendido")
    assert aliado().get(f"/fhir/Patient/{hospital.paciente}").status_code == 403


class _App(BaseHTTPRequestHandler):
    """Where the app lives: it only remembers how it was called."""

    llamadas: list[str] = []

    def do_GET(self) -> None:
        type(self).llamadas.append(self.path)
        cuerpo = b"<!doctype html><title>App</title><h1>App</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(cuerpo)))
        self.end_headers()
        self.wfile.write(cuerpo)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def sitio() -> Iterator[str]:
    _App.llamadas = []
    servidor = HTTPServer(("127.0.0.1", 0), _App)
    hilo = threading.Thread(target=servidor.serve_forever, daemon=True)
    hilo.start()
    yield f"http://127.0.0.1:{servidor.server_port}"
    servidor.shutdown()
    servidor.server_close()
    hilo.join()


def registrar(sitio: str) -> None:
    clientes.registrar_app(
        client_id="app",
        nombre="Gráficas de salud",
        direcciones=[f"{sitio}/regreso"],
        lanzamiento=f"{sitio}/lanzar",
    )


def test_a_patient_lets_an_app_in_and_takes_it_back(
    hospital: Hospital, abrir: Abrir, sitio: str
) -> None:
    registrar(sitio)
    Usuario.objects.create_user("titular", password=CONTRASENA, paciente=hospital.paciente)
    app = App()
    pedido = app.pedido(
        "patient/Observation.rs offline_access",
        redirect_uri=f"{sitio}/regreso",
        aud=f"{hospital.url}/fhir",
    )
    pagina = abrir(ancho=390)
    pagina.goto(f"{hospital.url}/oauth/authorize?{urlencode(pedido)}")
    pagina.fill("#id_username", "titular")
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_role("heading")).to_have_text("Gráficas de salud pide entrar en su nombre")
    expect(pagina.locator("main")).to_contain_text("ECE no responde por lo que la aplicación haga")
    pagina.get_by_role("button", name="Autorizar", exact=True).click()
    pagina.wait_for_url(f"{sitio}/regreso?**")
    dicho = parse_qs(urlsplit(pagina.url).query)
    assert dicho["state"] == [app.estado]
    token = app.canjear(dicho["code"][0], redirect_uri=f"{sitio}/regreso").json()
    assert app.fhir(token, "Observation").status_code == 200

    pagina.goto(f"{hospital.url}/portal/{hospital.paciente}/aplicaciones/")
    expect(pagina.locator("main")).to_contain_text("Gráficas de salud")
    pagina.get_by_role("button", name="Retirar el permiso a Gráficas de salud").click()
    expect(pagina.locator("main")).to_contain_text("Ninguna aplicación entra en su nombre")
    assert app.fhir(token, "Observation").status_code == 401


def test_a_physician_opens_an_app_on_the_chart_at_hand(
    hospital: Hospital, abrir: Abrir, sitio: str
) -> None:
    registrar(sitio)
    pagina = abrir("medica")
    pagina.goto(hospital.expediente("apps/"))
    with pagina.expect_popup() as nueva:
        pagina.get_by_role("button", name="Abrir Gráficas de salud").click()
    nueva.value.wait_for_url(f"{sitio}/lanzar?**")
    dicho = parse_qs(urlsplit(nueva.value.url).query)
    assert dicho["iss"] == [f"{hospital.url}/fhir"]
    app = App()
    pedido = app.pedido(
        "launch patient/*.rs",
        launch=dicho["launch"][0],
        redirect_uri=f"{sitio}/regreso",
        aud=dicho["iss"][0],
    )
    nueva.value.goto(f"{hospital.url}/oauth/authorize?{urlencode(pedido)}")
    expect(nueva.value.locator("main")).to_contain_text("todo el expediente elegido")
    nueva.value.get_by_role("button", name="No autorizar").click()
    nueva.value.wait_for_url(f"{sitio}/regreso?error=access_denied**")
