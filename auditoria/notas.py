"""C2SP signed notes: checkpoints, their signatures and the cosignatures of witnesses. Pure.

https://c2sp.org/signed-note, /tlog-checkpoint and /tlog-cosignature (Ed25519, types 0x01 and 0x04).
A checkpoint of ours has two extension lines: the root of the map of completeness (`auditoria.mapa`)
and the instant of the seal; a log without them is read all the same.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

FIRMA, COFIRMA = b"\1", b"\4"
MAPA, MOMENTO = "ece.mapa/v1 ", "ece.momento/v1 "
_RENGLON = "\u2014 "
_NOMBRE = re.compile(r"[^\s+]+")
_NUMERO = re.compile(r"0|[1-9][0-9]{0,18}")
LARGA = 64 * 1024
"""More than any note of ours, in bytes; a longer one is not read."""


class NotaInvalida(Exception):
    """The note is malformed, or no key that is trusted signed it."""


@dataclass(frozen=True, slots=True)
class Verificadora:
    """A public key that signs notes: its name, what it signs (0x01 log, 0x04 witness), 32 bytes."""

    nombre: str
    clase: bytes
    publica: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.nombre.encode() + b"\n" + self.clase + self.publica).digest()[:4]

    @property
    def vkey(self) -> str:
        """As it is written for others: ``name+id+key``."""
        return f"{self.nombre}+{self.id.hex()}+{_b64(self.clase + self.publica)}"

    @classmethod
    def de_vkey(cls, texto: str) -> "Verificadora":
        """Raises `NotaInvalida`."""
        nombre, _, resto = texto.strip().partition("+")
        id_, _, cuerpo = resto.partition("+")
        crudo = _de_b64(cuerpo)
        if not _NOMBRE.fullmatch(nombre) or len(crudo) != 33 or crudo[:1] not in (FIRMA, COFIRMA):
            raise NotaInvalida("la llave no tiene la forma nombre+id+clave")
        llave = cls(nombre, crudo[:1], crudo[1:])
        if llave.id.hex() != id_:
            raise NotaInvalida("el id de la llave no es el suyo")
        return llave


@dataclass(frozen=True, slots=True)
class Firmante:
    """A key that signs notes of a log."""

    nombre: str
    privada: Ed25519PrivateKey
    clase: bytes = FIRMA

    @property
    def verificadora(self) -> Verificadora:
        return Verificadora(self.nombre, self.clase, self.privada.public_key().public_bytes_raw())

    def renglon(self, texto: str, *, segundos: int = 0) -> str:
        """The signature line of `texto`; a witness says at which POSIX `segundos` it saw it."""
        marca = segundos.to_bytes(8, "big") if self.clase == COFIRMA else b""
        firma = self.privada.sign(_mensaje(self.clase, texto, segundos))
        return f"{_RENGLON}{self.nombre} {_b64(self.verificadora.id + marca + firma)}\n"


@dataclass(frozen=True, slots=True)
class Firma:
    """A signature line; `segundos` is when, of a witness."""

    nombre: str
    id: bytes
    cuerpo: bytes

    def de(self, llave: Verificadora) -> bool:
        return (self.nombre, self.id) == (llave.nombre, llave.id)

    @property
    def segundos(self) -> int:
        return int.from_bytes(self.cuerpo[:8], "big") if len(self.cuerpo) == 72 else 0

    def vale(self, llave: Verificadora, texto: str) -> bool:
        largo = 72 if llave.clase == COFIRMA else 64
        if not self.de(llave) or len(self.cuerpo) != largo:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(llave.publica).verify(
                self.cuerpo[-64:], _mensaje(llave.clase, texto, self.segundos)
            )
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Nota:
    """A text and the lines that sign it."""

    texto: str
    firmas: tuple[Firma, ...]

    @classmethod
    def leer(cls, cruda: str) -> "Nota":
        """Raises `NotaInvalida`."""
        texto, separador, pie = cruda.rpartition("\n\n")
        if len(cruda) > LARGA or not separador or not pie.endswith("\n"):
            raise NotaInvalida("la nota no tiene texto, un renglón vacío y firmas")
        if any(c < " " and c != "\n" for c in cruda):
            raise NotaInvalida("la nota tiene caracteres de control")
        return cls(texto + "\n", tuple(map(_firma, pie.removesuffix("\n").split("\n"))))

    def firmada_por(self, llaves: Iterable[Verificadora]) -> list[Verificadora]:
        """Those of `llaves` that signed; one whose line is false refuses the whole note.

        Raises `NotaInvalida`, also when none did.
        """
        buenas = []
        for llave in llaves:
            for firma in self.firmas:
                if firma.de(llave):
                    if not firma.vale(llave, self.texto):
                        raise NotaInvalida(f"la firma de {llave.nombre} es falsa")
                    buenas.append(llave)
        if not buenas:
            raise NotaInvalida("no la firma ninguna llave conocida")
        return buenas


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: how many leaves, their root and, of ours, the root of the map."""

    origen: str
    tamano: int
    raiz: bytes
    mapa: bytes = b""
    momento: str = ""

    @property
    def texto(self) -> str:
        renglones = [self.origen, str(self.tamano), _b64(self.raiz)]
        if self.mapa:
            renglones.append(MAPA + _b64(self.mapa))
        if self.momento:
            renglones.append(MOMENTO + self.momento)
        return "\n".join(renglones) + "\n"

    @classmethod
    def leer(cls, texto: str) -> "Checkpoint":
        """Raises `NotaInvalida`."""
        origen, tamano, raiz, *otros = [*texto.removesuffix("\n").split("\n"), "", "", ""][:8]
        crudo = _de_b64(raiz)
        if not origen or not _NUMERO.fullmatch(tamano) or len(crudo) != 32:
            raise NotaInvalida("no es un checkpoint")
        mapa = next((_de_b64(o.removeprefix(MAPA)) for o in otros if o.startswith(MAPA)), b"")
        momento = next((o.removeprefix(MOMENTO) for o in otros if o.startswith(MOMENTO)), "")
        return cls(origen, int(tamano), crudo, mapa, momento)


def firmar(texto: str, firmantes: Sequence[Firmante]) -> str:
    """The note: `texto`, an empty line, and a line of each of `firmantes`."""
    return texto + "\n" + "".join(firmante.renglon(texto) for firmante in firmantes)


def _firma(renglon: str) -> Firma:
    nombre, _, cuerpo = renglon.removeprefix(_RENGLON).partition(" ")
    crudo = _de_b64(cuerpo)
    if not renglon.startswith(_RENGLON) or not _NOMBRE.fullmatch(nombre) or len(crudo) < 5:
        raise NotaInvalida("un renglón de firma está mal formado")
    return Firma(nombre, crudo[:4], crudo[4:])


def _mensaje(clase: bytes, texto: str, segundos: int) -> bytes:
    if clase == COFIRMA:
        return f"cosignature/v1\ntime {segundos}\n{texto}".encode()
    return texto.encode()


def _b64(crudo: bytes) -> str:
    return base64.b64encode(crudo).decode()


def _de_b64(texto: str) -> bytes:
    try:
        return base64.b64decode(texto, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotaInvalida("base64 mal formado") from error
