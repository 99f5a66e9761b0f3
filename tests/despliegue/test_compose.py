"""docker-compose.yml without Docker: what it says is true, and what it runs runs."""

import os
import re
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from django.core.management import get_commands

from ece.postgres_embebido import APLICACION, DUENA, PostgresEmbebido

RAIZ = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((RAIZ / "docker-compose.yml").read_text())
SERVICIOS: dict[str, Any] = COMPOSE["services"]
NUESTROS = ("migrar", "web", "trabajador")
SECRETOS = "/run/secrets/"


def test_every_part_is_there() -> None:
    assert SERVICIOS.keys() == {"preparar", "base", "migrar", "web", "trabajador", "mllp", "proxy"}
    puertos = {nombre for nombre, servicio in SERVICIOS.items() if "ports" in servicio}
    assert puertos == {"proxy"}


def test_who_serves_is_not_given_the_owner() -> None:
    for nombre in ("web", "trabajador", "mllp"):
        dicho = yaml.safe_dump(SERVICIOS[nombre])
        assert "duena" not in dicho
        assert "OWNER" not in dicho


def test_what_is_named_exists() -> None:
    ajustes = "".join(p.read_text() for p in (RAIZ / "settings").glob("*.py"))
    for servicio in SERVICIOS.values():
        secretos = servicio.get("secrets", [])
        assert set(secretos) <= COMPOSE["secrets"].keys()
        assert {c["source"] for c in servicio.get("configs", ())} <= COMPOSE["configs"].keys()
        assert set(servicio.get("depends_on", ())) <= SERVICIOS.keys()
        for nombre, valor in servicio.get("environment", {}).items():
            if SECRETOS in (valor or ""):
                assert valor.rpartition(SECRETOS)[2] in secretos
            if nombre.startswith(("ECE_", "DATABASE")):
                assert f'"{nombre.removesuffix("_FILE")}"' in ajustes
        ordenes = re.findall(r"manage\.py,? '?(\w+)", str(servicio.get("command")).replace("'", ""))
        assert set(ordenes) <= get_commands().keys()


def test_the_image_has_every_package() -> None:
    proyecto = tomllib.loads((RAIZ / "pyproject.toml").read_text())
    paquetes = set(proyecto["tool"]["importlinter"]["root_packages"])
    llevados = {r[1:] for r in (RAIZ / ".dockerignore").read_text().split() if r[0] == "!"}
    assert paquetes <= llevados


FIJAS = {
    *("ECE_HOME", "PORT", "ECE_ROL_DE_APLICACION"),  # the image and the file itself say them
    *("ECE_DEBUG", "ECE_COOKIES_SEGURAS"),  # production takes one value only
    *("MLLP_PORT", "ECE_DERECHOHABIENCIA_PUERTO"),  # ports inside a container; of the demo
}
"""Settings that a deployment with this file does not choose."""


def test_every_setting_is_explained_and_a_deployment_can_choose_it() -> None:
    ajustes = {p.name: p.read_text() for p in (RAIZ / "settings").glob("*.py")}
    leidas = {
        nombre: set(re.findall(r'(?:entorno\.\w+|environ\.get)\(\s*"([A-Z_]+)"', texto))
        for nombre, texto in ajustes.items()
    }
    explicadas = set(re.findall(r"`([A-Z_]+)`", (RAIZ / "docs/operations.md").read_text()))
    assert set().union(*leidas.values()) - explicadas == set()
    dichas = {
        nombre.removesuffix("_FILE")
        for servicio in SERVICIOS.values()
        for nombre in servicio.get("environment", ())
    }
    de_produccion = leidas["base.py"] | leidas["production.py"] | {"ECE_BD_ROL"}
    assert de_produccion - dichas == FIJAS


def test_the_database_is_the_one_that_is_tried() -> None:
    (imagen,) = re.findall(r"postgres:(\d+)", SERVICIOS["base"]["image"])
    binario = PostgresEmbebido(Path("/nowhere")).binarios / "postgres"
    version = subprocess.run([binario, "--version"], capture_output=True, text=True, check=True)
    assert f" {imagen}." in version.stdout


class Desplegada:
    """The services of ours, run by hand on this machine as the file says."""

    def __init__(self, hogar: Path) -> None:
        self.hogar = hogar
        self.secretos = hogar / "secretos"
        self.postgres = PostgresEmbebido(hogar / "pg")
        self.postgres.arrancar()
        self.postgres.sql("DROP DATABASE ece")
        for rol in (DUENA, APLICACION):
            self.postgres.sql(f"DROP ROLE {rol}")

    def entorno(self, servicio: str) -> dict[str, str]:
        dicho: Mapping[str, str | None] = SERVICIOS[servicio]["environment"]
        propio = {
            nombre: valor.replace(SECRETOS + "llavero", f"{self.secretos}/llavero.json")
            .replace(SECRETOS, f"{self.secretos}/")
            .replace("${ECE_HOSTS:-localhost}", "ece.ejemplo.mx")
            for nombre, valor in dicho.items()
            if valor is not None and nombre != "PROMETHEUS_MULTIPROC_DIR"
        }
        camino = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"PATH": camino, "ECE_HOME": str(self.hogar), **propio}

    def correr(self, servicio: str, orden: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            orden, cwd=RAIZ, env=self.entorno(servicio), capture_output=True, text=True
        )

    def crear_papeles(self) -> None:
        """The script of the database image, where its `psql` finds our cluster and secrets."""
        guion = COMPOSE["configs"]["papeles"]["content"].replace("$$", "$")
        hecho = subprocess.run(
            ["sh", "-c", guion.replace(SECRETOS, f"{self.secretos}/")],
            env={
                "PATH": f"{self.postgres.binarios}:/usr/bin:/bin",
                "PGHOST": str(self.postgres.socket),
                "PGDATABASE": "postgres",
            },
            capture_output=True,
            text=True,
        )
        assert hecho.returncode == 0, hecho.stderr


@pytest.fixture(scope="module")
def desplegada(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desplegada]:
    despliegue = Desplegada(tmp_path_factory.mktemp("despliegue"))
    try:
        preparar = SERVICIOS["preparar"]
        orden = [str(p).replace("/secretos", str(despliegue.secretos)) for p in preparar["command"]]
        hecho = subprocess.run(
            [sys.executable, *orden[1:]],
            cwd=RAIZ,
            env={**os.environ, **preparar["environment"], "ECE_HOME": str(despliegue.hogar)},
            capture_output=True,
            text=True,
        )
        assert hecho.returncode == 0, hecho.stderr
        for direccion in despliegue.secretos.glob("*_url"):  # our cluster is behind a socket
            direccion.chmod(0o600)
            con_socket = f"/ece?host={despliegue.postgres.socket}"
            direccion.write_text(direccion.read_text().replace("@base/ece", f"@{con_socket}"))
        despliegue.crear_papeles()
        (orden_de_migrar,) = SERVICIOS["migrar"]["command"]
        migrada = despliegue.correr("migrar", ["sh", "-c", orden_de_migrar])
        assert migrada.returncode == 0, migrada.stderr
        yield despliegue
    finally:
        despliegue.postgres.detener()


def test_the_secrets_are_made_once_and_closed(desplegada: Desplegada) -> None:
    assert desplegada.secretos.stat().st_mode & 0o777 == 0o700
    declarados = {Path(s["file"]).name for s in COMPOSE["secrets"].values()}
    escritos = {ruta.name: ruta.read_bytes() for ruta in desplegada.secretos.iterdir()}
    assert escritos.keys() == declarados
    otra = [sys.executable, "manage.py", "secretos", str(desplegada.secretos)]
    assert subprocess.run(otra, cwd=RAIZ, capture_output=True).returncode == 0
    assert {r.name: r.read_bytes() for r in desplegada.secretos.iterdir()} == escritos


def test_it_serves_as_production(desplegada: Desplegada) -> None:
    with socket.socket() as enchufe:
        enchufe.bind(("127.0.0.1", 0))
        puerto = str(enchufe.getsockname()[1])
    imagen = re.search(r"^CMD (\[.*?\])", (RAIZ / "Dockerfile").read_text(), re.S | re.M)
    assert imagen is not None
    orden = yaml.safe_load(imagen[1].replace("\\\n", ""))
    orden = [puerto if parte == "8000" else parte for parte in orden]
    estaticos = desplegada.correr("web", ["python", "manage.py", "collectstatic", "--noinput"])
    assert estaticos.returncode == 0, estaticos.stderr
    procesos = int(orden[orden.index("--workers") + 1])
    web = subprocess.Popen(
        orden, cwd=RAIZ, env=desplegada.entorno("web"), stdout=subprocess.PIPE, text=True
    )
    cabeceras = {"Host": "ece.ejemplo.mx", "X-Forwarded-Proto": "https"}
    try:
        # One that is told to stop while it starts does not hear it (granian): all have, first.
        assert web.stdout is not None
        arrancan = (linea for linea in web.stdout if "Started worker-" in linea)
        assert len(list(islice(arrancan, procesos))) == procesos
        with httpx.Client(base_url=f"http://127.0.0.1:{puerto}", headers=cabeceras) as cliente:
            limite = time.monotonic() + 30
            while True:
                try:
                    assert cliente.get("/salud/lista").json() == {"estado": "lista"}
                    break
                except httpx.TransportError:
                    assert time.monotonic() < limite
                    time.sleep(0.1)
            puerta = cliente.get("/cuenta/entrar/")
            assert puerta.status_code == 200
            assert "secure" in puerta.headers["Set-Cookie"].lower()
            assert "max-age=31536000" in puerta.headers["Strict-Transport-Security"]
            sin_cifrar = cliente.get("/cuenta/entrar/", headers={"X-Forwarded-Proto": "http"})
            assert sin_cifrar.headers["Location"] == "https://ece.ejemplo.mx/cuenta/entrar/"
            assert cliente.get("/", headers={"Host": "otro.ejemplo"}).status_code == 400
            assert cliente.get("/fhir/Patient").status_code == 401
    finally:
        web.terminate()
        web.wait(20)


def test_the_worker_works_and_stops_when_told(desplegada: Desplegada) -> None:
    _, *orden = SERVICIOS["trabajador"]["command"]
    vencida = "INSERT INTO django_session VALUES ('{}', '', now() + interval '{}')"
    cuantas = "SELECT string_agg(session_key, ',' ORDER BY session_key) FROM django_session"
    desplegada.postgres.sql(vencida.format("vencida", "-1 day"), base="ece")
    desplegada.postgres.sql(vencida.format("viva", "1 day"), base="ece")
    trabajador = subprocess.Popen(
        [sys.executable, *orden], cwd=RAIZ, env=desplegada.entorno("trabajador")
    )
    try:
        limite = time.monotonic() + 30
        while desplegada.postgres.sql(cuantas, base="ece").strip() != "viva":
            assert time.monotonic() < limite, "la sesión vencida sigue ahí"
            time.sleep(0.1)
        assert trabajador.poll() is None
    finally:
        trabajador.terminate()
    assert trabajador.wait(10) == 0
