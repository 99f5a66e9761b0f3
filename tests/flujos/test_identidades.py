"""Who somebody is, when that is not plain: no name, just born, wrong, or registered twice."""

from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import Page, expect

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from registros.selectors import expediente
from registros.services import alergias
from registros.services.alergias import Categoria, Criticidad
from tests import elenco as reparto
from tests.elenco import AHORA, XOCHITL
from tests.flujos.conftest import Hospital
from tests.flujos.idiomas import Palabras, ambos_idiomas
from tests.registros.test_fotografias import retrato

Abrir = Callable[..., Page]


def cuantos(tipo: TipoDeEvento) -> int:
    return Evento.objects.filter(tipo=tipo).count()


@ambos_idiomas
def test_whoever_has_no_name_is_seen_at_once_and_named_later(
    abrir: Abrir, hospital: Hospital, idioma: str
) -> None:
    di = Palabras(idioma)
    pagina = abrir("urgencias", idioma=idioma)
    pagina.get_by_role("link", name=di("Persona sin identificar")).click()
    pagina.click("main button.principal")  # nothing is obligatory
    pagina.wait_for_url("**/encuentros/abrir/")
    expect(pagina.locator("main")).to_contain_text(
        di("Quedó registrado como DESCONOCIDO; abra su encuentro.")
    )
    expect(pagina.locator(".paciente h1")).to_have_text("DESCONOCIDO")
    pagina.get_by_role("link", name=di("Decir quién es")).click()
    pagina.fill("#id_senas", "Tatuaje en el brazo")
    pagina.click("form.formulario button.principal")
    expect(pagina.locator(".paciente h1")).to_have_text("DESCONOCIDO")
    expect(pagina.locator("main")).to_contain_text("Tatuaje en el brazo")
    expect(pagina.locator("main")).to_contain_text(di("Persona no identificada"))
    assert cuantos(TipoDeEvento.PACIENTE_IDENTIFICADO) == 0

    pagina.get_by_role("link", name=di("Decir quién es")).first.click()
    pagina.fill("#id_nombre", "Genaro")
    pagina.fill("#id_primer_apellido", "Quijano")
    pagina.fill("#id_segundo_apellido", "")
    pagina.click("form.formulario button.principal")
    expect(pagina.locator("#id_fecha_nacimiento_error")).to_be_visible()
    pagina.fill("#id_fecha_nacimiento", "1971-04-09")
    pagina.check("[name=sexo_curp][value=H]")
    pagina.check("[name=sexo_biologico][value=masculino]")
    pagina.click("form.formulario button.principal")
    expect(pagina.locator(".paciente h1")).to_have_text("Genaro Quijano")
    expect(pagina.locator("main")).not_to_contain_text("Tatuaje")
    assert cuantos(TipoDeEvento.PACIENTE_IDENTIFICADO) == 1


@ambos_idiomas
def test_a_child_is_registered_from_the_mothers_chart(
    abrir: Abrir, hospital: Hospital, idioma: str
) -> None:
    di = Palabras(idioma)
    pagina = abrir("medica", idioma=idioma)
    pagina.goto(hospital.expediente("identificacion/"))
    pagina.get_by_role("link", name=di("Registrar nacimiento")).click()
    ayer = pagina.evaluate("new Date(Date.now() - 864e5 - 6 * 36e5).toISOString().slice(0, 16)")
    pagina.fill("#id_momento", ayer)
    pagina.check("[name=sexo][value=M]")
    pagina.fill("#id_peso", "3120")
    pagina.fill("#id_apgar_5", "9")
    pagina.click("main button.principal")
    pagina.wait_for_url("**/identificacion/")
    expect(pagina.locator(".paciente h1")).to_have_text("RN de Xóchitl Ibáñez Peña")
    expect(pagina.locator("main")).to_contain_text("Xóchitl Ibáñez Peña · ")
    for nuestro in ("madre", "Recién nacido; registro civil en trámite"):
        expect(pagina.locator("main")).to_contain_text(di(nuestro))
    pagina.locator(".paciente h1 a").click()
    expect(pagina.locator("#linea")).to_contain_text("3.12 kg")
    apgar = pagina.locator("#linea li", has_text=di("Apgar al minuto 5"))
    expect(apgar).to_contain_text(f"9 {di('puntos')}")
    expect(pagina.locator("#linea")).to_contain_text(di("Nacimiento"))

    pagina.goto(hospital.expediente("identificacion/"))
    pagina.get_by_role("link", name="RN de Xóchitl").click()
    expect(pagina.locator(".paciente h1")).to_have_text("RN de Xóchitl Ibáñez Peña")
    assert cuantos(TipoDeEvento.NACIMIENTO_REGISTRADO) == 1


@ambos_idiomas
def test_two_records_of_one_person_are_linked_read_together_and_unlinked(
    abrir: Abrir, hospital: Hospital, idioma: str
) -> None:
    di = Palabras(idioma)
    otro = reparto.registrar(hospital.elenco, replace(XOCHITL, segundo_apellido="", telefono=""))
    reparto.en_consulta(hospital.elenco, otro)
    suyo = reparto.acceso_de_medica(hospital.elenco, otro)
    alergias.registrar(
        suyo,
        sustancia="Penicilina",
        categoria=Categoria.MEDICAMENTO,
        criticidad=Criticidad.ALTA,
        reaccion="",
        ahora=AHORA,
    )
    archivo = abrir("archivo", idioma=idioma)
    archivo.goto(hospital.expediente("identificacion/"))
    archivo.get_by_role("link", name=di("Buscar duplicados")).click()
    expect(archivo.locator("main .lista").first).to_contain_text(
        f"{di('Probable')}: {di('nombre que suena igual')}, {di('misma fecha de nacimiento')}"
    )
    archivo.locator("main .lista a").first.click()
    expect(archivo.locator("tr.distinto").first).to_be_visible()
    archivo.locator("[name=sigue]").first.check()
    archivo.fill("#id_motivo", "Misma persona, mismo domicilio")
    archivo.click("main button.principal")
    expect(archivo.locator("main")).to_contain_text(di("Están vinculados"))

    penicilina = di("Penicilina")
    medica = abrir("medica", idioma=idioma)
    medica.goto(hospital.expediente())
    es_la_misma = di(
        "El expediente %(n)s es de la misma persona; aquí se lee junto con éste.",
        n=expediente.identidad(suyo)[0].expediente,
    )
    expect(medica.locator(".vinculo")).to_contain_text(es_la_misma)
    expect(medica.locator(".alergias")).to_contain_text(penicilina)
    ajena = medica.locator("#linea li", has_text=penicilina)
    expect(ajena).to_contain_text(di("Otro expediente"))
    ajena.get_by_role("link").click()
    expect(medica.locator("article.registro")).to_contain_text(penicilina)

    archivo.get_by_role("button", name=di("Separar")).click()
    expect(archivo.locator("main")).to_contain_text(di("Quedaron separados, como estaban."))
    medica.goto(hospital.expediente())
    expect(medica.locator(".vinculo")).to_have_count(0)
    expect(medica.locator(".alergias")).not_to_contain_text(penicilina)
    assert cuantos(TipoDeEvento.PACIENTE_VINCULADO) == 1
    assert cuantos(TipoDeEvento.PACIENTE_DESVINCULADO) == 1


def test_an_identification_is_corrected_and_says_what_it_said(
    abrir: Abrir, hospital: Hospital
) -> None:
    pagina = abrir("archivo")
    pagina.goto(hospital.expediente("identificacion/corregir/"))
    expect(pagina.locator("#id_nombre")).to_have_value(XOCHITL.nombre)
    pagina.fill("#id_segundo_apellido", "Pineda")
    pagina.get_by_text("Derechohabiencia", exact=True).click()
    pagina.select_option("#id_derechohabiencia", label="IMSS")
    pagina.fill("#id_cobertura_vigencia", "2027-05-31")
    pagina.select_option("#id_derechohabiencia_2", label="ISSSTE")
    pagina.get_by_text("Origen y lengua", exact=True).click()
    pagina.select_option("#id_lengua", label="Zapoteco")
    otra = abrir("urgencias")
    otra.goto(hospital.expediente("identificacion/corregir/"))
    pagina.click("form.formulario button.principal")
    pagina.wait_for_url("**/identificacion/")
    expect(pagina.locator(".paciente h1")).to_have_text("Xóchitl Ibáñez Pineda")
    for dicho in ("IMSS", "ISSSTE", "Zapoteco"):
        expect(pagina.locator("main")).to_contain_text(dicho)

    # whoever was looking at the version before does not overwrite it
    otra.fill("#id_genero", "mujer")
    otra.click("form.formulario button.principal")
    expect(otra.get_by_role("alert").first).to_contain_text("Alguien más corrigió antes")

    pagina.get_by_role("link", name="Corregir").click()
    pagina.set_input_files(
        "#id_imagen", {"name": "../x.jpg", "mimeType": "image/jpeg", "buffer": retrato()}
    )
    pagina.get_by_role("button", name="Guardar fotografía").click()
    pagina.wait_for_url("**/identificacion/")
    expect(pagina.locator("img.retrato")).to_be_visible()
    assert pagina.evaluate("document.querySelector('img.retrato').naturalWidth") == 320

    pagina.get_by_role("button", name="English").click()
    pagina.get_by_role("link", name="Correct").click()
    expect(pagina.get_by_role("heading", name="Earlier versions")).to_be_visible()
    expect(pagina.locator("summary", has_text="Origin and language")).to_be_visible()
    cambios = pagina.locator("details", has_text="Version 2")
    cambios.locator("summary").click()
    expect(cambios).to_contain_text("Ibáñez Peña")
    expect(cambios).to_contain_text("Ibáñez Pineda")
