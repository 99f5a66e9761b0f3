"""What was written, newest first, of one type or of many: current versions and superseded ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria import bitacora
from ece.nucleo.acceso import Alcance, verificar
from registros.models import CLASES, OtroRegistro
from registros.models.base import RegistroClinico
from registros.selectors import recursos
from registros.selectors.recursos import Rango, Sellado

_ACTUAL = (
    "SELECT {tipo} AS t, r.id, r.paciente, r.version, r.estado, r.fecha, r.actualizado_at, "
    "r.contenido, r.encuentro, r.autor, r.etiquetas, true AS vigente "
    "FROM {tabla} r WHERE {donde} AND {corte} "
    "ORDER BY r.actualizado_at DESC, r.id DESC, r.version DESC LIMIT {limite}"
)
# What is withheld of the current version is withheld of all: they carry its labels.
_ANTERIOR = (
    "SELECT h.tipo AS t, h.registro, h.paciente, h.version, h.estado, r.fecha, h.actualizado_at, "
    "h.contenido, r.encuentro, r.autor, r.etiquetas, false AS vigente FROM registros_historia h "
    "JOIN {tabla} r ON r.id = h.registro AND r.paciente = h.paciente "
    "WHERE {donde} AND {de_tipo} AND {corte} "
    "ORDER BY h.actualizado_at DESC, h.registro DESC, h.version DESC LIMIT {limite}"
)


@dataclass(frozen=True, slots=True)
class Corte:
    """Where a page of changes begins: after this version of this record."""

    momento: datetime
    id: UUID
    version: int


def cambios(
    alcance: Alcance,
    *,
    tipo: str | None,
    cuando: Rango,
    despues: Corte | None,
    limite: int,
) -> list[tuple[Sellado, bool]]:
    """A page of versions, closed, of records of `tipo` (None: of any) that `alcance` may find, and
    whether each is the current one.

    The caller asks the decision to open them, and tests superseded ones by their own words.
    """
    verificar(alcance)
    partes: list[str] = []
    parametros: list[Any] = []
    for clase in _clases(tipo):
        for molde, alias, id_ in ((_ACTUAL, "r", "id"), (_ANTERIOR, "h", "registro")):
            orden, valores = _parte(
                molde, alias, id_, clase, tipo, alcance, cuando, despues, limite
            )
            partes.append(f"({orden})")
            parametros += valores
    filas = bitacora.consultar(
        " UNION ALL ".join(partes)
        + f" ORDER BY actualizado_at DESC, id DESC, version DESC LIMIT {limite:d}",
        parametros,
    )
    return [(recursos.fila(f[0], f[1:-1]), bool(f[-1])) for f in filas]


def _clases(tipo: str | None) -> Iterable[type[RegistroClinico]]:
    todas: list[type[RegistroClinico]] = [*CLASES.values(), OtroRegistro]
    if tipo is None:
        return todas
    return [CLASES.get(tipo, OtroRegistro)]


def _parte(
    molde: str,
    alias: str,
    id_: str,
    clase: type[RegistroClinico],
    tipo: str | None,
    alcance: Alcance,
    cuando: Rango,
    despues: Corte | None,
    limite: int,
) -> tuple[str, list[Any]]:
    otro = clase is OtroRegistro
    visible, valores = recursos.visible_en(
        alcance, tipo or clase.TIPO, columna="r.tipo" if otro else ""
    )
    donde, parametros = visible, [*valores]
    if alcance.pacientes is not None:
        donde += " AND r.paciente = ANY(%s::uuid[])"
        parametros.append(bitacora.arreglo(alcance.pacientes))
    de_tipo = "true" if otro and tipo is None else "h.tipo = %s"
    if otro and tipo is not None:
        donde += " AND r.tipo = %s"
        parametros.append(tipo)
    if alias == "h" and de_tipo != "true":
        parametros.append(tipo or clase.TIPO)
    corte = [f"{alias}.actualizado_at {signo} %s" for signo, v in _limites(cuando) if v]
    parametros += [v for _, v in _limites(cuando) if v]
    if despues is not None:
        corte.append(
            f"({alias}.actualizado_at, {alias}.{id_}, {alias}.version) < (%s::timestamptz, %s, %s)"
        )
        parametros += [despues.momento, despues.id, despues.version]
    orden = molde.format(
        tipo="r.tipo" if otro else f"'{clase.TIPO}'::varchar",
        tabla=clase._meta.db_table,
        donde=donde,
        de_tipo=de_tipo,
        corte=" AND ".join(corte) or "true",
        limite=int(limite),
    )
    return orden, parametros


def _limites(cuando: Rango) -> tuple[tuple[str, datetime | None], ...]:
    return ((">=", cuando.desde), ("<", cuando.hasta))
