"""Finding people by what somebody types, whatever their names are like."""

from dataclasses import replace
from uuid import UUID

import pytest

from consentimiento import decision
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from registros.selectors import pacientes
from tests.elenco import AHORA, XOCHITL, Elenco, en_consulta, registrar

pytestmark = pytest.mark.django_db

NOMBRES = (
    ("Xóchitl", "Ibáñez", "Peña"),
    ("Ñusta", "Ek", "Uc"),
    ("Juana", "de la O", "de la Cruz"),
    ("María del Carmen", "Hernández", "Hernández"),
    ("José Ángel", "Hernández", ""),
)


@pytest.fixture
def registrados(elenco: Elenco) -> dict[str, UUID]:
    """First surname (or the given name, where two share it) -> patient of `medica`."""
    ids = {}
    for nombre, primero, segundo in NOMBRES:
        paciente = registrar(
            elenco,
            replace(XOCHITL, nombre=nombre, primer_apellido=primero, segundo_apellido=segundo),
        )
        en_consulta(elenco, paciente)
        ids[nombre if primero == "Hernández" else primero] = paciente
    return ids


def alcance_de(elenco: Elenco, quien: str) -> Alcance:
    actor = elenco.actor(getattr(elenco, quien))
    return decision.alcanzar(actor, Permiso.PACIENTE_LISTAR, motivo="busqueda", ahora=AHORA)


@pytest.mark.parametrize(
    ("texto", "esperados"),
    [
        ("iba", {"Ibáñez"}),
        ("IBANEZ pen", {"Ibáñez"}),
        ("sochitl", set()),
        ("nus", {"Ek"}),
        ("ek", {"Ek"}),
        ("uc", {"Ek"}),
        ("e", set()),
        ("o", {"de la O"}),
        ("de la o", {"de la O"}),
        ("juana de la O", {"de la O"}),
        ("cruz", {"de la O"}),
        ("her", {"María del Carmen", "José Ángel"}),
        ("her jos", {"José Ángel"}),
        ("carmen her", {"María del Carmen"}),
        ("hernandes", set()),
        ("-", set()),
        ("", set()),
        ("%_'\\", set()),
    ],
)
def test_whole_words_or_their_beginnings(
    elenco: Elenco, registrados: dict[str, UUID], texto: str, esperados: set[str]
) -> None:
    hallados = pacientes.buscar(alcance_de(elenco, "medica"), texto=texto)
    assert {h.id for h in hallados} == {registrados[e] for e in esperados}


def test_nobody_is_found_by_whom_they_are_not_tied_to(
    elenco: Elenco, registrados: dict[str, UUID]
) -> None:
    assert pacientes.buscar(alcance_de(elenco, "medico_ajeno"), texto="her") == []
    assert len(pacientes.buscar(alcance_de(elenco, "archivo"), texto="her")) == 2


def test_an_expediente_number_is_enough(elenco: Elenco, registrados: dict[str, UUID]) -> None:
    alcance = alcance_de(elenco, "medica")
    (hallado,) = pacientes.buscar(alcance, texto="iba")
    assert hallado.expediente
    (mismo,) = pacientes.buscar(alcance, texto=f" {hallado.expediente} ")
    assert mismo.id == hallado.id
