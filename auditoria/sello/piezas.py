"""Where the pieces of the map of completeness lie, as the last seal left them."""

from collections.abc import Iterable, Mapping
from typing import Any

from psycopg import Cursor

from auditoria.mapa import LectorDePiezas, Pieza

_LEER = """
SELECT p.nivel, p.indice, p.contenido FROM auditoria_piezademapa p
JOIN unnest(%s::smallint[], %s::int[]) AS q(nivel, indice)
  ON p.nivel = q.nivel AND p.indice = q.indice
"""
_GUARDAR = """
INSERT INTO auditoria_piezademapa (nivel, indice, contenido)
SELECT * FROM unnest(%s::smallint[], %s::int[], %s::bytea[])
ON CONFLICT (nivel, indice) DO UPDATE SET contenido = EXCLUDED.contenido
"""


def lector_de_piezas(cursor: "Cursor[Any]") -> LectorDePiezas:
    def leer(pedidas: Iterable[Pieza]) -> Mapping[Pieza, bytes]:
        cuales = list(pedidas)
        valores = [[nivel for nivel, _ in cuales], [indice for _, indice in cuales]]
        filas = cursor.execute(_LEER, valores, prepare=True, binary=True).fetchall()
        return {(nivel, indice): bytes(contenido) for nivel, indice, contenido in filas}

    return leer


def guardar_piezas(cursor: "Cursor[Any]", piezas: Mapping[Pieza, bytes]) -> None:
    cuales = sorted(piezas)
    cursor.execute(
        _GUARDAR,
        [
            [nivel for nivel, _ in cuales],
            [indice for _, indice in cuales],
            [piezas[cual] for cual in cuales],
        ],
        prepare=True,
    )
