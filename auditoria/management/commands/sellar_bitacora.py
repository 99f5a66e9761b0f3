"""``manage.py sellar_bitacora``: seal what happened, hand the checkpoint to the witnesses."""

import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from auditoria.sello import archivo, llaves, sellador, testigos
from auditoria.sello.sellador import ContadorRetrocedido


class Command(BaseCommand):
    help = "Sella los eventos nuevos en un checkpoint firmado y lo entrega a los testigos."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cada", type=float, metavar="SEGUNDOS", help="una y otra vez")
        parser.add_argument(
            "--rotar-llave",
            action="store_true",
            help="estrena llave de sello; el siguiente checkpoint lo firman la vieja y la nueva",
        )
        parser.add_argument(
            "--llaves", action="store_true", help="escribe las llaves públicas y termina"
        )

    def handle(
        self, *, cada: float | None, rotar_llave: bool, llaves: bool, verbosity: int, **_: Any
    ) -> None:
        if llaves:
            self._publicar_llaves()
            return
        if rotar_llave:
            self._rotar()
        if cada is None:
            self._sellar(verbosity)
            return
        alto = threading.Event()
        while not alto.wait(cada):
            self._sellar(verbosity)

    def _sellar(self, verbosity: int) -> None:
        ultimo = None
        try:
            for ultimo in sellador.sellar_todo(ahora=timezone.now()):
                if verbosity > 1:
                    self.stdout.write(f"{ultimo.checkpoint.tamano} hojas")
        except ContadorRetrocedido as error:
            raise CommandError(
                f"El contador de transacciones de PostgreSQL está detrás de la bitácora ({error}). "
                "Se restauró un respaldo lógico en otro clúster: deténgalo y adelante su época con "
                "pg_resetwal --epoch (docs/operations.md)."
            ) from error
        if ultimo is not None:
            archivo.anotar(ultimo.nota)
        testigos.pedir_cofirmas()

    def _rotar(self) -> None:
        sellado = sellador.sellar(ahora=timezone.now(), rotar=True)
        if sellado is None:
            raise CommandError(
                "No hay eventos por sellar (o alguien más sella): repita en un momento."
            )
        archivo.anotar(sellado.nota)
        self.stdout.write("La llave nueva firma desde este checkpoint:")
        self.stdout.write(sellado.nota)

    def _publicar_llaves(self) -> None:
        for generacion, llave, desde in llaves.generaciones():
            self.stdout.write(f"bitácora, llave {generacion} (desde {desde} hojas): {llave.vkey}")
        self.stdout.write(f"testigo: {llaves.de_testigo().verificadora.vkey}")
