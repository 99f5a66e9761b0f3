"""The key ring: wraps and opens patients' keys, and opens none without a proof of access.

Each patient has two data keys (DEKs), one for the identity summary and one for clinical content,
wrapped under a key-encryption key (KEK) with the patient's id as associated data. KEKs never leave
their provider; opened DEKs live in a small cache with a short life. Index keys descend from a root
of their own, never from a DEK, so shredding a patient leaves the index unreadable but stable.
"""

import contextlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ece.nucleo.acceso import Acceso, AccesoInvalido, Alcance, Prueba, verificar

CAPACIDAD = 20_000
VIDA_SEGUNDOS = 120.0

_CLASES = ("clinica", "identidad")
_PRIMERA = 1


class LlaveDestruida(Exception):
    """The patient's key was destroyed: the content can no longer be read by anyone."""


class LlaveRepetida(Exception):
    """The patient already has keys."""


class LlaveInexistente(Exception):
    """The patient has no key (yet)."""


class LlaveroMalConfigurado(Exception):
    """The provider's keys are missing, malformed or do not open what they should."""


@dataclass(frozen=True, slots=True)
class Envuelta:
    """A patient's pair of DEKs as they lie on disk."""

    paciente: UUID
    version: int
    kek: str
    clinica: bytes | None
    identidad: bytes | None


@dataclass(frozen=True, slots=True)
class Llave:
    """An opened key, ready to seal and open."""

    version: int
    aead: AESGCM


class Proveedor(Protocol):
    """Who holds the KEKs: a file in the demo, a secret file or a PKCS#11 module in production."""

    @property
    def kek_actual(self) -> str: ...
    def envolver(self, dek: bytes, *, contexto: bytes) -> tuple[str, bytes]:
        """Under the current KEK: its name, and what is kept."""
        ...

    def desenvolver(self, envuelta: bytes, *, kek: str, contexto: bytes) -> bytes: ...
    def raiz_de_indices(self) -> bytes: ...


@runtime_checkable
class Rotable(Proveedor, Protocol):
    """A provider whose KEKs can be changed from here."""

    def estrenar(self) -> str:
        """Make a new KEK, the current one from now on; its name. Raises `LlaveroMalConfigurado`."""
        ...

    def retirar(self, kek: str) -> None:
        """Destroy a KEK that is not the current one. Raises `LlaveroMalConfigurado`."""
        ...


class Almacen(Protocol):
    """Where wrapped keys are kept: a store of its own, whose backups are short-lived."""

    def leer(self, paciente: UUID) -> list[Envuelta]: ...
    def guardar(self, envueltas: Sequence[Envuelta]) -> int:
        """Keep those pairs whose patient has not that version already; how many were kept."""
        ...

    def destruir(self, paciente: UUID) -> int:
        """Forget every wrapped key of `paciente`, for ever; how many versions there were."""
        ...


class ProveedorEnMemoria:
    """KEKs given as values (read from a file or a secret by the settings)."""

    def __init__(self, *, keks: dict[str, bytes], actual: str, raiz_indices: bytes) -> None:
        if actual not in keks or any(len(kek) != 32 for kek in keks.values()):
            raise LlaveroMalConfigurado("cada KEK mide 32 bytes y la actual debe estar entre ellas")
        if len(raiz_indices) != 32:
            raise LlaveroMalConfigurado("la raíz de índices mide 32 bytes")
        self._keks = {nombre: AESGCM(kek) for nombre, kek in keks.items()}
        self._actual = actual
        self._raiz = raiz_indices

    @property
    def kek_actual(self) -> str:
        return self._actual

    def tiene(self, kek: str) -> bool:
        return kek in self._keks

    def envolver(self, dek: bytes, *, contexto: bytes) -> tuple[str, bytes]:
        nonce = os.urandom(12)
        return self._actual, nonce + self._keks[self._actual].encrypt(nonce, dek, contexto)

    def desenvolver(self, envuelta: bytes, *, kek: str, contexto: bytes) -> bytes:
        if kek not in self._keks:
            raise LlaveroMalConfigurado(f"no está la KEK {kek!r}")
        try:
            return self._keks[kek].decrypt(envuelta[:12], envuelta[12:], contexto)
        except InvalidTag as error:
            raise LlaveroMalConfigurado("la KEK no abre la llave del paciente") from error

    def raiz_de_indices(self) -> bytes:
        return self._raiz


class _Llavero:
    def __init__(self) -> None:
        self.proveedor: Proveedor | None = None
        self.almacen: Almacen | None = None
        self._abiertas: OrderedDict[tuple[UUID, int, str], tuple[float, Llave]] = OrderedDict()
        self._actuales: OrderedDict[UUID, tuple[float, int]] = OrderedDict()
        self._candado = threading.Lock()

    def olvidar(self) -> None:
        with self._candado:
            self._abiertas.clear()
            self._actuales.clear()

    def olvidar_a(self, pacientes: Iterable[UUID]) -> None:
        quienes = frozenset(pacientes)
        with self._candado:
            for clave in [c for c in self._abiertas if c[0] in quienes]:
                del self._abiertas[clave]
            for paciente in quienes:
                self._actuales.pop(paciente, None)

    def recordar(self, clave: tuple[UUID, int, str], llave: Llave, *, actual: bool) -> None:
        vence = time.monotonic() + VIDA_SEGUNDOS
        with self._candado:
            self._abiertas[clave] = (vence, llave)
            if actual:
                self._actuales[clave[0]] = (vence, clave[1])
            while len(self._abiertas) > CAPACIDAD:
                self._abiertas.popitem(last=False)
            while len(self._actuales) > CAPACIDAD:
                self._actuales.popitem(last=False)

    def recordada(self, paciente: UUID, version: int | None, clase: str) -> Llave | None:
        ahora = time.monotonic()
        if version is None:
            actual = self._actuales.get(paciente)
            if actual is None or actual[0] < ahora:
                return None
            version = actual[1]
        entrada = self._abiertas.get((paciente, version, clase))
        if entrada is None or entrada[0] < ahora:
            return None
        return entrada[1]


_llavero = _Llavero()


def configurar(*, proveedor: Proveedor | None = None, almacen: Almacen | None = None) -> None:
    """Install the KEK provider (settings) and the store of wrapped keys (registros)."""
    _llavero.proveedor = proveedor or _llavero.proveedor
    _llavero.almacen = almacen or _llavero.almacen
    _llavero.olvidar()


def olvidar(*pacientes: UUID) -> None:
    """Drop the opened keys of `pacientes` (of everybody when none is named) from memory."""
    if pacientes:
        _llavero.olvidar_a(pacientes)
    else:
        _llavero.olvidar()


def _proveedor() -> Proveedor:
    if _llavero.proveedor is None:
        raise LlaveroMalConfigurado("no hay proveedor de llaves (ECE_LLAVERO)")
    return _llavero.proveedor


def _almacen() -> Almacen:
    if _llavero.almacen is None:
        raise LlaveroMalConfigurado("no hay almacén de llaves de pacientes")
    return _llavero.almacen


def _contexto(paciente: UUID, version: int, clase: str) -> bytes:
    return f"ece/dek/{clase}/{paciente.hex}/{version}".encode()


def crear(*accesos: Acceso) -> None:
    """Give each of these patients a first pair of keys, inside the act that registers them.

    The keys are remembered at once, for what follows in the act; one that is undone must `olvidar`
    them. Raises `LlaveRepetida`.
    """
    proveedor = _proveedor()
    envueltas: list[Envuelta] = []
    abiertas: list[tuple[UUID, str, bytes]] = []
    for acceso in accesos:
        verificar(acceso)
        deks = {clase: os.urandom(32) for clase in _CLASES}
        envueltas.append(_envolver(proveedor, acceso.paciente, _PRIMERA, deks))
        abiertas += [(acceso.paciente, clase, dek) for clase, dek in deks.items()]
    if _almacen().guardar(envueltas) != len(envueltas):
        raise LlaveRepetida("alguno de los pacientes ya tiene llave")
    for paciente, clase, dek in abiertas:
        llave = Llave(_PRIMERA, AESGCM(dek))
        _llavero.recordar((paciente, _PRIMERA, clase), llave, actual=True)


def _envolver(
    proveedor: Proveedor, paciente: UUID, version: int, deks: Mapping[str, bytes]
) -> Envuelta:
    """A pair under one KEK, though the current one may change between its two halves."""
    while True:
        cerradas = {
            clase: proveedor.envolver(dek, contexto=_contexto(paciente, version, clase))
            for clase, dek in deks.items()
        }
        keks = {kek for kek, _ in cerradas.values()}
        if len(keks) <= 1:
            break
    return Envuelta(
        paciente=paciente,
        version=version,
        kek=keks.pop(),
        clinica=cerradas["clinica"][1],
        identidad=cerradas["identidad"][1],
    )


def reenvolver(envueltas: Iterable[Envuelta], *, kek: str) -> list[tuple[Envuelta, Envuelta]]:
    """(as it was, under `kek`, which is the current one) of pairs that are not destroyed.

    No key leaves: what is opened is closed again here. Raises `LlaveroMalConfigurado`.
    """
    proveedor = _proveedor()
    if proveedor.kek_actual != kek:
        raise LlaveroMalConfigurado(f"la llave actual es otra que {kek}")
    cambios = []
    for envuelta in envueltas:
        deks = {}
        for clase, cerrada in (("clinica", envuelta.clinica), ("identidad", envuelta.identidad)):
            if cerrada is not None:
                contexto = _contexto(envuelta.paciente, envuelta.version, clase)
                deks[clase] = proveedor.desenvolver(cerrada, kek=envuelta.kek, contexto=contexto)
        if len(deks) == len(_CLASES):
            nueva = _envolver(proveedor, envuelta.paciente, envuelta.version, deks)
            cambios.append((envuelta, nueva))
    return cambios


def asegurar(acceso: Acceso) -> None:
    """Give the compartment of `acceso` keys unless it has them (several may try at once)."""
    if not _almacen().leer(acceso.paciente):
        with contextlib.suppress(LlaveRepetida):
            crear(acceso)


def destruir(paciente: UUID) -> int:
    """Shred the keys of `paciente`, inside the transaction of its event; how many there were."""
    cuantas = _almacen().destruir(paciente)
    olvidar(paciente)
    return cuantas


def _abrir(
    paciente: UUID, version: int | None, clase: str, envuelta: Envuelta | None = None
) -> Llave:
    if recordada := _llavero.recordada(paciente, version, clase):
        return recordada
    if envuelta is not None and version in (None, envuelta.version):
        elegida = envuelta
    else:
        todas = _almacen().leer(paciente)
        candidatas = [e for e in todas if version in (None, e.version)]
        if not candidatas:
            raise LlaveInexistente(f"el paciente {paciente} no tiene llave")
        elegida = max(candidatas, key=lambda e: e.version)
    cerrada: bytes | None = getattr(elegida, clase)
    if cerrada is None:
        raise LlaveDestruida(f"la llave del paciente {paciente} fue destruida")
    dek = _proveedor().desenvolver(
        cerrada, kek=elegida.kek, contexto=_contexto(paciente, elegida.version, clase)
    )
    llave = Llave(elegida.version, AESGCM(dek))
    actual = version is None or envuelta is elegida
    _llavero.recordar((paciente, elegida.version, clase), llave, actual=actual)
    return llave


def clave_clinica(
    acceso: Acceso, *, version: int | None = None, envuelta: Envuelta | None = None
) -> Llave:
    """The clinical key of the patient of `acceso`; `version` None means the current one.

    `envuelta` saves a query when the caller already read the wrapped pair (the current one) beside
    the row. Raises `AccesoInvalido`, `LlaveInexistente`, `LlaveDestruida`.
    """
    verificar(acceso)
    if not isinstance(acceso, Acceso):
        raise AccesoInvalido("la llave clínica sólo abre con un Acceso de su paciente")
    if envuelta is not None and envuelta.paciente != acceso.paciente:
        raise AccesoInvalido("la llave es de otro paciente")
    return _abrir(acceso.paciente, version, "clinica", envuelta)


def clave_de_identidad(
    prueba: Prueba,
    paciente: UUID,
    *,
    version: int | None = None,
    envuelta: Envuelta | None = None,
) -> Llave:
    """The identity key of `paciente`, for an Acceso of theirs or an Alcance that covers them."""
    verificar(prueba)
    cubre = prueba.cubre(paciente) if isinstance(prueba, Alcance) else prueba.paciente == paciente
    if not cubre or (envuelta is not None and envuelta.paciente != paciente):
        raise AccesoInvalido("el acceso no alcanza a este paciente")
    return _abrir(paciente, version, "identidad", envuelta)


def clave_de_indice(etiqueta: str) -> bytes:
    """The HMAC key of one search parameter (HKDF-SHA256, RFC 5869, one label each)."""
    return _derivar(f"ece/ficha/v1/{etiqueta}")


def clave_institucional(uso: str) -> bytes:
    """A 32-byte key of the installation's own, for what belongs to no patient's compartment."""
    return _derivar(f"ece/institucion/v1/{uso}")


def _derivar(etiqueta: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=etiqueta.encode())
    return hkdf.derive(_proveedor().raiz_de_indices())
