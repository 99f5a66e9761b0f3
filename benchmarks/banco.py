"""The bench's own hospital: a cluster, a population and a server, apart from the demo's."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.manejador import cpu_de
from ece.demo.servidor import Servidor, hijo, matar_huerfanos, terminar
from ece.postgres_embebido import APLICACION, PostgresEmbebido

RAIZ = Path(__file__).resolve().parent.parent
CONTRASENA = "Demo-ECE-2026"
PROCESOS = 2
NAVEGADOR = {"User-Agent": "banco"}
"""A session is of the browser that opened it."""


@dataclass(slots=True)
class Banco:
    """A seeded hospital, served."""

    pacientes: int
    puerto: int
    hogar: Path
    postgres: PostgresEmbebido
    servidor: Servidor

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.puerto}"

    @property
    def dsn(self) -> str:
        return self.postgres.url(APLICACION)

    def cpu(self) -> float:
        """CPU seconds of the web server and of PostgreSQL so far."""
        return cpu_de(self.servidor.pid, int(self.postgres.pid() or 0))

    def ficha_de_acceso(self) -> str:
        """A bearer token of the institution's own systems."""
        respuesta = httpx.post(
            f"{self.base}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=("integracion", CONTRASENA),
            timeout=60,
        )
        respuesta.raise_for_status()
        return f"Bearer {respuesta.json()['access_token']}"

    def galleta(self, usuario: str) -> str:
        """The cookies of a signed-in person."""
        with httpx.Client(base_url=self.base, headers=NAVEGADOR) as cliente:
            pagina = cliente.get("/cuenta/entrar/")
            hallada = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', pagina.text)
            assert hallada is not None
            respuesta = cliente.post(
                "/cuenta/entrar/",
                data={
                    "username": usuario,
                    "password": CONTRASENA,
                    "csrfmiddlewaretoken": hallada[1],
                },
                headers={"Referer": self.base},
            )
            assert respuesta.status_code == httpx.codes.FOUND, respuesta.text
            return "; ".join(f"{c.name}={c.value}" for c in cliente.cookies.jar)


@contextmanager
def abierto(pacientes: int, *, hogar: Path, puerto: int) -> Iterator[Banco]:
    """The hospital with `pacientes` patients (kept in `hogar`) while the block lasts."""
    entorno = {"ECE_HOME": str(hogar), "PORT": str(puerto)}
    postgres = PostgresEmbebido(hogar / "pg", ajustes={"shared_buffers": "2GB"})
    matar_huerfanos(hogar)
    postgres.arrancar()
    servidor = Servidor(puerto=puerto, hogar=hogar, procesos=PROCESOS)
    os.environ.update(entorno)
    try:
        _sembrar(hogar, pacientes, entorno)
        servidor.arrancar()
        if not servidor.esperar_listo(plazo=60):
            raise SystemExit("the server did not start")
        yield Banco(pacientes, puerto, hogar, postgres, servidor)
    finally:
        servidor.detener()
        postgres.detener()


def _sembrar(hogar: Path, pacientes: int, entorno: dict[str, str]) -> None:
    sello = hogar / "sembrada"
    if sello.exists():
        if sello.read_text() != str(pacientes):
            raise SystemExit(f"{hogar} holds {sello.read_text()} patients, not {pacientes}")
        return
    orden = [sys.executable, str(RAIZ / "manage.py")]
    comun = {**os.environ, **entorno}
    subprocess.run([*orden, "migrate", "-v0"], env=comun, check=True)
    subprocess.run([*orden, "collectstatic", "--noinput", "-v0"], env=comun, check=True)
    subprocess.run(
        [*orden, "sembrar", "--pacientes", str(pacientes), "--visitas", "1", "--rico"],
        env=comun,
        check=True,
    )
    # What a running hospital's worker and autovacuum have done long ago.
    subprocess.run([*orden, "sellar_bitacora"], env=comun, check=True)
    for rol_orden in ("VACUUM (ANALYZE)", "CHECKPOINT"):
        PostgresEmbebido(hogar / "pg").sql(rol_orden)
    sello.write_text(str(pacientes))


@contextmanager
def aplicacion_suelta(modulo: str, *, puerto: int, hogar: Path, dsn: str) -> Iterator[int]:
    """Another WSGI application on the same server, with the same processes; yields its pid."""
    orden = [
        sys.executable, "-m", "granian", modulo, "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(puerto), "--no-ws", "--workers", str(PROCESOS), "--blocking-threads", "2",
        "--log-level", "error",
    ]  # fmt: skip
    proceso = hijo(orden, hogar=hogar, entorno={"BANCO_DSN": dsn})
    try:
        httpx.Client(transport=httpx.HTTPTransport(retries=8)).get(f"http://127.0.0.1:{puerto}/0")
        yield proceso.pid
    finally:
        terminar(proceso)
