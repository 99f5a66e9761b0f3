"""Where the pieces of the map of completeness lie, as the last seal left them."""

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any

from psycopg import Cursor

from auditoria.bitacora import arreglo
from auditoria.mapa import LectorDePiezas, Pieza

_LEER = """
SELECT p.nivel, p.indice, p.contenido FROM auditoria_piezademapa p
JOIN unnest(%s::smallint[], %s::int[]) AS q(nivel, indice)
  ON p.nivel = q.nivel AND p.indice = q.indice
"""
# (All of them in one value: an array of bytes would be escaped piece by piece.)
_GUARDAR = """
INSERT INTO auditoria_piezademapa (nivel, indice, contenido)
SELECT q.nivel, q.indice, substring(%b::bytea FROM q.desde FOR q.largo)
FROM unnest(%s::smallint[], %s::int[], %s::int[], %s::int[]) AS q(nivel, indice, desde, largo)
ON CONFLICT (nivel, indice) DO UPDATE SET contenido = EXCLUDED.contenido
"""


def lector_de_piezas(cursor: "Cursor[Any]") -> LectorDePiezas:
    def leer(pedidas: Iterable[Pieza]) -> Mapping[Pieza, bytes]:
        cuales = list(pedidas)
        valores = [arreglo(nivel for nivel, _ in cuales), arreglo(indice for _, indice in cuales)]
        filas = cursor.execute(_LEER, valores, prepare=True, binary=True).fetchall()
        return {(nivel, indice): bytes(contenido) for nivel, indice, contenido in filas}

    return leer


class Recuerdo:
    """The pieces that a seal left, for whoever seals the next at once: they are asked for once.

    The map is a function of the leaves, so a log of as many leaves has these.
    """

    def __init__(self) -> None:
        self._tamano = 0
        self._piezas: dict[Pieza, bytes] = {}

    def lector(self, cursor: "Cursor[Any]", tamano: int) -> LectorDePiezas:
        """What reads the map of a log of `tamano` leaves."""
        if tamano != self._tamano:
            self._piezas.clear()
        de_la_base, sabidas = lector_de_piezas(cursor), self._piezas

        def leer(pedidas: Iterable[Pieza]) -> Mapping[Pieza, bytes]:
            cuales = list(pedidas)
            if faltan := [cual for cual in cuales if cual not in sabidas]:
                sabidas.update(de_la_base(faltan))
            return {cual: sabidas[cual] for cual in cuales if cual in sabidas}

        return leer

    def guardar(self, tamano: int, piezas: Mapping[Pieza, bytes]) -> None:
        self._piezas.update(piezas)
        self._tamano = tamano


def guardar_piezas(cursor: "Cursor[Any]", piezas: Mapping[Pieza, bytes]) -> None:
    if not piezas:
        return
    cuales = sorted(piezas)
    contenidos = [piezas[cual] for cual in cuales]
    largos = [len(contenido) for contenido in contenidos]
    desde = accumulate(largos[:-1], initial=1)
    valores = [
        b"".join(contenidos),
        arreglo(nivel for nivel, _ in cuales),
        arreglo(indice for _, indice in cuales),
        arreglo(desde),
        arreglo(largos),
    ]
    cursor.execute(_GUARDAR, valores, prepare=True)
