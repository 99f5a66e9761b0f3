"""The web server as a child process, and whatever of it a ``kill -9`` left behind.

Granian with its workers runs in a process group of its own: it ends with its supervisor, is killed
whole when its main process dies, and is recognised by a mark in its environment afterwards.
"""

import contextlib
import ctypes
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

_MARCA = "ECE_DEMO_EN"
_PR_SET_PDEATHSIG = 1
_HILOS = 2
_RAIZ = Path(__file__).resolve().parents[2]


class PuertoOcupado(Exception):
    """Somebody else listens there."""


def exigir_puerto_libre(puerto: int, *, variable: str = "PORT") -> None:
    """Raises `PuertoOcupado`, which says by which `variable` another is chosen."""
    with socket.socket() as enchufe:
        enchufe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            enchufe.bind(("127.0.0.1", puerto))
        except OSError as error:
            raise PuertoOcupado(
                f"El puerto {puerto} está ocupado; elija otro: {variable}={puerto + 1} make demo"
            ) from error


def hijo(
    orden: Sequence[str],
    *,
    hogar: Path,
    entorno: Mapping[str, str],
    salida: BinaryIO | None = None,
    en: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `orden` in its own group; it is told to end when this process ends, however it ends.

    What it says goes to `salida`, or where this process's own words go; it runs in the folder `en`.
    """
    return subprocess.Popen(
        orden,
        cwd=en,
        env={**os.environ, **entorno, _MARCA: str(hogar)},
        stdin=subprocess.DEVNULL,
        stdout=salida,
        stderr=salida,
        start_new_session=True,
        preexec_fn=_terminar_con_el_padre,
    )


def terminar(proceso: subprocess.Popen[bytes], *, plazo: float = 8) -> None:
    """Ask `proceso` to end, then kill what is left of its group."""
    with contextlib.suppress(ProcessLookupError):
        proceso.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        proceso.wait(plazo)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(proceso.pid, signal.SIGKILL)
    proceso.wait()


def matar_huerfanos(hogar: Path) -> None:
    """Kill the children of an earlier demo of `hogar` that was itself killed, and see them gone."""
    marca = f"{_MARCA}={hogar}".encode()
    limite = time.monotonic() + 10
    while (huerfanos := list(_con_marca(marca))) and time.monotonic() < limite:
        for pid in huerfanos:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def _con_marca(marca: bytes) -> Iterator[int]:
    for carpeta in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if marca in (carpeta / "environ").read_bytes().split(b"\0"):
                yield int(carpeta.name)


class Orden:
    """A management command that goes on for as long as the demo, beside the server."""

    def __init__(
        self,
        hogar: Path,
        *orden: str,
        entorno: Mapping[str, str] = MappingProxyType({}),
        salida: BinaryIO | None = None,
    ) -> None:
        self.nombre = orden[0]
        self._hogar = hogar
        self._orden = [sys.executable, "manage.py", *orden]
        self._entorno = {**entorno, "ECE_BD_ROL": "aplicacion"}
        self._salida = salida
        self._proceso: subprocess.Popen[bytes] | None = None

    def arrancar(self) -> None:
        self.detener()
        self._proceso = hijo(
            self._orden, hogar=self._hogar, entorno=self._entorno, salida=self._salida, en=_RAIZ
        )

    def vive(self) -> bool:
        return self._proceso is not None and self._proceso.poll() is None

    @property
    def pid(self) -> int:
        """Of its process; raises `RuntimeError` before `arrancar`."""
        if self._proceso is None:
            raise RuntimeError(f"{self.nombre} no ha arrancado")
        return self._proceso.pid

    def detener(self) -> None:
        if self._proceso is not None:
            terminar(self._proceso)
            self._proceso = None


def responde(puerto: int) -> bool:
    """Whether the server of that port says that it is ready."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        conexion = http.client.HTTPConnection("127.0.0.1", puerto, timeout=5)
        conexion.request("GET", "/salud/lista")
        return conexion.getresponse().status == http.HTTPStatus.OK
    return False


class Servidor:
    """Granian serving the application on the loopback interface."""

    def __init__(
        self,
        *,
        puerto: int,
        hogar: Path,
        procesos: int,
        entorno: Mapping[str, str] = MappingProxyType({}),
        salida: BinaryIO | None = None,
    ) -> None:
        self.puerto = puerto
        self._hogar = hogar
        self._procesos = procesos
        self._entorno = entorno
        self._salida = salida
        self._proceso: subprocess.Popen[bytes] | None = None

    def arrancar(self) -> None:
        metricas = self._hogar / "metricas"
        shutil.rmtree(metricas, ignore_errors=True)
        metricas.mkdir()
        self._proceso = hijo(
            [
                sys.executable, "-m", "granian", "ece.wsgi:application", "--interface", "wsgi",
                "--host", "127.0.0.1", "--port", str(self.puerto), "--no-ws",
                "--workers", str(self._procesos), "--blocking-threads", str(_HILOS),
                "--respawn-failed-workers", "--respawn-interval", "0.2",
                "--workers-kill-timeout", "5", "--log-level", "warning",
            ],
            hogar=self._hogar,
            entorno={
                **self._entorno,
                "ECE_BD_ROL": "aplicacion",
                "PROMETHEUS_MULTIPROC_DIR": str(metricas),
            },
            salida=self._salida,
        )  # fmt: skip

    def vive(self) -> bool:
        return self._proceso is not None and self._proceso.poll() is None

    @property
    def pid(self) -> int:
        """Of the main process; raises `RuntimeError` before `arrancar`."""
        if self._proceso is None:
            raise RuntimeError("el servidor no ha arrancado")
        return self._proceso.pid

    def detener(self) -> None:
        if self._proceso is not None:
            terminar(self._proceso)
            self._proceso = None

    def esperar_listo(self, *, plazo: float) -> bool:
        """Whether the readiness address answered well before `plazo` seconds."""
        limite = time.monotonic() + plazo
        while time.monotonic() < limite and self.vive():
            if responde(self.puerto):
                return True
            time.sleep(0.05)
        return False


class Mensajeria(Orden):
    """HL7 v2 by MLLP on the loopback interface: listens, applies and sends."""

    def __init__(
        self,
        *,
        puerto: int,
        hogar: Path,
        entorno: Mapping[str, str] = MappingProxyType({}),
        salida: BinaryIO | None = None,
        aplicadores: int = 1,
    ) -> None:
        self.puerto = puerto
        metricas = hogar / "metricas"
        metricas.mkdir(exist_ok=True)
        super().__init__(
            hogar,
            *("mllp", "--puerto", str(puerto), "--aplicadores", str(aplicadores)),
            entorno={**entorno, "PROMETHEUS_MULTIPROC_DIR": str(metricas)},
            salida=salida,
        )

    def esperar_listo(self, *, plazo: float) -> bool:
        """Whether it accepted a connection before `plazo` seconds."""
        limite = time.monotonic() + plazo
        while time.monotonic() < limite and self.vive():
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.puerto), timeout=1).close()
                return True
            time.sleep(0.05)
        return False


def _terminar_con_el_padre() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
