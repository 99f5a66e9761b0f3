"""The bytes that are signed, held to another implementation of RFC 8785."""

import json
import math
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ece import fhir
from ece.nucleo.firma.canonico import MAXIMO_ENTERO, NoCanonico, canonico, huella

hojas = (
    st.none()
    | st.booleans()
    | st.integers(-MAXIMO_ENTERO, MAXIMO_ENTERO)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",)))
)
valores = st.recursive(
    hojas,
    lambda dentro: (
        st.lists(dentro, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), dentro, max_size=4)
    ),
    max_leaves=12,
)


@given(valores)
def test_is_what_another_library_writes(valor: Any) -> None:
    assert canonico(valor) == rfc8785.dumps(valor)


@given(valores)
def test_what_is_read_back_has_the_same_bytes(valor: Any) -> None:
    assert canonico(json.loads(canonico(valor))) == canonico(valor)


def test_the_order_of_keys_and_the_digits_do_not_matter() -> None:
    uno = fhir.json.leer(b'{"b":1.50,"a":{"z":"\\u00e9","y":[]}}')
    otro = fhir.json.leer(b'{"a":{"y":[],"z":"\xc3\xa9"},"b":1.5}')
    assert canonico(uno) == canonico(otro) == '{"a":{"y":[],"z":"é"},"b":1.5}'.encode()


@pytest.mark.parametrize(
    "valor",
    [
        Decimal("0.12345678901234567890123"),
        2**53 + 1,
        10**400,
        math.nan,
        math.inf,
        {"a": "\ud800"},
        {"a": b"bytes"},
    ],
)
def test_what_would_lose_something_is_refused(valor: Any) -> None:
    with pytest.raises(NoCanonico):
        canonico(valor)


def test_how_it_is_kept_is_no_part_of_what_it_says() -> None:
    nota = {"resourceType": "Composition", "title": "Nota", "meta": {"versionId": "1"}}
    assert huella(nota) == huella({**nota, "meta": {"versionId": "2"}})
    assert huella(nota) != huella({**nota, "title": "Otra"})


def test_two_texts_that_look_alike_are_two() -> None:
    compuesta, separada = "José", "Jose\u0301"
    assert huella({"title": compuesta}) != huella({"title": separada})
