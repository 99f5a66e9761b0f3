"""KEKs in a PKCS#11 module (an HSM): made there, used there, and never out of it.

``ECE_LLAVERO=pkcs11:token=LABEL?module-path=/path/lib.so&pin-source=file:/path`` (RFC 7512). The
token holds AES-256 keys labelled ``ece/kek/k1``, ``k2``…, of which the highest is the current one,
and an HMAC key, ``ece/indices``: the root of the index keys is what it makes of a fixed text. All
are sensitive and not extractable: their backup is the module's own.
"""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, MechanismFlag, ObjectClass

from ece.nucleo.llavero import LlaveroMalConfigurado

_KEK, _INDICES = "ece/kek/", "ece/indices"
_RAIZ = b"ece/raiz de indices/v1"
_CERRADA = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
_NONCE = 12
T = TypeVar("T")


class ProveedorDeModulo:
    """The KEKs of a token; one session a process, one call at a time, opened anew if it breaks."""

    def __init__(self, direccion: str, *, mirar_cada: float) -> None:
        camino, _, consulta = direccion.partition("?")
        self._token = dict(parse_qsl(camino.replace(";", "&"))).get("token", "")
        opciones = dict(parse_qsl(consulta, keep_blank_values=True))
        self._modulo = opciones.get("module-path", "")
        self._pin_en = unquote(opciones.get("pin-source", "").removeprefix("file:"))
        if not (self._token and self._modulo and self._pin_en):
            raise LlaveroMalConfigurado(
                "ECE_LLAVERO: pkcs11:token=ETIQUETA?module-path=RUTA&pin-source=file:RUTA"
            )
        self._mirar_cada = mirar_cada
        self._candado = threading.RLock()
        self._sesion: Any = None
        self._de_proceso = 0
        self._llaves: dict[str, Any] = {}
        self._miradas = 0.0
        self._raiz = b""

    @property
    def kek_actual(self) -> str:
        return self._hacer(lambda: max(self._keks(), key=_numero))

    def envolver(self, dek: bytes, *, contexto: bytes) -> tuple[str, bytes]:
        def hacer() -> tuple[str, bytes]:
            keks, nonce = self._keks(), os.urandom(_NONCE)
            actual = max(keks, key=_numero)
            cerrada = keks[actual].encrypt(
                dek, mechanism=Mechanism.AES_GCM, mechanism_param=GCMParams(nonce, contexto, 128)
            )
            return actual, nonce + bytes(cerrada)

        return self._hacer(hacer)

    def desenvolver(self, envuelta: bytes, *, kek: str, contexto: bytes) -> bytes:
        def hacer() -> bytes:
            llave = self._keks().get(kek) or self._keks(ya=True).get(kek)
            if llave is None:
                raise LlaveroMalConfigurado(f"no está la KEK {kek!r}")
            parametros = GCMParams(envuelta[:_NONCE], contexto, 128)
            try:
                return bytes(
                    llave.decrypt(
                        envuelta[_NONCE:], mechanism=Mechanism.AES_GCM, mechanism_param=parametros
                    )
                )
            except _NO_ABRE as error:
                raise LlaveroMalConfigurado("la KEK no abre la llave del paciente") from error

        return self._hacer(hacer)

    def raiz_de_indices(self) -> bytes:
        def hacer() -> bytes:
            if not self._raiz:
                indices = self._abierta().get_key(
                    object_class=ObjectClass.SECRET_KEY, label=_INDICES
                )
                self._raiz = bytes(indices.sign(_RAIZ, mechanism=Mechanism.SHA256_HMAC))
            return self._raiz

        return self._hacer(hacer)

    def preparar(self) -> bool:
        """Make the first KEK and the root, on a token that has none. Whether they were made."""

        def hacer() -> bool:
            if self._keks(ya=True):
                return False
            self._abierta().generate_key(
                KeyType.GENERIC_SECRET,
                256,
                label=_INDICES,
                store=True,
                capabilities=MechanismFlag.SIGN,
                mechanism=Mechanism.GENERIC_SECRET_KEY_GEN,
                template=_CERRADA,
            )
            self._generar("k1")
            return True

        return self._hacer(hacer)

    def estrenar(self) -> str:
        """Make a new KEK in the token, the current one from now on; its name."""

        def hacer() -> str:
            nombre = f"k{1 + max((_numero(kek) for kek in self._keks(ya=True)), default=0)}"
            self._generar(nombre)
            return nombre

        return self._hacer(hacer)

    def retirar(self, kek: str) -> None:
        """Destroy in the token a KEK that is not the current one."""

        def hacer() -> None:
            keks = self._keks(ya=True)
            if kek not in keks or kek == max(keks, key=_numero):
                raise LlaveroMalConfigurado(f"{kek} es la llave actual, o no está")
            keks[kek].destroy()
            self._keks(ya=True)

        self._hacer(hacer)

    def _generar(self, nombre: str) -> None:
        self._abierta().generate_key(
            KeyType.AES,
            256,
            label=_KEK + nombre,
            store=True,
            capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
            template=_CERRADA,
        )
        self._keks(ya=True)

    def _keks(self, *, ya: bool = False) -> dict[str, Any]:
        """Those of the token, looked at again now and then: another process may rotate them."""
        sesion = self._abierta()
        if ya or not self._llaves or time.monotonic() - self._miradas > self._mirar_cada:
            cuales = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.KEY_TYPE: KeyType.AES}
            halladas = {objeto.label: objeto for objeto in sesion.get_objects(cuales)}
            self._llaves = {
                etiqueta.removeprefix(_KEK): objeto
                for etiqueta, objeto in halladas.items()
                if etiqueta.startswith(_KEK) and etiqueta.removeprefix(_KEK)[1:].isdigit()
            }
            self._miradas = time.monotonic()
        return self._llaves

    def _abierta(self) -> Any:
        if self._sesion is None or self._de_proceso != os.getpid():
            biblioteca = pkcs11.lib(self._modulo)
            if self._de_proceso not in (0, os.getpid()):  # a session does not outlive a fork
                biblioteca.reinitialize()
            pin = Path(self._pin_en).read_text(encoding="utf-8").strip()
            token = biblioteca.get_token(token_label=self._token)
            try:
                self._sesion = token.open(user_pin=pin, rw=True)
            except pkcs11.exceptions.UserAlreadyLoggedIn:  # who enters is the process, once
                self._sesion = token.open(rw=True)
            self._de_proceso = os.getpid()
            self._llaves = {}
        return self._sesion

    def _hacer(self, trabajo: Callable[[], T]) -> T:
        """Once more with another session if this one broke. Raises `LlaveroMalConfigurado`."""
        with self._candado:
            try:
                return trabajo()
            except _ROTA:
                self._sesion = None
            except _NO_SIRVE as error:
                raise LlaveroMalConfigurado(_dicho(error)) from error
            try:
                return trabajo()
            except _NO_SIRVE as error:
                raise LlaveroMalConfigurado(_dicho(error)) from error


_NO_ABRE = (
    pkcs11.exceptions.EncryptedDataInvalid,
    pkcs11.exceptions.EncryptedDataLenRange,
    pkcs11.exceptions.FunctionFailed,
    pkcs11.exceptions.GeneralError,
)
_ROTA = (
    pkcs11.exceptions.SessionHandleInvalid,
    pkcs11.exceptions.SessionClosed,
    pkcs11.exceptions.DeviceError,
    pkcs11.exceptions.DeviceRemoved,
    pkcs11.exceptions.UserNotLoggedIn,
)
_NO_SIRVE = (pkcs11.exceptions.PKCS11Error, OSError, ValueError, RuntimeError)


def _numero(kek: str) -> int:
    return int(kek[1:])


def _dicho(error: BaseException) -> str:
    return f"el módulo PKCS#11 no responde como debe ({type(error).__name__})"
