"""JSON goes in and comes out with its digits, and what is not JSON is told apart."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ece import fhir
from tests.fhir import publicados

_DECIMALES = st.builds(
    lambda cifras, exponente: Decimal(f"{cifras}E{exponente}"),
    st.integers(-(10**40), 10**40),
    st.integers(-60, 60),
)
_HOJAS = st.none() | st.booleans() | st.integers() | _DECIMALES | st.text()
_VALORES: st.SearchStrategy[Any] = st.recursive(
    _HOJAS, lambda hijos: st.lists(hijos) | st.dictionaries(st.text(), hijos), max_leaves=8
)


def _identico(a: Any, b: Any) -> bool:
    """Equal digit by digit: 1.0 is not 1.00, nor 1."""
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(_identico(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_identico, a, b))
    return str(a) == str(b)


@given(st.dictionaries(st.text(), _VALORES))
def test_ida_y_vuelta(objeto: dict[str, Any]) -> None:
    escrito = fhir.json.escribir(objeto)
    leido = fhir.json.leer(escrito)
    assert fhir.json.escribir(leido) == escrito
    # a decimal without point nor exponent is an integer for JSON
    assert json.loads(escrito) == json.loads(fhir.json.escribir(leido))


@given(st.integers() | _DECIMALES)
def test_las_cifras_sobreviven(numero: int | Decimal) -> None:
    leido = fhir.json.leer(fhir.json.escribir({"value": numero}))["value"]
    assert str(leido) == str(numero)


@pytest.mark.parametrize(
    "literal",
    ["1.00", "0.10", "1.50000000000000000000000001", "-0.0", "100", "1E+3", "1E-7", str(10**40)],
)
def test_los_literales_se_escriben_como_vinieron(literal: str) -> None:
    texto = f'{{"value":{literal}}}'.encode()
    assert fhir.json.escribir(fhir.json.leer(texto)) == texto
    assert fhir.json.canonico(fhir.json.leer(texto)) == texto


def test_un_exponente_conserva_su_precision() -> None:
    assert fhir.json.leer(b'{"v":1e3}')["v"].as_tuple() == Decimal("1E+3").as_tuple()
    assert fhir.json.leer(b'{"v":1.20e2}')["v"].as_tuple() == Decimal("1.20E+2").as_tuple()


@given(st.dictionaries(st.text(), _VALORES), st.randoms())
def test_lo_canonico_no_depende_del_orden(objeto: dict[str, Any], azar: Any) -> None:
    claves = list(objeto)
    azar.shuffle(claves)
    revuelto = {clave: objeto[clave] for clave in claves}
    assert fhir.json.canonico(revuelto) == fhir.json.canonico(objeto)
    assert _identico(fhir.json.leer(fhir.json.canonico(objeto)).get("x"), None) or "x" in objeto


@pytest.mark.parametrize(
    "malo",
    [
        b"",
        b"hola",
        b"[]",
        b'"texto"',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":01}',
        b'{"a":1,}',
        b"{'a':1}",
        b'{"a":1} sobra',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":1e99999}',
        b'{"a":1e99999999999999999999}',
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ],
)
def test_lo_que_no_es_un_objeto_json(malo: bytes) -> None:
    with pytest.raises(fhir.JsonInvalido):
        fhir.json.leer(malo)


@publicados.hacen_falta
def test_lo_publicado_sale_como_entro() -> None:
    for archivo in sorted((publicados.CARPETA / "fhir-r4-examples").glob("*.json")):
        crudo = archivo.read_bytes()
        leido = fhir.json.leer(crudo)
        a_mano = json.loads(crudo, parse_float=Decimal)
        assert _identico(leido, a_mano)
        assert _identico(fhir.json.leer(fhir.json.escribir(leido)), a_mano)
