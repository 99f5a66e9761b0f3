"""Narrative carries words and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ece.fhir import narrativa

X = 'xmlns="http://www.w3.org/1999/xhtml"'

BUENAS = [
    f"<div {X}>Hola</div>",
    f'<div {X}><p class="a">Hola<br/>a <b>todos</b></p><hr/></div>',
    f'<div {X} lang="es"><table><tr><td colspan="2">1</td></tr></table></div>',
    f'<div {X}><img src="#foto" alt="x"/></div>',
    f"<div {X}>5 &lt; 6 &amp; 7&#160;&gt; 2</div>",
    f"<div {X}><!-- nota -->Hola</div>",
    f'<div {X}><a href="https://ejemplo.mx/">x</a></div>',
]
MALAS = [
    "",
    "Hola",
    "<div>Hola</div>",
    f"<p {X}>Hola</p>",
    f"<div {X}></div>",
    f"<div {X}>  </div>",
    f"<div {X}>Hola",
    f"<div {X}><b>Hola</div>",
    f"<div {X}>Hola</div><div {X}>otra</div>",
    f"<div {X}>Hola</div> cola",
    f"<div {X}><script>x</script></div>",
    f"<div {X}><SCRIPT>x</SCRIPT></div>",
    f'<div {X} onclick="x()">Hola</div>',
    f'<div {X}><a href="javascript:x()">Hola</a></div>',
    f'<div {X}><a href=" java&#10;script:x()">Hola</a></div>',
    f'<div {X}><a href="data:text/html,x">Hola</a></div>',
    f"<div {X}><iframe>x</iframe></div>",
    f"<div {X}><form>x</form></div>",
    f"<div {X}><svg>x</svg></div>",
    f"<div {X}><style>x</style>Hola</div>",
    f"<div {X}><!--><b>x</b>-->Hola</div>",
    f"<div {X}><![CDATA[x]]>Hola</div>",
    f"<div {X}><?php x ?>Hola</div>",
    f"<!DOCTYPE html><div {X}>Hola</div>",
]


@pytest.mark.parametrize("div", BUENAS)
def test_se_admite(div: str) -> None:
    assert narrativa.es_valida(div)


@pytest.mark.parametrize("div", MALAS)
def test_se_rechaza(div: str) -> None:
    assert not narrativa.es_valida(div)


@given(st.text().filter(lambda t: any(c.isalnum() for c in t)))
def test_de_cualquier_texto_sale_una_narrativa_valida(texto: str) -> None:
    assert narrativa.es_valida(narrativa.de_texto(texto))


@given(st.lists(st.from_regex(r"[a-zñ<>&\"']([a-zñ<>&\"' ]*[a-zñ])?", fullmatch=True), min_size=1))
def test_ida_y_vuelta_por_lineas(lineas: list[str]) -> None:
    assert narrativa.a_texto(narrativa.de_texto("\n".join(lineas))) == "\n".join(lineas)


def test_las_tablas_se_leen_por_renglones() -> None:
    div = f"<div {X}><table><tr><td>Peso</td></tr><tr><td>70 kg</td></tr></table></div>"
    assert narrativa.a_texto(div).split() == ["Peso", "70", "kg"]
