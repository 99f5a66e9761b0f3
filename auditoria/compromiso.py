"""What a leaf of the log commits to: an event, under a salt that only its holders know. Pure.

Whoever has the leaf learns nothing of the event; whoever is given its bytes and its salt can make
the leaf again. An event about several patients commits to its parts apart, so that each of them can
be given theirs without naming the others.

    one patient or none   entry = SHA-256("ece/evento/1\\n" ‖ salt ‖ bytes)
    several               entry = SHA-256("ece/evento/n\\n" ‖ SHA-256(salt 0 ‖ part 0) ‖ …)

The parts: the event without `pacientes` and `escritos`; what was written; then a patient each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Any

import msgspec

DE_UNO, DE_VARIOS, DEL_MAPA = b"ece/evento/1\n", b"ece/evento/n\n", b"ece/mapa/1\n"
_canonico = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True)
class Apertura:
    """What opens a leaf, for one of the patients of its event.

    `partes` are (salt, bytes) of what they may read, or (None, digest) of what is of others.
    """

    de_varios: bool
    partes: tuple[tuple[bytes | None, bytes], ...]

    @property
    def entrada(self) -> bytes:
        if not self.de_varios:
            ((sal, dato),) = self.partes
            return sha256(DE_UNO + (sal or b"") + dato).digest()
        huellas = (
            dato if sal is None else sha256(sal + dato).digest() for sal, dato in self.partes
        )
        return sha256(DE_VARIOS + b"".join(huellas)).digest()

    def json(self) -> dict[str, Any]:
        return {
            "varios": self.de_varios,
            "partes": [
                {"huella": dato.hex()} if sal is None else {"sal": sal.hex(), "dato": dato.decode()}
                for sal, dato in self.partes
            ],
        }


def sal(clave: bytes, evento: bytes, parte: int = 0) -> bytes:
    """The salt of a part of an event (its 16 bytes): a PRF, so that none has to be kept."""
    dicho = evento if not parte else evento + parte.to_bytes(4, "big")
    return blake2b(dicho, key=clave, digest_size=32).digest()


def seudonimo(paciente: bytes) -> bytes:
    """The key of a patient (their 16 bytes) in the map of completeness.

    No secret goes into it: a patient can make it, and so knows that they have no other. What is
    handed out of the map are hashes over the head of somebody's chain, which nobody can guess.
    """
    return sha256(DEL_MAPA + paciente).digest()


def entrada(clave: bytes, evento: bytes, contenido: bytes, *, varios: bool) -> bytes:
    """The 32 bytes that the log takes as its entry for an event."""
    if not varios:
        return sha256(DE_UNO + sal(clave, evento) + contenido).digest()
    huellas = [
        sha256(sal(clave, evento, i) + parte).digest() for i, parte in enumerate(partes(contenido))
    ]
    return sha256(DE_VARIOS + b"".join(huellas)).digest()


def partes(contenido: bytes) -> Sequence[bytes]:
    dicho = msgspec.json.decode(contenido)
    pacientes, escritos = dicho["pacientes"], dicho["escritos"]
    cuerpo = {**dicho, "pacientes": [], "escritos": []}
    return [_canonico.encode(cuerpo), _canonico.encode(escritos), *(p.encode() for p in pacientes)]


def apertura(
    clave: bytes, evento: bytes, contenido: bytes, *, varios: bool, para: str | None
) -> Apertura:
    """What opens the leaf of an event to the patient `para` (None: to who may read it whole)."""
    if not varios:
        return Apertura(False, ((sal(clave, evento), contenido),))
    abiertas: list[tuple[bytes | None, bytes]] = []
    for i, parte in enumerate(partes(contenido)):
        la_sal = sal(clave, evento, i)
        propia = i == 0 or para is None or parte == para.encode()
        abiertas.append((la_sal, parte) if propia else (None, sha256(la_sal + parte).digest()))
    return Apertura(True, tuple(abiertas))
