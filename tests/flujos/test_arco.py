"""From a request in the portal to the file in the person's hands, within its clock."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from auditoria.models import Evento
from consentimiento.models import SolicitudArco
from ece.identidad.models import Usuario
from tests.consentimiento.solicitudes import oficial
from tests.elenco import CONTRASENA, XOCHITL
from tests.flujos.conftest import Hospital
from tests.flujos.idiomas import Palabras, ambos_idiomas


def _entrar(pagina: Page, usuario: str, donde: str) -> None:
    pagina.fill("#id_username", usuario)
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url(donde)


@ambos_idiomas
def test_a_person_asks_for_their_record_and_takes_it_away(
    abrir: Callable[..., Page], hospital: Hospital, idioma: str
) -> None:
    di = Palabras(idioma)
    usuario = Usuario.objects.create_user("paciente", password=CONTRASENA, first_name="Xóchitl")
    usuario.paciente = hospital.paciente
    usuario.save()
    oficial(hospital.elenco)

    suya = abrir(ancho=390, idioma=idioma)
    _entrar(suya, "paciente", "**/portal/**")
    suya.goto(f"{hospital.url}/portal/{hospital.paciente}/mas/")
    suya.get_by_role("link", name=di("Derechos sobre mis datos")).click()
    suya.get_by_label(di("Acceso: saber qué datos tienen y recibir una copia")).check()
    suya.get_by_label(di("¿Qué pide, y sobre qué datos?")).fill("Una copia de todo.")
    suya.get_by_role("button", name=di("Presentar la solicitud")).click()
    expect(suya.get_by_text(di("Solicitud recibida. Este es su acuse."))).to_be_visible()
    expect(suya.locator(".reloj-arco")).to_contain_text("20")
    folio = SolicitudArco.objects.get().folio
    acuse = suya.request.get(
        hospital.url
        + (suya.get_by_role("link", name=di("Acuse (PDF)")).get_attribute("href") or "")
    )
    assert folio in PdfReader(io.BytesIO(acuse.body())).pages[0].extract_text()
    expect(suya.get_by_role("button", name=di("Descargar"))).to_have_count(0)
    direccion = suya.url

    escritorio = abrir(idioma=idioma)
    _entrar(escritorio, "privacidad", "**/clinica/privacidad/")
    escritorio.get_by_role("link", name=di("solicitudes ARCO abiertas")).click()
    escritorio.get_by_role("link", name=folio).click()
    expect(escritorio.get_by_text("Una copia de todo.")).to_be_visible()
    for paso in ("Admitir a trámite", "Resolver que procede", "Hacerla efectiva"):
        escritorio.get_by_label(di("Qué se le dice a la persona")).fill(f"{paso}.")
        escritorio.get_by_role("button", name=di(paso), exact=True).click()
        expect(escritorio.get_by_text(di("Hecho; la persona lo ve en su portal."))).to_be_visible()
    respuesta = escritorio.goto(hospital.expediente())
    assert respuesta is not None
    assert respuesta.status == 404

    suya.goto(direccion)
    suya.get_by_label(di("Su contraseña, otra vez")).fill("otra")
    suya.get_by_role("button", name=di("Descargar")).click()
    expect(suya.get_by_text(di("Esa no es su contraseña."))).to_be_visible()
    suya.get_by_label(di("Su contraseña, otra vez")).fill(CONTRASENA)
    with suya.expect_download() as descarga:
        suya.get_by_role("button", name=di("Descargar")).click()
    archivo = zipfile.ZipFile(Path(descarga.value.path()))
    assert descarga.value.suggested_filename == f"{folio}.zip"
    assert archivo.testzip() is None
    texto = PdfReader(io.BytesIO(archivo.read("expediente.pdf"))).pages[0].extract_text()
    assert XOCHITL.primer_apellido in texto
    paquete = json.loads(archivo.read("expediente-fhir.json"))
    tipos = {entrada["resource"]["resourceType"] for entrada in paquete["entry"]}
    assert {"Patient", "Encounter"} <= tipos
    accesos = archivo.read("accesos.html").decode()
    assert "arco.entregada" in accesos
    assert "Ana de Ejemplo" in accesos
    assert Evento.objects.filter(tipo="arco.entregada", pacientes=[hospital.paciente]).count() == 1
