"""``manage.py secretos FOLDER``: the secrets of an installation, each made once and never again."""

import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.crypto import get_random_string

from ece.nucleo import proveedores
from ece.postgres_embebido import APLICACION, DUENA

LARGO = 64


class Command(BaseCommand):
    help = "Escribe en CARPETA los secretos que falten: llaves, contraseñas y direcciones."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("carpeta", type=Path, metavar="CARPETA")
        parser.add_argument("--servidor", default="base", help="dónde está PostgreSQL")
        parser.add_argument("--base", default="ece", help="nombre de la base de datos")
        parser.add_argument(
            "--para-contenedores",
            action="store_true",
            help="que los lean los usuarios de los contenedores; la carpeta sigue cerrada",
        )

    def handle(
        self, *, carpeta: Path, servidor: str, base: str, para_contenedores: bool, **_: Any
    ) -> None:
        carpeta.mkdir(mode=0o700, parents=True, exist_ok=True)
        carpeta.chmod(0o700)
        self._si_falta(carpeta / "clave_secreta", get_random_string(LARGO))
        self._si_falta(carpeta / "bd_superusuario", secrets.token_urlsafe())
        for rol in (DUENA, APLICACION):
            clave = self._si_falta(carpeta / f"{rol}_clave", secrets.token_urlsafe())
            self._si_falta(carpeta / f"{rol}_url", f"postgresql://{rol}:{clave}@{servidor}/{base}")
        llavero = carpeta / "llavero.json"
        self._anunciar(llavero, nuevo=proveedores.crear(llavero))
        if para_contenedores:
            # A bind-mounted file is read with its own mode, whoever may walk to it outside.
            for secreto in carpeta.iterdir():
                secreto.chmod(0o444)
        self.stdout.write(
            f"Guarde una copia de {llavero} aparte de los respaldos de la base: "
            "sin ella nadie vuelve a leer un expediente."
        )

    def _si_falta(self, ruta: Path, contenido: str) -> str:
        """What the file says, which is `contenido` when it was not there."""
        nuevo = proveedores.escribir_una_vez(ruta, contenido)
        self._anunciar(ruta, nuevo=nuevo)
        return ruta.read_text(encoding="utf-8")

    def _anunciar(self, ruta: Path, *, nuevo: bool) -> None:
        self.stdout.write(f"{'escrito' if nuevo else 'ya estaba'}: {ruta}")
