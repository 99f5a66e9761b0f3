"""What is withheld, inside a record, from whoever holds a proof of access to it.

A `Reserva` is a list of vetoes: a row is hidden when some veto covers it and none of that veto's
exceptions does. Adding a veto never shows anything. The same rule is given three ways, which a test
holds together: on values, as SQL over clear columns, and as a Django condition.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q

_SIEMPRE = datetime.min.replace(tzinfo=UTC)
_NUNCA = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Periodo:
    """A half-open interval of clinical instants."""

    desde: datetime = _SIEMPRE
    hasta: datetime = _NUNCA

    def issuperset(self, otro: "Periodo") -> bool:
        return self.desde <= otro.desde and otro.hasta <= self.hasta

    def __contains__(self, instante: datetime | None) -> bool:
        return instante is not None and self.desde <= instante < self.hasta


@dataclass(frozen=True, slots=True)
class Ambito:
    """A set of records of one patient, narrowed by each dimension that is not None.

    `tipos` are R4 types, `etiquetas` sensitive categories (in a proof, their tokens), `encuentros`
    visits (and what hangs from them), `autores` who wrote the current version, `registros` single
    records, `periodo` when it happened, `fichas` search tokens of which a row carries one.
    """

    tipos: frozenset[str] | None = None
    etiquetas: frozenset[str] | frozenset[int] | None = None
    encuentros: frozenset[UUID] | None = None
    autores: frozenset[UUID] | None = None
    registros: frozenset[UUID] | None = None
    periodo: Periodo | None = None
    fichas: frozenset[int] | None = None

    @property
    def total(self) -> bool:
        return self == TODO

    def en_fichas(self, ficha: Callable[[str], int]) -> "Ambito":
        if self.etiquetas is None:
            return self
        return replace(self, etiquetas=frozenset(ficha(str(e)) for e in self.etiquetas))

    def contiene(self, otro: "Ambito") -> bool:
        """Whether `otro`, dimension by dimension, says no more than this."""
        pares: tuple[tuple[Any, Any], ...] = (
            (self.tipos, otro.tipos),
            (self.etiquetas, otro.etiquetas),
            (self.encuentros, otro.encuentros),
            (self.autores, otro.autores),
            (self.registros, otro.registros),
            (self.periodo, otro.periodo),
            (self.fichas, otro.fichas),
        )
        return all(
            mio is None or (suyo is not None and mio.issuperset(suyo)) for mio, suyo in pares
        )


TODO = Ambito()


@dataclass(frozen=True, slots=True)
class Renglon:
    """What is clear of a row: enough to tell whether it is withheld."""

    tipo: str
    etiquetas: Sequence[int] = ()
    encuentro: UUID | None = None
    autor: UUID | None = None
    id: UUID | None = None
    fecha: datetime | None = None
    fichas: Sequence[int] = ()
    """Its search tokens, where a reserve asks for them (`Reserva.pide_fichas`)."""


@dataclass(frozen=True, slots=True)
class Veda:
    """Nothing of `sobre` is shown, but for what is in one of `salvo`.

    `por_ambito`: it is what an app or an agreement reaches, not what a person withholds. Then it
    also covers who the person is.
    """

    sobre: Ambito
    salvo: tuple[Ambito, ...] = ()
    por_ambito: bool = False

    @property
    def total(self) -> bool:
        """Whether it leaves nothing to be seen."""
        return self.sobre.total and not self.salvo


@dataclass(frozen=True)
class Reserva:
    """What is withheld; `crea` and `cambia` are the types that may be written (None: any)."""

    vedas: tuple[Veda, ...] = ()
    crea: frozenset[str] | None = None
    cambia: frozenset[str] | None = None

    def __bool__(self) -> bool:
        return bool(self.vedas)

    @cached_property
    def huella(self) -> int:
        """What the seal of a proof covers of it."""
        return hash((self.vedas, self.crea, self.cambia))

    @cached_property
    def pide_fichas(self) -> bool:
        """Whether it tells rows by their search tokens."""
        return any(
            ambito.fichas is not None for veda in self.vedas for ambito in (veda.sobre, *veda.salvo)
        )

    def escribe(self, tipo: str, *, nuevo: bool) -> bool:
        """Whether a resource of `tipo` may be written, as far as the reach goes."""
        tipos = self.crea if nuevo else self.cambia
        return tipos is None or tipo in tipos

    def para(self, tipo: str) -> "Reserva":
        """What of it is about a table of `tipo`: who somebody is comes with being let in at all,
        so that only the reach of an app or of an agreement leaves it out."""
        if tipo not in SIN_RESERVA_DE or not self.vedas:
            return self
        return Reserva(tuple(veda for veda in self.vedas if veda.por_ambito))

    @property
    def total(self) -> bool:
        """Whether nothing at all can be seen."""
        return any(veda.total for veda in self.vedas)

    def en_fichas(self, ficha: Callable[[str], int]) -> "Reserva":
        """The same, with the labels as the tokens by which rows of one patient carry them."""
        return replace(
            self,
            vedas=tuple(
                replace(
                    v,
                    sobre=v.sobre.en_fichas(ficha),
                    salvo=tuple(a.en_fichas(ficha) for a in v.salvo),
                )
                for v in self.vedas
            ),
        )

    def oculta(self, renglon: Renglon) -> bool:
        """Whether the row is withheld."""
        return any(
            _cubre(veda.sobre, renglon)
            and not any(_cubre(excepcion, renglon) for excepcion in veda.salvo)
            for veda in self.para(renglon.tipo).vedas
        )

    def sql(self, *, tipo: str) -> tuple[str, list[Any]]:
        """The condition, over a row ``r``, of what may be seen; `tipo` is an SQL expression."""
        condiciones, parametros = [], list[Any]()
        for veda in self.vedas:
            sobre = _sql(veda.sobre, tipo, parametros)
            salvo = [_sql(excepcion, tipo, parametros) for excepcion in veda.salvo]
            menos = f" AND NOT ({' OR '.join(salvo)})" if salvo else ""
            condiciones.append(f"NOT ({sobre}{menos})")
        return " AND ".join(condiciones) or "true", parametros

    def q(self, *, tipo: str) -> Q:
        """The same condition for rows of a table of one type (or, ``*``, that says each's)."""
        visible = Q()
        for veda in self.vedas:
            oculto = _q(veda.sobre, tipo)
            for excepcion in veda.salvo:
                oculto &= ~_q(excepcion, tipo)
            visible &= ~oculto
        return visible


SIN_RESERVA = Reserva()
SIN_RESERVA_DE = frozenset({"Patient"})
"""Who somebody is comes with being let in at all."""


def _cubre(ambito: Ambito, renglon: Renglon) -> bool:
    return (
        (ambito.tipos is None or renglon.tipo in ambito.tipos)
        and (ambito.encuentros is None or renglon.encuentro in ambito.encuentros)
        and (ambito.autores is None or renglon.autor in ambito.autores)
        and (ambito.registros is None or renglon.id in ambito.registros)
        and (ambito.periodo is None or renglon.fecha in ambito.periodo)
        and (ambito.etiquetas is None or not ambito.etiquetas.isdisjoint(renglon.etiquetas))
        and (ambito.fichas is None or not ambito.fichas.isdisjoint(renglon.fichas))
    )


def _sql(ambito: Ambito, tipo: str, parametros: list[Any]) -> str:
    partes = list(_partes(ambito))
    for columna, _, valores in partes:
        if columna == "fecha":
            parametros += valores
        else:
            parametros.append("{" + ",".join(map(str, valores)) + "}")
    textos = {
        "tipo": f"{tipo} = ANY(%s::text[])",
        "encuentro": "COALESCE(r.encuentro = ANY(%s::uuid[]), false)",
        "autor": "r.autor = ANY(%s::uuid[])",
        "id": "r.id = ANY(%s::uuid[])",
        "fecha": "r.fecha >= %s AND r.fecha < %s",
        "etiquetas": "r.etiquetas && %s::bigint[]",
        # the concatenation keeps the planner from its index: these rows were found already
        "fichas": "(r.fichas || '{}'::bigint[]) && %s::bigint[]",
    }
    return " AND ".join(textos[columna] for columna, _, _ in partes) or "true"


def _q(ambito: Ambito, tipo: str) -> Q:
    q = Q()
    for columna, operador, valores in _partes(ambito):
        if columna == "tipo" and tipo != "*":
            q &= Q() if tipo in valores else Q(pk__in=[])
        elif columna == "fecha":
            q &= Q(fecha__gte=valores[0]) & Q(fecha__lt=valores[1])
        elif columna == "encuentro":  # a row of no visit is outside, not unknown
            q &= Q(encuentro__isnull=False) & Q(encuentro__in=valores)
        else:
            q &= Q(**{f"{columna}__{operador}": valores})
    return q or ~Q(pk__in=[])


def _partes(ambito: Ambito) -> Iterator[tuple[str, str, list[Any]]]:
    if ambito.tipos is not None:
        yield "tipo", "in", sorted(ambito.tipos)
    if ambito.encuentros is not None:
        yield "encuentro", "in", sorted(ambito.encuentros)
    if ambito.autores is not None:
        yield "autor", "in", sorted(ambito.autores)
    if ambito.periodo is not None:
        yield "fecha", "range", [ambito.periodo.desde, ambito.periodo.hasta]
    if ambito.registros is not None:
        yield "id", "in", sorted(ambito.registros)
    if ambito.etiquetas is not None:
        yield "etiquetas", "overlap", sorted(ambito.etiquetas)
    if ambito.fichas is not None:
        yield "fichas", "overlap", sorted(ambito.fichas)
