"""What a search is once it is understood: columns, tokens, tests on the content, and its shape."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ece import fhir
from ece.fhir import Criterio, CriterioCompuesto, Filtro
from registros.selectors.recursos import Consulta, Orden, Rango

CUENTA = 50
CUENTA_MAXIMA = 500


@dataclass(frozen=True, slots=True)
class Inclusion:
    """``_include`` or ``_revinclude``: `tipo`'s parameter (or ``*``), and the type it leads to (or
    any). `iterar`: also from what was included."""

    tipo: str
    parametro: str
    destino: str
    iterar: bool = False


@dataclass(frozen=True, slots=True)
class Cadena:
    """A chain: `parametro` must lead to something that one of `planes` finds."""

    parametro: str
    planes: tuple["Plan", ...]


@dataclass(frozen=True, slots=True)
class Inversa:
    """``_has``: something that `plan` finds must lead here by its `parametro`."""

    parametro: str
    plan: "Plan"


@dataclass(frozen=True, slots=True)
class Clave:
    """A key of ``_sort``."""

    codigo: str
    descendente: bool


@dataclass(slots=True)
class Plan:
    """What to ask the database, what to verify afterwards, and how to show it.

    `senas` are the token groups that few rows can have (an identifier, a day): where there are any,
    they find the rows and the other `fichas`, which may stand for a fifth of them, are tested.
    `claves` are the keys of a sort that no column gives.
    """

    tipo: str
    paciente: UUID | None = None
    pacientes: tuple[UUID, ...] | None = None
    ids: tuple[UUID, ...] | None = None
    fichas: list[tuple[int, ...]] = field(default_factory=list)
    senas: list[tuple[int, ...]] = field(default_factory=list)
    sin_fichas: list[tuple[int, ...]] = field(default_factory=list)
    criterios: list[Criterio] = field(default_factory=list)
    compuestos: list[CriterioCompuesto] = field(default_factory=list)
    filtros: list[Filtro] = field(default_factory=list)
    cadenas: list[Cadena] = field(default_factory=list)
    inversas: list[Inversa] = field(default_factory=list)
    actualizado: Rango = field(default_factory=Rango)
    orden: Orden = Orden.ID
    claves: tuple[Clave, ...] = ()
    cuenta: int = CUENTA
    resumen: str = ""
    elementos: tuple[str, ...] = ()
    total: str = "none"
    incluir: list[Inclusion] = field(default_factory=list)
    incluir_inverso: list[Inclusion] = field(default_factory=list)
    despues: tuple[Any, UUID] | None = None
    ignorados: list[str] = field(default_factory=list)

    def consulta(self, *, despues: tuple[Any, UUID] | None, limite: int) -> Consulta:
        return Consulta(
            tipo=self.tipo,
            ids=self.ids,
            pacientes=self.pacientes,
            fichas=tuple(self.senas or self.fichas),
            filtros=tuple(self.fichas) if self.senas else (),
            sin_fichas=tuple(self.sin_fichas),
            actualizado=self.actualizado,
            orden=self.orden,
            despues=despues,
            limite=limite,
        )

    @property
    def por_verificar(self) -> bool:
        """Whether tokens and columns do not settle it."""
        return bool(self.criterios or self.compuestos or self.filtros)

    def coincide(self, recurso: dict[str, Any]) -> bool:
        """The exact test of what tokens alone could not decide."""
        codigos = frozenset(c.parametro for c in self.criterios)
        codigos = codigos.union(*(f.codigos for f in self.filtros))
        indices = fhir.indices(recurso, de=codigos) if codigos else []
        return (
            all(criterio.coincide(indices) for criterio in self.criterios)
            and all(filtro.coincide(indices) for filtro in self.filtros)
            and all(compuesto.coincide(recurso) for compuesto in self.compuestos)
        )

    def limitar_ids(self, ids: Sequence[UUID] | set[UUID]) -> None:
        """Only rows of `ids`, besides what was already asked."""
        propios = set(ids) if self.ids is None else set(ids) & set(self.ids)
        self.ids = tuple(sorted(propios))

    def limitar_pacientes(self, pacientes: Sequence[UUID] | set[UUID]) -> None:
        previos = self.pacientes
        propios = set(pacientes) if previos is None else set(pacientes) & set(previos)
        self.pacientes = tuple(sorted(propios))

    @property
    def vacio(self) -> bool:
        """Whether nothing can match (an id that is not one of ours)."""
        return self.ids == () or self.pacientes == ()
