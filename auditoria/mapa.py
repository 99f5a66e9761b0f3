"""The map of completeness: how many events each patient has, and the head of their chain. Pure.

A sparse Merkle tree over 256-bit pseudonyms. A key has one place only, so that one root cannot tell
two counts of the same patient; its siblings are hashes of heads that nobody guesses: they tell
nothing.

    leaf  = SHA-256(0x00 ‖ key ‖ count, 8 bytes ‖ head)      below depth 16, where it is alone
    node  = SHA-256(0x01 ‖ left ‖ right)                      empty (32 zeros) if both are
    head  = SHA-256(previous head ‖ leaf of the event)        from 32 zeros

It is kept in pieces: 65 536 buckets of the patients that share 16 bits, and above them nodes of 16
children, so that a seal rewrites what its patients touch.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

NADA = bytes(32)
_CUBOS, _ARRIBA = 4, 16  # the level of buckets; how deep they start
_LARGO = 72

Pieza = tuple[int, int]
"""(level, index): 0 is the top; 4, the buckets."""
LectorDePiezas = Callable[[Iterable[Pieza]], Mapping[Pieza, bytes]]


@dataclass(frozen=True, slots=True)
class Cuenta:
    """How many events, and the head of their chain."""

    cuantos: int = 0
    cabeza: bytes = NADA

    def con(self, hojas: Sequence[bytes]) -> "Cuenta":
        """The account after these leaves, in their order."""
        cabeza = self.cabeza
        for hoja in hojas:
            cabeza = sha256(cabeza + hoja).digest()
        return Cuenta(self.cuantos + len(hojas), cabeza)


@dataclass(frozen=True, slots=True)
class PruebaDeCuenta:
    """Of one key, its account and its siblings from the leaf up."""

    clave: bytes
    cuenta: Cuenta
    hermanos: tuple[bytes, ...]

    @property
    def raiz(self) -> bytes:
        """The root it leads to; `ValueError` for a depth that no leaf has."""
        if not _ARRIBA <= len(self.hermanos) <= 256:
            raise ValueError("una hoja del mapa no está a esa profundidad")
        acumulado = _hoja(self.clave, self.cuenta)
        profundo = len(self.hermanos)
        for i, hermano in enumerate(self.hermanos):
            if _bit(self.clave, profundo - 1 - i):
                acumulado = _nodo(hermano, acumulado)
            else:
                acumulado = _nodo(acumulado, hermano)
        return acumulado


def asentar(
    leer: LectorDePiezas, hojas_de: Mapping[bytes, Sequence[bytes]]
) -> tuple[bytes, dict[Pieza, bytes]]:
    """Add to each key the leaves of its new events: the new root, and the pieces that change."""
    por_cubo: dict[int, list[bytes]] = {}
    for clave in hojas_de:
        por_cubo.setdefault(int.from_bytes(clave[:2], "big"), []).append(clave)
    previas = leer([(_CUBOS, indice) for indice in por_cubo])
    cambiadas: dict[Pieza, bytes] = {}
    raices: dict[int, bytes] = {}
    for indice, claves in por_cubo.items():
        cuentas = abrir_cubo(previas.get((_CUBOS, indice), b""))
        for clave in claves:
            cuentas[clave] = cuentas.get(clave, Cuenta()).con(hojas_de[clave])
        cambiadas[_CUBOS, indice] = cerrar_cubo(cuentas)
        raices[indice] = raiz_de_cubo(cuentas)
    for nivel in reversed(range(_CUBOS)):
        arriba = leer([(nivel, indice) for indice in {hijo >> 4 for hijo in raices}])
        hijos: dict[int, bytearray] = {}
        for hijo, hash_ in raices.items():
            padre = hijo >> 4
            if padre not in hijos:
                hijos[padre] = bytearray(arriba.get((nivel, padre)) or bytes(16 * 32))
            hijos[padre][(hijo & 15) * 32 : (hijo & 15) * 32 + 32] = hash_
        cambiadas |= {(nivel, padre): bytes(pieza) for padre, pieza in hijos.items()}
        raices = {padre: _raiz_de_pieza(bytes(pieza)) for padre, pieza in hijos.items()}
    if not raices:
        return raiz(leer), {}
    return raices[0], cambiadas


def raiz(leer: LectorDePiezas) -> bytes:
    """The root of what is kept."""
    pieza = leer([(0, 0)]).get((0, 0))
    return _raiz_de_pieza(pieza) if pieza else NADA


def raiz_de_todas(cuentas: Mapping[bytes, Cuenta]) -> bytes:
    """The root of a map with these accounts, from nothing."""
    por_cubo: dict[int, dict[bytes, Cuenta]] = {}
    for clave, cuenta in cuentas.items():
        por_cubo.setdefault(int.from_bytes(clave[:2], "big"), {})[clave] = cuenta
    raices = {indice: raiz_de_cubo(suyas) for indice, suyas in por_cubo.items()}
    for _ in range(_ARRIBA):
        padres = {indice >> 1 for indice in raices}
        raices = {p: _nodo(raices.get(2 * p, NADA), raices.get(2 * p + 1, NADA)) for p in padres}
    return raices.get(0, NADA)


def prueba(leer: LectorDePiezas, clave: bytes) -> PruebaDeCuenta | None:
    """Of `clave` in what is kept, or None when it has no events."""
    indice = int.from_bytes(clave[:2], "big")
    camino = [(nivel, indice >> 4 * (_CUBOS - nivel)) for nivel in range(_CUBOS + 1)]
    piezas = leer(camino)
    cuentas = abrir_cubo(piezas.get(camino[-1], b""))
    if clave not in cuentas:
        return None
    hermanos = _hermanos_en_cubo(cuentas, clave)
    for nivel in reversed(range(_CUBOS)):
        hijo = (indice >> 4 * (_CUBOS - 1 - nivel)) & 15
        for capa in _subir(_trozos(piezas[camino[nivel]]))[:-1]:
            hermanos.append(capa[hijo ^ 1])
            hijo >>= 1
    return PruebaDeCuenta(clave, cuentas[clave], tuple(hermanos))


def abrir_cubo(pieza: bytes) -> dict[bytes, Cuenta]:
    return {
        pieza[i : i + 32]: Cuenta(
            int.from_bytes(pieza[i + 32 : i + 40], "big"), pieza[i + 40 : i + _LARGO]
        )
        for i in range(0, len(pieza), _LARGO)
    }


def cerrar_cubo(cuentas: Mapping[bytes, Cuenta]) -> bytes:
    return b"".join(
        clave + cuenta.cuantos.to_bytes(8, "big") + cuenta.cabeza
        for clave, cuenta in sorted(cuentas.items())
    )


def raiz_de_cubo(cuentas: Mapping[bytes, Cuenta]) -> bytes:
    return _rama([(clave, _hoja(clave, cuenta)) for clave, cuenta in cuentas.items()], _ARRIBA)


def _rama(hojas: Sequence[tuple[bytes, bytes]], profundo: int) -> bytes:
    if not hojas:
        return NADA
    if len(hojas) == 1:
        return hojas[0][1]
    ceros, unos = _partir(hojas, profundo)
    return _nodo(_rama(ceros, profundo + 1), _rama(unos, profundo + 1))


def _hermanos_en_cubo(cuentas: Mapping[bytes, Cuenta], clave: bytes) -> list[bytes]:
    hermanos = []
    hojas = [(otra, _hoja(otra, cuenta)) for otra, cuenta in cuentas.items()]
    profundo = _ARRIBA
    while len(hojas) > 1:
        lados = _partir(hojas, profundo)
        lado = _bit(clave, profundo)
        hermanos.append(_rama(lados[1 - lado], profundo + 1))
        hojas, profundo = lados[lado], profundo + 1
    return hermanos[::-1]


def _partir(
    hojas: Sequence[tuple[bytes, bytes]], profundo: int
) -> tuple[list[tuple[bytes, bytes]], list[tuple[bytes, bytes]]]:
    lados: tuple[list[tuple[bytes, bytes]], list[tuple[bytes, bytes]]] = ([], [])
    for hoja in hojas:
        lados[_bit(hoja[0], profundo)].append(hoja)
    return lados


def _hoja(clave: bytes, cuenta: Cuenta) -> bytes:
    return sha256(b"\0" + clave + cuenta.cuantos.to_bytes(8, "big") + cuenta.cabeza).digest()


def _nodo(izquierda: bytes, derecha: bytes) -> bytes:
    if izquierda == NADA == derecha:
        return NADA
    return sha256(b"\1" + izquierda + derecha).digest()


def _bit(clave: bytes, profundo: int) -> int:
    return (clave[profundo >> 3] >> (7 - (profundo & 7))) & 1


def _raiz_de_pieza(pieza: bytes) -> bytes:
    """The root over its hashes; most are of nobody, and are passed over in one look."""
    largo = len(pieza)
    if largo == 32:
        return pieza
    mitad = largo // 2
    izquierda, derecha, vacia = pieza[:mitad], pieza[mitad:], bytes(mitad)
    return sha256(
        b"\1"
        + (NADA if izquierda == vacia else _raiz_de_pieza(izquierda))
        + (NADA if derecha == vacia else _raiz_de_pieza(derecha))
    ).digest()


def _trozos(pieza: bytes | bytearray) -> list[bytes]:
    return [bytes(pieza[i : i + 32]) for i in range(0, len(pieza), 32)]


def _subir(capa: list[bytes]) -> list[list[bytes]]:
    """The layers over `capa` (a power of two of hashes), up to the one of a single hash."""
    capas = [capa]
    while len(capas[-1]) > 1:
        abajo = capas[-1]
        capas.append([_nodo(i, d) for i, d in zip(abajo[::2], abajo[1::2], strict=True)])
    return capas
