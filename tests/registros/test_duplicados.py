"""Who may be the same person: graded, with the reasons, and without drowning in homonyms."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from consentimiento import decision
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from registros.selectors import duplicados, expediente, identidad
from registros.selectors.duplicados import Grado, Razon, Senas
from registros.services import pacientes, vinculos
from registros.services.pacientes import desconocido
from tests.elenco import AHORA, XOCHITL, Elenco, registrar

pytestmark = pytest.mark.django_db

BASE = Senas(XOCHITL.nombre, XOCHITL.primer_apellido, XOCHITL.fecha_nacimiento)


@pytest.fixture
def alcance(elenco: Elenco) -> Alcance:
    actor = elenco.actor(elenco.archivo)
    return decision.alcanzar(actor, Permiso.PACIENTE_LISTAR, motivo="duplicados", ahora=AHORA)


@pytest.mark.parametrize(
    ("senas", "grado", "razones"),
    [
        (BASE, Grado.PROBABLE, {Razon.NOMBRE, Razon.FECHA}),
        (replace(BASE, nombre="Rosa"), Grado.POSIBLE, {Razon.APELLIDO, Razon.FECHA}),
        (replace(BASE, nombre="Sóchil"), Grado.PROBABLE, {Razon.NOMBRE, Razon.FECHA}),
        (replace(BASE, primer_apellido="Ybañes"), Grado.PROBABLE, {Razon.NOMBRE, Razon.FECHA}),
        (
            replace(BASE, telefono=XOCHITL.telefono),
            Grado.SEGURO,
            {Razon.NOMBRE, Razon.FECHA, Razon.TELEFONO},
        ),
        (
            replace(BASE, fecha_nacimiento=date(1984, 5, 18)),
            Grado.POSIBLE,
            {Razon.NOMBRE, Razon.FECHA_CASI},
        ),
        (
            replace(BASE, fecha_nacimiento=None),
            Grado.POSIBLE,
            {Razon.NOMBRE, Razon.SIN_FECHA},
        ),
        (Senas(nss="12345678903"), Grado.PROBABLE, {Razon.NSS}),
    ],
)
def test_each_likeness_has_its_grade_and_reasons(
    elenco: Elenco, alcance: Alcance, senas: Senas, grado: Grado, razones: set[Razon]
) -> None:
    registrar(elenco, replace(XOCHITL, nss="12345678903"))
    (parecido,) = duplicados.buscar(alcance, senas)
    assert parecido.grado == grado
    assert set(parecido.razones) == razones


@pytest.mark.parametrize(
    "senas",
    [
        replace(BASE, fecha_nacimiento=date(1951, 1, 2)),
        replace(BASE, primer_apellido="Robles"),
        Senas(telefono=XOCHITL.telefono),
        Senas(),
    ],
)
def test_a_homonym_or_a_shared_telephone_is_not_enough(
    paciente: UUID, alcance: Alcance, senas: Senas
) -> None:
    assert duplicados.buscar(alcance, senas) == []


def test_afterwards_those_already_linked_and_the_unknown_are_left_out(
    elenco: Elenco, alcance: Alcance, paciente: UUID
) -> None:
    archivo = elenco.actor(elenco.archivo)

    def abrir(cual: UUID):
        return decision.abrir_paciente(archivo, cual, Permiso.PACIENTE_VINCULAR, ahora=AHORA)

    gemela = registrar(elenco, replace(XOCHITL, segundo_apellido=""))
    sin_nombre = [
        registrar(elenco, desconocido(sexo="M", edad_aproximada=42, senas="")) for _ in range(2)
    ]
    acceso = abrir(paciente)
    assert [p.quien.id for p in duplicados.de_paciente(acceso, alcance)] == [gemela]
    assert duplicados.de_paciente(abrir(sin_nombre[0]), alcance) == []
    vinculos.vincular(acceso, abrir(gemela), motivo="x", ahora=AHORA)
    assert duplicados.de_paciente(acceso, alcance) == []


def test_the_unknown_is_identified_in_the_same_record(elenco: Elenco) -> None:
    cual = registrar(elenco, desconocido(sexo="M", edad_aproximada=42, senas="Lunar"))
    acceso = decision.abrir_paciente(
        elenco.actor(elenco.archivo), cual, Permiso.PACIENTE_MODIFICAR, ahora=AHORA
    )
    pacientes.modificar(acceso, identificacion=XOCHITL, version=1, ahora=AHORA)
    quien, recurso, version = expediente.identidad(acceso)
    assert (quien.nombre, quien.provisional, version) == ("Xóchitl Ibáñez Peña", "", 2)
    assert "Lunar" not in str(recurso)
    antes = identidad.historia(acceso)[-1].recurso
    assert "Lunar" in str(antes)
