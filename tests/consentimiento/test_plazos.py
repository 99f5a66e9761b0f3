"""Business days: the days of rest of LFT art. 74, and terms that never end on one."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from consentimiento import plazos
from consentimiento.services import arco

DIAS = st.dates(date(2024, 1, 1), date(2060, 12, 31))
PROPIOS = st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=12)


def test_the_days_of_rest_of_2026_are_those_of_the_law() -> None:
    assert plazos.descansos(2026) == {
        *(date(2026, 1, 1), date(2026, 2, 2), date(2026, 3, 16), date(2026, 5, 1)),
        *(date(2026, 9, 16), date(2026, 11, 16), date(2026, 12, 25)),
    }


@pytest.mark.parametrize(("anio", "descansa"), [(2024, True), (2025, False), (2030, True)])
def test_the_first_of_october_rests_when_a_presidency_begins(anio: int, descansa: bool) -> None:
    assert (date(anio, 10, 1) in plazos.descansos(anio)) is descansa


def test_twenty_days_from_a_request_of_november_skip_christmas() -> None:
    assert plazos.sumar(date(2026, 11, 27), 20) == date(2026, 12, 28)
    propios = {date(2026, 12, 24), date(2026, 12, 28)}
    assert plazos.sumar(date(2026, 11, 27), 20, propios) == date(2026, 12, 30)


@given(desde=DIAS, dias=st.integers(1, 60), propios=PROPIOS)
def test_a_term_ends_on_a_business_day_and_has_as_many_as_it_says(
    desde: date, dias: int, propios: frozenset[date]
) -> None:
    vence = plazos.sumar(desde, dias, propios)
    assert plazos.es_habil(vence, propios)
    assert plazos.restantes(desde, vence, propios) == dias
    assert plazos.sumar(desde, dias + 1, propios) > vence


@given(hoy=DIAS, vence=DIAS)
def test_a_clock_is_overdue_exactly_after_its_last_day(hoy: date, vence: date) -> None:
    assert (plazos.restantes(hoy, vence) < 0) is (hoy > vence)
    assert plazos.restantes(hoy, hoy + timedelta(days=1)) in (0, 1)


def test_the_same_request_ends_later_for_a_private_institution() -> None:
    publico, particular = arco.terminos("publico"), arco.terminos("particular")
    assert (publico.resolver, publico.prorroga, publico.ampliacion) == (20, 10, 0)
    assert (particular.resolver, particular.prorroga, particular.ampliacion) == (20, 20, 15)
    assert settings.ECE_PLAZOS_ARCO.exists()


@pytest.mark.parametrize("datos", [{}, {"publico": {"resolver": 20}}])
def test_terms_that_lack_something_are_refused(datos: dict[str, object]) -> None:
    with pytest.raises(plazos.PlazosMalConfigurados):
        plazos.terminos(datos, "publico")
