"""Every formula and table against what its authors published."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from registros.catalogos import crecimiento, embarazo, formulas
from registros.catalogos.antecedentes import indice_tabaquico
from registros.catalogos.edades import meses_cumplidos, sumar_meses
from registros.catalogos.escalas import APGAR, ESCALAS, NEWS2, TRIAGE, Grado
from registros.catalogos.signos import esperado
from registros.catalogos.vacunas import BIOLOGICOS
from registros.selectors.vacunas import Aplicacion, Situacion, calendario


def test_body_surface_by_mosteller() -> None:
    # N Engl J Med 1987;317:1098: the square root of height by weight over 3600.
    assert formulas.superficie_corporal(Decimal(60), Decimal(160)).valor == Decimal("1.63")
    assert formulas.superficie_corporal(Decimal(20), Decimal(110)).valor == Decimal("0.78")


def test_body_mass_index() -> None:
    assert formulas.masa_corporal(Decimal("68"), Decimal("165")).valor == Decimal("25.0")


def test_mean_pressure() -> None:
    assert formulas.presion_media(Decimal(120), Decimal(80)).valor == 93


@pytest.mark.parametrize(
    ("creatinina", "edad", "mujer", "esperada"),
    # Evaluated by hand from the equation of N Engl J Med 2021;385:1737-1749, table 2.
    [("1.0", 50, False, 92), ("1.0", 50, True, 69), ("0.7", 30, True, 119), ("2.5", 70, False, 27)],
)
def test_filtration_by_ckd_epi_2021(creatinina: str, edad: int, mujer: bool, esperada: int) -> None:
    assert formulas.filtrado_ckd_epi(Decimal(creatinina), edad, mujer=mujer).valor == esperada


def test_filtration_by_bedside_schwartz() -> None:
    # J Am Soc Nephrol 2009;20:629-637: 0.413 × 120 / 0.6.
    assert formulas.filtrado_schwartz(Decimal("0.6"), Decimal(120)).valor == 83


def test_pack_years() -> None:
    assert indice_tabaquico(20, 15) == 15


class TestCrecimiento:
    @pytest.mark.parametrize(
        ("indicador", "sexo", "meses", "z", "publicado"),
        # WHO Child Growth Standards and WHO Reference 2007, z-score tables of each indicator.
        [
            ("peso", "male", 0, 0, 3.3),
            ("peso", "female", 12, 0, 8.9),
            ("peso", "male", 12, -2, 7.7),
            ("peso", "female", 60, 3, 29.5),
            ("talla", "female", 0, 0, 49.1),
            ("talla", "male", 12, -2, 71.0),
            ("talla", "female", 60, 0, 109.4),
            ("talla", "male", 120, 0, 137.8),
            ("talla", "female", 180, -2, 148.0),
            ("imc", "male", 60, 2, 18.3),
            ("imc", "female", 120, 1, 19.0),
            ("perimetro_cefalico", "male", 6, 0, 43.3),
            ("perimetro_cefalico", "female", 0, -2, 31.5),
        ],
    )
    def test_the_tables_give_the_published_figures(
        self, indicador: str, sexo: str, meses: int, z: int, publicado: float
    ) -> None:
        lms = crecimiento.lms(indicador, sexo, round(meses * crecimiento.DIAS_POR_MES))
        assert lms is not None
        assert lms.valor(z) == pytest.approx(publicado, abs=0.1)
        assert lms.z(lms.valor(z)) == pytest.approx(z, abs=1e-9)

    def test_beyond_three_deviations_weight_is_measured_by_the_last_one(self) -> None:
        # WHO, Methods and development, 2006, chapter 7.
        lms = crecimiento.lms("peso", "male", 365)
        assert lms is not None
        paso = lms.valor(3) - lms.valor(2)
        assert lms.z(lms.valor(3) + paso, por_peso=True) == pytest.approx(4)
        abajo = lms.valor(-2) - lms.valor(-3)
        assert lms.z(lms.valor(-3) - abajo, por_peso=True) == pytest.approx(-4)

    def test_percentiles_and_the_edges_of_the_reference(self) -> None:
        assert crecimiento.percentil(0) == 50
        assert crecimiento.percentil(-1.8808) == pytest.approx(3, abs=0.01)
        assert crecimiento.lms("peso", "male", 3653) is None
        assert crecimiento.lms("peso", "unknown", 100) is None
        assert crecimiento.lms("talla", "male", -1) is None

    def test_length_becomes_height_at_two_years(self) -> None:
        # The median drops 0.7 cm when one stands up.
        acostado, de_pie = (crecimiento.lms("talla", "male", d) for d in (730, 731))
        assert acostado is not None
        assert de_pie is not None
        assert acostado.m - de_pie.m == pytest.approx(0.7, abs=0.05)

    def test_what_a_score_means(self) -> None:
        assert crecimiento.lectura("imc", 2.5, 700)[0] == "Sobrepeso"
        assert crecimiento.lectura("imc", 2.5, 4000)[0] == "Obesidad"
        assert crecimiento.lectura("imc", 1.5, 700)[0] == "Riesgo de sobrepeso"
        assert crecimiento.lectura("talla", -2.5, 700) == ("Talla baja", "aviso")


class TestEmbarazo:
    def test_naegele(self) -> None:
        assert embarazo.naegele(date(2025, 1, 1)) == date(2025, 10, 8)
        assert embarazo.naegele(date(2025, 5, 31)) == date(2026, 3, 7)

    @pytest.mark.parametrize(
        ("semanas", "dias"), [(8, 5), (9, 7), (15, 7), (16, 10), (22, 14), (28, 21)]
    )
    def test_the_tolerances_of_acog_700(self, semanas: int, dias: int) -> None:
        assert embarazo.tolerancia(semanas) == dias

    def test_an_ultrasound_within_tolerance_changes_nothing(self) -> None:
        fum, dia = date(2026, 1, 1), date(2026, 3, 5)  # nine weeks
        assert embarazo.corregida(fum, fecha=dia, semanas=8, dias=0) is None
        assert embarazo.corregida(fum, fecha=dia, semanas=7, dias=6) == dia + timedelta(days=225)

    def test_alarms(self) -> None:
        edad = embarazo.Edad(30 * 7)
        graves = embarazo.alarmas(edad, {"sistolica": Decimal(165), "diastolica": Decimal(80)})
        assert graves == [("Tensión de 160/110 o más: emergencia hipertensiva", True)]
        fondo = embarazo.alarmas(edad, {"fondo_uterino": Decimal(26)})
        assert fondo == [("Fondo uterino a más de 3 cm de lo esperado", False)]
        assert embarazo.alarmas(edad, {"frecuencia_fetal": Decimal(140)}) == []
        assert embarazo.alarmas(edad, {"frecuencia_fetal": Decimal(105)})


class TestEscalas:
    @pytest.mark.parametrize("escala", ESCALAS.values(), ids=lambda e: e.clave)
    def test_every_total_means_something_and_says_who_published_it(self, escala) -> None:
        for total in range(escala.minimo, escala.maximo + 1):
            assert escala.banda(total).texto
        assert escala.fuente
        claves = [o.clave for item in escala.items for o in item.opciones]
        assert len(claves) == len({(i.clave, o.clave) for i in escala.items for o in i.opciones})

    def test_ranges_are_those_published(self) -> None:
        rangos = {c: (e.minimo, e.maximo) for c, e in ESCALAS.items()}
        assert rangos["glasgow"] == (3, 15)
        assert rangos["news2"] == (0, 20)
        assert rangos["morse"] == (0, 125)
        assert rangos["silverman"] == rangos["eva"] == rangos["apgar-5"] == (0, 10)
        assert rangos["downton"] == (0, 11)
        assert len(APGAR) == 3

    def test_a_single_three_of_news2_is_urgent(self) -> None:
        # RCP 2017, chart 4: 3 in a single parameter, urgent ward-based response.
        sanas = {i.clave: next(o.clave for o in i.opciones if o.puntos == 0) for i in NEWS2.items}
        assert NEWS2.banda(NEWS2.total(sanas), sanas).grado is Grado.BIEN
        baja = {**sanas, "saturacion": "1-3"}
        assert NEWS2.total(baja) == 3
        assert NEWS2.banda(3, baja).grado is Grado.AVISO

    def test_a_red_flag_raises_a_priority_and_never_lowers_it(self) -> None:
        assert TRIAGE.total({"nivel": "azul"}) == 5
        assert TRIAGE.total({"nivel": "azul"}, ("dolor",)) == 3
        assert TRIAGE.total({"nivel": "azul"}, ("dolor", "choque")) == 1
        assert TRIAGE.total({"nivel": "rojo"}, ("dolor",)) == 1
        assert TRIAGE.espera == {1: 0, 2: 10, 3: 60, 4: 120, 5: 240}


class TestVacunas:
    NACIMIENTO = date(2025, 1, 10)

    def _dada(self, biologico: str, fecha: date) -> Aplicacion:
        b = BIOLOGICOS[biologico]
        return Aplicacion(uuid4(), fecha, b.nombre, b.cvx[0], "", "", "")

    def _situaciones(self, hoy: date, *dadas: Aplicacion) -> dict[str, Situacion]:
        casillas, _sobran = calendario(self.NACIMIENTO, dadas, hoy=hoy)
        return {f"{c.dosis.biologico.clave}-{c.dosis.edad}": c.situacion for c in casillas}

    def test_what_is_due_what_is_late_and_what_is_past_its_age(self) -> None:
        s = self._situaciones(date(2025, 3, 12))
        assert s["hexa-2"] is Situacion.TOCA
        assert s["bcg-0"] is Situacion.ATRASADA
        assert s["hexa-4"] is Situacion.FUTURA
        # Rotavirus is not begun after 14 weeks and 6 days.
        assert self._situaciones(self.NACIMIENTO + timedelta(days=104))["rv-2"] is not (
            Situacion.FUERA_DE_EDAD
        )
        tarde = self._situaciones(self.NACIMIENTO + timedelta(days=105))
        assert tarde["rv-2"] is Situacion.FUERA_DE_EDAD

    def test_catching_up_keeps_the_least_interval(self) -> None:
        tarde = date(2025, 8, 1)
        casillas, _ = calendario(self.NACIMIENTO, [self._dada("hexa", tarde)], hoy=tarde)
        segunda = next(
            c for c in casillas if c.dosis.biologico.clave == "hexa" and c.dosis.edad == 4
        )
        assert segunda.desde == tarde + timedelta(days=28)
        assert segunda.situacion is Situacion.FUTURA

    def test_a_dose_too_soon_does_not_count_but_four_days_do(self) -> None:
        primera = date(2025, 3, 10)
        pronto = self._dada("hexa", primera + timedelta(days=20))
        casi = self._dada("hexa", primera + timedelta(days=28))
        _c, sobran = calendario(
            self.NACIMIENTO, [self._dada("hexa", primera), pronto], hoy=date(2025, 5, 1)
        )
        assert sobran == [pronto]
        # Second dose: not before ten weeks of age, less four days of grace.
        casi = self._dada("hexa", self.NACIMIENTO + timedelta(days=70 - 4))
        temprana = self._dada("hexa", self.NACIMIENTO + timedelta(days=38))
        _c, sobran = calendario(self.NACIMIENTO, [temprana, casi], hoy=date(2025, 5, 1))
        assert sobran == []

    def test_the_same_schedule_whatever_the_order_of_the_record(self) -> None:
        dadas = [self._dada("srp", date(2026, 7, 10)), self._dada("srp", date(2026, 1, 12))]
        casillas, sobran = calendario(self.NACIMIENTO, dadas, hoy=date(2026, 11, 1))
        srp = [c.aplicacion.fecha for c in casillas if c.aplicacion]
        assert srp == [date(2026, 1, 12), date(2026, 7, 10)]
        assert sobran == []


def test_months_as_people_count_them() -> None:
    assert sumar_meses(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert meses_cumplidos(date(2024, 1, 31), date(2024, 3, 30)) == 1


def test_what_is_expected_depends_on_age() -> None:
    assert esperado("frecuencia_cardiaca", 0) == (100, 205)
    assert esperado("frecuencia_cardiaca", 480) == (60, 100)
    assert esperado("peso", 480) is None
