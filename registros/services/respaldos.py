"""Backups: the records in one place, patients' wrapped keys in another with a short term.

Both are of one instant. A generation of records is opened with the **newest** keys, in which who
was shredded has none: once the keys' copies from before are past their term, no generation of
records, however old, says anything of them.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo.acceso import Actor
from ece.postgres_embebido import programa
from registros.models import LlaveDePaciente

_SISTEMA = Actor(id=UUID(int=1), clase="sistema", nombre="ECE")
_EXPEDIENTES, _LLAVES = "expedientes", "llaves"
_SELLO = "%Y%m%dT%H%M%SZ"


class RespaldoFallido(Exception):
    """PostgreSQL's program failed: what it said. Nothing is left half written."""


class SinRespaldo(Exception):
    """There is no such backup in that folder."""


@dataclass(frozen=True, slots=True)
class Respaldo:
    """The two files of one instant."""

    expedientes: Path
    llaves: Path


def hacer(*, expedientes: Path, llaves: Path, ahora: datetime) -> Respaldo:
    """Write both files, of one snapshot, in their folders; it leaves an event with their digests.

    As the owner of the schema. Raises `RespaldoFallido`, `ValueError` if it is one folder.
    """
    if expedientes.resolve() == llaves.resolve():
        raise ValueError("las llaves van en otra carpeta, con otro plazo")
    momento = ahora.astimezone(UTC).strftime(_SELLO)
    hecho = Respaldo(
        expedientes / f"{_EXPEDIENTES}-{momento}.dump", llaves / f"{_LLAVES}-{momento}.dump"
    )
    tabla = f"public.{LlaveDePaciente._meta.db_table}"
    with psycopg.connect(_conexion()) as duena:
        duena.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        ((vista,),) = duena.execute("SELECT pg_export_snapshot()").fetchall()
        _volcar(hecho.expedientes, vista, f"--exclude-table-data={tabla}")
        try:
            _volcar(hecho.llaves, vista, "--data-only", f"--table={tabla}")
        except RespaldoFallido:
            hecho.expedientes.unlink()
            raise
    evento = NuevoEvento(
        TipoDeEvento.RESPALDO_HECHO,
        Resultado.HECHO,
        _SISTEMA,
        ahora,
        detalle={"expedientes": _huella(hecho.expedientes), "llaves": _huella(hecho.llaves)},
    )
    bitacora.anexar([evento])
    return hecho


def vencer(carpeta: Path, *, de: str, dias: int, ahora: datetime) -> list[Path]:
    """Delete the copies of `de` ("llaves" or "expedientes") older than `dias`; which they were.

    The newest one stays whatever its age: without it nothing would open.
    """
    limite = ahora - timedelta(days=dias)
    vencidas = [ruta for ruta in generaciones(carpeta, de=de)[:-1] if _momento(ruta) < limite]
    for ruta in vencidas:
        ruta.unlink()
    return vencidas


def generaciones(carpeta: Path, *, de: str) -> list[Path]:
    """The copies in a folder, the newest last."""
    return sorted(carpeta.glob(f"{de}-*.dump"))


def restaurar(*, expedientes: Path, llaves: Path, base: str | None = None) -> None:
    """Bring a generation of records, and the wrapped keys of `llaves`, to an empty database.

    `base` names it on the same server (None: the one configured). Raises `RespaldoFallido`.
    """
    for ruta in (expedientes, llaves):
        if not ruta.is_file():
            raise SinRespaldo(str(ruta))
    with psycopg.connect(_conexion(base)) as duena:
        ((hay,),) = duena.execute("SELECT to_regclass('public.django_migrations')").fetchall()
    if hay is not None:
        raise RespaldoFallido("la base no está vacía: restaure en una nueva")
    for ruta in (expedientes, llaves):
        _ejecutar("pg_restore", ["--exit-on-error", "-d", _conexion(base), str(ruta)])


def _volcar(ruta: Path, vista: str, *opciones: str) -> None:
    ruta.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporal = ruta.with_suffix(".parte")
    os.close(os.open(temporal, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    orden = ["-Fc", f"--snapshot={vista}", *opciones, "-f", str(temporal), "-d", _conexion()]
    try:
        _ejecutar("pg_dump", orden)
    except RespaldoFallido:
        temporal.unlink()
        raise
    temporal.replace(ruta)


def _ejecutar(nombre: str, orden: Sequence[str]) -> None:
    parametros = connection.get_connection_params()
    entorno = dict(os.environ)
    if parametros.get("password"):  # never among the words of an order, which anybody sees
        entorno["PGPASSWORD"] = str(parametros["password"])
    hecho = subprocess.run(  # noqa: S603 - our own words
        [programa(nombre), *orden], env=entorno, capture_output=True, text=True, check=False
    )
    if hecho.returncode:
        raise RespaldoFallido(hecho.stderr.strip()[-500:])


def _conexion(base: str | None = None) -> str:
    parametros: Mapping[str, Any] = connection.get_connection_params()
    propios = {c: parametros[c] for c in ("dbname", "user", "host", "port") if parametros.get(c)}
    return make_conninfo(**(propios | ({"dbname": base} if base else {})))


def _momento(ruta: Path) -> datetime:
    return datetime.strptime(ruta.stem.partition("-")[2], _SELLO).replace(tzinfo=UTC)


def _huella(ruta: Path) -> str:
    with ruta.open("rb") as archivo:
        return file_digest(archivo, "sha256").hexdigest()
