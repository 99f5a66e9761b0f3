"""What an app may touch at most: SMART App Launch 2.2 scopes, as values.

A scope never opens anything. The decision says what its person (or machine) may do, and scopes cut
that down: types, verbs, rows by a search parameter, and the one patient of the launch.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl
from uuid import UUID

from ece.nucleo.reserva import TODO, Ambito, Veda

_FORMA = re.compile(
    r"(?P<contexto>patient|user|system)/(?P<tipo>\*|[A-Z][A-Za-z]+)"
    r"\.(?P<verbos>c?r?u?d?s?|read|write|\*)(?:\?(?P<filtro>[^\s?]+))?"
)
_V1 = {"read": "rs", "write": "cud", "*": "cruds"}
CUALQUIERA = "*"


class AmbitoInvalido(ValueError):
    """The text is no SMART scope about resources."""


@dataclass(frozen=True, slots=True)
class Concedido:
    """One scope: `verbos` of ``cruds`` over `tipo`; rows that carry one of `fichas`, if not None.

    `filtro` is the (parameter, value) that `fichas` are the tokens of.
    """

    contexto: str
    tipo: str
    verbos: frozenset[str]
    filtro: tuple[str, str] | None = None
    fichas: frozenset[int] | None = None

    def alcanza(self, tipo: str) -> bool:
        return self.tipo in (CUALQUIERA, tipo)

    def con_fichas(self, fichas: Iterable[int]) -> "Concedido":
        return replace(self, fichas=frozenset(fichas))

    def __str__(self) -> str:
        verbos = "".join(v for v in "cruds" if v in self.verbos)
        filtro = f"?{self.filtro[0]}={self.filtro[1]}" if self.filtro else ""
        return f"{self.contexto}/{self.tipo}.{verbos}{filtro}"


def leer(texto: str) -> Concedido:
    """One scope, of version 2 or 1. Raises `AmbitoInvalido`, also for more than one parameter."""
    hallado = _FORMA.fullmatch(texto)
    if hallado is None:
        raise AmbitoInvalido(texto)
    verbos = frozenset(_V1.get(hallado["verbos"], hallado["verbos"]))
    if not verbos:
        raise AmbitoInvalido(texto)
    filtro = None
    if hallado["filtro"] is not None:
        pares = parse_qsl(hallado["filtro"], keep_blank_values=True)
        if len(pares) != 1 or not pares[0][1] or hallado["tipo"] == CUALQUIERA:
            raise AmbitoInvalido(texto)
        # A row is created before it has anything to be searched by: such a scope only reads.
        if not verbos <= {"r", "s"}:
            raise AmbitoInvalido(texto)
        filtro = pares[0]
    return Concedido(hallado["contexto"], hallado["tipo"], verbos, filtro)


@dataclass(frozen=True, slots=True)
class Ambitos:
    """What the app that holds a token may touch at most, in the name of whoever lent it.

    `paciente` is the only one, when the launch was about one; `aplicacion`, the client's id;
    `autorizacion`, the grant of the person (none for a machine's own token).
    """

    concedidos: tuple[Concedido, ...]
    aplicacion: str = ""
    paciente: UUID | None = None
    autorizacion: UUID | None = None

    def permite(self, verbo: str, tipo: str) -> bool:
        return any(verbo in c.verbos and c.alcanza(tipo) for c in self.concedidos)

    @property
    def escriben(self) -> bool:
        return any(c.verbos & {"c", "u", "d"} for c in self.concedidos)

    def tipos(self, verbo: str) -> frozenset[str] | None:
        """The types that `verbo` reaches; None is any."""
        suyos = [c.tipo for c in self.concedidos if verbo in c.verbos]
        return None if CUALQUIERA in suyos else frozenset(suyos)

    def veda(self) -> Veda | None:
        """What the scopes leave out of a record; None when they leave out nothing."""
        leen = [c for c in self.concedidos if c.verbos & {"r", "s"}]
        if any(c.tipo == CUALQUIERA for c in leen):
            return None
        enteros = frozenset(c.tipo for c in leen if c.fichas is None)
        salvo = [Ambito(tipos=enteros)] if enteros else []
        salvo += [
            Ambito(tipos=frozenset({c.tipo}), fichas=c.fichas)
            for c in leen
            if c.fichas is not None and c.tipo not in enteros
        ]
        return Veda(TODO, tuple(salvo), por_ambito=True)
