"""Key providers named by ECE_LLAVERO: ``archivo:PATH`` (demo), ``secreto:PATH``, ``pruebas``.

A key file is JSON: ``{"actual": "k1", "keks": {"k1": base64}, "indices": base64}``, each key 32
bytes. The demo's is made on first use; production's is made by whoever guards it and only read.
"""

import base64
import binascii
import json
import os
from pathlib import Path

from ece.nucleo.llavero import LlaveroMalConfigurado, Proveedor, ProveedorEnMemoria


def desde(descripcion: str) -> Proveedor:
    """The provider `descripcion` names. Raises `LlaveroMalConfigurado`."""
    clase, _, lugar = descripcion.partition(":")
    if clase == "pruebas":
        return ProveedorEnMemoria(keks={"k1": b"k" * 32}, actual="k1", raiz_indices=b"i" * 32)
    if clase == "archivo":
        ruta = Path(lugar)
        if not ruta.exists():
            crear(ruta)
        return _leer(ruta)
    if clase == "secreto":
        return _leer(Path(lugar))
    raise LlaveroMalConfigurado("ECE_LLAVERO: se espera archivo:RUTA o secreto:RUTA")


def crear(ruta: Path) -> bool:
    """Write a new key file unless there is one. Whether it was written."""
    contenido = {
        "actual": "k1",
        "keks": {"k1": base64.b64encode(os.urandom(32)).decode()},
        "indices": base64.b64encode(os.urandom(32)).decode(),
    }
    return escribir_una_vez(ruta, json.dumps(contenido))


def escribir_una_vez(ruta: Path, contenido: str) -> bool:
    """Write a secret, whole and for its owner only, unless it is there: of two processes that start
    together one wins. Whether it was written."""
    ruta.parent.mkdir(parents=True, exist_ok=True)
    temporal = ruta.with_name(f".{ruta.name}.{os.getpid()}")
    descriptor = os.open(temporal, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as archivo:
        archivo.write(contenido)
        archivo.flush()
        os.fsync(archivo.fileno())
    try:
        os.link(temporal, ruta)
    except FileExistsError:
        return False
    finally:
        temporal.unlink()
    return True


def _leer(ruta: Path) -> ProveedorEnMemoria:
    try:
        contenido = json.loads(ruta.read_text(encoding="utf-8"))
        return ProveedorEnMemoria(
            keks={n: base64.b64decode(k, validate=True) for n, k in contenido["keks"].items()},
            actual=contenido["actual"],
            raiz_indices=base64.b64decode(contenido["indices"], validate=True),
        )
    except OSError as error:
        raise LlaveroMalConfigurado(f"no se puede leer el archivo de llaves {ruta}") from error
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise LlaveroMalConfigurado(f"el archivo de llaves {ruta} está mal formado") from error
