"""The examples of docs/api.md, run in their order against a demonstration, as its reader would."""

import contextlib
import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ece.demo.servidor import Mensajeria, Orden
from tests.instancia import RAIZ, Instancia, instalada

EJEMPLOS = re.findall(r"```(sh|python)\n(.*?)```", (RAIZ / "docs/api.md").read_text("utf-8"), re.S)
APARTE = {
    "/api/convenios/{agreement}/terminos": "a partner's own signature: test_convenios.py",
    '"code": "solicitud"': "a referral of a partner: tests/red/test_recepcion.py",
}
"""What takes another institution at the other end, by a piece of the example."""


@pytest.fixture(scope="module")
def demostracion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Instancia, int]]:
    """A demonstration with who works behind it, and the port of its listener."""
    with socket.socket() as enchufe:
        enchufe.bind(("127.0.0.1", 0))
        puerto = enchufe.getsockname()[1]
    with instalada(tmp_path_factory.mktemp("api"), pacientes=20) as instancia:
        de_ella: dict[str, Any] = {"entorno": instancia.entorno, "salida": instancia._salida}
        intercambio = Orden(instancia.hogar, "intercambio", **de_ella)
        mensajeria = Mensajeria(puerto=puerto, hogar=instancia.hogar, **de_ella)
        with contextlib.ExitStack() as pila:
            for orden in (intercambio, mensajeria):
                orden.arrancar()
                pila.callback(orden.detener)
            assert mensajeria.esperar_listo(plazo=60)
            yield instancia, puerto


def test_each_example_does_what_it_says(
    demostracion: tuple[Instancia, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instancia, mllp = demostracion
    socio = instancia.socio()
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local/demo").symlink_to(instancia.hogar / "demo")
    vista = socio.get("/Observation", params={"_count": 1}).json()["entry"][0]["resource"]
    paciente = vista["subject"]["reference"].partition("/")[2]
    resumen = socio.get(f"/Patient/{paciente}/$cda", headers={"Accept": "text/xml"})
    (tmp_path / "resumen.xml").write_bytes(resumen.content)
    de_aqui = {
        "http://127.0.0.1:8000": instancia.url,
        '"127.0.0.1", 2575': f'"127.0.0.1", {mllp}',
        "T=PUT-THE-TOKEN-HERE": "",
        "OBSERVATION-ID": vista["id"],
        "PATIENT-ID": paciente,
    }
    token = str(socio.headers["Authorization"]).partition(" ")[2]
    espacio: dict[str, Any] = {"patient_id": paciente}
    hechos = 0
    for lengua, ejemplo in EJEMPLOS:
        if any(pieza in ejemplo for pieza in APARTE):
            continue
        for de, a in de_aqui.items():
            ejemplo = ejemplo.replace(de, a)
        if lengua == "python":
            exec(ejemplo, espacio)
        else:
            dicho = _consola(ejemplo, token)
            assert '"severity":"error"' not in dicho, (ejemplo, dicho)
            assert "MSA|" not in dicho or "MSA|AA" in dicho, (ejemplo, dicho)
        hechos += 1
    assert hechos == len(EJEMPLOS) - len(APARTE)
    # What they left: a token of its own, a subscription, a resource written and corrected.
    assert espacio["answer"]["access_token"]
    assert espacio["created"].status_code == 201
    corregida = socio.get(f"/Observation/{espacio['corrected']['id']}").json()
    assert (corregida["status"], corregida["meta"]["versionId"]) == ("corrected", "2")
    avisos = espacio["fhir"].get("/Subscription").json()["entry"]
    assert [a["resource"]["criteria"] for a in avisos] == ["urn:ece:tema:resultado"]
    assert (tmp_path / "manifest.json").read_text().startswith("{")
    assert json.loads((tmp_path / "ece.openapi.json").read_text())["openapi"] == "3.1.0"
    enmendada = socio.get(f"/Observation/{vista['id']}").json()
    assert enmendada["status"] == "amended"
    limite = time.monotonic() + 60
    while not socio.get("/Patient?family=canul&given=rosa").json()["total"]:
        assert time.monotonic() < limite, "lo acusado no se aplica"
        time.sleep(0.1)


def _consola(ejemplo: str, token: str) -> str:
    hecho = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", ejemplo],
        env={**os.environ, "T": token},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert hecho.returncode == 0, (ejemplo, hecho.stderr)
    return hecho.stdout
