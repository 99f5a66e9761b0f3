"""``manage.py rotar_llaves``: a new master key, and all patients' keys wrapped under it, online."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from ece.nucleo import llavero, proveedores
from ece.nucleo.llavero import LlaveroMalConfigurado, Rotable
from registros.services import llaves
from registros.services.llaves import LlaveEnUso


class Command(BaseCommand):
    help = "Estrena una llave maestra y envuelve con ella las de todos los pacientes, sin detener."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--continuar", action="store_true", help="la llave ya se estrenó: envuelve lo que falta"
        )
        parser.add_argument(
            "--tanda", type=int, default=llaves.TANDA, help="pares en cada transacción"
        )
        parser.add_argument(
            "--retirar",
            metavar="KEK",
            help="destruye una llave que ya no cierra nada (tampoco abrirá respaldos)",
        )

    def handle(self, *, continuar: bool, tanda: int, retirar: str | None, **_: Any) -> None:
        proveedor = proveedores.desde(settings.ECE_LLAVERO)
        llavero.configurar(proveedor=proveedor)
        try:
            if not isinstance(proveedor, Rotable):
                raise CommandError("ECE_LLAVERO no es archivo ni módulo: rote donde se guarda.")
            if retirar:
                self._retirar(proveedor, retirar)
                return
            kek = proveedor.kek_actual if continuar else proveedor.estrenar()
        except LlaveroMalConfigurado as error:
            raise CommandError(f"No se rotó: {error}.") from error
        barra = tqdm(unit="pacientes", disable=None)
        hechas = 0
        for hechas, faltan in llaves.rotar(kek=kek, ahora=timezone.now(), tanda=tanda):
            barra.total = hechas + faltan
            barra.update(hechas - barra.n)
        barra.close()
        self.stdout.write(f"{hechas} pares de llaves están ahora bajo {kek}.")

    def _retirar(self, proveedor: Rotable, kek: str) -> None:
        try:
            llaves.retirar(proveedor, kek=kek, ahora=timezone.now())
        except LlaveEnUso as error:
            raise CommandError(
                f"{kek} todavía cierra llaves: termine antes con --continuar."
            ) from error
        self.stdout.write(f"{kek} ya no existe. Los respaldos de llaves de antes no se abren.")
