"""Who has seen a record, from where, when, what for and on what ground (LSS art. 111 A).

The log says ids and codes; here people have names, and what one did in a day is one line.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.utils import timezone

from auditoria import selectors as auditoria
from auditoria.selectors import Asentado, Marca
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso

EN_PAGINA = 200
"""Events in a page, before those alike become one line."""


class CursorInvalido(Exception):
    """The cursor is not one of ours."""


@dataclass(frozen=True, slots=True)
class Linea:
    """What somebody did with a record in a day, on one ground; codes, for a page to say in words.

    `evento` is the latest of those it gathers; `paginas` what was looked at, `actos` what was
    written, `motivos` what was stated as the reason.
    """

    evento: UUID
    actor: UUID
    nombre: str
    clase: str
    institucion: str
    roles: tuple[str, ...]
    fundamento: str
    proposito: str
    negado: bool
    por_enlace: bool
    propio: bool
    desde: datetime
    hasta: datetime
    veces: int
    paginas: tuple[str, ...] = ()
    actos: tuple[str, ...] = ()
    motivos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dia:
    dia: date
    lineas: list[Linea]


@dataclass(frozen=True, slots=True)
class Pagina:
    """`siguiente` is the opaque cursor of the next page, or empty."""

    dias: list[Dia] = field(default_factory=list)
    siguiente: str = ""


def del_expediente(
    acceso: Acceso, *, cursor: str = "", actor: UUID | None = None, con_propios: bool = True
) -> Pagina:
    """The accesses to the record of `acceso`, by day; without `con_propios`, those of others.

    Raises `CursorInvalido`.
    """
    eventos = auditoria.del_paciente(
        acceso,
        limite=EN_PAGINA + 1,
        despues=_leer(cursor),
        actor=actor,
        sin=None if con_propios or actor else acceso.actor.id,
    )
    visibles = eventos[:EN_PAGINA]
    siguiente = _escribir(visibles[-1].marca) if len(eventos) > EN_PAGINA else ""
    nombres = identidad.quienes(evento.actor for evento in visibles)
    institucion = identidad.institucion()
    propia = institucion.nombre if institucion else ""
    return Pagina(
        [
            Dia(dia, _lineas(acceso, list(suyos), nombres, propia))
            for dia, suyos in groupby(
                visibles, key=lambda evento: timezone.localtime(evento.momento).date()
            )
        ],
        siguiente,
    )


def uno(acceso: Acceso, *, evento_id: UUID) -> Linea | None:
    """One access to the record of `acceso`, or None."""
    evento = auditoria.uno(acceso, evento_id=evento_id)
    if evento is None:
        return None
    institucion = identidad.institucion()
    nombres = identidad.quienes([evento.actor])
    return _linea(acceso, [evento], nombres, institucion.nombre if institucion else "")


def _lineas(
    acceso: Acceso, eventos: Iterable[Asentado], nombres: dict[UUID, str], institucion: str
) -> list[Linea]:
    grupos: dict[tuple[object, ...], list[Asentado]] = {}
    for evento in eventos:
        negado = evento.resultado == "denegado"
        enlace = evento.detalle.get("enlace", "")
        clave = evento.actor, evento.roles, evento.fundamento, negado, enlace
        grupos.setdefault(clave, []).append(evento)
    return [_linea(acceso, suyos, nombres, institucion) for suyos in grupos.values()]


def _linea(
    acceso: Acceso, eventos: list[Asentado], nombres: dict[UUID, str], institucion: str
) -> Linea:
    ultimo = eventos[0]
    decididos = [e for e in eventos if e.resultado != "hecho"]
    return Linea(
        evento=ultimo.id,
        actor=ultimo.actor,
        nombre=nombres.get(ultimo.actor, ""),
        clase=ultimo.clase,
        institucion=institucion if ultimo.clase == "persona" else nombres.get(ultimo.actor, ""),
        roles=ultimo.roles,
        fundamento=ultimo.fundamento,
        proposito=next((p for e in eventos if (p := e.detalle.get("proposito", ""))), ""),
        negado=ultimo.resultado == "denegado",
        por_enlace="enlace" in ultimo.detalle,
        propio=ultimo.actor == acceso.actor.id and "enlace" not in ultimo.detalle,
        desde=eventos[-1].momento,
        hasta=ultimo.momento,
        veces=len(decididos) or len(eventos),
        paginas=_distintas(e.detalle.get("pagina", "") for e in decididos),
        actos=_distintas(e.tipo for e in eventos if e.resultado == "hecho"),
        motivos=_distintas(e.detalle.get("motivo", "") for e in eventos),
    )


def _distintas(codigos: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c for c in codigos if c))


def _escribir(marca: Marca) -> str:
    crudo = f"{marca[0].isoformat()}|{marca[1]}"
    return base64.urlsafe_b64encode(crudo.encode()).decode().rstrip("=")


def _leer(cursor: str) -> Marca | None:
    if not cursor:
        return None
    try:
        crudo = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        momento, id_ = crudo.split("|")
        return datetime.fromisoformat(momento), UUID(id_)
    except ValueError as error:
        raise CursorInvalido(cursor) from error
