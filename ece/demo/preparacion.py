"""What must be true before the demo serves: schema, static files, people. Each only if needed."""

import hashlib
import os
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from ece.demo import servidor


class SiembraFallida(Exception):
    """The seeding command ended badly; it said why itself."""


def migrar() -> bool:
    """Bring the schema up to date, as its owner. Whether there was anything to do."""
    ejecutor = MigrationExecutor(connection)
    pendiente = bool(ejecutor.migration_plan(ejecutor.loader.graph.leaf_nodes()))
    if pendiente:
        call_command("migrate", verbosity=0)
    connection.close()
    return pendiente


def recolectar_estaticos() -> None:
    """Hash and compress the static files again when any of them changed."""
    resumen = hashlib.sha256()
    for buscador in get_finders():
        for ruta, almacen in buscador.list([]):
            archivo = Path(almacen.path(ruta)).stat()
            resumen.update(f"{ruta} {archivo.st_size} {archivo.st_mtime_ns}\n".encode())
    raiz = Path(settings.STATIC_ROOT)
    sello = raiz / ".huella"
    if not sello.exists() or sello.read_text() != resumen.hexdigest():
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        sello.write_text(resumen.hexdigest())


def sembrar(hogar: Path, *, pacientes: int) -> None:
    """Fill an empty hospital, as the application's role, and give a later day its appointments.

    The mark says for which day it was done, and is written last: a seeding that was killed is taken
    up again at the next start. Raises `SiembraFallida`.
    """
    sello = hogar / "sembrada"
    hoy = timezone.localdate().isoformat()
    if not sello.exists():
        _mandar_sembrar(hogar, "--pacientes", str(pacientes))
    elif sello.read_text() != hoy:
        _mandar_sembrar(hogar, "--agenda")
    else:
        return
    sello.write_text(hoy)


def _mandar_sembrar(hogar: Path, *opciones: str) -> None:
    proceso = servidor.hijo(
        [sys.executable, _MANAGE, "sembrar", *opciones],
        hogar=hogar,
        entorno={"ECE_BD_ROL": "aplicacion"},
    )
    try:
        if proceso.wait():
            raise SiembraFallida("La siembra de la demostración no terminó.")
    finally:
        servidor.terminar(proceso)


_MANAGE = os.path.join(settings.BASE_DIR, "manage.py")
