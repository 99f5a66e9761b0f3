"""Two records of one person: linked both ways, read together, and told apart with no trace lost."""

from dataclasses import replace
from uuid import UUID

import psycopg
import pytest

from auditoria import bitacora
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.models import Alergia
from registros.selectors import expediente
from registros.services import alergias, pacientes, recursos, vinculos
from registros.services.alergias import Categoria, Criticidad
from tests.elenco import AHORA, XOCHITL, Elenco, acceso_de_medica, en_consulta, registrar

pytestmark = pytest.mark.django_db


def de_archivo(elenco: Elenco, paciente: UUID) -> Acceso:
    actor = elenco.actor(elenco.archivo)
    return decision.abrir_paciente(actor, paciente, Permiso.PACIENTE_VINCULAR, ahora=AHORA)


@pytest.fixture
def otro(elenco: Elenco) -> UUID:
    """The same person, registered again by her married name."""
    return registrar(elenco, replace(XOCHITL, segundo_apellido="de la Cruz"))


@pytest.fixture
def par(elenco: Elenco, paciente: UUID, otro: UUID) -> tuple[Acceso, Acceso]:
    return de_archivo(elenco, paciente), de_archivo(elenco, otro)


def con_alergia(acceso: Acceso, sustancia: str) -> None:
    alergias.registrar(
        acceso,
        sustancia=sustancia,
        categoria=Categoria.MEDICAMENTO,
        criticidad=Criticidad.ALTA,
        reaccion="",
        ahora=AHORA,
    )


def sin_meta(acceso: Acceso) -> dict[str, object]:
    return {k: v for k, v in expediente.identidad(acceso)[1].items() if k != "meta"}


def test_both_name_each_other_in_one_event(par: tuple[Acceso, Acceso]) -> None:
    uno, otro = par
    vinculos.vincular(uno, otro, motivo="Misma CURP", ahora=AHORA)
    (suyo,) = expediente.identidad(uno)[0].vinculos
    (del_otro,) = expediente.identidad(otro)[0].vinculos
    assert (suyo.paciente, suyo.tipo) == (otro.paciente, "replaces")
    assert (del_otro.paciente, del_otro.tipo) == (uno.paciente, "replaced-by")
    evento = Evento.objects.get(tipo=TipoDeEvento.PACIENTE_VINCULADO)
    assert sorted(evento.pacientes) == sorted([uno.paciente, otro.paciente])


def test_unlinking_restores_exactly(par: tuple[Acceso, Acceso]) -> None:
    antes = [sin_meta(acceso) for acceso in par]
    vinculos.vincular(*par, motivo="Parecen", ahora=AHORA)
    assert [sin_meta(acceso) for acceso in par] != antes
    vinculos.desvincular(*reversed(par), ahora=AHORA)
    assert [sin_meta(acceso) for acceso in par] == antes
    assert Evento.objects.filter(tipo=TipoDeEvento.PACIENTE_DESVINCULADO).count() == 1
    with pytest.raises(vinculos.NoVinculados):
        vinculos.desvincular(*par, ahora=AHORA)


def test_nobody_is_linked_twice_nor_in_a_chain(elenco: Elenco, par: tuple[Acceso, Acceso]) -> None:
    uno, otro = par
    with pytest.raises(vinculos.VinculoImposible):
        vinculos.vincular(uno, uno, motivo="", ahora=AHORA)
    vinculos.vincular(uno, otro, motivo="x", ahora=AHORA)
    with pytest.raises(vinculos.VinculoImposible):
        vinculos.vincular(uno, otro, motivo="x", ahora=AHORA)
    tercero = de_archivo(elenco, registrar(elenco, replace(XOCHITL, nombre="Sóchil")))
    with pytest.raises(vinculos.VinculoImposible):
        vinculos.vincular(otro, tercero, motivo="x", ahora=AHORA)
    vinculos.vincular(uno, tercero, motivo="x", ahora=AHORA)
    assert len(expediente.identidad(uno)[0].vinculos) == 2


def test_only_with_the_permission_on_both(
    elenco: Elenco, acceso: Acceso, par: tuple[Acceso, Acceso]
) -> None:
    for pareja in ((acceso, par[1]), (par[1], acceso)):
        with pytest.raises(PermisoInsuficiente):
            vinculos.vincular(*pareja, motivo="x", ahora=AHORA)
        with pytest.raises(PermisoInsuficiente):
            vinculos.desvincular(*pareja, ahora=AHORA)


def test_a_failure_of_the_log_links_neither(
    par: tuple[Acceso, Acceso], monkeypatch: pytest.MonkeyPatch
) -> None:
    rota = ("INSERT INTO no_existe VALUES (%s)", [1])
    with monkeypatch.context() as parche:
        parche.setattr(bitacora, "insercion", lambda eventos: rota)
        with pytest.raises(psycopg.Error):
            vinculos.vincular(*par, motivo="x", ahora=AHORA)
    assert all(not expediente.identidad(acceso)[0].vinculos for acceso in par)


def test_a_correction_keeps_the_link(elenco: Elenco, par: tuple[Acceso, Acceso]) -> None:
    vinculos.vincular(*par, motivo="x", ahora=AHORA)
    version = expediente.identidad(par[0])[2]
    nueva = replace(XOCHITL, telefono="9510000000")
    pacientes.modificar(par[0], identificacion=nueva, version=version, ahora=AHORA)
    assert len(expediente.identidad(par[0])[0].vinculos) == 1


def test_who_reads_one_reads_both_while_they_are_linked(
    elenco: Elenco, acceso: Acceso, par: tuple[Acceso, Acceso]
) -> None:
    en_consulta(elenco, par[1].paciente)
    con_alergia(acceso_de_medica(elenco, par[1].paciente), "Penicilina")
    con_alergia(acceso, "Látex")
    assert decision.abrir_vinculados(acceso, ahora=AHORA) == []

    vinculos.vincular(*par, motivo="x", ahora=AHORA)
    (del_otro,) = decision.abrir_vinculados(acceso, ahora=AHORA)
    assert del_otro.permisos == {Permiso.PACIENTE_LEER, Permiso.EXPEDIENTE_LEER}
    assert del_otro.fundamento == "vinculo"
    juntas = expediente.alergias(acceso, vinculados=[del_otro])
    assert {a.titulo for a in juntas} == {"Látex", "Penicilina"}
    linea = expediente.linea_de_tiempo(acceso, vinculados=[del_otro], limite=3)
    resto = expediente.linea_de_tiempo(
        acceso, vinculados=[del_otro], cursor=linea.siguiente, limite=50
    )
    todas = [*linea.entradas, *resto.entradas]
    assert len({e.id for e in todas}) == len(todas)
    assert todas == sorted(todas, key=lambda e: (e.fecha, e.id), reverse=True)
    assert {e.paciente for e in todas} == {acceso.paciente, del_otro.paciente}
    ajena = next(e for e in todas if e.paciente == del_otro.paciente)
    assert expediente.registro(acceso, tipo=ajena.tipo, id=ajena.id) is None
    assert expediente.registro(acceso, tipo=ajena.tipo, id=ajena.id, vinculados=[del_otro])

    with pytest.raises(PermisoInsuficiente):
        con_alergia(del_otro, "Yodo")
    vinculos.desvincular(*par, ahora=AHORA)
    assert decision.abrir_vinculados(acceso, ahora=AHORA) == []
    assert len(list(Alergia.objects.de(acceso))) == 1


def test_a_link_that_only_one_of_them_says_opens_nothing(elenco: Elenco, acceso: Acceso) -> None:
    """Whoever can write a Patient cannot reach another's record by naming it."""
    ajeno = registrar(elenco, replace(XOCHITL, nombre="Otra"))
    suya = decision.abrir_paciente(
        elenco.actor(elenco.archivo), acceso.paciente, Permiso.PACIENTE_MODIFICAR, ahora=AHORA
    )
    _, recurso, version = expediente.identidad(suya)
    recurso["link"] = [{"other": {"reference": f"Patient/{ajeno}"}, "type": "seealso"}]
    recursos.actualizar(suya, id=suya.paciente, recurso=recurso, version=version, ahora=AHORA)
    assert decision.abrir_vinculados(acceso, ahora=AHORA) == []
