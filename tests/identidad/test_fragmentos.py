"""Pieces of text: one's own, or of everybody of a unit."""

from uuid import UUID

import pytest

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from ece.identidad import selectors
from ece.identidad.services import fragmentos
from ece.nucleo.acceso import Actor, PermisoInsuficiente
from tests.elenco import Elenco

pytestmark = pytest.mark.django_db


def guardar(actor: Actor, abreviatura: str = "cita", unidad: UUID | None = None) -> UUID:
    return fragmentos.guardar(
        actor, abreviatura=abreviatura, texto="Cita en {{plazo}}.", unidad_id=unidad
    )


def de(actor: Actor) -> list[str]:
    return [f.abreviatura for f in selectors.fragmentos(actor)]


def test_ones_own_are_ones_own_and_the_change_is_an_event(elenco: Elenco) -> None:
    medica, otro = elenco.actor(elenco.medica), elenco.actor(elenco.medico_ajeno)
    antes = Evento.objects.filter(tipo=TipoDeEvento.IDENTIDAD_CAMBIADA).count()
    guardar(medica)
    assert Evento.objects.filter(tipo=TipoDeEvento.IDENTIDAD_CAMBIADA).count() == antes + 1
    assert de(medica) == ["cita"]
    assert de(otro) == []


def test_those_of_a_unit_are_for_whoever_works_there(elenco: Elenco) -> None:
    guardar(elenco.actor(elenco.medica), unidad=elenco.consulta)
    (visto,) = selectors.fragmentos(elenco.actor(elenco.enfermera))
    assert (visto.unidad, visto.propio) == ("Consulta externa", False)
    assert de(elenco.actor(elenco.medico_ajeno)) == []
    with pytest.raises(PermisoInsuficiente):
        guardar(elenco.actor(elenco.medica), "otra", unidad=elenco.urgencias)


def test_who_writes_no_notes_makes_none(elenco: Elenco) -> None:
    with pytest.raises(PermisoInsuficiente):
        guardar(elenco.actor(elenco.laboratorio))


def test_only_its_author_changes_or_forgets_it(elenco: Elenco) -> None:
    medica, otro = elenco.actor(elenco.medica), elenco.actor(elenco.medico_ajeno)
    id_ = guardar(medica)
    with pytest.raises(fragmentos.FragmentoInexistente):
        fragmentos.borrar(otro, fragmento_id=id_)
    with pytest.raises(fragmentos.FragmentoInexistente):
        fragmentos.guardar(otro, abreviatura="x", texto="x", unidad_id=None, fragmento_id=id_)
    with pytest.raises(fragmentos.AbreviaturaRepetida):
        guardar(medica)
    fragmentos.guardar(medica, abreviatura="c", texto="y", unidad_id=None, fragmento_id=id_)
    assert de(medica) == ["c"]
    fragmentos.borrar(medica, fragmento_id=id_)
    assert de(medica) == []
