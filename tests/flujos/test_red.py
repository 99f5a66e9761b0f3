"""Two institutions, two databases: ask for a record, refer, be answered. By browser and API."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from auditoria.models import Evento
from consentimiento import decision
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.roles import Permiso
from red.models import Referencia
from registros.catalogos.notas import TIPOS
from registros.services import encuentros, notas
from registros.services.encuentros import ClaseDeEncuentro
from tests.elenco import CONTRASENA
from tests.flujos.accesible import revisar
from tests.flujos.conftest import Hospital
from tests.red.dos import Dos, enlazadas
from tests.registros.nota_de_ejemplo import contenido_completo

CAPTURAS = os.environ.get("ECE_CAPTURAS_DE_RED", "")


@pytest.fixture
def dos(hospital: Hospital, tmp_path: Path, settings: Any) -> Iterator[Dos]:
    with enlazadas(hospital.elenco, hospital.url, tmp_path, settings) as hechas:
        yield hechas


@pytest.fixture
def alla(navegador: Browser, dos: Dos) -> Iterator[Callable[[str], Page]]:
    """A window of somebody of the other institution."""
    contextos = []

    def entrar(usuario: str) -> Page:
        contexto = navegador.new_context(
            viewport={"width": 390, "height": 900}, locale="es-MX", reduced_motion="reduce"
        )
        contexto.set_default_timeout(30_000)
        contextos.append(contexto)
        pagina = contexto.new_page()
        pagina.goto(f"{dos.sierra.url}/cuenta/entrar/")
        pagina.get_by_label("Usuario").fill(usuario)
        pagina.get_by_label("Contraseña", exact=True).fill(CONTRASENA)
        pagina.keyboard.press("Enter")
        pagina.wait_for_url("**/clinica/**")
        return pagina

    yield entrar
    for contexto in contextos:
        contexto.close()


def con_nota(hospital: Hospital, dos: Dos, clave: str) -> None:
    """The physician here finishes a note of that type about the patient of both."""
    ahora = timezone.now()
    acceso = decision.abrir_paciente(
        actor_de_usuario(hospital.elenco.medica, ahora=ahora),
        dos.aqui,
        Permiso.NOTA_REDACTAR,
        ahora=ahora,
    )
    encuentro = encuentros.abrir(
        acceso,
        clase=ClaseDeEncuentro.CONSULTA_EXTERNA,
        motivo="Dolor torácico",
        unidad_id=hospital.elenco.consulta,
        responsable_id=hospital.elenco.medica.pk,
        ahora=ahora,
    )
    contenido = contenido_completo(TIPOS[clave])
    nota = notas.redactar(
        acceso, tipo=clave, encuentro_id=encuentro, ahora=ahora, contenido=contenido
    )
    notas.finalizar(acceso, nota_id=nota, version=1, contenido=contenido, ahora=ahora)


def mirar(pagina: Page, nombre: str) -> None:
    """What axe says of the page; and its pictures, to be looked at, where they are asked for."""
    revisar(pagina)
    for ancho in (390, 1280) if CAPTURAS else ():
        pagina.set_viewport_size({"width": ancho, "height": 900})
        pagina.screenshot(path=Path(CAPTURAS) / f"{nombre}-{ancho}.png", full_page=True)


def test_la_historia_de_dos_instituciones(
    hospital: Hospital, dos: Dos, abrir: Callable[..., Page], alla: Callable[[str], Page]
) -> None:
    # ask: by CURP, with what their agreement lets be read, apart from the record
    medica = abrir("medica")
    medica.goto(f"{dos.url}/clinica/{dos.aqui}/otras-instituciones/")
    medica.get_by_label("Hospital de la Sierra").check()
    medica.get_by_role("button", name="Pedir su expediente").click()
    ajeno = medica.get_by_role("region", name="Recibido de Hospital de la Sierra")
    expect(ajeno).to_contain_text("No es parte de este expediente")
    expect(ajeno).to_contain_text("Penicilina")
    expect(ajeno).to_contain_text("Hipertensión esencial (primaria)")
    expect(ajeno).not_to_contain_text("depresivo")
    mirar(medica, "pedir")
    medica.goto(f"{dos.url}/clinica/{dos.aqui}/")
    expect(medica.locator("main")).not_to_contain_text("Hipertensión esencial")
    pedidos = Evento.objects.filter(tipo="expediente.pedido", pacientes__contains=[dos.aqui])
    assert pedidos.count() == 2

    # refer
    con_nota(hospital, dos, "referencia")
    medica.goto(f"{dos.url}/clinica/{dos.aqui}/referencias/")
    mirar(medica, "referir")
    medica.get_by_label("Hospital de la Sierra").check()
    medica.get_by_role("radio", name="Nota de referencia").check()
    medica.get_by_label("Servicio que se solicita").fill("Cardiología, valoración")
    medica.get_by_label("Urgente").check()
    medica.get_by_role("button", name="Referir", exact=True).click()
    expect(medica.locator("main")).to_contain_text("Espera respuesta")
    assert dos.enviar() == 1
    assert dos.enviar() == 0

    # theirs: read, accepted for who has that CURP
    admision = alla("admision")
    admision.goto(f"{dos.sierra.url}/clinica/referencias/")
    admision.get_by_role("link", name="Recibida el").click()
    expect(admision.locator("main")).to_contain_text("Marisol Sosa Luna")
    expect(admision.locator("main")).to_contain_text("Cardiología, valoración")
    expect(admision.locator("main")).to_contain_text("Lo escrito en motivo.")
    mirar(admision, "recibida")
    admision.get_by_role("button", name="Aceptar la referencia").click()
    admision.wait_for_url("**/citas/")
    dos.contestar()
    assert Referencia.objects.get().estado == "aceptada"

    # theirs: attended, and answered with a note
    medico = alla("medica")
    medico.goto(f"{dos.sierra.url}/clinica/{dos.alla}/")
    expect(medico.locator("main")).to_contain_text("Nota de referencia o traslado")
    medico.goto(f"{dos.sierra.url}/clinica/{dos.alla}/referencias/")
    medico.get_by_role("link", name="Referencia del").click()
    medico.get_by_role("button", name="Ya se le atiende").click()
    expect(medico.locator("main")).to_contain_text("En atención")
    escribir_nota(medico, dos.sierra.url, dos.alla)
    medico.goto(f"{dos.sierra.url}/clinica/{dos.alla}/referencias/")
    medico.get_by_role("link", name="Referencia del").click()
    medico.get_by_role("radio", name="Nota de contrarreferencia").check()
    medico.get_by_role("button", name="Enviar la contrarreferencia").click()
    expect(medico.locator("main")).to_contain_text("Contrarreferida")
    dos.contestar()

    # ours: seen, marked as theirs, acknowledged
    referencia = Referencia.objects.get()
    assert (referencia.estado, referencia.respuesta is not None) == ("respondida", True)
    medica.goto(f"{dos.url}/clinica/referencias/")
    expect(medica.locator("main")).to_contain_text("nos toca")
    mirar(medica, "lista")
    medica.get_by_role("link", name="Marisol Sosa Luna").click()
    mirar(medica, "referencia")
    medica.get_by_role("listitem").or_(medica.locator("dd")).get_by_role(
        "link", name="Leer"
    ).last.click()
    expect(medica.locator("main")).to_contain_text("Continúe con losartán.")
    medica.goto(f"{dos.url}/clinica/{dos.aqui}/")
    expect(medica.locator("main")).to_contain_text("Nota de contrarreferencia")
    medica.goto(f"{dos.url}/clinica/{dos.aqui}/referencias/{referencia.pk}/")
    medica.get_by_role("button", name="Ya la leí").click()
    expect(medica.locator("main")).to_contain_text("Cerrada")
    assert dos.enviar() == 1

    # by API, at the other side: the order and the task, in the standards' words
    with dos.sierra.socio() as api:
        ordenes = api.get("/ServiceRequest", params={"patient": str(dos.alla)}).json()["entry"]
        assert ordenes[0]["resource"]["code"]["text"] == "Cardiología, valoración"
        tareas = api.get("/Task", params={"patient": str(dos.alla), "status": "completed"}).json()
        (tarea,) = [e["resource"] for e in tareas["entry"]]
        assert tarea["businessStatus"]["coding"][0]["code"] == "acusada"
        estados = [
            e["resource"]["status"]
            for e in api.get(f"/Task/{tarea['id']}/_history").json()["entry"]
        ]
        assert estados == ["completed", "completed", "in-progress", "accepted"]


def escribir_nota(pagina: Page, url: str, paciente: UUID) -> None:
    """Open a visit, write the counter-referral and finish it with one's password."""
    pagina.goto(f"{url}/clinica/{paciente}/encuentros/abrir/")
    pagina.locator("#id_motivo").fill("Valoración por referencia")
    pagina.locator("main button.principal").click()
    pagina.wait_for_url(f"**/clinica/{paciente}/")
    pagina.goto(f"{url}/clinica/{paciente}/notas/nueva/contrarreferencia/")
    pagina.locator("main button.principal").click()
    pagina.wait_for_selector("#nota")
    pagina.wait_for_load_state()
    for cual in pagina.locator("#nota textarea:visible, #nota input[type=text]:visible").all():
        if cual.get_attribute("id") != "dx":
            cual.fill("Continúe con losartán.")
    pagina.locator("#dx").press_sequentially("hipertension esencial")
    pagina.wait_for_selector("#dx-opciones [role=option]")
    pagina.keyboard.press("ArrowDown")
    pagina.keyboard.press("Enter")
    expect(pagina.locator("#estado")).to_have_text("Guardado")
    pagina.locator("#terminar").click()
    pagina.locator("#contrasena").fill(CONTRASENA)
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_role("link", name="Imprimir (PDF)")).to_be_visible()
