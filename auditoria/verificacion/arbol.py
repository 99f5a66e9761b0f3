"""From the leaves that seals keep to the roots that they sign."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from auditoria import merkle
from auditoria.notas import Checkpoint, Nota, NotaInvalida, Verificadora
from auditoria.sello.teselas import Incompleta, hojas
from auditoria.verificacion.hallazgos import Clase, Hallazgo
from auditoria.verificacion.obrero import Obrero

HOJAS = 65_536
"""Leaves in a piece of the work: a subtree whose root is kept."""
_NIVEL = 16

_SELLOS = """
SELECT tamano, anterior, nota FROM auditoria_sello
WHERE tamano > %s AND tamano <= %s ORDER BY tamano
"""
_RAICES = """
SELECT raiz FROM auditoria_subarbol WHERE nivel = %s AND indice >= %s AND indice < %s
ORDER BY indice
"""


@dataclass(frozen=True, slots=True)
class Bosque:
    """What every piece shares: how many leaves, the kept roots of 65 536, the log's name and keys.

    `llaves` are (public key, size after which it signs), as the key ring makes them.
    """

    tamano: int
    raices: tuple[bytes, ...]
    origen: str
    llaves: tuple[tuple[Verificadora, int], ...]


def revisar(obrero: Obrero, bosque: Bosque, pieza: int) -> list[Hallazgo]:
    """Leaves [65 536 · pieza, …): the subtrees that are kept, and each seal that ends there."""
    desde = pieza * HOJAS
    hasta = min(bosque.tamano, desde + HOJAS)
    with psycopg.Cursor(obrero.conexion) as cursor:
        try:
            juntas = hojas(cursor, desde, hasta)
        except Incompleta:
            return [Hallazgo(Clase.SELLO_ALTERADO, f"hojas {desde} a {hasta}", "faltan", desde)]
    niveles = merkle.niveles([juntas[i : i + 32] for i in range(0, len(juntas), 32)])
    hallazgos = _subarboles(obrero, niveles, pieza)
    arriba = merkle.niveles(bosque.raices)

    def leer(nivel: int, indice: int) -> bytes:
        if nivel >= _NIVEL and (indice + 1) << nivel <= desde:
            return arriba[nivel - _NIVEL][indice]
        if nivel > _NIVEL:
            return merkle.nodo(leer(nivel - 1, 2 * indice), leer(nivel - 1, 2 * indice + 1))
        return niveles[nivel][indice - (desde >> nivel)]

    for tamano, anterior, nota in obrero.filas(_SELLOS, [desde, hasta]):
        raiz = merkle.raiz_de(0, tamano, leer)
        hallazgos += _sello(bosque, tamano, nota, raiz, _exigidas(bosque, anterior, tamano))
    return hallazgos


def raices(obrero: Obrero, nivel: int, cuantas: int, desde: int = 0) -> list[bytes]:
    return [bytes(f[0]) for f in obrero.filas(_RAICES, [nivel, desde, desde + cuantas])]


def revisar_arriba(obrero: Obrero, tamano: int) -> list[Hallazgo]:
    """The kept roots of 256³ leaves and more, from those below."""
    hallazgos, nivel = [], 2
    while (cuantas := tamano >> 8 * (nivel + 1)) > 0:
        abajo = raices(obrero, nivel - 1, cuantas * 256)
        deben = [merkle.raiz(abajo[i : i + 256]) for i in range(0, len(abajo), 256)]
        if raices(obrero, nivel, cuantas) != deben:
            hallazgos.append(Hallazgo(Clase.ARBOL_ALTERADO, f"subárboles del nivel {nivel}"))
        nivel += 1
    return hallazgos


def _subarboles(obrero: Obrero, niveles: Sequence[Sequence[bytes]], pieza: int) -> list[Hallazgo]:
    hallazgos = []
    for nivel, altura in ((0, 8), (1, 16)):
        deben = list(niveles[altura]) if altura < len(niveles) else []
        desde = pieza * HOJAS >> altura
        hay = raices(obrero, nivel, len(deben), desde)
        if hay != deben:
            malo = next((i for i, (a, b) in enumerate(zip(hay, deben)) if a != b), len(hay))  # noqa: B905
            lugar = f"subárbol {nivel}/{desde + malo}"
            orden = (desde + malo) << altura
            hallazgos.append(Hallazgo(Clase.ARBOL_ALTERADO, lugar, orden=orden))
    return hallazgos


def _exigidas(bosque: Bosque, anterior: int, tamano: int) -> list[Verificadora]:
    """Who must have signed a seal: the key of then; where it is new, the one before it too."""
    hasta_aqui = [(llave, desde) for llave, desde in bosque.llaves if desde < tamano]
    nueva = bool(hasta_aqui) and hasta_aqui[-1][1] == anterior
    return [llave for llave, _ in hasta_aqui[-2 if nueva else -1 :]]


def _sello(
    bosque: Bosque, tamano: int, nota: str, raiz: bytes, exigidas: Sequence[Verificadora]
) -> list[Hallazgo]:
    lugar = f"sello {tamano}"
    try:
        leida = Nota.leer(nota)
        dicho = Checkpoint.leer(leida.texto)
    except NotaInvalida as error:
        return [Hallazgo(Clase.SELLO_ALTERADO, lugar, str(error), tamano)]
    hallazgos = []
    if (dicho.origen, dicho.tamano) != (bosque.origen, tamano):
        hallazgos.append(Hallazgo(Clase.SELLO_ALTERADO, lugar, "su nombre o su tamaño", tamano))
    if dicho.raiz != raiz:
        hallazgos.append(Hallazgo(Clase.ARBOL_ALTERADO, lugar, "su raíz", tamano))
    for llave in exigidas:
        try:
            leida.firmada_por([llave])
        except NotaInvalida as error:
            hallazgos.append(Hallazgo(Clase.SELLO_SIN_FIRMA, lugar, str(error), tamano))
    return hallazgos
