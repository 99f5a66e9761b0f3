"""Reading the tree in tiles of 256 hashes (C2SP tlog-tiles): a proof reads one a level.

Level 0 are the leaves that seals brought; what a higher tile holds, the subtrees that are whole.
"""

from typing import Any

from psycopg import Cursor

from auditoria import merkle

ANCHO, ALTO = 256, 8

_HOJAS = """
SELECT substring(hojas FROM greatest(0, %(desde)s - anterior)::int * 32 + 1
                 FOR (least(tamano, %(hasta)s) - greatest(anterior, %(desde)s))::int * 32)
FROM auditoria_sello
WHERE tamano > %(desde)s AND tamano <= coalesce(
  (SELECT min(tamano) FROM auditoria_sello WHERE tamano >= %(hasta)s), %(hasta)s)
ORDER BY tamano
"""
_RAICES = """
SELECT raiz FROM auditoria_subarbol WHERE nivel = %s AND indice >= %s AND indice < %s
ORDER BY indice
"""


class Incompleta(Exception):
    """The tables lack leaves or subtrees that their seals say there are."""


class Teselas:
    """The tree of `tamano` leaves, read through `cursor` and remembered.

    `nuevas` are its last leaves while no seal has brought them yet.
    """

    def __init__(self, cursor: "Cursor[Any]", tamano: int, nuevas: bytes = b"") -> None:
        self._cursor = cursor
        self.tamano = tamano
        self._nuevas = nuevas
        self._selladas = tamano - len(nuevas) // 32
        self._leidas: dict[tuple[int, int], list[list[bytes]]] = {}

    def leer(self, nivel: int, indice: int) -> bytes:
        """`merkle.Lector` of the tree."""
        capa, dentro = divmod(nivel, ALTO)
        numero, resto = divmod(indice << dentro, ANCHO)
        niveles = self._leidas.get((capa, numero))
        if niveles is None:
            niveles = merkle.niveles(self.tesela(capa, numero))
            self._leidas[capa, numero] = niveles
        return niveles[dentro][resto >> dentro]

    def tesela(self, capa: int, numero: int, ancho: int | None = None) -> list[bytes]:
        """The hashes of a tile, as many as the tree has of it (or `ancho` at most).

        Raises `Incompleta`.
        """
        hay = (self.tamano >> (ALTO * capa)) - numero * ANCHO
        cuantos = max(0, min(ANCHO, hay, ancho if ancho is not None else ANCHO))
        desde = numero * ANCHO
        if capa == 0:
            crudo = self._hojas(desde, desde + cuantos)
            return [crudo[i : i + 32] for i in range(0, len(crudo), 32)]
        valores = [capa - 1, desde, desde + cuantos]
        filas = self._cursor.execute(_RAICES, valores, prepare=True, binary=True).fetchall()
        if len(filas) != cuantos:
            raise Incompleta(f"faltan subárboles del nivel {capa - 1} desde {desde}")
        return [bytes(fila[0]) for fila in filas]

    def _hojas(self, desde: int, hasta: int) -> bytes:
        corte = max(desde, min(hasta, self._selladas))
        nuevas = self._nuevas[(corte - self._selladas) * 32 : (hasta - self._selladas) * 32]
        return hojas(self._cursor, desde, corte) + (nuevas if hasta > corte else b"")

    def raiz(self) -> bytes:
        return merkle.raiz_de(0, self.tamano, self.leer)


def hojas(cursor: "Cursor[Any]", desde: int, hasta: int) -> bytes:
    """The leaf hashes [desde, hasta), one after the other. Raises `Incompleta`."""
    if desde == hasta:
        return b""
    valores = {"desde": desde, "hasta": hasta}
    filas = cursor.execute(_HOJAS, valores, prepare=True, binary=True).fetchall()
    juntas = b"".join(bytes(fila[0]) for fila in filas)
    if len(juntas) != (hasta - desde) * 32:
        raise Incompleta(f"faltan hojas entre {desde} y {hasta}")
    return juntas
