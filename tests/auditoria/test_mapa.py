"""The map of completeness: kept in pieces or made from nothing, it is the same, and it proves."""

import secrets
from collections.abc import Iterable, Mapping
from hashlib import sha256

import pytest

from auditoria import mapa
from auditoria.mapa import NADA, Cuenta, Pieza, PruebaDeCuenta


class EnMemoria:
    def __init__(self) -> None:
        self.piezas: dict[Pieza, bytes] = {}

    def leer(self, pedidas: Iterable[Pieza]) -> Mapping[Pieza, bytes]:
        return {p: self.piezas[p] for p in pedidas if p in self.piezas}

    def asentar(self, hojas_de: Mapping[bytes, list[bytes]]) -> bytes:
        raiz, cambiadas = mapa.asentar(self.leer, hojas_de)
        self.piezas |= cambiadas
        return raiz


def claves(cuantas: int, *, juntas: bool) -> list[bytes]:
    """Pseudonyms; `juntas`, all of one bucket, and some that share sixty bits."""
    if not juntas:
        return [secrets.token_bytes(32) for _ in range(cuantas)]
    comun = b"\x12\x34"
    return [
        *(comun + secrets.token_bytes(30) for _ in range(cuantas)),
        comun + bytes(6) + b"\0" * 24,
        comun + bytes(6) + b"\1" + b"\0" * 23,
    ]


@pytest.mark.parametrize("juntas", [False, True])
def test_by_pieces_it_is_what_it_is_from_nothing_and_each_has_its_proof(juntas: bool) -> None:
    almacen, cuentas = EnMemoria(), dict[bytes, Cuenta]()
    todas = claves(40, juntas=juntas)
    raiz = NADA
    for vuelta in range(4):
        nuevas = {
            clave: [secrets.token_bytes(32) for _ in range(1 + vuelta)]
            for clave in todas[vuelta::2]
        }
        raiz = almacen.asentar(nuevas)
        for clave, hojas in nuevas.items():
            cuentas[clave] = cuentas.get(clave, Cuenta()).con(hojas)
    assert raiz == mapa.raiz_de_todas(cuentas) == mapa.raiz(almacen.leer)
    for clave, cuenta in cuentas.items():
        prueba = mapa.prueba(almacen.leer, clave)
        assert prueba is not None
        assert (prueba.cuenta, prueba.raiz) == (cuenta, raiz)
    assert mapa.prueba(almacen.leer, secrets.token_bytes(32)) is None


def test_nothing_is_a_root_too() -> None:
    almacen = EnMemoria()
    assert almacen.asentar({}) == NADA == mapa.raiz_de_todas({})


def test_another_count_or_another_head_lead_to_another_root() -> None:
    almacen = EnMemoria()
    clave, otra = claves(2, juntas=False)
    raiz = almacen.asentar({clave: [sha256(b"1").digest(), sha256(b"2").digest()], otra: [NADA]})
    buena = mapa.prueba(almacen.leer, clave)
    assert buena is not None
    assert buena.raiz == raiz
    una_menos = Cuenta().con([sha256(b"1").digest()])
    assert PruebaDeCuenta(clave, una_menos, buena.hermanos).raiz != raiz
    assert PruebaDeCuenta(otra, buena.cuenta, buena.hermanos).raiz != raiz
    with pytest.raises(ValueError):
        _ = PruebaDeCuenta(clave, buena.cuenta, buena.hermanos[:15]).raiz


def test_a_key_has_one_place_only() -> None:
    """A leaf and what hangs below it cannot be in one map: whoever is shown one sees all."""
    almacen = EnMemoria()
    (clave,) = claves(1, juntas=False)
    corta = almacen.asentar({clave: [NADA]})
    prueba = mapa.prueba(almacen.leer, clave)
    assert prueba is not None
    honda = PruebaDeCuenta(clave, Cuenta().con([NADA]), (NADA, *prueba.hermanos))
    assert honda.raiz != corta
