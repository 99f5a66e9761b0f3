"""The addresses that templates write are those that Django would."""

from uuid import uuid4

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse

NOMBRES = (
    *("clinica:expediente", "clinica:nota-nueva", "clinica:registro", "clinica:hoy"),
    *("clinica:agregar", "portal:resumen", "cuenta:salir"),
)
ARGUMENTOS = ((), (uuid4(),), (uuid4(), "evolucion"), (uuid4(), "Observation", uuid4()))
RAROS = (("no es un id",), (uuid4(), "a/b"), (uuid4(), "ñandú"), (7,), (str(uuid4()),))


@pytest.mark.parametrize("nombre", NOMBRES)
def test_an_address_is_the_one_of_django(nombre: str) -> None:
    hechas = 0
    for argumentos in ARGUMENTOS + RAROS:
        nombres = [f"a{n}" for n in range(len(argumentos))]
        plantilla = Template(f"{{% url '{nombre}' {' '.join(nombres)} %}}")
        contexto = Context(dict(zip(nombres, argumentos, strict=True)))
        for _ in range(2):  # the second from its pieces
            try:
                esperada = reverse(nombre, args=argumentos)
            except NoReverseMatch:
                with pytest.raises(NoReverseMatch):
                    plantilla.render(contexto)
            else:
                hechas += 1
                assert plantilla.render(contexto) == esperada
    assert hechas


def test_a_name_that_is_not_there_is_empty_when_it_is_kept() -> None:
    plantilla = Template("{% url 'clinica:nadie' as aqui %}{% url 'clinica:hoy' as hoy %}{{ hoy }}")
    assert plantilla.render(Context()) == reverse("clinica:hoy")
