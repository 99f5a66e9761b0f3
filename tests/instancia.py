"""A whole installation of its own: cluster, keys, server; to be killed, dumped and read."""

import contextlib
import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import httpx

from ece.demo.servidor import Servidor
from ece.postgres_embebido import PostgresEmbebido
from tests.elenco import CONTRASENA
from tests.lugares import PRUEBAS

RAIZ = Path(__file__).resolve().parent.parent


class Instancia:
    """A hospital under `hogar`, with `ajustes` of PostgreSQL."""

    def __init__(self, hogar: Path, ajustes: Mapping[str, str], procesos: int = 1) -> None:
        self.hogar = hogar
        hogar.mkdir(parents=True, exist_ok=True)
        self.postgres = PostgresEmbebido(
            hogar / "pg", ajustes={"shared_buffers": "64MB", **ajustes}
        )
        with socket.socket() as enchufe:
            enchufe.bind(("127.0.0.1", 0))
            puerto = enchufe.getsockname()[1]
        self.entorno = {
            "DJANGO_SETTINGS_MODULE": "settings.demo",
            "ECE_HOME": str(hogar),
            "PORT": str(puerto),
        }
        self._token = ""
        # What it acknowledged may not be on disk, a token among it.
        self._olvidadiza = ajustes.get("synchronous_commit") == "off"
        self.bitacora = hogar / "servidor.log"
        self._salida = self.bitacora.open("ab")
        self.servidor = Servidor(
            puerto=puerto, hogar=hogar, procesos=procesos, entorno=self.entorno, salida=self._salida
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.servidor.puerto}"

    def manage(self, *orden: str) -> str:
        """What a management command printed; fails with what it complained of."""
        hecho = subprocess.run(
            [sys.executable, RAIZ / "manage.py", *orden],
            env={**os.environ, **self.entorno},
            capture_output=True,
            text=True,
        )
        assert hecho.returncode == 0, hecho.stderr[-2000:]
        return hecho.stdout

    def arrancar(self) -> None:
        self.postgres.arrancar()
        self.servidor.arrancar()
        assert self.servidor.esperar_listo(plazo=60), self.bitacora.read_text()[-2000:]

    def detener(self) -> None:
        self.servidor.detener()
        self.postgres.detener()
        self._salida.close()

    def matar_servidor(self) -> None:
        os.killpg(self.servidor.pid, signal.SIGKILL)
        self.servidor.detener()

    def matar_postgres(self) -> None:
        """The postmaster and every backend at once, and wait until they are gone."""
        if self._olvidadiza:
            self._token = ""
        principal = self.postgres.pid()
        todos = [principal, *_hijos_de(principal)]
        for pid in todos:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(_corre(pid) for pid in todos):
            time.sleep(0.01)

    def socio(self) -> httpx.Client:
        """An HTTP client of the FHIR face, with its token, which outlives whatever is killed."""
        if not self._token:
            respuesta = httpx.post(
                f"{self.url}/oauth/token",
                data={"grant_type": "client_credentials"},
                auth=("integracion", CONTRASENA),
                timeout=30,
            )
            respuesta.raise_for_status()
            self._token = respuesta.json()["access_token"]
        return httpx.Client(
            base_url=f"{self.url}/fhir",
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=30,
        )

    def persona(self, usuario: str) -> httpx.Client:
        """An HTTP client with the session of somebody."""
        cliente = httpx.Client(base_url=self.url, follow_redirects=True, timeout=30)
        cliente.get("/cuenta/entrar/")
        respuesta = cliente.post(
            "/cuenta/entrar/",
            data={
                "username": usuario,
                "password": CONTRASENA,
                "csrfmiddlewaretoken": cliente.cookies["csrftoken"],
            },
        )
        assert respuesta.url.path != "/cuenta/entrar/", respuesta.text
        return cliente


@contextlib.contextmanager
def instalada(
    hogar: Path, *, pacientes: int, procesos: int = 1, **ajustes: str
) -> Iterator[Instancia]:
    """An installation with its schema, its people and its population, serving."""
    instancia = Instancia(hogar, ajustes, procesos)
    _instalar(instancia, pacientes)
    try:
        instancia.arrancar()
        yield instancia
    finally:
        instancia.detener()


def _instalar(instancia: Instancia, pacientes: int) -> None:
    """Copy one that was made once by the commands that make any, and stopped."""
    taller = PRUEBAS / "instalaciones"
    taller.mkdir(parents=True, exist_ok=True)
    with (taller / ".candado").open("w") as candado:
        fcntl.flock(candado, fcntl.LOCK_EX)
        _copiar(_original(taller, pacientes), instancia)


def _original(taller: Path, pacientes: int) -> Instancia:
    """The one with that population; it grows from the one without any."""
    original = Instancia(taller / f"{_huella_del_codigo()}-{pacientes}", {})
    if (original.hogar / "hecha").exists():
        return original
    original.postgres.borrar()
    if pacientes:
        _copiar(_original(taller, 0), original)
    original.postgres.arrancar()
    try:
        if not pacientes:
            original.manage("migrate", "-v0")
            original.manage("collectstatic", "--noinput", "-v0")
        original.manage("sembrar", "--pacientes", str(pacientes))
    finally:
        original.detener()
    (original.hogar / "hecha").touch()
    return original


def _copiar(una: Instancia, en: Instancia) -> None:
    for de, a in ((una.hogar, en.hogar), (una.postgres.raiz, en.postgres.raiz)):
        a.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", f"{de}/.", a], check=True)
    (en.hogar / "hecha").unlink()


def _huella_del_codigo() -> str:
    """Names what is installed: any change in what is served or sown, or another day, is another."""
    resumen = hashlib.sha256(date.today().isoformat().encode())
    for paquete in ("auditoria", "consentimiento", "ece", "interoperabilidad", "red", "registros"):
        for archivo in sorted((RAIZ / paquete).rglob("*")):
            if archivo.is_file() and archivo.suffix != ".pyc":
                resumen.update(archivo.read_bytes())
    return resumen.hexdigest()[:12]


def _hijos_de(pid: int) -> list[int]:
    archivo = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(hijo) for hijo in archivo.read_text().split()] if archivo.exists() else []


def _corre(pid: int) -> bool:
    try:
        estado = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return estado != "Z"
