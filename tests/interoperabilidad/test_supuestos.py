"""What a search takes for granted is checked by the statement that tells of it, or asked again."""

from collections.abc import Iterator
from threading import Thread
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from auditoria import bitacora
from auditoria.models import Evento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento.decision import hechos
from ece.identidad.models import Cliente
from registros.selectors import recursos
from tests.elenco import AHORA, INTEGRACION
from tests.interoperabilidad.negar import negar
from tests.interoperabilidad.test_rest import PACIENTE, Socio, ids, observacion

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nadie_dirigio() -> Iterator[None]:
    """As a process that has just begun."""
    hechos._dirigieron.clear()
    yield
    hechos._dirigieron.clear()


@pytest.fixture
def socio(clientes: object) -> Socio:
    return Socio("integracion")


@pytest.fixture
def consultas(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of PostgreSQL by native statements, as it is asked."""
    dichas: list[str] = []
    original = bitacora.consultar

    def consultar(orden: str, *args: object, **kwargs: object) -> object:
        dichas.append(orden)
        return original(orden, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(bitacora, "consultar", consultar)
    return dichas


def decididos() -> list[str]:
    """How each access was decided, the oldest first."""
    eventos = Evento.objects.filter(tipo=TipoDeEvento.ACCESO_DECIDIDO).order_by("pk")
    return list(eventos.values_list("resultado", flat=True))


def evento() -> bitacora.NuevoEvento:
    return bitacora.NuevoEvento(
        tipo=TipoDeEvento.ACCESO_DECIDIDO,
        resultado=Resultado.PERMITIDO,
        actor=INTEGRACION,
        momento=AHORA,
    )


def test_of_who_directs_nothing_one_statement_is_asked(socio: Socio, consultas: list[str]) -> None:
    paciente = socio.crear(PACIENTE)
    socio.post("Observation", observacion(paciente))
    antes = len(decididos())
    consultas.clear()
    assert len(ids(socio.buscar(f"Observation?patient={paciente}"))) == 1
    assert len(consultas) == 1
    assert len(decididos()) == antes + 1


def test_across_patients_nothing_is_asked_while_nobody_directs(
    socio: Socio, consultas: list[str]
) -> None:
    paciente, otro = socio.crear(PACIENTE), socio.crear({**PACIENTE, "birthDate": "1990-01-02"})
    for quien in (paciente, otro):
        socio.post("Observation", observacion(quien))
    consultas.clear()
    assert len(ids(socio.buscar("Observation?_sort=-date"))) == 2
    assert len(consultas) == 1
    negar(UUID(paciente), Cliente.objects.get(nombre="integracion").pk)
    for _ in range(2):  # seen at the first, known at the second
        visto = socio.buscar("Observation?_sort=-date")
        assert visto["total"] == 1
        assert [e["resource"]["subject"]["reference"] for e in visto["entry"]] == [
            f"Patient/{otro}"
        ]
    assert hechos._dirigieron == {UUID(paciente)}


def test_a_refusal_counts_at_the_next_request_and_nothing_says_it_was_allowed(
    socio: Socio,
) -> None:
    paciente = socio.crear(PACIENTE)
    socio.post("Observation", observacion(paciente))
    assert len(ids(socio.buscar(f"Observation?patient={paciente}"))) == 1
    negar(UUID(paciente), Cliente.objects.get(nombre="integracion").pk)
    antes = len(decididos())
    for camino in (
        f"Observation?patient={paciente}",
        f"Patient/{paciente}/Observation",
        f"Patient/{paciente}/$everything",
        "Observation?_sort=-date",
    ):
        hechos._dirigieron.clear()
        respuesta = socio.get(camino)
        assert respuesta.status_code == 404 or not ids(respuesta.json())
    assert set(decididos()[antes:]) == {Resultado.DENEGADO.value}


def test_what_is_directed_between_the_facts_and_the_event_counts(socio: Socio) -> None:
    paciente = UUID(socio.crear(PACIENTE))
    vueltas: list[bool] = []

    def buscar() -> None:
        with bitacora.juntando():
            cuales = bitacora.arreglo([paciente])
            vueltas.append(bitacora.suponer(recursos.NO_DIRIGEN, cuales))
            if len(vueltas) == 1:
                otro = Thread(target=_negar_aparte, args=(paciente,))
                otro.start()
                otro.join()
            bitacora.anexar([evento()])

    bitacora.suponiendo(buscar)
    assert vueltas == [True, False]


def _negar_aparte(paciente: UUID) -> None:
    try:
        negar(paciente, uuid4())
    finally:
        connection.close()


def test_what_no_event_takes_along_is_not_taken_for_granted() -> None:
    vueltas = []

    def olvidadizo() -> int:
        with bitacora.juntando():
            vueltas.append(bitacora.suponer("true"))
        return len(vueltas)

    assert bitacora.suponiendo(olvidadizo) == 2
    assert vueltas == [True, False]


def test_a_read_that_takes_no_event_along_has_checked_nothing() -> None:
    vueltas = []

    def leer() -> int:
        with bitacora.juntando():
            vueltas.append(bitacora.suponer("false"))
            bitacora.consultar("SELECT 1", [], asentando=True)
        return len(vueltas)

    assert bitacora.suponiendo(leer) == 2
    assert vueltas == [True, False]


@pytest.mark.parametrize("leyendo", [True, False], ids=["con una lectura", "al final"])
def test_what_is_false_writes_and_reads_nothing(leyendo: bool) -> None:
    antes = Evento.objects.count()
    leidas: list[object] = []

    def hacer() -> None:
        with bitacora.juntando():
            bitacora.suponer("%s::boolean", False)
            bitacora.anexar([evento()])
            if leyendo:
                leidas.append(bitacora.consultar("SELECT 1", [], asentando=True))

    bitacora.suponiendo(hacer)
    assert Evento.objects.count() == antes + 1  # that of the second time, which asked
    assert len(leidas) == leyendo


def test_nothing_is_taken_for_granted_elsewhere() -> None:
    assert not bitacora.suponer("true")
    with bitacora.juntando():
        assert not bitacora.suponer("true")

    def en_transaccion() -> bool:
        with transaction.atomic(), bitacora.juntando():
            return bitacora.suponer("true")

    assert not bitacora.suponiendo(en_transaccion)
    assert not connection.in_atomic_block
