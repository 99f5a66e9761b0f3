"""``manage.py mllp``: HL7 v2 by MLLP. Listens; its children apply what comes and send the rest.

A child that dies is started again; all end when this process does, however it ends.
"""

import asyncio
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from interoperabilidad.hl7v2 import aplicador, envio
from interoperabilidad.hl7v2.escucha import Escucha, Limites
from interoperabilidad.models import PARTICIONES

TRABAJAR = "trabajar"


class Command(BaseCommand):
    help = "Recibe y envía HL7 v2 por MLLP (TLS y certificados de cliente, si se configuran)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anfitrion", default=settings.ECE_MLLP_ANFITRION)
        parser.add_argument("--puerto", type=int, default=settings.ECE_MLLP_PUERTO)
        parser.add_argument(
            "--aplicadores", type=int, default=1, metavar="N", help="procesos que aplican y envían"
        )
        parser.add_argument(
            "--solo", choices=(TRABAJAR,), help="aplica y envía, sin escuchar (un proceso)"
        )
        parser.add_argument(
            "--vive", action="store_true", help="termina bien si ya hay uno que escucha ahí"
        )

    def handle(
        self,
        *,
        anfitrion: str,
        puerto: int,
        aplicadores: int,
        solo: str | None,
        vive: bool,
        **_: Any,
    ) -> None:
        if vive:
            _comprobar(anfitrion, puerto)
        elif solo:
            _trabajar(aplicadores)
        else:
            _exigir_cifrado(anfitrion)
            try:
                asyncio.run(self._escuchar(anfitrion, puerto, aplicadores))
            except OSError as error:
                raise CommandError(
                    f"No se puede escuchar en {anfitrion}:{puerto} ({error.strerror})."
                ) from error

    async def _escuchar(self, anfitrion: str, puerto: int, aplicadores: int) -> None:
        alto = asyncio.Event()
        bucle = asyncio.get_running_loop()
        for aviso in (signal.SIGTERM, signal.SIGINT):
            bucle.add_signal_handler(aviso, alto.set)
        limites = Limites(mensaje=settings.ECE_HL7_BYTES)
        escucha = Escucha(limites, tls=_tls())

        def listo() -> None:
            self.stdout.write(f"MLLP escucha en {anfitrion}:{escucha.puerto}.")
            self.stdout.flush()

        velando = asyncio.create_task(_velar(aplicadores))
        try:
            await escucha.escuchar(anfitrion, puerto, alto=alto, listo=listo)
        finally:
            velando.cancel()
            await asyncio.gather(velando, return_exceptions=True)


async def _velar(cuantos: int) -> None:
    """Keep `cuantos` children working."""
    hijos: list[subprocess.Popen[bytes]] = []
    try:
        while True:
            hijos = [h for h in hijos if h.poll() is None]
            hijos += [_hijo(cuantos) for _ in range(cuantos - len(hijos))]
            await asyncio.sleep(0.5)
    finally:
        for hijo in hijos:
            hijo.terminate()
        for hijo in hijos:
            try:
                hijo.wait(8)
            except subprocess.TimeoutExpired:
                hijo.kill()
                hijo.wait()


def _hijo(cuantos: int) -> subprocess.Popen[bytes]:
    orden = [
        sys.executable,
        os.path.join(settings.BASE_DIR, "manage.py"),
        "mllp",
        *("--solo", TRABAJAR, "--aplicadores", str(cuantos)),
    ]
    return subprocess.Popen(orden, stdin=subprocess.DEVNULL)  # noqa: S603 (ourselves)


def _trabajar(aplicadores: int) -> None:
    """Apply a share of the inbox, of as many as do, and send."""
    cuota = -(-PARTICIONES // max(1, aplicadores))
    alto = threading.Event()
    for aviso in (signal.SIGTERM, signal.SIGINT):
        signal.signal(aviso, lambda *_: alto.set())
    envia = threading.Thread(target=envio.enviar_siempre, args=(alto,), daemon=True)
    aplica = threading.Thread(
        target=aplicador.aplicar_siempre, args=(alto,), kwargs={"cuota": cuota}, daemon=True
    )
    padre = os.getppid()
    for hilo in (envia, aplica):
        hilo.start()
    while not alto.wait(0.5):
        if os.getppid() != padre or not (envia.is_alive() and aplica.is_alive()):
            alto.set()
    for hilo in (envia, aplica):
        hilo.join(6)


def _tls() -> ssl.SSLContext | None:
    """What the listener shows and asks for; None: in clear, and only for whom a network vouches."""
    if not settings.ECE_MLLP_CERTIFICADO:
        return None
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.minimum_version = ssl.TLSVersion.TLSv1_2
    contexto.load_cert_chain(settings.ECE_MLLP_CERTIFICADO, settings.ECE_MLLP_LLAVE or None)
    if settings.ECE_MLLP_AUTORIDADES:
        contexto.load_verify_locations(settings.ECE_MLLP_AUTORIDADES)
        contexto.verify_mode = ssl.CERT_REQUIRED
    return contexto


def _exigir_cifrado(anfitrion: str) -> None:
    """In clear, nobody is listened to but this machine."""
    if settings.ECE_MLLP_CERTIFICADO or anfitrion in ("127.0.0.1", "::1", "localhost"):
        return
    raise CommandError(
        f"Sin ECE_MLLP_CERTIFICADO sólo se escucha en esta máquina, no en {anfitrion}."
    )


def _comprobar(anfitrion: str, puerto: int) -> None:
    try:
        socket.create_connection((anfitrion, puerto), timeout=3).close()
    except OSError as error:
        raise CommandError(f"Nadie escucha en {anfitrion}:{puerto}.") from error
