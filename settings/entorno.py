"""Typed readers of the environment that raise on nonsense, with one clear line."""

import os
import re
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def texto(nombre: str, omision: str | None = None) -> str:
    """`nombre`, or what the file named by `nombre`_FILE says, or `omision`."""
    if archivo := os.environ.get(f"{nombre}_FILE"):
        try:
            return Path(archivo).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{nombre}_FILE: no se puede leer {archivo}") from error
    valor = os.environ.get(nombre, omision)
    if valor is None:
        raise ImproperlyConfigured(f"Falta la variable {nombre} (o {nombre}_FILE).")
    return valor


def booleano(nombre: str, omision: bool) -> bool:
    valor = os.environ.get(nombre)
    if valor is None:
        return omision
    if valor.lower() in ("1", "true", "si", "sí", "yes"):
        return True
    if valor.lower() in ("0", "false", "no", ""):
        return False
    raise ImproperlyConfigured(f"{nombre}={valor!r}: se espera 1 o 0.")


def oid(nombre: str) -> str:
    """An OID in numbers and dots; empty when it is not set."""
    valor = os.environ.get(nombre, "").strip()
    if valor and (not re.fullmatch(r"[0-2](\.(0|[1-9]\d*))+", valor) or len(valor) > 128):
        raise ImproperlyConfigured(f"{nombre}={valor!r}: se espera un OID (1.2.3).")
    return valor


def fechas(nombre: str) -> frozenset[date]:
    """ISO dates separated by commas; none when it is not set."""
    valor = os.environ.get(nombre, "")
    try:
        return frozenset(date.fromisoformat(v.strip()) for v in valor.split(",") if v.strip())
    except ValueError as error:
        raise ImproperlyConfigured(f"{nombre}={valor!r}: se esperan fechas AAAA-MM-DD.") from error


def entero(nombre: str, omision: int) -> int:
    valor = os.environ.get(nombre, str(omision))
    try:
        return int(valor)
    except ValueError as error:
        raise ImproperlyConfigured(f"{nombre}={valor!r}: se espera un número entero.") from error


def lista(nombre: str, omision: str = "") -> list[str]:
    return [parte.strip() for parte in os.environ.get(nombre, omision).split(",") if parte.strip()]


def eleccion(nombre: str, opciones: tuple[str, ...]) -> str:
    """One of `opciones`; the first, when it is not set."""
    valor = os.environ.get(nombre) or opciones[0]
    if valor not in opciones:
        raise ImproperlyConfigured(f"{nombre}={valor!r}: se espera {' o '.join(opciones)}.")
    return valor


def anfitrion_y_puerto(nombre: str, puerto: int) -> tuple[str, int] | None:
    """``host`` or ``host:port`` (of IPv6, ``[address]:port``); none when it is not set."""
    valor = os.environ.get(nombre, "").strip()
    if not valor:
        return None
    try:
        partes = urlsplit(f"//{valor}")
        dicho = partes.hostname, partes.port or puerto
    except ValueError:
        dicho = None, 0
    if not dicho[0] or partes.path or partes.username is not None:
        raise ImproperlyConfigured(f"{nombre}={valor!r}: se espera anfitrión:puerto.")
    return dicho[0], dicho[1]


def es_duena() -> bool:
    """Whether this process acts as the owner of the schema (migrations) or as the application."""
    return texto("ECE_BD_ROL", "aplicacion") == "duena"


def base_de_datos(url: str) -> dict[str, Any]:
    """Django's settings for a ``postgresql://`` URL (``?host=`` names a socket folder)."""
    partes = urlsplit(url)
    if partes.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured("DATABASE_URL: sólo postgresql://…")
    consulta = dict(parse_qsl(partes.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(partes.path.lstrip("/")),
        "USER": unquote(partes.username or ""),
        "PASSWORD": unquote(partes.password or ""),
        "HOST": consulta.pop("host", partes.hostname or ""),
        "PORT": str(partes.port or ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"application_name": "ece", "prepare_threshold": 2, **consulta},
    }
