"""A person decides who sees what; whoever is left out loses it at their next click."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from consentimiento import decision
from consentimiento.services import concesiones
from ece.nucleo.roles import Permiso
from registros.services import diagnosticos, encuentros
from registros.services.encuentros import ClaseDeEncuentro
from tests import elenco as reparto
from tests.consentimiento.permisos import cuenta
from tests.consentimiento.test_delegaciones import VIH
from tests.elenco import AHORA, CONTRASENA
from tests.flujos.conftest import Hospital
from tests.flujos.expediente_lleno import DIABETES
from tests.flujos.idiomas import Palabras, ambos_idiomas
from tests.registros import clinica

Abrir = Callable[..., Page]
PALABRAS = "Refiere mejoría; duerme bien y camina treinta minutos al día."
FUERA = "No se encontró"
NEGADO = "La persona pidió que no se le muestre"
FRASE = {
    "es-mx": "No comparta nada de mi expediente con Consulta externa.",
    "en": "Do not share any of my record with Consulta externa.",
}
AJENO = "Esto sólo lo hace la persona de quien es el expediente"


@pytest.fixture
def del_portal(abrir: Abrir, hospital: Hospital) -> Callable[..., Page]:
    """Open a window of the portal as somebody without a post."""

    def _abrir(usuario: str, resto: str = "", **kwargs: object) -> Page:
        pagina = abrir(**kwargs)
        pagina.fill("#id_username", usuario)
        pagina.fill("#id_password", CONTRASENA)
        pagina.keyboard.press("Enter")
        pagina.wait_for_url("**/portal/**")
        pagina.goto(f"{hospital.url}/portal/{resto}")
        return pagina

    return _abrir


def negar_la_unidad(pagina: Page, di: Palabras) -> None:
    unidad = pagina.locator("select[name=unidad]")
    pagina.get_by_role("link", name=di("Decidir algo nuevo")).click()
    pagina.get_by_label(di("No compartir algo de mi expediente")).check()
    expect(unidad).to_be_hidden()
    pagina.get_by_label(di("Un servicio o unidad")).check()
    unidad.select_option(label="Consulta externa")
    pagina.locator("[name=que][value=todo]").check()
    pagina.get_by_role("button", name=di("Ver qué cambia")).click()
    expect(pagina.locator(".frase.grande")).to_have_text(FRASE[di.idioma])
    expect(pagina.locator("main")).to_contain_text("Elena de Ejemplo")
    expect(pagina.get_by_role("note")).to_be_visible()
    pagina.get_by_role("button", name=di("Sí, así lo quiero")).click()
    expect(pagina.locator(".frase").first).to_contain_text(FRASE[di.idioma])


@ambos_idiomas
def test_a_unit_that_is_refused_loses_the_record_and_gets_it_back(
    abrir: Abrir, del_portal: Callable[..., Page], hospital: Hospital, idioma: str
) -> None:
    di = Palabras(idioma)
    cuenta("paciente", hospital.paciente)
    medica = abrir("medica", idioma=idioma)
    medica.goto(hospital.expediente("notas/nueva/evolucion/"))
    medica.click("main button.principal")
    medica.wait_for_selector("#nota")
    medica.wait_for_load_state()
    medica.fill("[name=evolucion]", "Sin cambios.")
    expect(medica.locator("#estado")).to_have_text(di("Guardado"))
    otra = medica.context.new_page()
    otra.goto(hospital.expediente())
    expect(otra.locator("h1").first).to_contain_text("Xóchitl")

    persona = del_portal("paciente", f"{hospital.paciente}/permisos/", ancho=390, idioma=idioma)
    negar_la_unidad(persona, di)

    # The page that was open brings nothing more, and the next click finds nobody.
    respuesta = otra.evaluate(
        "u => fetch(u, {headers: {'HX-Request': 'true'}}).then(r => r.status)",
        hospital.expediente("linea/"),
    )
    assert respuesta == 403
    otra.get_by_role("link", name="Xóchitl Ibáñez Peña").first.click()
    expect(otra.locator("h1")).to_have_text(di(NEGADO))
    otra.goto(f"{hospital.url}/clinica/")
    expect(otra.locator("main")).not_to_contain_text("Xóchitl")
    otra.locator("#buscar").press_sequentially("xochitl")
    expect(otra.locator("#encontrados")).not_to_contain_text("Ibáñez")
    # What was being written is not lost: the editor says why it is not saved.
    medica.fill("[name=evolucion]", PALABRAS)
    expect(medica.locator("#estado")).not_to_have_text(di("Guardado"))
    expect(medica.locator("[name=evolucion]")).to_have_value(PALABRAS)

    persona.get_by_role("button", name=di("Retirar")).click()
    expect(persona.get_by_role("heading", name=di("Ya no valen"))).to_be_visible()
    medica.type("[name=evolucion]", " Bien.")
    expect(medica.locator("#estado")).to_have_text(di("Guardado"))
    medica.reload()
    expect(medica.locator("[name=evolucion]")).to_have_value(f"{PALABRAS} Bien.")


def en_urgencias(hospital: Hospital) -> None:
    """A visit at urgencias whose physician is not who looks at it, with an HIV diagnosis in it."""
    elenco, ahora = hospital.elenco, timezone.now()
    llegada = decision.abrir_paciente(
        elenco.actor(elenco.archivo), hospital.paciente, Permiso.ENCUENTRO_ABRIR, ahora=ahora
    )
    encuentros.abrir(
        llegada,
        clase=ClaseDeEncuentro.URGENCIAS,
        motivo="Dolor abdominal",
        unidad_id=elenco.urgencias,
        responsable_id=elenco.medico_ajeno.pk,
        ahora=ahora,
    )
    acceso = reparto.acceso_de_medica(elenco, hospital.paciente)
    diagnosticos.registrar(acceso, diagnostico=VIH, encuentro_id=None, ahora=AHORA)
    diagnosticos.registrar(acceso, diagnostico=DIABETES, encuentro_id=None, ahora=AHORA)


def test_what_is_sensitive_is_for_who_treats_and_not_for_all_the_unit(
    abrir: Abrir, hospital: Hospital
) -> None:
    en_urgencias(hospital)
    for quien, lo_ve in (("medica", True), ("urgencias", False)):
        pagina = abrir(quien)
        for resto in ("", "problemas/", "linea/?tipo=Condition", "buscar/?q=VIH"):
            pagina.goto(hospital.expediente(resto))
            contenido = pagina.content()
            assert ("por VIH" in contenido) is (lo_ve and "buscar" not in resto), (quien, resto)
            if "buscar" not in resto:
                assert "Diabetes mellitus" in contenido, (quien, resto)
        # Absent: not one more, not a gap, not a word.
        pagina.goto(hospital.expediente("problemas/"))
        assert "oculto" not in pagina.content().lower()


def test_a_mother_and_her_adolescent_child(
    del_portal: Callable[..., Page], hospital: Hospital
) -> None:
    """The adolescent reads in Spanish, the mother in English: what each is told is in both."""
    acceso = reparto.acceso_de_medica(hospital.elenco, hospital.paciente)
    diagnosticos.registrar(acceso, diagnostico=VIH, encuentro_id=None, ahora=AHORA)
    clinica.problema(acceso)
    cuenta("adolescente", hospital.paciente)
    madre = cuenta("madre")
    nacimiento = timezone.localdate() - timedelta(days=15 * 365)
    concesiones.representar(
        usuario_id=madre.pk, paciente=hospital.paciente, nacimiento=nacimiento, ahora=AHORA
    )
    for quien, lo_ve, idioma in (("adolescente", True, "es-mx"), ("madre", False, "en")):
        di = Palabras(idioma)
        pagina = del_portal(quien, f"{hospital.paciente}/", idioma=idioma)
        expect(pagina.locator("main")).to_contain_text("Asma")
        assert ("VIH" in pagina.content()) is lo_ve
        # Only the adolescent decides who sees what.
        pagina.goto(f"{hospital.url}/portal/{hospital.paciente}/permisos/")
        expect(pagina.locator("h1")).to_have_text(
            di("Quién puede ver mi expediente" if lo_ve else AJENO)
        )


def test_a_relative_is_let_in_by_a_code_and_a_yes(
    del_portal: Callable[..., Page], hospital: Hospital
) -> None:
    cuenta("paciente", hospital.paciente)
    cuenta("hija", nombres="Lucía")
    persona = del_portal("paciente", f"{hospital.paciente}/delegar/")
    persona.get_by_label("Todo mi expediente").check()
    hasta = timezone.localdate() + timedelta(days=90)
    persona.get_by_label("¿Hasta cuándo?").fill(hasta.isoformat())
    persona.get_by_role("button", name="Crear el código").click()
    codigo = persona.locator("#codigo").inner_text()

    hija = del_portal("hija", "codigo/", ancho=390)
    hija.get_by_label("Código").fill("AAAA BBBB CCCC")
    hija.get_by_role("button", name="Usar el código").click()
    expect(hija.get_by_role("alert")).to_contain_text("no sirve")
    hija.get_by_label("Código").fill(codigo)
    hija.get_by_role("button", name="Usar el código").click()
    expect(hija.locator("main")).to_contain_text("Recibido")
    suyo = f"{hospital.url}/portal/{hospital.paciente}/"
    hija.goto(suyo)
    expect(hija.locator("h1")).to_have_text(FUERA)

    persona.goto(f"{suyo}delegar/")
    expect(persona.locator("main")).to_contain_text("Lucía")
    assert codigo not in persona.content()
    persona.get_by_role("button", name="Sí, déjele entrar").click()
    hija.goto(suyo)
    expect(hija.get_by_role("region", name="De quién es este expediente")).to_contain_text(
        "Xóchitl"
    )
    persona.get_by_role("button", name="Retirar").click()
    hija.reload()
    expect(hija.locator("h1")).to_have_text(FUERA)


def test_at_the_counter_it_is_taken_down_once_the_person_is_known(
    abrir: Abrir, hospital: Hospital
) -> None:
    pagina = abrir("archivo")
    pagina.goto(hospital.expediente("permisos/"))
    pagina.get_by_role("link", name="Decidir algo nuevo").click()
    pagina.get_by_label("No compartir algo de mi expediente").check()
    pagina.get_by_label("Una persona, por su nombre").check()
    pagina.get_by_label("Nombre de la persona").fill("Elena")
    pagina.locator("[name=que][value=categorias]").check()
    pagina.get_by_role("button", name="Ver qué cambia").click()
    expect(pagina.locator("main")).to_contain_text("Diga cuál.")
    expect(pagina.locator("main")).to_contain_text("Diga con qué documento.")
    pagina.get_by_label("Salud mental").check()
    pagina.get_by_label("Cómo se comprobó su identidad").select_option("Credencial para votar")
    pagina.get_by_role("button", name="Ver qué cambia").click()
    frase = "No comparta lo relativo a salud mental con Elena de Ejemplo."
    expect(pagina.locator(".frase.grande")).to_have_text(frase)
    pagina.get_by_role("button", name="Sí, así lo quiero").click()
    expect(pagina.locator(".permisos").first).to_contain_text(frase)
    pagina.locator("summary", has_text="Retirar").click()
    pagina.get_by_label("Cómo se comprobó su identidad").select_option("Pasaporte")
    pagina.get_by_role("button", name="Retirar").click()
    expect(pagina.get_by_role("heading", name="Ya no valen")).to_be_visible()
