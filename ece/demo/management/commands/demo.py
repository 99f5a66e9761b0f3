"""``manage.py demo``: prepare, serve and watch over a whole hospital, all in one process tree."""

import contextlib
import fcntl
import os
import shutil
import signal
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ece.demo import bienvenida, preparacion, servidor
from ece.postgres_embebido import PostgresEmbebido, PostgresNoArranca

_LATIDO = 0.5
_DE_LA_DEMO = ("llavero.json", "sembrada", "static", "demo", "metricas", "checkpoints.jsonl")


class Command(BaseCommand):
    help = "Prepara y sirve la demostración: PostgreSQL, pacientes inventados y servidor."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pacientes", type=int, default=300)
        parser.add_argument(
            "--borrar", action="store_true", help="Borra la demostración y termina."
        )

        parser.add_argument(
            "--preparar", action="store_true", help="Deja todo listo, sin servir, y termina."
        )

    def handle(self, *, pacientes: int, borrar: bool, preparar: bool, **_: Any) -> None:
        if not settings.ECE_DEMO:
            raise CommandError("Esto es una instalación de producción; la demostración es otra.")
        hogar: Path = settings.ECE_HOME
        postgres: PostgresEmbebido | None = settings.ECE_POSTGRES
        puerto: int = settings.ECE_PUERTO
        mllp: int = settings.ECE_MLLP_PUERTO
        try:
            with _unica(hogar):
                if borrar:
                    _borrar(hogar, postgres)
                    self.stdout.write(f"Borrada la demostración de {hogar}.")
                elif preparar:
                    servidor.matar_huerfanos(hogar)
                    self._preparar(hogar, postgres, pacientes)
                else:
                    servidor.matar_huerfanos(hogar)
                    servidor.exigir_puerto_libre(puerto)
                    servidor.exigir_puerto_libre(mllp, variable="MLLP_PORT")
                    servidor.exigir_puerto_libre(
                        settings.ECE_DERECHOHABIENCIA_PUERTO, variable="ECE_DERECHOHABIENCIA_PUERTO"
                    )
                    self._servir(hogar, postgres, puerto=puerto, mllp=mllp, pacientes=pacientes)
        except (
            servidor.PuertoOcupado,
            PostgresNoArranca,
            preparacion.SiembraFallida,
            YaHayUna,
        ) as error:
            raise CommandError(str(error)) from error

    def _servir(
        self,
        hogar: Path,
        postgres: PostgresEmbebido | None,
        *,
        puerto: int,
        mllp: int,
        pacientes: int,
    ) -> None:
        web = servidor.Servidor(puerto=puerto, hogar=hogar, procesos=2)
        mensajeria = servidor.Mensajeria(puerto=mllp, hogar=hogar)
        sellador = servidor.Orden(hogar, "sellar_bitacora", "--cada", "3")
        red = servidor.Orden(hogar, "enviar_red", "--cada", "2")
        responde = str(settings.ECE_DERECHOHABIENCIA_PUERTO)
        derecho = servidor.Orden(hogar, "responder_derechohabiencia", "--puerto", responde)
        intercambio = servidor.Orden(hogar, "intercambio")
        colector = [servidor.Orden(hogar, "enviar_bitacora")] if settings.ECE_COLECTOR else []
        _al_detener(_terminar)
        try:
            self._dejar_listo(hogar, postgres, pacientes)
            web.arrancar()
            for orden in (sellador, red, derecho, intercambio, *colector):
                orden.arrancar()
            if not web.esperar_listo(plazo=60):
                raise CommandError("El servidor no arrancó; lo que dijo está arriba.")
            mensajeria.arrancar()
            if not mensajeria.esperar_listo(plazo=60):
                raise CommandError("La mensajería no arrancó; lo que dijo está arriba.")
            ejemplos = hogar / "demo" / "ejemplos.txt"
            self.stdout.write(
                bienvenida.texto(
                    f"http://127.0.0.1:{puerto}",
                    mllp=f"127.0.0.1:{mllp}",
                    ejemplos=ejemplos.read_text() if ejemplos.exists() else "",
                )
            )
            self._velar(web, postgres, mensajeria, sellador, red, derecho, intercambio, *colector)
        finally:
            _al_detener(signal.SIG_IGN)
            mensajeria.detener()
            intercambio.detener()
            sellador.detener()
            red.detener()
            derecho.detener()
            for orden in colector:
                orden.detener()
            web.detener()
            if postgres is not None:
                postgres.detener()

    def _dejar_listo(self, hogar: Path, postgres: PostgresEmbebido | None, pacientes: int) -> None:
        if postgres is not None:
            postgres.arrancar()
        if preparacion.migrar():
            self.stdout.write("La base de datos quedó al día.")
        preparacion.recolectar_estaticos()
        preparacion.sembrar(hogar, pacientes=pacientes)

    def _preparar(self, hogar: Path, postgres: PostgresEmbebido | None, pacientes: int) -> None:
        try:
            self._dejar_listo(hogar, postgres, pacientes)
        finally:
            if postgres is not None:
                postgres.detener()

    def _velar(
        self,
        web: servidor.Servidor,
        postgres: PostgresEmbebido | None,
        *ordenes: servidor.Orden,
    ) -> None:
        """Bring back whatever dies, until told to stop."""
        while True:
            if postgres is not None and not postgres.escucha():
                self.stderr.write("PostgreSQL se detuvo; arranca de nuevo.")
                with contextlib.suppress(PostgresNoArranca):
                    postgres.arrancar()
            if not web.vive():
                self.stderr.write("El servidor se detuvo; arranca de nuevo.")
                web.detener()
                web.arrancar()
            for orden in ordenes:
                if not orden.vive():
                    self.stderr.write(f"Se detuvo {orden.nombre}; arranca de nuevo.")
                    orden.arrancar()
            time.sleep(_LATIDO)


class YaHayUna(Exception):
    """A demo already runs on this ECE_HOME."""


@contextlib.contextmanager
def _unica(hogar: Path) -> Iterator[None]:
    hogar.mkdir(parents=True, exist_ok=True)
    with (hogar / ".demo").open("a+") as archivo:
        try:
            fcntl.flock(archivo, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            archivo.seek(0)
            raise YaHayUna(
                f"Ya hay una demostración en {hogar} (proceso {archivo.read().strip()}); "
                "deténgala, o use otro ECE_HOME y otro PORT."
            ) from error
        archivo.truncate(0)
        archivo.write(str(os.getpid()))
        archivo.flush()
        yield


def _borrar(hogar: Path, postgres: PostgresEmbebido | None) -> None:
    """Only what the demo made: ECE_HOME may be anybody's folder."""
    servidor.matar_huerfanos(hogar)
    if postgres is not None:
        postgres.borrar()
    for nombre in _DE_LA_DEMO:
        ruta = hogar / nombre
        if ruta.is_dir():
            shutil.rmtree(ruta)
        else:
            ruta.unlink(missing_ok=True)


def _al_detener(accion: Any) -> None:
    for aviso in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(aviso, accion)


def _terminar(*_: object) -> None:
    raise SystemExit(0)
