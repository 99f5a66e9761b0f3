"""The SMART JavaScript client, unchanged, walks both launches against a live server.

Needs node and the npm package ``fhirclient`` (`tests/clientes/modulos.py`).
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from ece.identidad.services import autorizaciones, clientes
from interoperabilidad.oauth import credenciales
from tests import elenco as reparto
from tests.clientes.modulos import node_modules
from tests.elenco import Elenco
from tests.interoperabilidad.test_smart import medir

SCOPE = "patient/Patient.r patient/Observation.rs offline_access"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app() -> Iterator[str]:
    """Where the app answers."""
    guion = Path(__file__).with_name("app_smart.cjs")
    proceso = subprocess.Popen(
        ["node", str(guion)],
        env={**os.environ, "NODE_PATH": str(node_modules())},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert proceso.stdout is not None
    puerto = proceso.stdout.readline().strip()
    yield f"http://127.0.0.1:{puerto}"
    proceso.terminate()
    proceso.wait(10)
    proceso.stdout.close()


@pytest.fixture
def medica() -> Elenco:
    credenciales.olvidar()
    return reparto.reunir()


def navegar(elenco: Elenco) -> httpx.Client:
    """Her browser: it holds her session, and nothing else."""
    entrada = Client()
    entrada.force_login(elenco.medica)
    navegador = httpx.Client(headers={"User-Agent": ""}, timeout=30)
    navegador.cookies.set("sessionid", entrada.cookies["sessionid"].value)
    return navegador


def autorizar(navegador: httpx.Client, direccion: str, **elegido: str) -> httpx.Response:
    """From the page that asks to what the app did with its token."""
    pagina = navegador.get(direccion)
    assert pagina.status_code == 200, pagina.headers.get("Location", pagina.text[:2000])
    ficha = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', pagina.text)
    assert ficha is not None
    ambitos = re.findall(r'name="ambitos" value="([^"]+)"', pagina.text)
    datos = {"csrfmiddlewaretoken": ficha[1], "ambitos": ambitos, "permitir": "1", **elegido}
    vuelta = navegador.post(direccion, data=datos, headers={"Referer": direccion})
    assert vuelta.status_code == 302, vuelta.text[:2000]
    return httpx.get(vuelta.headers["Location"], timeout=30)


def test_standalone_and_from_the_chart(live_server: LiveServer, medica: Elenco, app: str) -> None:
    app_id = clientes.registrar_app(
        client_id="app",
        nombre="Aplicación ajena",
        direcciones=[f"{app}/regreso"],
        lanzamiento=f"{app}/lanzar",
    )
    paciente = reparto.registrar(medica)
    encuentro = reparto.en_consulta(medica, paciente)
    medir(medica, paciente)
    navegador = navegar(medica)
    pedido = {"iss": f"{live_server.url}/fhir", "scope": f"launch/patient {SCOPE}"}

    sola = httpx.get(f"{app}/lanzar?{urlencode(pedido)}", timeout=30)
    assert sola.status_code == 302, sola.text
    visto = autorizar(navegador, sola.headers["Location"], paciente=str(paciente))
    assert visto.status_code == 200, visto.text
    esperado = {"paciente": str(paciente), "medidas": 1, "refrescado": True, "negada": 403}
    assert visto.json() == {**esperado, "encuentro": None}

    acceso = reparto.acceso_de_medica(medica, paciente)
    _, opaco = autorizaciones.lanzar(
        acceso, cliente_id=app_id, encuentro=encuentro, ahora=timezone.now()
    )
    lanzada = httpx.get(
        f"{app}/lanzar?{urlencode({**pedido, 'launch': opaco, 'scope': f'launch {SCOPE}'})}",
        timeout=30,
    )
    visto = autorizar(navegador, lanzada.headers["Location"])
    assert visto.json() == {**esperado, "encuentro": str(encuentro)}
