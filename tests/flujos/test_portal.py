"""The patient's door, in a browser: what a person reads, brings, shares, asks and is answered."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, Response, expect

from auditoria.models import Evento
from consentimiento.services import concesiones
from ece.identidad.models import Usuario
from ece.nucleo.roles import Permiso, Rol
from registros.selectors import expediente
from registros.services import diagnosticos
from tests.elenco import CONTRASENA, acceso_de_medica
from tests.flujos.conftest import ESPERA, Hospital
from tests.flujos.contenido_clinico import nina
from tests.flujos.estudios import poblar
from tests.flujos.expediente_lleno import DIABETES
from tests.flujos.portal import con_cuenta, contratar, entrar_como
from tests.registros import clinica

Abrir = Callable[..., Page]
MUCHO = 100_000


@pytest.fixture
def paciente(hospital: Hospital) -> Usuario:
    return con_cuenta(hospital.paciente)


def sembrar(hospital: Hospital) -> None:
    """A problem, a medicine, results and documents."""
    acceso = acceso_de_medica(hospital.elenco, hospital.paciente)
    (visita,) = expediente.encuentros_abiertos(acceso)
    ahora = timezone.now()
    diagnosticos.registrar(acceso, diagnostico=DIABETES, encuentro_id=visita.id, ahora=ahora)
    clinica.metformina(acceso, encuentro=visita.id, ahora=ahora)
    poblar(hospital.elenco, hospital.paciente, visita.id)


def viajado(respuesta: Response) -> bytes:
    """A page's bytes as they are; of what is static, as the server keeps it compressed."""
    es_pagina = "text/html" in (respuesta.header_value("content-type") or "")
    return respuesta.body() if es_pagina else gzip.compress(respuesta.body())


def ir(pagina: Page, hospital: Hospital, nombre: str, *args: object) -> Response:
    respuesta = pagina.goto(hospital.url + reverse(nombre, args=[hospital.paciente, *args]))
    assert respuesta is not None
    return respuesta


def test_a_patient_reads_their_record_and_takes_it_away(
    abrir: Abrir, hospital: Hospital, paciente: Usuario
) -> None:
    sembrar(hospital)
    pagina = entrar_como(abrir(ancho=390), "paciente")
    expect(pagina.get_by_role("heading", name="Mi expediente")).to_be_visible()

    pagina.get_by_role("link", name="Qué son mis problemas de salud").click()
    expect(pagina.get_by_text("el azúcar en la sangre sube")).to_be_visible()
    pagina.get_by_role("link", name="Ver original Diabetes").first.click()
    expect(pagina.locator("td", has_text="E119")).to_be_visible()
    pagina.get_by_text("Cómo lo guarda el sistema").click()
    expect(pagina.locator("pre")).to_contain_text('"resourceType": "Condition"')

    pagina.get_by_role("link", name="Medicinas").click()
    expect(pagina.get_by_text("Para bajar el azúcar en la sangre.")).to_be_visible()
    expect(pagina.get_by_text("cada 12 horas")).to_be_visible()

    pagina.get_by_role("link", name="Resultados").click()
    pagina.get_by_role("link", name="Electrolitos").first.click()
    potasio = pagina.locator(".valor-dicho", has=pagina.get_by_role("heading", name="Potasio"))
    expect(potasio).to_contain_text("Muy alto")
    expect(potasio).to_contain_text("3.5 – 5.1")
    sodio = pagina.locator(".valor-dicho", has=pagina.get_by_role("heading", name="Cloro"))
    expect(sodio).to_contain_text("Dentro de lo esperado")
    potasio.get_by_role("link").click()
    expect(pagina.locator(".marca")).to_have_count(2)

    ir(pagina, hospital, "portal:descargar")
    ficha = pagina.locator("main [name=csrfmiddlewaretoken]").get_attribute("value") or ""
    pdf = pagina.request.post(
        pagina.url, form={"documento": "resumen", "csrfmiddlewaretoken": ficha}
    )
    assert pdf.body().startswith(b"%PDF")
    with pagina.expect_download() as bajada:
        pagina.get_by_role("link", name="Guardar en FHIR").click()
    paquete = Path(bajada.value.path()).read_text()
    assert '"resourceType":"Bundle"' in paquete
    assert "Metformina" in paquete


def test_what_they_bring_is_theirs_in_the_chart_too(
    abrir: Abrir, hospital: Hospital, paciente: Usuario, tmp_path: Path
) -> None:
    pagina = entrar_como(abrir(ancho=390), "paciente")
    ir(pagina, hospital, "portal:datos")
    pagina.get_by_label("Teléfono").fill("55 1234")
    pagina.get_by_role("button", name="Guardar").click()
    expect(pagina.get_by_role("alert")).to_have_text("Escriba los diez dígitos.")
    pagina.get_by_label("Teléfono").fill("55 1234 5678")
    pagina.get_by_role("button", name="Guardar").click()
    expect(pagina.get_by_role("status")).to_contain_text("Sus datos quedaron corregidos.")
    expect(pagina.get_by_label("Teléfono")).to_have_value("55 1234 5678")

    ir(pagina, hospital, "portal:medir")
    pagina.get_by_label("el número de arriba").fill("131")
    pagina.get_by_label("el número de abajo").fill("84")
    pagina.get_by_role("button", name="Guardar").click()
    expect(pagina.locator("main")).to_contain_text("131/84 · aportado por el paciente")

    hostil, bueno = tmp_path / "virus.pdf", tmp_path / "carta.txt"
    hostil.write_bytes(b"MZ\x90\x00" + bytes(80))
    bueno.write_text("Radiografía de hace dos años.")
    ir(pagina, hospital, "portal:documento-agregar")
    pagina.get_by_label("Título").fill("Carta de otro hospital")
    pagina.set_input_files("#id_archivo", hostil)
    pagina.get_by_role("button", name="Guardar").click()
    expect(pagina.get_by_role("alert")).to_be_visible()
    pagina.set_input_files("#id_archivo", bueno)
    pagina.get_by_role("button", name="Guardar").click()
    expect(pagina.get_by_role("heading", name="Carta de otro hospital")).to_be_visible()

    medica = abrir("medica")
    medica.goto(hospital.expediente())
    linea = medica.locator(".linea-de-tiempo")
    expect(linea.get_by_text("131/84 mmHg · aportado por el paciente")).to_be_visible()
    expect(linea.get_by_text("Otro documento, aportado por el paciente")).to_be_visible()


def test_they_see_who_opened_it_and_are_answered(
    abrir: Abrir, hospital: Hospital, paciente: Usuario
) -> None:
    contratar("privacidad", Rol.PRIVACIDAD)
    medica = abrir("medica")
    medica.goto(hospital.expediente("signos/"))
    ajeno = abrir("medico-ajeno")
    ajeno.goto(hospital.expediente())

    pagina = entrar_como(abrir(ancho=390), "paciente")
    ir(pagina, hospital, "portal:accesos")
    ella = pagina.locator(".acceso", has_text="Elena de Ejemplo").first
    for dicho in ("Médico", "Hospital General de Ejemplo", "Le atiende", "signos vitales"):
        expect(ella).to_contain_text(dicho)
    expect(pagina.locator(".acceso", has_text="Hugo de Ejemplo")).to_contain_text("Se le negó")
    expect(pagina.locator(".acceso", has_text="Usted")).to_have_count(0)
    pagina.get_by_role("link", name="Preguntar o quejarme Hugo").click()
    expect(pagina.locator("form .acceso")).to_contain_text("Hugo de Ejemplo")
    pagina.get_by_label("Su pregunta o queja").fill("No lo conozco. ¿Por qué quiso verme?")
    pagina.get_by_role("button", name="Enviar").click()
    expect(pagina.get_by_text("Espera respuesta")).to_be_visible()

    oficial = entrar_como(abrir(), "privacidad")
    oficial.goto(hospital.url + reverse("clinica:quejas"))
    oficial.locator("main .lista a").click()
    expect(oficial.get_by_text("¿Por qué quiso verme?")).to_be_visible()
    expect(oficial.locator(".acceso")).to_contain_text("Hugo de Ejemplo")
    oficial.get_by_label("Respuesta").fill("Se equivocó de expediente; no vio nada.")
    oficial.get_by_role("button", name="Responder").click()
    expect(oficial.get_by_text("Ninguna espera respuesta.")).to_be_visible()

    pagina.reload()
    expect(pagina.get_by_text("Se equivocó de expediente; no vio nada.")).to_be_visible()
    expect(pagina.get_by_text("Respondida")).to_be_visible()

    medica.goto(hospital.expediente("constancias/"))
    expect(medica.locator(".acceso", has_text="Hugo de Ejemplo")).to_be_visible()
    assert not any(b"conozco" in e.contenido for e in Evento.objects.all())


def test_a_shared_code_opens_the_summary_and_it_is_known(
    abrir: Abrir, hospital: Hospital, paciente: Usuario
) -> None:
    sembrar(hospital)
    pagina = entrar_como(abrir(ancho=390), "paciente")
    ir(pagina, hospital, "portal:compartir")
    pagina.get_by_role("button", name="Hacer un código").click()
    expect(pagina.locator("img.cuadro")).to_be_visible()
    direccion = pagina.locator(".direccion").inner_text()

    otra = abrir()
    pedidas: list[str] = []
    otra.on("request", lambda peticion: pedidas.append(peticion.url))
    otra.goto(direccion)
    expect(otra.get_by_text("Metformina")).to_be_visible()
    expect(otra.get_by_text("Xóchitl Ibáñez Peña")).to_be_visible()
    codigo = direccion.partition("#")[2]
    assert codigo not in otra.url
    assert not any(codigo in pedida.partition("#")[0] for pedida in pedidas)

    ir(pagina, hospital, "portal:accesos")
    expect(pagina.locator("main")).to_contain_text("Quien abrió el enlace que se compartió")
    ir(pagina, hospital, "portal:compartir")
    expect(pagina.get_by_text("Se abrió 1 vez")).to_be_visible()
    pagina.get_by_role("button", name="Terminar").click()
    expect(pagina.get_by_text("Terminado")).to_be_visible()
    otra.goto(f"{hospital.url}{reverse('portal:abrir')}")
    otra.fill("#codigo", codigo)
    otra.get_by_role("button", name="Ver el resumen").click()
    expect(otra.get_by_role("alert")).to_contain_text("Ese código no existe")


def test_a_mother_chooses_whose_record_and_is_told_whose_is_open(
    abrir: Abrir, hospital: Hospital, paciente: Usuario
) -> None:
    hija = nina(hospital)
    ahora = timezone.now()
    concesiones.otorgar(
        usuario_id=paciente.pk,
        paciente=hija,
        permisos=[Permiso.PACIENTE_LEER, Permiso.EXPEDIENTE_LEER],
        motivo=concesiones.Motivo.TUTELA,
        desde=ahora - timedelta(days=1),
        hasta=ahora + timedelta(days=30),
    )
    pagina = entrar_como(abrir(ancho=390), "paciente")
    expect(pagina.get_by_role("link", name="El mío")).to_be_visible()
    pagina.get_by_role("link", name="A quien cuido").click()
    banda = pagina.get_by_role("region", name="De quién es este expediente")
    expect(banda).to_contain_text("Está viendo el expediente de Itzel Ibáñez Peña")
    pagina.get_by_role("link", name="Cambiar de expediente").click()
    pagina.get_by_role("link", name="El mío").click()
    expect(banda).not_to_contain_text("Está viendo")
    pagina.get_by_role("button", name="English").click()
    expect(pagina.get_by_role("heading", name="My record")).to_be_visible()
    expect(pagina.get_by_role("link", name="Who has seen my record")).to_be_visible()


def test_the_first_page_is_light_and_fits_at_400_percent(
    navegador: Browser, abrir: Abrir, hospital: Hospital, paciente: Usuario
) -> None:
    sembrar(hospital)
    sesion = entrar_como(abrir(ancho=320), "paciente").context.storage_state()
    contexto = navegador.new_context(
        storage_state=sesion, viewport={"width": 320, "height": 256}, service_workers="block"
    )
    pagina = contexto.new_page()
    recibidas: list[Response] = []
    pagina.on("response", lambda respuesta: recibidas.append(respuesta))
    ir(pagina, hospital, "portal:resumen")
    pagina.wait_for_load_state("networkidle")
    pesos = {r.url: len(viajado(r)) for r in recibidas if r.ok}
    assert any(url.endswith(".css") for url in pesos)
    assert sum(pesos.values()) < MUCHO, pesos
    for nombre in (
        *("resumen", "mas", "problemas", "medicinas", "resultados", "mediciones", "medir"),
        *("vacunas", "notas", "documentos", "documento-agregar", "citas", "datos", "descargar"),
        *("accesos", "quejas", "compartir"),
    ):
        ir(pagina, hospital, f"portal:{nombre}")
        ancho = pagina.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert ancho[0] <= ancho[1], f"{nombre} se desborda: {ancho}"
    contexto.close()


def test_it_works_without_scripts(
    navegador: Browser, hospital: Hospital, paciente: Usuario
) -> None:
    contexto = navegador.new_context(java_script_enabled=False, locale="es-MX")
    contexto.set_default_timeout(ESPERA)
    pagina = contexto.new_page()
    pagina.goto(hospital.url)
    pagina.fill("#id_username", "paciente")
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.get_by_role("link", name="Quién lo vio").click()
    expect(pagina.get_by_role("heading", name="Quién ha visto mi expediente")).to_be_visible()
    ir(pagina, hospital, "portal:medir")
    pagina.get_by_label("Peso (kg)").fill("70")
    pagina.get_by_role("button", name="Guardar").click()
    expect(pagina.get_by_text("Su medición quedó en el expediente.")).to_be_visible()
    contexto.close()


def test_nothing_stays_on_the_device(abrir: Abrir, hospital: Hospital, paciente: Usuario) -> None:
    """The phone keeps the shell: after leaving, or without a network, Back says nothing."""
    pagina = entrar_como(abrir(ancho=390), "paciente")
    ir(pagina, hospital, "portal:problemas")
    pagina.evaluate("navigator.serviceWorker.ready.then(() => true)")
    guardadas = pagina.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (n) =>
            (await (await caches.open(n)).keys()).map((r) => new URL(r.url).pathname)))).flat()"""
    )
    assert "/portal/sin-conexion/" in guardadas
    otras = [g for g in guardadas if not g.startswith("/static/")]
    assert otras == ["/portal/sin-conexion/"]

    pagina.get_by_role("button", name="Salir").click()
    pagina.wait_for_url("**/cuenta/entrar/**")
    pagina.go_back()
    pagina.wait_for_url("**/cuenta/entrar/**")
    expect(pagina.get_by_text("Xóchitl")).to_have_count(0)

    pagina.context.set_offline(True)
    pagina.goto(hospital.url + reverse("portal:resumen", args=[hospital.paciente]))
    expect(pagina.get_by_role("heading", name="Sin conexión")).to_be_visible()
    expect(pagina.get_by_text("Xóchitl")).to_have_count(0)
