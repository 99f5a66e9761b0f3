"""What an event says can be checked by whoever holds it, and none is lost or half written."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from auditoria import actos, bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.models import Evento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento import decision
from ece.nucleo import llavero
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Alergia, Paciente
from registros.services import alergias, encuentros, pacientes
from registros.services.alergias import Categoria, Criticidad
from registros.services.encuentros import ClaseDeEncuentro
from tests.elenco import AHORA, XOCHITL, Elenco, registrar

HILOS, POR_HILO = 4, 15


def alergia(acceso: Acceso, sustancia: str = "Penicilina") -> UUID:
    return alergias.registrar(
        acceso,
        sustancia=sustancia,
        categoria=Categoria.MEDICAMENTO,
        criticidad=Criticidad.ALTA,
        reaccion="Urticaria",
        ahora=AHORA,
    )


def suelto(elenco: Elenco) -> NuevoEvento:
    return NuevoEvento(
        tipo=TipoDeEvento.ACCESO_DECIDIDO,
        resultado=Resultado.DENEGADO,
        actor=elenco.actor(elenco.medica),
        momento=AHORA,
    )


@pytest.mark.django_db
def test_the_bytes_of_an_event_are_canonical_and_agree_with_its_columns(acceso: Acceso) -> None:
    alergia(acceso)
    for evento in Evento.objects.all():
        crudo = bytes(evento.contenido)
        dicho = json.loads(crudo)
        assert (
            crudo
            == json.dumps(dicho, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        )
        assert UUID(dicho["id"]) == evento.pk
        assert UUID(dicho["actor"]["id"]) == evento.actor
        assert [UUID(p) for p in dicho["pacientes"]] == evento.pacientes
        assert (dicho["tipo"], dicho["resultado"]) == (evento.tipo, evento.resultado)
        assert dicho["momento"] == evento.momento.isoformat()
        assert [e["huella"] for e in dicho["escritos"]] == [bytes(h).hex() for h in evento.huellas]


@pytest.mark.django_db
def test_its_digests_are_of_what_the_disk_holds(acceso: Acceso) -> None:
    """What is stored can be held against its event by whoever has no key at all."""
    escrita = alergia(acceso)
    (contenido,) = bitacora.consultar(
        "SELECT contenido FROM registros_alergia WHERE id = %s", [escrita]
    )[0]
    evento = Evento.objects.get(tipo=TipoDeEvento.ALERGIA_REGISTRADA)
    assert [bytes(h) for h in evento.huellas] == [sha256(contenido).digest()]
    (dicho,) = json.loads(bytes(evento.contenido))["escritos"]
    assert (dicho["tipo"], dicho["id"], dicho["version"]) == ("AllergyIntolerance", str(escrita), 1)


@pytest.mark.django_db
def test_an_event_says_codes_and_never_what_was_written(acceso: Acceso) -> None:
    alergia(acceso)
    todo = b"".join(bytes(e.contenido) for e in Evento.objects.all())
    assert str(acceso.paciente).encode() in todo
    for secreto in ("Penicilina", "Urticaria", XOCHITL.nombre, XOCHITL.primer_apellido):
        assert secreto.encode() not in todo


@pytest.mark.django_db(transaction=True)
def test_an_undone_act_leaves_no_row_no_event_and_no_key(elenco: Elenco) -> None:
    admision = decision.admitir(elenco.actor(elenco.archivo), ahora=AHORA)
    antes = Evento.objects.count()
    with pytest.raises(ZeroDivisionError):
        _registrar_y_fallar(admision)
    assert Evento.objects.count() == antes
    assert bitacora.consultar("SELECT count(*) FROM registros_paciente", []) == [(0,)]
    with pytest.raises(llavero.LlaveInexistente):
        llavero.clave_clinica(admision)
    registrado = pacientes.registrar(admision, identificacion=XOCHITL, ahora=AHORA)
    assert registrado == admision.paciente


def _registrar_y_fallar(admision: Acceso) -> None:
    recurso = {"resourceType": "Patient", "name": [{"family": "Nadie"}]}
    with actos.acto(admision, tipo=TipoDeEvento.PACIENTE_REGISTRADO, ahora=AHORA) as el_acto:
        llavero.crear(admision)
        el_acto.insertar(Paciente.nuevo(admision, recurso, ahora=AHORA, id=admision.paciente))
        raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_many_at_once_lose_nothing_and_mix_nothing(elenco: Elenco) -> None:
    de_urgencias = elenco.actor(elenco.de_urgencias)
    quienes = [registrar(elenco) for _ in range(HILOS)]

    def escribir(paciente: UUID) -> set[UUID]:
        try:
            acceso = decision.abrir_paciente(
                de_urgencias, paciente, Permiso.ENCUENTRO_ABRIR, ahora=AHORA
            )
            return {_abrir_visita(elenco, acceso) for _ in range(POR_HILO)}
        finally:
            connection.close()

    with ThreadPoolExecutor(HILOS) as hilos:
        escritas = dict(zip(quienes, hilos.map(escribir, quienes), strict=True))
    for paciente, suyas in escritas.items():
        assert len(suyas) == POR_HILO
        eventos = Evento.objects.filter(tipo=TipoDeEvento.ENCUENTRO_ABIERTO, pacientes=[paciente])
        dichas = [e for evento in eventos for e in json.loads(bytes(evento.contenido))["escritos"]]
        assert {UUID(e["id"]) for e in dichas} == suyas
        assert len(dichas) == POR_HILO


def _abrir_visita(elenco: Elenco, acceso: Acceso) -> UUID:
    return encuentros.abrir(
        acceso,
        clase=ClaseDeEncuentro.URGENCIAS,
        motivo="Caída",
        unidad_id=elenco.urgencias,
        responsable_id=elenco.de_urgencias.pk,
        ahora=AHORA,
    )


def _anexar_y_fallar(evento: NuevoEvento) -> None:
    with bitacora.juntando():
        bitacora.anexar([evento])
        raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
class TestJuntando:
    def test_events_wait_and_are_all_there_at_the_end(self, elenco: Elenco) -> None:
        antes = Evento.objects.count()
        with bitacora.juntando():
            for _ in range(3):
                bitacora.anexar([suelto(elenco)])
            assert Evento.objects.count() == antes
        assert Evento.objects.count() == antes + 3

    def test_a_failure_does_not_take_them_along(self, elenco: Elenco) -> None:
        antes = Evento.objects.count()
        with pytest.raises(ZeroDivisionError):
            _anexar_y_fallar(suelto(elenco))
        assert Evento.objects.count() == antes + 1

    def test_a_read_that_they_announced_takes_them_once(self, elenco: Elenco) -> None:
        antes = Evento.objects.count()
        with bitacora.juntando():
            bitacora.anexar([suelto(elenco)])
            assert bitacora.consultar("SELECT 1", [], asentando=True) == [(1,)]
            assert Evento.objects.count() == antes + 1
        assert Evento.objects.count() == antes + 1

    def test_a_statement_that_fails_leaves_them_to_the_end(self, elenco: Elenco) -> None:
        antes = Evento.objects.count()
        with bitacora.juntando():
            bitacora.anexar([suelto(elenco)])
            with pytest.raises(Exception, match="no_existe"):
                bitacora.consultar("SELECT * FROM no_existe", [], asentando=True)
            assert Evento.objects.count() == antes
        assert Evento.objects.count() == antes + 1


@pytest.mark.django_db
def test_a_repeated_event_is_refused(elenco: Elenco) -> None:
    unico = suelto(elenco)
    bitacora.anexar([unico])
    with pytest.raises(Exception, match="auditoria_evento_pkey"):
        bitacora.anexar([unico])


@pytest.mark.django_db(transaction=True)
def test_rows_of_an_act_without_their_event_are_refused(acceso: Acceso) -> None:
    """The trigger asks for the event, in the same transaction, that names the act."""
    alergia(acceso)
    (fila,) = Alergia.objects.de(acceso)
    with pytest.raises(Exception, match="evento"):
        bitacora.consultar(
            "UPDATE registros_alergia SET version = version + 1, acto = %s WHERE id = %s "
            "RETURNING id",
            [uuid4(), fila.id],
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sale_bien", [True, False])
def test_what_was_done_is_told_by_the_transaction_that_does_it(
    sale_bien: bool, elenco: Elenco
) -> None:
    decidido = suelto(elenco)
    hecho = replace(decidido, id=uuid4(), tipo=TipoDeEvento.MENSAJE_RECHAZADO)

    def durables() -> set[UUID]:
        with ThreadPoolExecutor(1) as otro:
            return otro.submit(_escritos, {decidido.id, hecho.id}).result()

    with bitacora.juntando() as escritos:
        with suppress(RuntimeError), transaction.atomic(durable=True):
            bitacora.anexar([decidido, hecho])
            if not sale_bien:
                raise RuntimeError
        # Whatever cut it here, nothing done would be without its event.
        assert durables() == ({hecho.id} if sale_bien else set())
    assert durables() == ({decidido.id, hecho.id} if sale_bien else {decidido.id})
    assert {e.id for e in escritos} == durables()


def _escritos(ids: set[UUID]) -> set[UUID]:
    try:
        return set(Evento.objects.filter(pk__in=ids).values_list("pk", flat=True))
    finally:
        connection.close()
