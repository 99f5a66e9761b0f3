"""``manage.py preparar_modulo``: the first keys of a PKCS#11 token, made in it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ece.nucleo import proveedores
from ece.nucleo.llavero import LlaveroMalConfigurado
from ece.nucleo.modulo import ProveedorDeModulo


class Command(BaseCommand):
    help = "Hace en el módulo PKCS#11 de ECE_LLAVERO las llaves maestras, si no tiene."

    def handle(self, **_: Any) -> None:
        proveedor = proveedores.desde(settings.ECE_LLAVERO)
        if not isinstance(proveedor, ProveedorDeModulo):
            raise CommandError("ECE_LLAVERO no nombra un módulo (pkcs11:…).")
        try:
            nuevas = proveedor.preparar()
        except LlaveroMalConfigurado as error:
            raise CommandError(f"No se prepararon: {error}.") from error
        self.stdout.write("Hechas." if nuevas else "El módulo ya tenía llaves: no se tocaron.")
