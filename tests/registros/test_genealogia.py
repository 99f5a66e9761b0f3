"""The pedigree: everybody is drawn, nobody over anybody, and the marks say what is known."""

from uuid import uuid4

from ece.web.clinica.genealogia import ANCHO, RADIO, arbol
from registros.catalogos.antecedentes import PARENTESCOS
from registros.selectors.antecedentes import Familiar


def _familiar(codigo: str, *padece: str, vive: bool = True) -> Familiar:
    return Familiar(uuid4(), PARENTESCOS[codigo], "", list(padece), vive, None)


def test_everybody_is_drawn_once_and_nobody_over_anybody() -> None:
    familia = [_familiar("FTH", "Diabetes", vive=False)]
    familia += [_familiar(c) for c in ("BRO", "SIS", "BRO", "SIS", "SON", "DAU", "DAU")]
    dibujo = arbol(familia, sexo="female")
    # Four grandparents and two parents, known or not; the patient; four siblings; three children.
    assert len(dibujo.figuras) == 4 + 2 + 1 + 4 + 3
    assert sum(f.sin_dato for f in dibujo.figuras) == 5
    for una in dibujo.figuras:
        assert RADIO <= una.x <= ANCHO - RADIO
        assert una.pie < dibujo.alto
        for otra in dibujo.figuras:
            if una is not otra and una.y == otra.y:
                assert abs(una.x - otra.x) > 2 * RADIO
    (padre,) = [f for f in dibujo.figuras if f.fallecido]
    assert (padre.afectado, padre.renglones) == (True, ["Diabetes"])


def test_more_than_two_conditions_are_counted_not_written_over_others() -> None:
    dibujo = arbol([_familiar("MTH", "Asma", "Diabetes", "Cáncer", "Epilepsia")], sexo="male")
    (madre,) = [f for f in dibujo.figuras if f.afectado]
    assert madre.renglones == ["Asma", "Diabetes", "+2"]
