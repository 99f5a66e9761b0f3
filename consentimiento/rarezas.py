"""What makes an access stand out, as pure rules over the log of one day. No name leaves here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import fmean, pstdev
from uuid import UUID

from ece.nucleo import fichas, frecuencias
from ece.nucleo.roles import Rol

RARO = 0.002
"""Share of surnames below which sharing one is no coincidence."""
NOCHE_DESDE, NOCHE_HASTA = 22, 6
DE_GUARDIA = frozenset({Rol.URGENCIAS, Rol.ENFERMERIA, Rol.RESIDENTE, Rol.INTERNO})
"""Posts that work at any hour."""
MUCHOS, DESVIACIONES, IGUALES = 20, 3.0, 4
"""Records in a day, and deviations above the peers (of whom there must be some), that are many."""
PAUSA, BUSQUEDAS = timedelta(seconds=20), 40
"""Keystrokes closer than this are one search; so many searches in a day are many."""
SIN_LAZO = frozenset({"concesion", "autorizacion", "admision"})
"""Grounds that no visit, appointment or order explains."""


@dataclass(slots=True)
class Mirada:
    """What one person looked at of one record in a day."""

    actor: UUID
    paciente: UUID
    roles: frozenset[str] = frozenset()
    eventos: list[UUID] = field(default_factory=list)
    momentos: list[datetime] = field(default_factory=list)
    fundamentos: set[str] = field(default_factory=set)
    en_clinica: bool = False
    hizo: bool = False


def apellidos(nombre: str) -> frozenset[str]:
    """The words of surnames, as they are compared."""
    return frozenset(fichas.palabras(nombre)) - {"DE", "DEL", "LA", "LAS", "LOS", "Y"}


def comparten(unos: frozenset[str], otros: frozenset[str]) -> bool:
    """Whether two people's surnames are too alike to be chance: two words, or a rare one."""
    comunes = unos & otros
    return len(comunes) > 1 or any(frecuencias.frecuencia_apellido(c) < RARO for c in comunes)


def nocturnos(mirada: Mirada) -> Iterator[tuple[UUID, datetime]]:
    """The events of the night (their instants are local), of who does not work at night."""
    if not mirada.roles & DE_GUARDIA:
        for evento, momento in zip(mirada.eventos, mirada.momentos, strict=True):
            if momento.hour >= NOCHE_DESDE or momento.hour < NOCHE_HASTA:
                yield evento, momento


def sin_lazo(mirada: Mirada) -> bool:
    """Nothing in the record ties them, and nothing was done with it."""
    return bool(mirada.fundamentos) and mirada.fundamentos <= SIN_LAZO and not mirada.hizo


def voluminosos(miradas: Iterable[Mirada]) -> dict[UUID, list[UUID]]:
    """actor -> events, of who opened far more records than the others of their post did."""
    suyas: dict[UUID, list[Mirada]] = defaultdict(list)
    for mirada in miradas:
        suyas[mirada.actor].append(mirada)
    por_puesto: dict[frozenset[str], dict[UUID, int]] = defaultdict(dict)
    for actor, propias in suyas.items():
        por_puesto[propias[0].roles][actor] = len(propias)
    hallados = {}
    for cuentas in por_puesto.values():
        for actor, cuantos in cuentas.items():
            iguales = [n for otro, n in cuentas.items() if otro != actor]
            if cuantos < MUCHOS or len(iguales) < IGUALES:
                continue
            # A deviation of less than one record would make of any difference a great one.
            if (cuantos - fmean(iguales)) / max(pstdev(iguales), 1.0) >= DESVIACIONES:
                hallados[actor] = [m.eventos[0] for m in suyas[actor]]
    return hallados


def buscadores(
    busquedas: Mapping[UUID, list[tuple[datetime, UUID]]], abiertos: Mapping[UUID, int]
) -> dict[UUID, list[UUID]]:
    """actor -> events, of who searched for many people and opened the record of few."""
    hallados = {}
    for actor, suyas in busquedas.items():
        rafagas, ultima = list[UUID](), None
        for momento, evento in sorted(suyas):
            if ultima is None or momento - ultima > PAUSA:
                rafagas.append(evento)
            ultima = momento
        if len(rafagas) >= BUSQUEDAS and abiertos.get(actor, 0) * 4 < len(rafagas):
            hallados[actor] = rafagas
    return hallados
