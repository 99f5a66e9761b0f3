"""From the notice at the counter to the letter that an operation waits for, signed by hand."""

import io
import re
from collections.abc import Callable
from datetime import time, timedelta

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from consentimiento.selectors import avisos as ver_avisos
from ece.identidad.models import Asignacion, Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.identidad.services import horarios
from ece.nucleo.roles import Rol
from registros.catalogos.cartas import ELEMENTOS, Momento
from registros.selectors import cartas as ver
from registros.selectors import expediente
from tests import elenco as reparto
from tests.consentimiento import avisos
from tests.elenco import AHORA, CONTRASENA
from tests.flujos.conftest import Hospital
from tests.flujos.idiomas import Palabras, ambos_idiomas
from tests.registros import cartas

NOMBRE = "Xóchitl Ibáñez Peña"


@pytest.fixture
def con_aviso(hospital: Hospital) -> Hospital:
    usuario = Usuario.objects.create_user("privacidad", password=CONTRASENA)
    Asignacion.objects.create(usuario=usuario, rol=Rol.PRIVACIDAD, desde=AHORA - timedelta(days=9))
    avisos.publicado(actor_de_usuario(usuario, ahora=AHORA))
    return hospital


def trazar(pagina: Page, clave: str) -> None:
    """A scribble with the mouse inside the box of a signer."""
    lienzo = pagina.locator(f"[data-firma=id_{clave}_trazos] canvas")
    lienzo.scroll_into_view_if_needed()
    caja = lienzo.bounding_box()
    assert caja
    x, y = caja["x"], caja["y"]
    pagina.mouse.move(x + 30, y + 60)
    pagina.mouse.down()
    for paso in range(1, 9):
        pagina.mouse.move(x + 30 + 25 * paso, y + 60 + 30 * (paso % 2))
    pagina.mouse.up()


def entrar_de_paciente(abrir: Callable[..., Page], hospital: Hospital) -> Page:
    usuario = Usuario.objects.create_user("paciente", password=CONTRASENA)
    usuario.paciente = hospital.paciente
    usuario.save()
    pagina = abrir(ancho=390)
    pagina.fill("#id_username", "paciente")
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/portal/**")
    return pagina


@ambos_idiomas
def test_notice_and_consent_at_the_counter(
    abrir: Callable[..., Page], con_aviso: Hospital, idioma: str
) -> None:
    """In either language of the screen; what is signed is in Spanish, in both."""
    di = Palabras(idioma)
    pagina = abrir("archivo", idioma=idioma)
    pagina.goto(con_aviso.expediente("identificacion/"))
    pagina.get_by_role("link", name=di("Dar el aviso")).click()
    expect(
        pagina.get_by_role("region", name=di("Aviso de privacidad simplificado"))
    ).to_be_visible()
    pagina.get_by_label(di("Se le entregó impreso")).check()
    pagina.locator("main form button.principal").click()
    expect(pagina.locator("[name=acto]")).to_have_value(re.compile("datos personales"))
    pagina.locator("main form button.principal").click()
    firmar = pagina.get_by_role("button", name=di("Acepta y firma"))
    firmar.click()
    expect(pagina.get_by_role("alert").first).to_be_visible()
    trazar(pagina, "decide")
    firmar.click()
    expect(pagina.locator(".aviso-de-pagina")).to_contain_text(di("Consentimiento otorgado."))
    firma = di("Firma de %(n)s", n=NOMBRE)
    expect(pagina.get_by_role("img", name=firma)).to_be_visible()
    acceso = reparto.acceso_de_medica(con_aviso.elenco, con_aviso.paciente)
    (entrega,) = ver_avisos.entregas(acceso)
    assert (entrega.medio, entrega.quien) == ("impreso", "Ana de Ejemplo")
    (carta,) = ver.de_paciente(acceso, ahora=AHORA)
    assert carta.tipo.clave == "datos-sensibles"
    (trazo,) = carta.firmas[0].trazos
    assert len(trazo) >= 8
    assert [t for _, _, t, _ in trazo] == sorted(t for _, _, t, _ in trazo)
    assert all(0 < presion <= 1 for *_xyt, presion in trazo)
    pagina.goto(con_aviso.expediente("identificacion/"))
    expect(pagina.get_by_role("link", name=di("Dar el aviso"))).to_have_count(0)


def test_an_operation_waits_for_its_letter(abrir: Callable[..., Page], hospital: Hospital) -> None:
    elenco = hospital.elenco
    horarios.abrir(
        profesional_id=elenco.medica.pk,
        unidad_id=elenco.consulta,
        consultorio="Quirófano 1",
        desde=time(0),
        hasta=time(23, 50),
        minutos=60,
        vigente_desde=AHORA.date() - timedelta(days=30),
    )
    pagina = abrir("medica")

    def agendar() -> None:
        pagina.goto(hospital.expediente("citas/nueva/"))
        pagina.locator("[name=hueco]").last.check(force=True)
        pagina.get_by_label("Motivo de la cita").fill("Vesícula")
        pagina.get_by_label("Qué se hará").select_option("cirugia-mayor")
        pagina.get_by_role("button", name="Agendar cita").click()

    agendar()
    aviso = pagina.get_by_role("alert")
    expect(aviso).to_contain_text("NOM-004, 10.1.2")
    aviso.get_by_role("link", name="Cirugía mayor").click()
    pagina.get_by_label("Idioma").select_option("Zapoteco")
    for clave, texto in cartas.ESCRITO.items():
        pagina.fill(f"[name={clave}]", texto)
    pagina.fill("[name=contrasena]", CONTRASENA)
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_text("Anote quién interpretó.")).to_be_visible()
    pagina.fill("[name=interprete]", "Nadia López")
    pagina.fill("[name=contrasena]", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.get_by_role("button", name="Acepta y firma").click(trial=True)
    pagina.select_option("[name=identificacion]", "ine")
    pagina.fill("[name=comprension]", cartas.ENTENDIO)
    trazar(pagina, "decide")
    pagina.fill("[name=testigo_1_nombre]", "Rosa Luna Paz")
    trazar(pagina, "testigo_1")
    pagina.get_by_role("button", name="Acepta y firma").click()
    expect(pagina.get_by_role("alert").first).to_contain_text("10.1.1.10")
    # the second witness cannot hold a pen: the keyboard signs too
    pagina.fill("[name=testigo_2_nombre]", "Juan Sosa Gil")
    pagina.fill("[name=testigo_2_escrita]", "juan sosa gil")
    pagina.get_by_role("button", name="Acepta y firma").click()
    expect(pagina.locator(".aviso-de-pagina")).to_contain_text("Consentimiento otorgado")
    enlace = pagina.get_by_role("link", name="Imprimir").get_attribute("href")
    _lo_dice_todo(pagina.request.get(hospital.url + (enlace or "")).body())
    carta = pagina.url
    agendar()
    expect(pagina.get_by_text("Cita agendada.")).to_be_visible()

    pagina.goto(carta)
    pagina.get_by_text("Revocar este consentimiento").click()
    pagina.get_by_label("Por qué").fill("Quiere otra opinión")
    pagina.get_by_role("button", name="Revocar").click()
    expect(pagina.get_by_text("Revocada", exact=True)).to_be_visible()
    agendar()
    expect(pagina.get_by_role("alert")).to_contain_text("Cirugía mayor")
    pagina.locator(".barra").get_by_role("button", name="English").click()
    expect(pagina.get_by_label("What will be done")).to_be_visible()


def _lo_dice_todo(pdf: bytes) -> None:
    """NOM-004 10.1.1.1 to 10.1.1.10, and LGS 51 Bis 1 and 2."""
    hojas = PdfReader(io.BytesIO(pdf)).pages
    texto = re.sub(r"\s+", " ", " ".join(hoja.extract_text() for hoja in hojas))
    escritos = [e.titulo for e in ELEMENTOS.values() if e.momento is Momento.ESCRITA]
    escritos.remove(ELEMENTOS["medico"].titulo)
    for dicho in (
        *escritos,
        *cartas.ESCRITO.values(),
        *("Hospital General de Ejemplo", "Consulta externa (CLUES OCSSA000001)", "Cirugía mayor"),
        *(NOMBRE, "Credencial para votar", "Elena de Ejemplo, cédula profesional 1000001"),
        *("Rosa Luna Paz", "Juan Sosa Gil", cartas.ENTENDIO, "Zapoteco", "Nadia López"),
        "LGS 51 Bis 2",
    ):
        assert dicho in texto, (dicho, texto)


def test_two_physicians_at_one_screen(abrir: Callable[..., Page], hospital: Hospital) -> None:
    pagina = abrir("medica")
    pagina.goto(hospital.expediente("encuentros/abrir/"))
    pagina.select_option("[name=clase]", "IMP")
    pagina.fill("[name=motivo]", "Choque séptico")
    pagina.keyboard.press("Enter")
    pagina.get_by_role("link", name="acuerdo de dos médicos").click()
    expect(pagina.get_by_label("Qué no puede esperar")).to_have_value("ingreso")
    pagina.fill("[name=acto_urgente]", "Ingreso a terapia intensiva")
    pagina.fill("[name=motivo]", "Inconsciente, sin familiares")

    def acordar(segundo: str) -> None:
        pagina.fill("[name=contrasena]", CONTRASENA)
        pagina.fill("[name=segundo]", segundo)
        pagina.fill("[name=segunda_contrasena]", CONTRASENA)
        pagina.keyboard.press("Enter")

    acordar("medica")
    expect(pagina.get_by_role("alert")).to_contain_text("dos médicos distintos")
    acordar("enfermera")
    expect(pagina.get_by_role("alert")).to_contain_text("dos médicos")
    acordar("urgencias")
    expect(pagina.get_by_text("Inconsciente, sin familiares").first).to_be_visible()
    pagina.goto(hospital.expediente("encuentros/abrir/"))
    pagina.select_option("[name=clase]", "IMP")
    pagina.fill("[name=motivo]", "Choque séptico")
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_text("Encuentro abierto.")).to_be_visible()
    pagina.goto(f"{hospital.url}/clinica/")
    pagina.get_by_role("link", name="Recabar el consentimiento: Ingreso hospitalario").click()
    expect(pagina.get_by_role("link", name="Recabar ahora")).to_be_visible()


def test_the_person_gives_and_revokes_from_the_portal(
    abrir: Callable[..., Page], con_aviso: Hospital
) -> None:
    acceso = reparto.acceso_de_medica(con_aviso.elenco, con_aviso.paciente)
    cartas.preparada(acceso, "ingreso", con_aviso.elenco.consulta)
    pagina = entrar_de_paciente(abrir, con_aviso)
    pagina.get_by_role("link", name="Aviso de privacidad").click()
    expect(pagina.get_by_text("Queda anotado que lo abrió.")).to_be_visible()
    pagina.reload()
    assert [e.medio for e in ver_avisos.entregas(acceso)] == ["portal"]
    pagina.get_by_role("link", name="Consentimientos").click()
    pagina.get_by_role("button", name="Leer y decidir · Docencia e imágenes").click()
    pagina.fill("[name=decide_escrita]", NOMBRE)
    pagina.get_by_role("button", name="Acepto y firmo").click()
    expect(pagina.get_by_text("Quedó guardado que acepta.")).to_be_visible()
    pagina.get_by_text("Cambié de opinión").click()
    pagina.get_by_role("button", name="Revocar").click()
    expect(pagina.get_by_text("Revocada", exact=True)).to_be_visible()
    pagina.get_by_role("link", name="Todos los consentimientos").click()
    pagina.get_by_role("link", name="Ingreso hospitalario").click()
    expect(pagina.get_by_text("Ésta se firma en persona")).to_be_visible()
    expect(pagina.get_by_role("button", name="Acepto y firmo")).to_have_count(0)
    trazar(pagina, "decide")
    pagina.get_by_role("button", name="No acepto").click()
    expect(pagina.get_by_text("No aceptada", exact=True)).to_be_visible()
    situaciones = {c.tipo.clave: c.situacion for c in ver.de_paciente(acceso, ahora=AHORA)}
    assert situaciones == {"docencia": "revocada", "ingreso": "rechazada"}
    assert expediente.ultimas(acceso, "Communication", 5)


def test_the_notice_is_written_checked_and_read_by_anybody(
    abrir: Callable[..., Page], con_aviso: Hospital
) -> None:
    pagina = abrir()
    pagina.fill("#id_username", "privacidad")
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url(lambda url: "/cuenta/" not in url)
    pagina.goto(f"{con_aviso.url}/clinica/privacidad/avisos/")
    pagina.get_by_role("button", name="Redactar la versión siguiente").click()
    pagina.fill("[name=unidad]", "")
    pagina.get_by_role("button", name="Guardar el borrador").click()
    pagina.get_by_role("button", name="Publicar lo guardado").click()
    expect(pagina.locator(".aviso-de-pagina.error")).to_contain_text("art. 21-VI")
    pagina.fill("[name=unidad]", "Calle Falsa 123, planta baja, Oaxaca")
    pagina.get_by_role("button", name="Guardar el borrador").click()
    pagina.get_by_role("button", name="Publicar lo guardado").click()
    expect(pagina.get_by_text("Aviso publicado.")).to_be_visible()
    nadie = pagina.context.browser.new_context(locale="es-MX").new_page()  # type: ignore[union-attr]
    nadie.goto(f"{con_aviso.url}/aviso-de-privacidad/")
    expect(nadie.get_by_text("Calle Falsa 123, planta baja")).to_be_visible()
    nadie.get_by_role("link", name="Simplificado").click()
    expect(nadie.get_by_text("Calle Falsa 123, planta baja")).to_have_count(0)
    expect(nadie.get_by_text("Versión 2")).to_be_visible()
    nadie.context.close()
