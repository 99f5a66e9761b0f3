"""Whatever arrives, validation answers; and what it lets through breaks nothing behind it."""

from copy import deepcopy
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ece import fhir
from tests.fhir import generador
from tests.fhir.ejemplares import TIPOS, ejemplar

_SUELTOS = [
    *(
        None,
        True,
        0,
        -1,
        10**30,
        Decimal("1.5"),
        "",
        " ",
        "x",
        "#",
        "#x",
        "Patient/p1",
        "2020-01-01",
    ),
    *([], {}, [None], [[]], [{}], ["x"], {"x": 1}, {"resourceType": "Patient"}, {"id": "a"}),
    *({"reference": 1}, {"coding": "x"}, {"coding": [1]}, {"extension": {}}, {"contained": [1]}),
]
_CLAVES = ["id", "meta", "text", "contained", "extension", "_id", "_x", "value", "valueString"]
_CLAVES += ["resourceType", "code", "subject", "reference", "status", "_status", "coding", ""]


_AZAR = st.integers(0, 10**9).map(Random)


def _lugares(nodo: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a resource."""
    if isinstance(nodo, dict):
        propios = list(nodo.items())
    elif isinstance(nodo, list):
        propios = list(enumerate(nodo))
    else:
        return []
    return [(nodo, clave) for clave, _ in propios] + [x for _, v in propios for x in _lugares(v)]


def _usar(recurso: dict[str, Any]) -> None:
    if fhir.validar(recurso):
        return
    for indice in fhir.indices(recurso):
        assert all(isinstance(termino, str) for termino in fhir.terminos(indice))
    fhir.fecha_clinica(recurso)
    fhir.pacientes_de(recurso)
    fhir.sujeto_sin_resolver(recurso)
    fhir.resumenes.resumen(recurso, "true")
    assert fhir.json.leer(fhir.json.escribir(recurso)) == recurso


@given(st.sampled_from(TIPOS), _AZAR, st.integers(1, 4))
def test_nada_rompe_la_validacion(tipo: str, azar: Random, cambios: int) -> None:
    recurso = ejemplar(tipo)
    for _ in range(cambios):
        contenedor, clave = azar.choice(_lugares(recurso))
        if isinstance(contenedor, dict) and azar.random() < 0.3:
            contenedor[azar.choice(_CLAVES)] = deepcopy(azar.choice(_SUELTOS))
        else:
            contenedor[clave] = deepcopy(azar.choice(_SUELTOS))
    _usar(recurso)


@given(st.sampled_from(sorted(fhir.tipos_de_recurso())), _AZAR)
def test_nada_rompe_ningun_tipo(tipo: str, azar: Random) -> None:
    recurso = generador.recurso(tipo, azar, densidad=0.3)
    lugares = _lugares(recurso)
    _usar(recurso)
    contenedor, clave = azar.choice(lugares)
    contenedor[clave] = deepcopy(azar.choice(_SUELTOS))
    _usar(recurso)
