"""RFC 6962 Merkle trees (the same as RFC 9162, 2.1): roots, proofs and their verification. Pure.

Hashes are 32 bytes. A tree is read through a `Lector`, so that a proof costs what it visits and not
what the tree holds.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

Lector = Callable[[int, int], bytes]
"""(level, index) -> the hash of the whole subtree of the 2 ** level leaves from index << level."""

VACIO = sha256(b"").digest()
"""The root of the tree without leaves."""


class PruebaInvalida(Exception):
    """The proof does not lead from what it should prove to the root."""


def hoja(entrada: bytes) -> bytes:
    return sha256(b"\0" + entrada).digest()


def nodo(izquierda: bytes, derecha: bytes) -> bytes:
    return sha256(b"\1" + izquierda + derecha).digest()


def niveles(hojas: Sequence[bytes]) -> list[list[bytes]]:
    """Every whole subtree over `hojas`: of 1, 2, 4… leaves."""
    todos = [list(hojas)]
    while len(abajo := todos[-1]) > 1:
        pares = zip(abajo[::2], abajo[1::2], strict=False)
        todos.append([sha256(b"\1" + i + d).digest() for i, d in pares])
    return todos


def raiz(hojas: Sequence[bytes]) -> bytes:
    """The Merkle Tree Hash of `hojas`."""
    todos = niveles(hojas)
    return raiz_de(0, len(hojas), lambda nivel, indice: todos[nivel][indice])


def cubiertas(desde: int, hasta: int) -> list[tuple[int, int]]:
    """The whole subtrees, as (level, index), that cover leaves [desde, hasta), from the left."""
    partes = []
    while desde < hasta:
        nivel = (hasta - desde).bit_length() - 1
        if desde:
            nivel = min(nivel, (desde & -desde).bit_length() - 1)
        partes.append((nivel, desde >> nivel))
        desde += 1 << nivel
    return partes


def doblar(hashes: Sequence[bytes]) -> bytes:
    """The root of a tree from those of the whole subtrees that cover it."""
    if not hashes:
        return VACIO
    *resto, acumulado = hashes
    for uno in reversed(resto):
        acumulado = nodo(uno, acumulado)
    return acumulado


def raiz_de(desde: int, hasta: int, leer: Lector) -> bytes:
    """The hash of the subtree over leaves [desde, hasta), `desde` being where one may start."""
    return doblar([leer(nivel, indice) for nivel, indice in cubiertas(desde, hasta)])


def prueba_de_inclusion(indice: int, tamano: int, leer: Lector) -> list[bytes]:
    """RFC 6962 2.1.1: the siblings of leaf `indice`, from its own up. `ValueError` out of range."""
    if not 0 <= indice < tamano:
        raise ValueError(f"no hay hoja {indice} en un árbol de {tamano}")
    camino, desde, hasta = [], 0, tamano
    while hasta - desde > 1:
        corte = desde + _mitad(hasta - desde)
        if indice < corte:
            camino.append(raiz_de(corte, hasta, leer))
            hasta = corte
        else:
            camino.append(raiz_de(desde, corte, leer))
            desde = corte
    return camino[::-1]


def prueba_de_consistencia(antes: int, despues: int, leer: Lector) -> list[bytes]:
    """RFC 6962 2.1.2: that the tree of `antes` leaves begins the one of `despues`."""
    if not 0 <= antes <= despues:
        raise ValueError(f"un árbol de {antes} hojas no empieza a uno de {despues}")
    if antes in (0, despues):
        return []
    camino, desde, hasta, entero = [], 0, despues, True
    while antes != hasta:
        corte = desde + _mitad(hasta - desde)
        if antes <= corte:
            camino.append(raiz_de(corte, hasta, leer))
            hasta = corte
        else:
            camino.append(raiz_de(desde, corte, leer))
            desde, entero = corte, False
    if not entero:
        camino.append(raiz_de(desde, hasta, leer))
    return camino[::-1]


def raiz_por_inclusion(la_hoja: bytes, indice: int, tamano: int, camino: Sequence[bytes]) -> bytes:
    """The root to which `camino` leads (RFC 9162 2.1.3.2). Raises `PruebaInvalida`."""
    if not 0 <= indice < tamano:
        raise PruebaInvalida("el índice cae fuera del árbol")
    posicion, ultimo, acumulado = indice, tamano - 1, la_hoja
    for hermano in camino:
        if ultimo == 0:
            raise PruebaInvalida("la prueba es más larga que el árbol")
        if posicion & 1 or posicion == ultimo:
            acumulado = nodo(hermano, acumulado)
            while not posicion & 1 and posicion:
                posicion, ultimo = posicion >> 1, ultimo >> 1
        else:
            acumulado = nodo(acumulado, hermano)
        posicion, ultimo = posicion >> 1, ultimo >> 1
    if ultimo:
        raise PruebaInvalida("la prueba es más corta que el árbol")
    return acumulado


def comprobar_consistencia(
    antes: int, raiz_antes: bytes, despues: int, raiz_despues: bytes, camino: Sequence[bytes]
) -> None:
    """That one root continues the other (RFC 9162 2.1.4.2). Raises `PruebaInvalida`."""
    if antes > despues:
        raise PruebaInvalida("el árbol se encogió")
    if antes in (0, despues):
        if camino or (antes == despues and raiz_antes != raiz_despues):
            raise PruebaInvalida("dos raíces distintas para el mismo árbol")
        return
    pasos = list(camino)
    if antes & (antes - 1) == 0:
        pasos.insert(0, raiz_antes)
    if not pasos:
        raise PruebaInvalida("falta la prueba")
    posicion, ultimo = antes - 1, despues - 1
    while posicion & 1:
        posicion, ultimo = posicion >> 1, ultimo >> 1
    viejo = nuevo = pasos[0]
    for paso in pasos[1:]:
        if ultimo == 0:
            raise PruebaInvalida("la prueba es más larga que el árbol")
        if posicion & 1 or posicion == ultimo:
            viejo, nuevo = nodo(paso, viejo), nodo(paso, nuevo)
            while not posicion & 1 and posicion:
                posicion, ultimo = posicion >> 1, ultimo >> 1
        else:
            nuevo = nodo(nuevo, paso)
        posicion, ultimo = posicion >> 1, ultimo >> 1
    if ultimo or viejo != raiz_antes or nuevo != raiz_despues:
        raise PruebaInvalida("la prueba no lleva de una raíz a la otra")


def _mitad(cuantas: int) -> int:
    """The largest power of two below `cuantas`."""
    return 1 << ((cuantas - 1).bit_length() - 1)
