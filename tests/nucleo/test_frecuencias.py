"""The public table of names that levels the search tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ece.nucleo import fichas, frecuencias
from ece.nucleo.frecuencias import fonetica, normalizar


def test_la_tabla_es_amplia_y_suma_lo_que_dice() -> None:
    tablas = [frecuencias.apellidos(), frecuencias.nombres("H"), frecuencias.nombres("M")]
    assert len(tablas[0]) >= 500
    assert len(tablas[1]) + len(tablas[2]) >= 250
    for tabla in tablas:
        pesos = [peso for _, peso in tabla]
        assert sum(pesos) == pytest.approx(1 - frecuencias.SIN_LISTAR, abs=0.001)
        assert pesos == sorted(pesos, reverse=True)
        assert pesos[-1] > 0
        assert len({normalizar(texto) for texto, _ in tabla}) == len(tabla)


def test_la_cola_de_apellidos_recorre_el_abecedario() -> None:
    iniciales = {normalizar(texto)[0] for texto, _ in frecuencias.apellidos()}
    assert set("ABCDEFGHIJLMNOPQRSTUVXYZ") <= iniciales


@pytest.mark.parametrize(
    ("texto", "esperado"),
    [("  Núñez   Güemes ", "NUNEZ GUEMES"), ("de la Peña", "DE LA PENA"), ("", "")],
)
def test_normalizar(texto: str, esperado: str) -> None:
    assert normalizar(texto) == esperado


@given(st.text(alphabet="abcñáéíóúü ABCÑÁÉÍÓÚÜ\u0303\u0301\t-'."))
def test_normalizar_dos_veces_es_una(texto: str) -> None:
    assert normalizar(normalizar(texto)) == normalizar(texto)


@pytest.mark.parametrize(
    ("una", "otra"),
    [
        ("Hernández", "Ernandes"),
        ("Jiménez", "Giménez"),
        ("Ximénez", "Jiménez"),
        ("Xóchitl", "Sochil"),
        ("Velázquez", "Belasques"),
        ("Llanes", "Yanez"),
        ("Leyva", "Leiva"),
        ("Zepeda", "Cepeda"),
        ("Karla", "Carla"),
        ("Ruvalcaba", "Rubalkaba"),
        ("Enríquez", "Henríquez"),
        ("Canpos", "Campos"),
        ("Monroy", "Monroi"),
        ("Asencio", "Ascencio"),
        ("Quiroz", "Kiros"),
        ("Oswaldo", "Osvaldo"),
        ("Nájera", "Nagera"),
        ("Sofía", "Sophia"),
    ],
)
def test_suenan_igual(una: str, otra: str) -> None:
    assert fonetica(una) == fonetica(otra)


@pytest.mark.parametrize(
    ("una", "otra"),
    [("Chávez", "Cávez"), ("Gómez", "Gámez"), ("Guerra", "Gerra"), ("Sosa", "Sota")],
)
def test_suenan_distinto(una: str, otra: str) -> None:
    assert fonetica(una) != fonetica(otra)


@given(st.text(min_size=1))
def test_toda_palabra_con_letras_tiene_clave(palabra: str) -> None:
    assert bool(fonetica(palabra)) == bool(normalizar(palabra))


def test_frecuencias_de_palabras() -> None:
    apellido = frecuencias.frecuencia_apellido
    assert apellido("HERNANDEZ") > apellido("NAVA") > 0
    assert apellido("ZZZ") == apellido("DE") == 0
    assert frecuencias.frecuencia_nombre("MARIA") > 0.05
    tabla = dict(frecuencias.apellidos())
    assert apellido("CRUZ") == pytest.approx(tabla["Cruz"] + tabla["de la Cruz"])


@given(st.sampled_from([texto for texto, _ in frecuencias.apellidos()]), st.integers(3, 5))
def test_un_prefijo_es_al_menos_tan_comun_como_uno_mas_largo(texto: str, largo: int) -> None:
    palabra = normalizar(texto).split()[-1].ljust(largo + 1, "A")
    corto = frecuencias.frecuencia_prefijo(palabra[:largo])
    assert frecuencias.frecuencia_prefijo(palabra[: largo + 1]) <= corto < 1


def test_una_palabra_de_dos_letras_solo_cuenta_entera() -> None:
    ek = frecuencias.frecuencia_apellido("EK")
    assert frecuencias.frecuencia_prefijo("EK") == pytest.approx(1 - (1 - ek) ** 2)
    assert frecuencias.frecuencia_prefijo("HE") == frecuencias.frecuencia_prefijo("") == 0


def test_la_frecuencia_por_sonido_junta_las_grafias() -> None:
    juntas = frecuencias.frecuencia_fonetica(fonetica("Zepeda"))
    assert juntas > 2 * frecuencias.frecuencia_apellido("ZEPEDA") > 0


def test_el_resto_crece_con_el_umbral_y_nunca_olvida_lo_no_listado() -> None:
    for largo in (3, 4, 5, 6):
        restos = [
            frecuencias.resto_poco_frecuente("prefijo", largo, umbral)
            for umbral in (0.0, 0.0005, 0.001, 0.01, 1.0)
        ]
        assert restos == sorted(restos)
        assert restos[0] > 0.3
    sin_listar = sum(frecuencias.resto_poco_frecuente("fonetica", n, 0.0) for n in range(1, 30))
    assert sin_listar == pytest.approx(3.4 * frecuencias.SIN_LISTAR)
    todo = sum(frecuencias.resto_poco_frecuente("fonetica", n, 1.0) for n in range(1, 30))
    assert 3.0 < todo < 3.5


def test_ninguna_palabra_listada_se_indexa_por_un_valor_que_la_tabla_ignora() -> None:
    """Tokens and table must cut words the same way, or frequent words would pass for rare."""
    for texto, _ in [*frecuencias.apellidos(), *frecuencias.nombres("M")]:
        for palabra in fichas.palabras(texto):
            assert frecuencias.frecuencia_fonetica(fonetica(palabra)) > 0
            for largo in fichas.LARGOS_DE_PREFIJO:
                if largo <= len(palabra) or largo == fichas.LARGOS_DE_PREFIJO[0]:
                    assert frecuencias.frecuencia_prefijo(palabra[:largo]) > 0
