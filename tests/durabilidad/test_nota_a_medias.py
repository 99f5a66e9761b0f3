"""A server killed while it saves a note, with a real browser writing: no typed word is lost."""

import re

import psycopg
from playwright.sync_api import Browser, Page, expect

from tests.durabilidad.test_cortes import pacientes_de
from tests.elenco import CONTRASENA
from tests.instancia import Instancia

PALABRAS = "Refiere mejoría; duerme bien y camina treinta minutos al día."
ESPERA = 30_000


def abrir_borrador(navegador: Browser, instancia: Instancia) -> Page:
    """The physician of the demo sees one of her patients and begins a note."""
    expediente = f"{instancia.url}/clinica/{pacientes_de(instancia)[0]}"
    pagina = navegador.new_context(locale="es-MX").new_page()
    pagina.set_default_timeout(ESPERA)
    pagina.goto(f"{instancia.url}/cuenta/entrar/")
    pagina.fill("#id_username", "medica")
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/clinica/")
    pagina.goto(f"{expediente}/encuentros/abrir/")
    if pagina.url.partition("?")[0].endswith("/motivo/"):  # an appointment of another day
        pagina.check("[value=preparacion]")
        pagina.click("main button.principal")
    pagina.fill("#id_motivo", "Control")
    pagina.click("main button.principal")
    pagina.wait_for_url(f"{expediente}/")
    pagina.goto(f"{expediente}/notas/nueva/evolucion/")
    pagina.click("main button.principal")
    pagina.wait_for_selector("#nota")
    pagina.wait_for_load_state()
    return pagina


def test_a_server_killed_amid_a_save_loses_no_typed_text(
    navegador: Browser, duradera: Instancia
) -> None:
    pagina = abrir_borrador(navegador, duradera)
    pagina.fill("[name=pronostico]", "Bueno.")
    expect(pagina.locator("[name=version]")).to_have_value("1")
    # The save is amid its transaction, waiting for the table, when the server dies.
    with psycopg.connect(duradera.postgres.url("postgres", "ece")) as candado:
        candado.execute("LOCK TABLE registros_notaclinica IN EXCLUSIVE MODE")
        pagina.fill("[name=evolucion]", PALABRAS)
        esperando = (
            "SELECT count(*) FROM pg_locks WHERE NOT granted "
            "AND relation = 'registros_notaclinica'::regclass"
        )
        with psycopg.connect(duradera.postgres.url("postgres", "ece")) as mirador:
            mirador.autocommit = True
            for _ in range(200):
                (cuantos,) = mirador.execute(esperando).fetchone() or (0,)
                if cuantos:
                    break
                pagina.wait_for_timeout(50)
        assert cuantos, "nothing was being saved"
        duradera.matar_servidor()
    expect(pagina.locator("#estado")).to_have_text(re.compile("Sin conexión"), timeout=ESPERA)
    expect(pagina.locator("[name=evolucion]")).to_have_value(PALABRAS)

    duradera.servidor.arrancar()
    assert duradera.servidor.esperar_listo(plazo=60)
    expect(pagina.locator("#estado")).to_have_text("Guardado", timeout=ESPERA)
    pagina.reload()
    expect(pagina.locator("[name=evolucion]")).to_have_value(PALABRAS)
    expect(pagina.locator("[name=pronostico]")).to_have_value("Bueno.")
    pagina.context.close()
