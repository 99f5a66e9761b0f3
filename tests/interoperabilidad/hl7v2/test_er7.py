"""The syntax: read without loss, delimiters of anybody, escapes there and back, and what is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interoperabilidad.hl7v2 import er7, juegos, marco
from interoperabilidad.hl7v2.er7 import Delimitadores, Er7Invalido, Escritor, Valor
from tests.interoperabilidad.hl7v2 import mensajes

TEXTO = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x85\u2028\u2029"),
    max_size=40,
)


def test_lo_que_se_lee_se_puede_escribir_igual() -> None:
    original = mensajes.adt("A01", resto=("ZPX|1|algo^propio~de nadie|\\X41\\",)).decode()
    assert str(er7.leer(original)) == original


def test_los_delimitadores_son_los_que_dice_el_mensaje() -> None:
    leido = er7.leer("MSH#*!?%#APP#INST##\rPID#1##7*x*y*AUT%1.2*MR!8##APELLIDO%de*N?T?M")
    pid = leido.primero("PID")
    assert pid is not None
    assert [v[1] for v in pid.valores(3)] == ["7", "8"]
    assert pid.valor(3).sub(4, 2) == "1.2"
    assert pid.valor(5)[2] == "N%M"  # ?T? is the subcomponent separator


@pytest.mark.parametrize(
    ("texto", "razon"),
    [
        ("", "MSH"),
        ("PID|1", "MSH"),
        ("MSH|^~\\", "MSH"),
        ("MSH|^^~\\|A|B", "delimitadores"),
        ("MSHA^~\\&A", "letras"),
        ("MSH|^~\\&|A\rbasura", "no es un segmento"),
        ("MSH|^~\\&|A\rMSH|^~\\&|B", "más de un MSH"),
        ("MSH|^~\\&|A\r" + "PID|1\r" * 10_001, "segmentos"),
        ("MSH|^~\\&|A\rPID" + "|" * 20_001, "partes"),
        ("MSH|^~\\&|A\rPID|1||" + "~" * 20_001, "partes"),
    ],
)
def test_lo_que_no_es_un_mensaje_se_dice_por_que(texto: str, razon: str) -> None:
    with pytest.raises(Er7Invalido, match=razon):
        er7.leer(texto)


@settings(max_examples=150)
@given(TEXTO)
def test_todo_texto_va_y_vuelve(texto: str) -> None:
    escrito = str(Escritor().segmento("ZZZ", {1: ("a", texto, "b")}))
    assert "\r" not in escrito[:-1]
    (segmento,) = er7.leer(f"MSH|^~\\&|A\r{escrito}").todos("ZZZ")
    assert segmento.valor(1)[2] == texto.strip()
    assert segmento.valor(1)[3] == "b"


def test_los_saltos_y_lo_escondido_se_leen() -> None:
    d = Delimitadores()
    assert er7.desescapar("uno\\.br\\dos\\F\\tres\\X41C1\\\\H\\!\\N\\", d) == "uno\ndos|tresAÁ!"
    assert er7.desescapar("\\Zpropio\\ y \\XZZ\\", d) == "\\Zpropio\\ y \\XZZ\\"
    assert er7.escapar("a|b^c\r\nd\x01", d) == "a\\F\\b\\S\\c\\.br\\d\\X01\\"


def test_dos_comillas_son_borrar_y_no_un_valor() -> None:
    (pid,) = er7.leer('MSH|^~\\&|A\rPID|1||""|4').todos("PID")
    assert pid.nulo(3)
    assert pid[3] == ""
    assert not Valor('""', Delimitadores())


@pytest.mark.parametrize(
    ("declarado", "codec"),
    [
        ("8859/1", "latin-1"),
        ("UNICODE UTF-8", "utf-8"),
        ("UTF-8", "utf-8"),
        ("", "utf-8"),
        ("ASCII", "utf-8"),
        ("8859/15", "iso8859-15"),
    ],
)
def test_cada_juego_de_caracteres(declarado: str, codec: str) -> None:
    texto = f"MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5||||||{declarado}\rPID|1||||PEÑA^JOSÉ"
    leido, _ = juegos.decodificar(texto.encode(codec))
    assert leido == texto


def test_un_juego_que_no_es_se_dice() -> None:
    texto = "MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5||||||{}\rPID|1||||PEÑA"
    with pytest.raises(juegos.JuegoInvalido, match="no se admite"):
        juegos.decodificar(texto.format("KLINGON").encode())
    with pytest.raises(juegos.JuegoInvalido, match="MSH-18"):
        juegos.decodificar(texto.format("").encode("latin-1"))
    leido, _ = juegos.decodificar(texto.format("").encode("latin-1"), por_omision="8859/1")
    assert "PEÑA" in leido


@settings(max_examples=100)
@given(st.lists(st.binary(max_size=60), max_size=5), st.integers(1, 7))
def test_el_marco_entrega_lo_mismo_llegue_como_llegue(partes: list[bytes], paso: int) -> None:
    limpias = [p.replace(b"\x1c", b"").replace(b"\x0b", b"") for p in partes]
    todo = b"".join(marco.enmarcar(p) for p in limpias)
    desenmarcador = marco.Desenmarcador(limite=1000)
    recibidas = [
        m for n in range(0, len(todo), paso) for m in desenmarcador.recibir(todo[n : n + paso])
    ]
    assert recibidas == limpias


def test_lo_que_no_viene_enmarcado_o_no_cabe_corta() -> None:
    with pytest.raises(marco.MarcoRoto, match="inicio"):
        marco.Desenmarcador(limite=100).recibir(b"GET / HTTP/1.1\r\n")
    with pytest.raises(marco.MarcoRoto, match="octetos"):
        marco.Desenmarcador(limite=100).recibir(b"\x0b" + b"A" * 200)
    with pytest.raises(marco.MarcoRoto, match="octetos"):
        marco.Desenmarcador(limite=100).recibir(b"\x0b" + b"A" * 200 + b"\x1c\r")
