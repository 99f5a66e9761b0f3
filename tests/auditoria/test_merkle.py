"""RFC 6962 trees: the vectors that transparency-dev publishes, and every proof of small trees."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditoria import merkle
from auditoria.merkle import PruebaInvalida

# transparency-dev/merkle, testonly/constants.go
ENTRADAS = [
    bytes.fromhex(h)
    for h in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
RAICES = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
HOJAS = [merkle.hoja(entrada) for entrada in ENTRADAS]


def lector(hojas: list[bytes]) -> merkle.Lector:
    niveles = merkle.niveles(hojas)
    return lambda nivel, indice: niveles[nivel][indice]


def test_the_published_roots() -> None:
    assert merkle.raiz([]) == merkle.VACIO
    assert [merkle.raiz(HOJAS[: n + 1]).hex() for n in range(8)] == list(RAICES)


def test_the_published_proofs() -> None:
    """RFC 6962's example of seven leaves, and the paths of the published tree of eight."""
    inclusion = merkle.prueba_de_inclusion(5, 8, lector(HOJAS))
    assert [h.hex() for h in inclusion] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    consistencia = merkle.prueba_de_consistencia(6, 8, lector(HOJAS))
    assert [h.hex() for h in consistencia] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_proof_of_every_small_tree_holds_and_of_no_other() -> None:
    hojas = [merkle.hoja(bytes([i])) for i in range(33)]
    leer = lector(hojas)
    raices = [merkle.raiz(hojas[:n]) for n in range(34)]
    for tamano in range(1, 34):
        for indice in range(tamano):
            camino = merkle.prueba_de_inclusion(indice, tamano, leer)
            assert (
                merkle.raiz_por_inclusion(hojas[indice], indice, tamano, camino) == raices[tamano]
            )
            otra = hojas[(indice + 1) % 33]
            assert merkle.raiz_por_inclusion(otra, indice, tamano, camino) != raices[tamano]
        for antes in range(tamano + 1):
            camino = merkle.prueba_de_consistencia(antes, tamano, leer)
            merkle.comprobar_consistencia(antes, raices[antes], tamano, raices[tamano], camino)
            if antes:
                with pytest.raises(PruebaInvalida):
                    merkle.comprobar_consistencia(antes, bytes(32), tamano, raices[tamano], camino)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_proof_leads_elsewhere(data: st.DataObject) -> None:
    tamano = data.draw(st.integers(2, 300))
    hojas = [merkle.hoja(i.to_bytes(2, "big")) for i in range(tamano)]
    indice = data.draw(st.integers(0, tamano - 1))
    camino = merkle.prueba_de_inclusion(indice, tamano, lector(hojas))
    cual = data.draw(st.integers(0, len(camino) - 1))
    falso = [*camino[:cual], bytes(32), *camino[cual + 1 :]]
    raiz = merkle.raiz(hojas)
    assert merkle.raiz_por_inclusion(hojas[indice], indice, tamano, camino) == raiz
    assert merkle.raiz_por_inclusion(hojas[indice], indice, tamano, falso) != raiz
    for largo in (camino[:-1], [*camino, bytes(32)]):
        with pytest.raises(PruebaInvalida):
            merkle.raiz_por_inclusion(hojas[indice], indice, tamano, largo)


def test_what_is_out_of_the_tree_has_no_proof() -> None:
    with pytest.raises(ValueError):
        merkle.prueba_de_inclusion(8, 8, lector(HOJAS))
    with pytest.raises(ValueError):
        merkle.prueba_de_consistencia(9, 8, lector(HOJAS))
