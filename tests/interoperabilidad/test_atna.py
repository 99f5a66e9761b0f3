"""The log told to a hospital's collector over real TLS: whole, in order, and nobody's health."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from auditoria import bitacora
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from interoperabilidad.atna import envio, mensaje
from interoperabilidad.models import Colector as Visto
from registros.services import alergias
from registros.services.alergias import Categoria, Criticidad
from tests.auditoria.sellada import anexar, sueltos
from tests.elenco import AHORA, acceso_de_medica, en_consulta, registrar, reunir
from tests.interoperabilidad import colector
from tests.interoperabilidad.colector import Colector

pytestmark = pytest.mark.django_db(transaction=True)
ESQUEMA = Path(__file__).with_name("mensaje_dicom.rng")


@pytest.fixture
def abierto(tmp_path: Path, settings: Any) -> Iterator[Colector]:
    with colector.abierto(tmp_path) as uno:
        settings.ECE_COLECTOR = ("127.0.0.1", uno.puerto)
        settings.ECE_COLECTOR_AUTORIDADES = str(tmp_path / "ca.pem")
        settings.ECE_COLECTOR_CERTIFICADO = str(tmp_path / "ece.pem")
        yield uno


@pytest.fixture
def acceso() -> Acceso:
    """Somebody registered, seen, and with an allergy written down."""
    elenco = reunir()
    paciente = registrar(elenco)
    en_consulta(elenco, paciente)
    suyo = acceso_de_medica(elenco, paciente)
    alergias.registrar(
        suyo,
        sustancia="Penicilina",
        categoria=Categoria.MEDICAMENTO,
        criticidad=Criticidad.ALTA,
        reaccion="Urticaria",
        ahora=AHORA,
    )
    return suyo


def enviar() -> None:
    call_command("enviar_bitacora", una_vez=True)


def en_la_bitacora() -> list[str]:
    filas = bitacora.consultar(
        "SELECT id::text AS uno FROM auditoria_evento ORDER BY transaccion, id", []
    )
    return [uno for (uno,) in filas]


def test_every_event_arrives_once_in_order_as_the_schema_says(
    abierto: Colector, acceso: Acceso
) -> None:
    enviar()
    assert abierto.eventos() == en_la_bitacora()
    esquema = etree.RelaxNG(etree.parse(ESQUEMA))
    for cabecera, xml in abierto.mensajes:
        esquema.assertValid(xml)
        suceso = xml[0]
        negado = suceso.get("EventOutcomeIndicator") == "4"
        assert cabecera[1] == (b"84" if negado else b"85")
        assert re.fullmatch(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", cabecera[2])
    enviar()
    assert len(abierto.recibido) == 1  # nothing pending: nobody is called
    anexar(2, acceso.paciente)
    enviar()
    assert abierto.eventos() == en_la_bitacora()


def test_it_says_nothing_of_anybodys_health_and_nobodys_name(
    abierto: Colector, acceso: Acceso, settings: Any
) -> None:
    enviar()
    todo = b"".join(abierto.recibido).decode()
    # By whom and what was done; never the words, the person, nor what the type would tell of them.
    for callado in ("Penicilina", "Urticaria", "alergia.", "Ibáñez", str(acceso.paciente)):
        assert callado not in todo
    assert mensaje.ESCRITO in todo
    assert "AllergyIntolerance/" in todo
    assert str(acceso.actor.id) in todo
    Visto.objects.update(transaccion="0", evento=UUID(int=0))
    settings.ECE_COLECTOR_PACIENTES = "id"
    enviar()
    assert f"Patient/{acceso.paciente}/" in abierto.recibido[-1].decode()


def test_a_type_of_event_is_told_only_if_it_is_on_the_list() -> None:
    sustantivos = {tipo.value.partition(".")[0] for tipo in TipoDeEvento}
    assert sustantivos >= mensaje.SE_DICE
    callados = sustantivos - mensaje.SE_DICE
    assert {"embarazo", "diagnostico", "receta", "critico", "vacuna"} <= callados
    assert mensaje.tipo_que_se_dice({"tipo": "nuevo.hecho", "resultado": "hecho"}) == (
        mensaje.ESCRITO
    )


def test_what_was_not_confirmed_is_sent_again(
    abierto: Colector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(envio, "LOTE", 40)
    bitacora.anexar(sueltos(100, uuid4()))
    esperado = en_la_bitacora()
    abierto.corta_tras = 9_000
    with pytest.raises(CommandError, match="no confirma"):
        enviar()
    assert not Visto.objects.exists()
    # One that reads all and closes without the answer that TLS asks for has confirmed nothing.
    abierto.corta_tras, abierto.cierra = None, False
    with pytest.raises(CommandError, match="no confirma"):
        enviar()
    assert not Visto.objects.exists()
    # Nor one that leaves in good order: it says close_notify too, and has read nothing, or a part.
    abierto.cierra = True
    for abierto.se_va_tras in (0, 1):
        with pytest.raises(CommandError, match="no confirma"):
            enviar()
        assert not Visto.objects.exists()
    abierto.se_va_tras = None
    abierto.recibido.clear()
    enviar()
    assert abierto.eventos() == esperado
    assert len(abierto.recibido) == 3  # a connection a batch
    assert Visto.objects.get().evento == UUID(esperado[-1])


def test_only_to_the_collector_that_was_named(
    abierto: Colector, tmp_path: Path, settings: Any
) -> None:
    """Neither to whom our authorities do not vouch for, nor from who shows no certificate."""
    anexar(1)
    settings.ECE_COLECTOR_AUTORIDADES = ""
    with pytest.raises(CommandError, match="no contesta"):
        enviar()
    settings.ECE_COLECTOR_AUTORIDADES = str(tmp_path / "ca.pem")
    settings.ECE_COLECTOR_CERTIFICADO = ""
    with pytest.raises(CommandError, match="no confirma"):
        enviar()
    settings.ECE_COLECTOR_CERTIFICADO = str(tmp_path / "no-hay.pem")
    with pytest.raises(CommandError, match="certificados"):
        enviar()
    assert not abierto.mensajes
    assert not Visto.objects.exists()


def test_a_new_collector_may_be_spared_the_past(abierto: Colector) -> None:
    anexar(3)
    call_command("enviar_bitacora", desde_ahora=True)
    anexar(1)
    enviar()
    assert abierto.eventos() == en_la_bitacora()[-1:]
    assert Evento.objects.count() == 4
