"""The catalogue of studies: codes that hold, limits that are of the patient, words that find."""

from decimal import Decimal

import pytest

from registros.catalogos import estudios
from registros.catalogos.analitos import ANALITOS, Bandera
from registros.catalogos.estudios import ESTUDIOS

LOINC = sorted({x.loinc for x in [*ANALITOS.values(), *ESTUDIOS.values()] if x.loinc})


def test_there_are_enough_and_each_thing_measured_is_of_some_study() -> None:
    assert len(ESTUDIOS) >= 120
    medidos = {a.clave for e in ESTUDIOS.values() for a in e.analitos}
    assert medidos == ANALITOS.keys()


@pytest.mark.parametrize("codigo", LOINC)
def test_every_loinc_code_has_its_check_digit(codigo: str) -> None:
    """Mod 10, as LOINC's users' guide computes it: a slip of a finger does not pass."""
    cuerpo, digito = codigo.split("-")
    suma = 0
    for lugar, cifra in enumerate(reversed(cuerpo)):
        doble = int(cifra) * (2 if lugar % 2 == 0 else 1)
        suma += doble - 9 if doble > 9 else doble
    assert (10 - suma % 10) % 10 == int(digito)


def test_critical_limits_lie_beyond_those_of_reference() -> None:
    for analito in ANALITOS.values():
        for sexo in ("male", "female"):
            for edad in (1, 40, 400, 4_000, 14_000, 30_000):
                normal = analito.referencia(sexo, edad)
                critico = analito.critico(sexo, edad)
                if normal and critico:
                    if None not in (normal.bajo, critico.bajo):
                        assert critico.bajo < normal.bajo, analito.clave  # type: ignore[operator]
                    if None not in (normal.alto, critico.alto):
                        assert critico.alto > normal.alto, analito.clave  # type: ignore[operator]


@pytest.mark.parametrize(
    ("clave", "valor", "sexo", "edad", "bandera"),
    [
        ("k", Decimal("6.8"), "male", None, Bandera.CRITICO_ALTO),
        ("k", Decimal("6.2"), "male", None, Bandera.ALTO),
        ("k", Decimal("2.7"), "male", None, Bandera.CRITICO_BAJO),
        ("k", Decimal("6.8"), "male", 3, Bandera.ALTO),
        ("k", Decimal("5.1"), "other", 14_000, Bandera.NORMAL),
        ("hb", Decimal("13"), "male", 14_000, Bandera.BAJO),
        ("hb", Decimal("13"), "female", 14_000, Bandera.NORMAL),
        ("hb", Decimal("13"), "female", 2, Bandera.BAJO),
        ("bt", Decimal("11"), "female", 3, Bandera.NORMAL),
        ("geb", Decimal("-3"), "male", None, Bandera.BAJO),
        ("tsh", Decimal("0.4"), "female", None, Bandera.NORMAL),
        ("hemo", "Desarrollo de levaduras", "male", None, Bandera.CRITICO),
        ("vih", "Reactivo", "male", None, Bandera.ANORMAL),
        ("vih", "No reactivo", "male", None, Bandera.NORMAL),
        ("uro", "E. coli", "male", None, None),
        ("e2", Decimal("90"), "female", None, None),
    ],
)
def test_a_value_is_read_against_the_limits_of_its_patient(
    clave: str, valor: Decimal | str, sexo: str, edad: int | None, bandera: Bandera | None
) -> None:
    assert ANALITOS[clave].bandera(valor, sexo, edad) is bandera


@pytest.mark.parametrize(
    ("escrito", "primero"),
    [
        ("biometria", "bh"),
        ("BH", "bh"),
        ("potasio", "ks"),
        ("tiroid", "pt"),
        ("ego", "ego"),
        ("rx torax", "rxt"),
        ("glucosilada", "a1cs"),
        ("TAC craneo", "tcc"),
    ],
)
def test_a_study_is_found_as_it_is_called(escrito: str, primero: str) -> None:
    assert primero in [e.clave for e in estudios.buscar(escrito)][:2]


def test_nothing_is_found_for_nothing() -> None:
    assert estudios.buscar("  ") == []
    assert estudios.buscar("zzz") == []
