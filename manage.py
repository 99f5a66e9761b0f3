#!/usr/bin/env python
"""Django's command line. Commands that change the schema connect with the owner's role."""

import gc
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, ManagementUtility

from ece.postgres_embebido import PostgresNoArranca

DE_LA_DUENA = {
    "migrate", "createsuperuser", "flush", "sqlflush", "createcachetable", "demo",
    "respaldar", "restaurar",
}  # fmt: skip
SIN_BASE_DE_DATOS = {
    "check", "collectstatic", "compilemessages", "diffsettings", "help", "makemessages",
    "makemigrations", "secretos", "demo", "demo_red", "responder_derechohabiencia",
}  # fmt: skip


class Ordenes(ManagementUtility):
    """Checks what every command relies on, and starts the embedded PostgreSQL, where there is one,
    before a command that needs it."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        from django.conf import settings

        orden = super().fetch_command(subcommand)
        if orden.requires_system_checks == "__all__":
            # The addresses are for who serves them (`manage.py check`); our own rules, for all.
            orden.requires_system_checks = ("ece",)
        gc.freeze()
        gc.enable()
        if settings.ECE_POSTGRES is not None and subcommand not in SIN_BASE_DE_DATOS:
            settings.ECE_POSTGRES.arrancar()
        return orden


def main() -> None:
    # What is loaded stays: looking for garbage in it meanwhile takes a fifth of the time to start.
    gc.disable()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.demo")
    if len(sys.argv) > 1 and sys.argv[1] in DE_LA_DUENA:
        os.environ.setdefault("ECE_BD_ROL", "duena")
    try:
        Ordenes(sys.argv).execute()
    except (ImproperlyConfigured, PostgresNoArranca) as error:
        sys.exit(f"ece: {error}")


if __name__ == "__main__":
    main()
