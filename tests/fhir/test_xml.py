"""FHIR XML says what FHIR JSON says, of every type, and refuses what is neither."""

import re
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ece import fhir
from ece.fhir import XmlInvalido
from tests.fhir import generador, publicados

_ESPACIO = 'xmlns="http://hl7.org/fhir"'


def _sin_comillas(nodo: Any) -> Any:
    """As it is, but for how a narrative spells spaces and quotes."""
    if isinstance(nodo, dict):
        return {c: _prosa(v) if c == "div" else _sin_comillas(v) for c, v in nodo.items()}
    return [_sin_comillas(v) for v in nodo] if isinstance(nodo, list) else nodo


def _prosa(div: Any) -> Any:
    if not isinstance(div, str):
        return div
    sin_sangria = re.sub(r">\s+<", "><", div)
    return re.sub(r"\s+", " ", sin_sangria.replace("&quot;", '"').replace("&apos;", "'"))


@pytest.mark.parametrize("tipo", sorted(fhir.tipos_de_recurso()))
def test_ida_y_vuelta_de_cada_tipo(tipo: str) -> None:
    for semilla in range(3):
        recurso = generador.recurso(tipo, Random(semilla), densidad=0.7)
        assert fhir.xml.leer(fhir.xml.escribir(recurso)) == recurso
        bonito = fhir.xml.leer(fhir.xml.escribir(recurso, bonito=True))
        assert _sin_comillas(bonito) == _sin_comillas(recurso)


@publicados.hacen_falta
def test_lo_que_otros_publicaron() -> None:
    for recurso in (*publicados.ejemplos().values(), *publicados.de_synthea()[:400]):
        leido = fhir.xml.leer(fhir.xml.escribir(recurso))
        assert _sin_comillas(leido) == _sin_comillas(recurso)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")), min_size=1))
def test_ningun_texto_se_pierde(texto: str) -> None:
    recurso = {"resourceType": "Patient", "name": [{"family": texto + "\n\t<&>'\""}]}
    assert fhir.xml.leer(fhir.xml.escribir(recurso)) == recurso


def test_lo_que_no_se_ve_en_json() -> None:
    recurso = fhir.json.leer(
        b'{"resourceType":"Patient","active":false,"_birthDate":{"extension":[{"url":"u",'
        b'"valueDecimal":1.50}]},"name":[{"id":"n1","given":["A",null,"C"],'
        b'"_given":[null,{"extension":[{"url":"x","valueCode":"y"}]},{"id":"g"}]}],'
        b'"contained":[{"resourceType":"Organization","id":"o","name":"X"}],'
        b'"managingOrganization":{"reference":"#o"}}'
    )
    leido = fhir.xml.leer(fhir.xml.escribir(recurso))
    assert leido == recurso
    assert str(leido["_birthDate"]["extension"][0]["valueDecimal"]) == "1.50"


def test_la_narrativa_de_html_se_hace_xml() -> None:
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><p>a&nbsp;b &copy;<br>c</p></div>'
    recurso = {"resourceType": "Patient", "text": {"status": "generated", "div": div}}
    leido = fhir.xml.leer(fhir.xml.escribir(recurso))["text"]["div"]
    assert "a\u00a0b ©" in leido
    assert "<br/>" in leido


@pytest.mark.parametrize(
    "malo",
    [
        "",
        "<Patient/>",
        f"<Nadie {_ESPACIO}/>",
        f"<Patient {_ESPACIO}>suelto</Patient>",
        f'<Patient {_ESPACIO}><name value="x"/></Patient>',
        f'<Patient {_ESPACIO}><gender value="male"/><gender value="male"/></Patient>',
        f'<Patient {_ESPACIO}><gender valor="male"/></Patient>',
        f"<Patient {_ESPACIO}><contained/></Patient>",
        f'<Patient {_ESPACIO}><gender xmlns="urn:otro" value="male"/></Patient>',
        f'<Patient {_ESPACIO}><text><status value="generated"/><div>x</div></text></Patient>',
        f'<Observation {_ESPACIO}><valueQuantity><value value="1e9999999"/></valueQuantity>'
        "</Observation>",
        f"<!DOCTYPE Patient><Patient {_ESPACIO}/>",
        "<a>" * 5_000,
    ],
)
def test_lo_que_no_es_se_rechaza(malo: str) -> None:
    with pytest.raises(XmlInvalido):
        fhir.xml.leer(malo.encode())


def test_una_bomba_no_estalla() -> None:
    entidades = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    cuerpo = f'<Patient {_ESPACIO}><language value="&e11;"/></Patient>'
    bomba = f'<!DOCTYPE x [<!ENTITY e0 "ja">{entidades}]>{cuerpo}'
    with pytest.raises(XmlInvalido):
        fhir.xml.leer(bomba.encode())
