"""Whether two multitudes are the same, in any order and without keeping them: their keyed sums.

The key is drawn for each run, so that nobody can choose rows that cancel one another out. They are
kept apart by the last byte of the record's id, to look only where they differ.
"""

from dataclasses import dataclass, field
from hashlib import blake2b

PARTES = 256
_MODULO = (1 << 256) - 1


@dataclass(slots=True)
class Sumas:
    de: dict[int, int] = field(default_factory=dict)
    cuantas: int = 0

    def sumar(self, clave: bytes, *dicho: str | int) -> None:
        """Add one version: type, id, number, digests and event, as text."""
        parte = int(str(dicho[1])[-2:], 16)
        crudo = "|".join(map(str, dicho)).encode()
        sumando = int.from_bytes(blake2b(crudo, key=clave, digest_size=32).digest(), "big")
        self.de[parte] = (self.de.get(parte, 0) + sumando) & _MODULO
        self.cuantas += 1

    def juntar(self, otras: "Sumas") -> None:
        for parte, suma in otras.de.items():
            self.de[parte] = (self.de.get(parte, 0) + suma) & _MODULO
        self.cuantas += otras.cuantas

    def distintas(self, otras: "Sumas") -> set[int]:
        """The parts in which the two differ."""
        partes = self.de.keys() | otras.de.keys()
        return {p for p in partes if self.de.get(p, 0) != otras.de.get(p, 0)}
