"""A student's note returned, written again and countersigned; and a label corrected, on screen."""

from collections.abc import Callable
from dataclasses import replace

from django.utils import timezone
from playwright.sync_api import Page, expect

from auditoria.models import Evento
from consentimiento import decision
from ece.nucleo.roles import Permiso, Rol
from registros.catalogos.notas import TIPOS
from registros.selectors import expediente
from registros.services import notas
from tests.elenco import AHORA, CONTRASENA
from tests.flujos.conftest import Hospital
from tests.registros.nota_de_ejemplo import contenido_completo, en_puesto


def de_interno(hospital: Hospital) -> Callable[[int], None]:
    """How a student of the unit finishes version n of a note that tells of syphilis."""
    interno = hospital.elenco.actor(en_puesto(hospital.elenco, Rol.INTERNO))
    acceso = decision.abrir_paciente(interno, hospital.paciente, Permiso.NOTA_REDACTAR, ahora=AHORA)
    (encuentro,) = expediente.encuentros_abiertos(acceso)
    id_ = notas.redactar(acceso, tipo="evolucion", encuentro_id=encuentro.id, ahora=AHORA)
    completo = contenido_completo(TIPOS["evolucion"])
    textos = {**completo.textos, "evolucion": "Antecedente de sífilis tratada en 2019."}
    contenido = replace(completo, textos=textos)

    def presentar(version: int) -> None:
        notas.finalizar(
            acceso, nota_id=id_, contenido=contenido, version=version, ahora=timezone.now()
        )

    return presentar


def test_del_estudiante_al_medico_y_de_vuelta(
    abrir: Callable[..., Page], hospital: Hospital
) -> None:
    presentar = de_interno(hospital)
    presentar(1)
    medica = abrir("medica")
    medica.get_by_role("link", name="Contrafirmar: Nota de evolución").click()
    principal = medica.locator("main")
    expect(principal.locator("article .ficha.aviso").first).to_have_text("En espera de contrafirma")
    medica.get_by_label("Qué debe corregir quien la escribió").fill("Falta la dosis")
    medica.get_by_role("button", name="Devolver").click()
    expect(principal).to_contain_text("Nota devuelta a quien la escribió.")

    interno = abrir("interno", ancho=390)
    interno.get_by_role("link", name="Corregir: Nota de evolución").click()
    expect(interno.locator("main")).to_contain_text(
        "La devolvieron para corregirla: Falta la dosis"
    )
    presentar(3)
    interno.reload()
    expect(interno.get_by_role("button", name="Contrafirmar")).to_have_count(0)

    medica.goto(hospital.url)
    medica.get_by_role("link", name="Contrafirmar: Nota de evolución").click()
    medica.get_by_label("Su contraseña").fill(CONTRASENA)
    medica.get_by_role("button", name="Contrafirmar").click()
    expect(principal).to_contain_text("Contrafirmó Elena de Ejemplo")
    expect(principal).to_contain_text("Interno de Ejemplo")

    expect(principal.locator(".fichas")).to_contain_text("VIH e infecciones de transmisión sexual")
    medica.get_by_role("link", name="Corregir la reserva").click()
    medica.get_by_label("VIH e infecciones de transmisión sexual").uncheck()
    medica.get_by_label("Por qué se corrige").fill("El antecedente es de la madre")
    medica.get_by_role("button", name="Corregir").click()
    expect(principal).to_contain_text("Etiquetas corregidas.")
    expect(principal).to_contain_text(
        "Elena de Ejemplo retiró «VIH e infecciones de transmisión sexual»: "
        "El antecedente es de la madre"
    )
    for tipo, veces in (
        ("nota.presentada", 2),
        ("nota.devuelta", 1),
        ("nota.contrafirmada", 1),
        ("etiqueta.corregida", 1),
    ):
        assert Evento.objects.filter(tipo=tipo).count() == veces
