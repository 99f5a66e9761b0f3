"""Key providers named by ECE_LLAVERO: ``archivo:PATH`` (demo), ``secreto:PATH``, ``pkcs11:…``
(`modulo`), ``pruebas``.

A key file is JSON: ``{"actual": "k1", "keks": {"k1": base64}, "indices": base64}``, each key 32
bytes. The demo's is made on first use; production's is made by whoever guards it. It is read again
when it changes, so that a rotation reaches every process without stopping any.
"""

import base64
import binascii
import json
import os
import threading
import time
from pathlib import Path

from ece.nucleo.llavero import LlaveroMalConfigurado, Proveedor, ProveedorEnMemoria

MIRAR_CADA = 2.0
"""Seconds in which a process may still wrap under the KEK that was the current one."""


class ProveedorDeArchivo:
    """The KEKs of a key file, whatever it says now."""

    def __init__(self, ruta: Path) -> None:
        self.ruta = ruta
        self._candado = threading.Lock()
        self._marca, self._leido = self._mirar(), _leer(ruta)
        self._mirado = time.monotonic()

    def _mirar(self) -> tuple[int, int]:
        try:
            hallado = self.ruta.stat()
        except OSError as error:
            raise LlaveroMalConfigurado(f"no se puede leer {self.ruta}") from error
        return hallado.st_mtime_ns, hallado.st_ino

    def _vigente(self, *, ya: bool = False) -> ProveedorEnMemoria:
        with self._candado:
            if ya or time.monotonic() - self._mirado > MIRAR_CADA:
                self._mirado = time.monotonic()
                if (marca := self._mirar()) != self._marca:
                    self._leido, self._marca = _leer(self.ruta), marca
            return self._leido

    @property
    def kek_actual(self) -> str:
        return self._vigente().kek_actual

    def envolver(self, dek: bytes, *, contexto: bytes) -> tuple[str, bytes]:
        return self._vigente().envolver(dek, contexto=contexto)

    def desenvolver(self, envuelta: bytes, *, kek: str, contexto: bytes) -> bytes:
        vigente = self._vigente()
        if not vigente.tiene(kek):
            vigente = self._vigente(ya=True)
        return vigente.desenvolver(envuelta, kek=kek, contexto=contexto)

    def raiz_de_indices(self) -> bytes:
        return self._vigente().raiz_de_indices()

    def estrenar(self) -> str:
        """Add a new KEK to the file and make it the current one; its name."""
        dicho = json.loads(self.ruta.read_text(encoding="utf-8"))
        nombre = f"k{1 + max(int(n[1:]) for n in dicho['keks'] if n[1:].isdigit())}"
        dicho["keks"][nombre] = base64.b64encode(os.urandom(32)).decode()
        dicho["actual"] = nombre
        self._escribir(dicho)
        return nombre

    def retirar(self, kek: str) -> None:
        """Take a KEK that is not the current one out of the file, for ever."""
        dicho = json.loads(self.ruta.read_text(encoding="utf-8"))
        if kek == dicho["actual"] or kek not in dicho["keks"]:
            raise LlaveroMalConfigurado(f"{kek} es la llave actual, o no está")
        del dicho["keks"][kek]
        self._escribir(dicho)

    def _escribir(self, dicho: dict[str, object]) -> None:
        """Whole or not at all, with the mode and owner that the file has."""
        antes = self.ruta.stat()
        temporal = self.ruta.with_name(f".{self.ruta.name}.{os.getpid()}")
        try:
            descriptor = os.open(temporal, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as archivo:
                archivo.write(json.dumps(dicho))
                archivo.flush()
                os.fsync(archivo.fileno())
            temporal.chmod(antes.st_mode & 0o777)
            temporal.replace(self.ruta)
        except OSError as error:
            temporal.unlink(missing_ok=True)
            raise LlaveroMalConfigurado(f"no se puede escribir {self.ruta}") from error
        self._vigente(ya=True)


def desde(descripcion: str) -> Proveedor:
    """The provider `descripcion` names. Raises `LlaveroMalConfigurado`."""
    clase, _, lugar = descripcion.partition(":")
    if clase == "pruebas":
        return ProveedorEnMemoria(keks={"k1": b"k" * 32}, actual="k1", raiz_indices=b"i" * 32)
    if clase == "archivo":
        ruta = Path(lugar)
        if not ruta.exists():
            crear(ruta)
        return ProveedorDeArchivo(ruta)
    if clase == "secreto":
        return ProveedorDeArchivo(Path(lugar))
    if clase == "pkcs11":
        from ece.nucleo.modulo import ProveedorDeModulo  # loads a library that few have

        return ProveedorDeModulo(lugar, mirar_cada=MIRAR_CADA)
    raise LlaveroMalConfigurado("ECE_LLAVERO: se espera archivo:, secreto: o pkcs11:")


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
