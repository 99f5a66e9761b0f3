"""Catalogues: loaded once, their differences told, CIE-10 found as people ask for it."""

import gzip
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from registros.catalogos import cie10, fuentes
from registros.catalogos.cie10 import FRECUENTES, MUY_FRECUENTES, Peticion
from registros.catalogos.fuentes import CIE10, Fila, Fuente
from registros.selectors import catalogos as selectores
from registros.services import catalogos
from tests.elenco import AHORA

OFICIALES = Path(__file__).resolve().parents[3] / "shared" / "data" / "catalogos"
con_oficiales = pytest.mark.skipif(not OFICIALES.is_dir(), reason="sin ../shared/data/catalogos")

DIABETES = Fila("E119", "Diabetes mellitus tipo 2, sin mención de complicación", "", 28, 44195)
PARTO = Fila("O800", "Parto único espontáneo", "M", 3287, 21914)
PROSTATA = Fila("C61X", "Tumor maligno de la próstata", "H", 3652, 44195)
NEONATAL = Fila("P702", "Diabetes mellitus neonatal", "", 0, 365)
FILAS = [DIABETES, PARTO, PROSTATA, NEONATAL, Fila("E232", "Diabetes insípida")]


def cargar(filas: list[Fila] = FILAS, version: str = "prueba") -> catalogos.Diferencias:
    return catalogos.cargar(Fuente(CIE10, version, filas), ahora=AHORA)


def claves(texto: str, **limites: object) -> list[str]:
    return [o.clave for o in selectores.buscar_cie10(texto, **limites)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("texto", "peticion"),
    [
        ("E11.9", Peticion(clave="E119")),
        (" e 11 9 ", Peticion(clave="E119")),
        ("Diabétes de la MAMÁ", Peticion(palabras=("diabetes", "mama"))),
        ("cáncer de mama", Peticion(palabras=("tumor", "maligno", "mama"))),
        ("presión alta", Peticion(palabras=("hipertension",))),
        ("HTA", Peticion(clave="I10")),
        ("diabetes mellitus tipo 2", Peticion(clave="E11")),
        ("e11 coma", Peticion("E11", ("coma",))),
        ("covid-19", Peticion(clave="U071")),
        ("de la", Peticion()),
        ("a", Peticion()),
        ("'); --", Peticion()),
        ("", Peticion()),
    ],
)
def test_se_entiende_lo_que_la_gente_escribe(texto: str, peticion: Peticion) -> None:
    assert cie10.entender(texto) == peticion


@pytest.mark.django_db
@given(st.text(max_size=30))
def test_ninguna_busqueda_rompe_la_consulta(texto: str) -> None:
    assert isinstance(selectores.buscar_cie10(texto), list)


@pytest.mark.django_db
def test_cargar_dos_veces_es_una_y_se_dicen_las_diferencias() -> None:
    primera = cargar()
    assert (primera.nuevas, primera.retiradas, primera.cambiadas) == (5, 0, 0)
    repetida = cargar(list(reversed(FILAS)))
    assert repetida.sin_cambios
    assert repetida.version == primera.version
    otra = cargar([DIABETES, Fila("O800", "Parto único espontáneo", "M", 3287), Fila("A09X", "X")])
    assert (otra.nuevas, otra.retiradas, otra.cambiadas) == (1, 3, 1)
    assert claves("prostata") == []


@pytest.mark.django_db
def test_una_nota_vieja_conserva_las_palabras_de_su_dia() -> None:
    vieja = cargar().version
    nueva = cargar([Fila("E119", "Diabetes mellitus no insulinodependiente")]).version
    assert selectores.concepto(CIE10, "E119", version=vieja).texto == DIABETES.texto  # type: ignore[union-attr]
    vigente = selectores.cie10("E119")
    assert vigente is not None
    assert (vigente.texto, vigente.version) == ("Diabetes mellitus no insulinodependiente", nueva)
    assert selectores.cie10("O800") is None
    assert selectores.concepto("clues", "E119") is None
    assert selectores.cargado(CIE10)
    assert not selectores.cargado("clues")
    assert cargar().version == vieja  # the earlier edition rules again
    assert selectores.cie10("O800") is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("texto", "esperadas"),
    [
        ("diabetes", ["E119", "E232", "P702"]),
        ("DIABÉTES mel", ["E119", "P702"]),
        ("neonatal diabetes", ["P702"]),
        ("e1", ["E119"]),
        ("E11.9", ["E119"]),
        ("cáncer de prostata", ["C61X"]),
        ("diabetes tipo 2", ["E119"]),
        ("nada", []),
    ],
)
def test_busca_por_clave_o_por_palabras(texto: str, esperadas: list[str]) -> None:
    cargar()
    assert claves(texto) == esperadas


@pytest.mark.django_db
def test_dice_lo_que_no_va_con_el_paciente() -> None:
    cargar()

    def objecion(clave: str, **limites: object) -> str:
        (opcion,) = selectores.buscar_cie10(clave, **limites)  # type: ignore[arg-type]
        return opcion.objecion

    assert objecion("O800", sexo="H") == "sólo en mujeres"
    assert objecion("C61X", sexo="M") == "sólo en hombres"
    assert objecion("C61X", sexo="H", edad_en_dias=3652) == ""
    assert objecion("C61X", sexo="H", edad_en_dias=3651) == "desde los 10 años"
    assert objecion("O800", sexo="M", edad_en_dias=21914) == ""
    assert objecion("O800", sexo="M", edad_en_dias=21915) == "hasta los 59 años"
    assert objecion("P702", edad_en_dias=366) == "hasta los 11 meses"
    assert objecion("E119", edad_en_dias=3) == "desde los 29 días"
    assert objecion("O800") == ""


@pytest.mark.parametrize(
    ("limite", "minimo", "maximo"),
    [
        ("000H", 0, 0),
        ("028D", 28, 28),
        ("011M", 334, 365),
        ("059A", 21549, 21914),
        ("NO", None, None),
        ("", None, None),
    ],
)
def test_limites_en_dias(limite: str, minimo: int | None, maximo: int | None) -> None:
    assert fuentes.en_dias(limite) == minimo
    assert fuentes.en_dias(limite, cumplidos=True) == maximo


@given(st.dates(date(1901, 1, 1), date(1988, 1, 1)), st.integers(1, 110))
def test_un_limite_en_anos_no_yerra_ningun_cumpleanos(nacimiento, anos):  # type: ignore[no-untyped-def]
    """Whoever turns `anos` reaches the lower limit, and the eve of the next birthday is within."""
    if (nacimiento.month, nacimiento.day) == (2, 29):
        return
    cumple = nacimiento.replace(year=nacimiento.year + anos)
    vispera = nacimiento.replace(year=nacimiento.year + anos + 1) - timedelta(days=1)
    minimo = fuentes.en_dias(f"{anos:03d}A")
    maximo = fuentes.en_dias(f"{anos:03d}A", cumplidos=True)
    assert minimo is not None
    assert maximo is not None
    assert (cumple - nacimiento).days >= minimo - 1
    assert (vispera - nacimiento).days <= maximo + 1


@pytest.mark.django_db
def test_sin_mas_se_carga_la_cie10_en_espanol(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("cargar_catalogos")
    assert "nuevas" in capsys.readouterr().out
    call_command("cargar_catalogos")
    assert "sin cambios" in capsys.readouterr().out
    assert claves("hipertension")[0] == "I10X"
    assert claves("resfriado comun")[0] == "J00X"
    assert claves("infarto")[0] == "I219"
    assert {clave for clave in MUY_FRECUENTES | FRECUENTES if selectores.cie10(clave)} == (
        MUY_FRECUENTES | FRECUENTES
    )


@pytest.mark.django_db
def test_una_carpeta_sin_archivos_oficiales_se_dice(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="oficiales"):
        call_command("cargar_catalogos", tmp_path)
    with pytest.raises(CommandError, match="no es una carpeta"):
        call_command("cargar_catalogos", tmp_path / "nada")
    (tmp_path / "municipios.csv").write_text("OTRA,COSA\n1,2\n")
    with pytest.raises(CommandError, match="CVEGEO"):
        call_command("cargar_catalogos", tmp_path)


def test_de_un_catalogo_se_toma_la_edicion_mas_completa(tmp_path: Path) -> None:
    corta = "﻿CATALOG_KEY,NOMBRE,LSEX,LINF,LSUP\nO800,PARTO  ÚNICO,MUJER,009A,059A\n,VACÍA,,,\n"
    (tmp_path / "diagnosticos_sis.csv").write_text(corta, "utf-8")
    (fuente,) = fuentes.oficiales(tmp_path)
    assert fuente.filas == [Fila("O800", "PARTO ÚNICO", "M", 3287, 21914)]
    (tmp_path / "otros").mkdir()
    larga = "clave,nombre,sexo,edad_min,edad_max\nO800,PARTO,M,,\nA09X,DIARREA,,028D,\n"
    (tmp_path / "otros" / "cie10_mx_unificado.csv.gz").write_bytes(gzip.compress(larga.encode()))
    (fuente,) = fuentes.oficiales(tmp_path)
    assert fuente.filas == [Fila("O800", "PARTO", "M"), Fila("A09X", "DIARREA", "", 28)]


@con_oficiales
def test_los_archivos_oficiales() -> None:
    catalogos = {f.catalogo: f for f in fuentes.oficiales(OFICIALES)}
    assert len(catalogos[CIE10].filas) == 12_666
    assert len(catalogos["clues"].filas) == 15_295
    assert len(catalogos["municipios"].filas) == 2_478
    assert {"entidades", "nacionalidades", "afiliaciones", "religiones", "lenguas"} <= set(
        catalogos
    )
    diagnosticos = {fila.clave: fila for fila in catalogos[CIE10].filas}
    assert diagnosticos["O800"].sexo == "M"
    assert diagnosticos["C61X"].edad_minima == 3652
    assert sum(bool(fila.sexo) for fila in diagnosticos.values()) == 894
