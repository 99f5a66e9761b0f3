"""``manage.py demo_red``: two hospitals, each with its own database, that work with each other.

Each is a whole ``manage.py demo`` under a folder of its own, watched over by this process. They
register each other's keys, draft and sign an agreement each, know a patient in common, and cosign
each other's logs.
"""

import json
import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ece.demo import bienvenida, red, servidor
from ece.postgres_embebido import PostgresEmbebido

_RAIZ = Path(settings.BASE_DIR)
_LATIDO = 0.5
PLAZO = 300


@dataclass(frozen=True)
class Lado:
    """One of the two institutions: its folder, its ports, and who it is to the other."""

    clave: str
    nombre: str
    hogar: Path
    puerto: int
    mllp: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.puerto}"

    @property
    def entorno(self) -> dict[str, str]:
        return {
            "ECE_HOME": str(self.hogar),
            "PORT": str(self.puerto),
            "MLLP_PORT": str(self.mllp),
            "ECE_DEMO_INSTITUCION": self.nombre,
        }


class Command(BaseCommand):
    help = "Dos hospitales de demostración con convenio: consultar, referir y contrarreferir."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pacientes", type=int, default=30)
        parser.add_argument("--borrar", action="store_true", help="Borra las dos y termina.")

    def handle(self, *, pacientes: int, borrar: bool, **_: Any) -> None:
        if not settings.ECE_DEMO:
            raise CommandError("Esto es una instalación de producción; la demostración es otra.")
        hogar, puerto, mllp = (
            settings.ECE_HOME / "red",
            settings.ECE_PUERTO,
            settings.ECE_MLLP_PUERTO,
        )
        lados = (
            Lado("valle", "Hospital General del Valle", hogar / "valle", puerto, mllp),
            Lado(
                "sierra", "Hospital Regional de la Sierra", hogar / "sierra", puerto + 1, mllp + 1
            ),
        )
        for aviso in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(aviso, _terminar)
        if borrar:
            for lado in lados:
                self._manage(lado, "demo", "--borrar")
                for marca in lado.hogar.glob("red-*"):
                    marca.unlink()
            self.stdout.write(f"Borradas las dos demostraciones de {hogar}.")
            return
        self._servir(lados, pacientes)

    def _servir(self, lados: tuple[Lado, Lado], pacientes: int) -> None:
        procesos: list[subprocess.Popen[bytes]] = []
        try:
            for lado in lados:
                lado.hogar.mkdir(parents=True, exist_ok=True)
                self.stdout.write(f"Preparando {lado.nombre}…")
                self.stdout.flush()
                self._manage(lado, "demo", "--preparar", "--pacientes", str(pacientes))
                self._manage(lado, "sellar_bitacora")
            llaves = {
                uno.clave: json.loads(self._manage(uno, "enlazar", "llaves")) for uno in lados
            }
            for lado, otro in (lados, lados[::-1]):
                procesos.append(self._arrancar(lado, otro, llaves[otro.clave], pacientes))
            for lado, proceso in zip(lados, procesos, strict=True):
                _esperar(lado, proceso)
            self._enlazar(lados, llaves)
            self.stdout.write(bienvenida.de_red(*((uno.nombre, uno.url) for uno in lados)))
            self.stdout.flush()
            while all(proceso.poll() is None for proceso in procesos):
                time.sleep(_LATIDO)
            raise CommandError("Una de las dos instituciones se detuvo; lo que dijo está arriba.")
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            for proceso in procesos:
                servidor.terminar(proceso, plazo=30)
            for lado in lados:  # of one that did not come to serve
                PostgresEmbebido(lado.hogar / "pg").detener()

    def _arrancar(
        self, lado: Lado, otro: Lado, suyas: Mapping[str, Any], pacientes: int
    ) -> "subprocess.Popen[bytes]":
        """The whole hospital, which cosigns the other's log and has it cosign its own."""
        salida = (lado.hogar / "servidor.log").open("ab")
        return servidor.hijo(
            [sys.executable, str(_RAIZ / "manage.py"), "demo", "--pacientes", str(pacientes)],
            hogar=lado.hogar.parent,  # not its own: at its start it kills what bears that mark
            entorno={**lado.entorno, **red.testigos(otro.url, suyas)},
            salida=salida,
        )

    def _enlazar(self, lados: tuple[Lado, Lado], llaves: Mapping[str, Any]) -> None:
        """An agreement at each side: drafted there, signed by both, in force. Each step once."""
        huellas = {}
        for lado, otro in (lados, lados[::-1]):
            suyas = lado.hogar / "llaves-de-la-otra.json"
            suyas.write_text(json.dumps(llaves[otro.clave]))
            huellas[lado.clave] = self._una_vez(
                lado, "redactado", "enlazar", "redactar",
                "--client-id", otro.clave, "--nombre", otro.nombre, "--como", lado.clave,
                "--direccion", f"{otro.url}/fhir", "--llaves", str(suyas),
            ).strip()  # fmt: skip
        for lado, otro in (lados, lados[::-1]):
            self._una_vez(
                lado, "firmado", "firmar_convenio", f"{otro.url}/fhir",
                "--como", lado.clave, "--folio", f"RED-{lado.clave}", "--por", "direccion",
                "--huella", huellas[otro.clave],
            )  # fmt: skip
        valle, sierra = lados
        self._una_vez(valle, "iniciado", "enlazar", "iniciar", "--client-id", sierra.clave)
        self._una_vez(
            sierra, "iniciado", "enlazar", "iniciar", "--client-id", valle.clave, "--con-historia"
        )

    def _una_vez(self, lado: Lado, marca: str, *orden: str) -> str:
        """What the command said, now or the first time."""
        archivo = lado.hogar / f"red-{marca}"
        if not archivo.exists():
            dicho = self._manage(lado, *orden)
            archivo.write_text(dicho)
        return archivo.read_text()

    def _manage(self, lado: Lado, *orden: str) -> str:
        hecho = subprocess.run(
            [sys.executable, _RAIZ / "manage.py", *orden],
            env={**os.environ, **lado.entorno},
            stdout=subprocess.PIPE,
            text=True,
        )
        if hecho.returncode:
            raise CommandError(f"{lado.nombre}: no terminó «{' '.join(orden[:2])}».")
        return hecho.stdout


def _esperar(lado: Lado, proceso: "subprocess.Popen[bytes]") -> None:
    limite = time.monotonic() + PLAZO
    while time.monotonic() < limite and proceso.poll() is None:
        if servidor.responde(lado.puerto):
            return
        time.sleep(0.2)
    raise CommandError(f"{lado.nombre} no arrancó: vea {lado.hogar}/servidor.log")


def _terminar(*_: object) -> None:
    raise SystemExit(0)
