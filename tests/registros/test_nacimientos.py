"""Whoever is born is registered from the mother's chart, and each record names the other."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest

from auditoria import bitacora
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.selectors import expediente, recursos
from registros.services import nacimientos, pacientes
from registros.services.nacimientos import Nacimiento
from tests.elenco import AHORA, XOCHITL, Elenco, acceso_de_medica, registrar

pytestmark = pytest.mark.django_db

NACIMIENTO = Nacimiento(
    momento=datetime(2026, 11, 23, 9, 42, tzinfo=UTC),
    sexo="M",
    orden=2,
    peso=2980,
    talla=Decimal("49.5"),
    apgar_1=8,
    apgar_5=9,
)


def nacer(madre: Acceso, nacimiento: Nacimiento = NACIMIENTO) -> UUID:
    hijo = decision.admitir_recien_nacido(madre, ahora=AHORA)
    return nacimientos.registrar(madre, hijo, nacimiento=nacimiento, ahora=AHORA)


def test_the_physician_who_attends_registers_and_sees_the_child(
    elenco: Elenco, acceso: Acceso
) -> None:
    hijo = acceso_de_medica(elenco, nacer(acceso))
    quien, recurso, _ = expediente.identidad(hijo)
    assert quien.nombre == "RN 2 de Xóchitl Ibáñez Peña"
    assert (quien.provisional, recurso["birthDate"]) == ("recien-nacido", "2026-11-23")
    assert recurso["multipleBirthInteger"] == 2
    assert recurso["contact"][0]["name"]["text"] == "Xóchitl Ibáñez Peña"
    assert recurso["telecom"] == expediente.identidad(acceso)[1]["telecom"]
    entradas = expediente.linea_de_tiempo(hijo).entradas
    detalles = {e.titulo: e.detalle for e in entradas}
    assert (detalles["Peso"], detalles["Talla"]) == ("2.98 kg", "49.5 cm")
    assert detalles["Apgar al minuto 5"] == "9 puntos"
    assert "Índice de masa corporal" not in detalles
    evento = Evento.objects.get(tipo=TipoDeEvento.NACIMIENTO_REGISTRADO)
    assert sorted(evento.pacientes) == sorted([acceso.paciente, hijo.paciente])


def test_each_record_leads_to_the_other(elenco: Elenco, acceso: Acceso) -> None:
    hijo = acceso_de_medica(elenco, nacer(acceso))
    (enlace,) = expediente.identidad(acceso)[1]["link"]
    _, _, lazo = enlace["other"]["reference"].partition("RelatedPerson/")
    sellado = recursos.sellado("RelatedPerson", UUID(lazo))
    assert sellado is not None
    assert sellado.paciente == hijo.paciente
    assert [p.id for p in expediente.familia(acceso)] == [hijo.paciente]
    assert [p.id for p in expediente.familia(hijo)] == [acceso.paciente]
    # a relative is not another record of the same person
    assert expediente.identidad(acceso)[0].vinculos == ()
    assert decision.abrir_vinculados(acceso, ahora=AHORA) == []


def test_nothing_but_the_hour_is_needed(elenco: Elenco, acceso: Acceso) -> None:
    hijo = acceso_de_medica(elenco, nacer(acceso, Nacimiento(NACIMIENTO.momento, sexo="")))
    quien, recurso, _ = expediente.identidad(hijo)
    assert quien.nombre == "RN de Xóchitl Ibáñez Peña"
    assert recurso["gender"] == "unknown"


def test_the_name_comes_later(elenco: Elenco, acceso: Acceso) -> None:
    hijo = acceso_de_medica(elenco, nacer(acceso))
    nueva = replace(
        XOCHITL, nombre="Luz", fecha_nacimiento=NACIMIENTO.momento.date(), sin_curp_motivo="x"
    )
    pacientes.modificar(hijo, identificacion=nueva, version=1, ahora=AHORA)
    assert expediente.identidad(hijo)[0].nombre == "Luz Ibáñez Peña"
    assert Evento.objects.filter(tipo=TipoDeEvento.PACIENTE_IDENTIFICADO).count() == 1
    assert [p.id for p in expediente.familia(hijo)] == [acceso.paciente]


def test_only_who_may(elenco: Elenco, acceso: Acceso) -> None:
    enfermera = decision.abrir_paciente(
        elenco.actor(elenco.enfermera), acceso.paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA
    )
    with pytest.raises(PermisoInsuficiente):
        decision.admitir_recien_nacido(enfermera, ahora=AHORA)
    hijo = decision.admitir_recien_nacido(acceso, ahora=AHORA)
    with pytest.raises(PermisoInsuficiente):
        nacimientos.registrar(enfermera, hijo, nacimiento=NACIMIENTO, ahora=AHORA)
    with pytest.raises(PermisoInsuficiente):
        nacimientos.registrar(acceso, enfermera, nacimiento=NACIMIENTO, ahora=AHORA)


def test_a_father_is_no_mother(elenco: Elenco) -> None:
    padre = registrar(
        elenco, replace(XOCHITL, nombre="Hugo", sexo_curp="H", sexo_biologico="masculino")
    )
    suyo = decision.abrir_paciente(
        elenco.actor(elenco.archivo), padre, Permiso.NACIMIENTO_REGISTRAR, ahora=AHORA
    )
    with pytest.raises(nacimientos.MadreImposible):
        nacer(suyo)


def test_a_failure_of_the_log_leaves_the_mother_as_she_was(
    acceso: Acceso, monkeypatch: pytest.MonkeyPatch
) -> None:
    hijo = decision.admitir_recien_nacido(acceso, ahora=AHORA)
    rota = ("INSERT INTO no_existe VALUES (%s)", [1])
    with monkeypatch.context() as parche:
        parche.setattr(bitacora, "insercion", lambda eventos: rota)
        with pytest.raises(psycopg.Error):
            nacimientos.registrar(acceso, hijo, nacimiento=NACIMIENTO, ahora=AHORA)
    assert "link" not in expediente.identidad(acceso)[1]
    assert not recursos.existe_paciente(hijo.paciente)
