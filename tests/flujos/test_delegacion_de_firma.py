"""She goes on holiday: a colleague signs what she left, in her name, until she says no more."""

from collections.abc import Callable
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from ece.identidad.services import firmantes
from ece.nucleo.roles import Rol
from tests import elenco as reparto
from tests.elenco import CONTRASENA
from tests.flujos.conftest import Hospital
from tests.flujos.test_accesibilidad import revisar
from tests.flujos.test_firma_electronica import archivos, llenar
from tests.registros import clinica, firmadas
from tests.registros.nota_de_ejemplo import en_puesto


def test_from_the_delegation_to_the_signature_and_the_end_of_it(
    abrir: Callable[..., Page], hospital: Hospital, tmp_path: Path
) -> None:
    firmadas.preparar_institucion()
    firmantes.pedir("evolucion", nivel="avanzada")
    firmantes.pedir("receta", nivel="institucional")
    suplente = en_puesto(hospital.elenco, Rol.MEDICO)
    rfc, curp = "SUPL800101AB1", "SUPL800101MOCBXL07"
    propia = firmadas.con_certificado(suplente, rfc=rfc, curp=curp, cual=16)
    acceso = reparto.acceso_de_medica(hospital.elenco, hospital.paciente)
    notas = [firmadas.terminada(acceso, ahora=timezone.now()) for _ in range(2)]
    receta = clinica.paracetamol(acceso, ahora=timezone.now())
    ella = hospital.elenco.medica.nombre

    # Given what a physician leaves when she goes, and to whom
    medica = abrir("medica")
    medica.goto(f"{hospital.url}/clinica/firmar/delegaciones/")
    medica.get_by_label("Quién firmará por usted").select_option(label=suplente.nombre)
    medica.get_by_label("Nota de evolución", exact=True).check()
    medica.get_by_label("Receta", exact=True).check()
    medica.get_by_label("Por qué").fill("Vacaciones")
    medica.get_by_role("button", name="Delegar y firmar").click()
    expect(medica.get_by_role("alert")).to_contain_text("La contraseña")
    revisar(medica)
    medica.get_by_label("Su contraseña").fill(CONTRASENA)
    medica.get_by_role("button", name="Delegar y firmar").click()
    expect(medica.get_by_text("Delegada y firmada.")).to_be_visible()
    expect(medica.get_by_role("region", name="Firman por usted")).to_contain_text("Vigente")
    revisar(medica)

    # When the colleague comes, it is told, told apart, and signed with their own key
    otro = abrir("medico", ancho=390)
    expect(otro.get_by_text(f"{ella} le delegó su firma")).to_be_visible()
    otro.goto(f"{hospital.url}/clinica/firmar/")
    expect(otro.get_by_text(f"Por delegación de {ella}")).to_have_count(3)
    expect(otro.get_by_role("checkbox", checked=True)).to_have_count(0)
    revisar(otro)
    de_e_firma = otro.locator("#firmar").get_by_role("checkbox")
    de_e_firma.first.check()
    llenar(otro, *archivos(propia, tmp_path, "suplente"))
    revision = otro.get_by_role("dialog", name="Esto es lo que firma")
    revision.get_by_role("button", name="Firmar", exact=True).click()
    expect(otro.get_by_text("Se firmó 1 documento.")).to_be_visible()
    otro.get_by_role("checkbox", name="Paracetamol").check()
    otro.get_by_label("Su contraseña").fill(CONTRASENA)
    otro.get_by_role("button", name="Firmar", exact=True).click()
    expect(otro.get_by_text("Se firmó 1 documento.")).to_be_visible()

    # Then what was signed says in whose name
    dicho = f"Firmó por delegación de {ella}"
    for camino in (f"notas/{notas[0]}/", f"registros/MedicationRequest/{receta}/"):
        medica.goto(hospital.expediente(camino))
        expect(medica.get_by_text(dicho)).to_be_visible()
        revisar(medica)

    # And when it is revoked, what was open in another window signs nothing
    medica.goto(f"{hospital.url}/clinica/firmar/delegaciones/")
    medica.get_by_role("button", name="Revocar").click()
    expect(medica.get_by_text("Revocada. Desde ahora nadie firma con ella.")).to_be_visible()
    de_e_firma.first.check()
    llenar(otro, *archivos(propia, tmp_path, "suplente"))
    expect(otro.locator("[data-error]")).to_contain_text("se revocó")
