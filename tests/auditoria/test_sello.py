"""The sealer: what it takes, in which order, whatever is written meanwhile, wherever it is cut."""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from auditoria import bitacora, compromiso, merkle
from auditoria.models import Evento
from auditoria.notas import Checkpoint, Nota
from auditoria.sello import llaves, pruebas, sellador
from auditoria.sello.sellador import ContadorRetrocedido
from auditoria.verificacion.corrida import verificar
from auditoria.verificacion.estado import Estado
from auditoria.verificacion.hallazgos import Clase
from ece.nucleo import sentencias
from tests.auditoria import sellada
from tests.auditoria.sellada import anexar, sueltos
from tests.conftest import BaseDePruebas
from tests.elenco import AHORA

pytestmark = pytest.mark.django_db(transaction=True)
LIMPIAS = int(os.environ.get("ECE_CORRIDAS_LIMPIAS", "3"))
"""Verifications under concurrent writing (the acceptance asks for a hundred)."""


def hojas_esperadas() -> list[bytes]:
    sales = llaves.de_sales()
    return [
        merkle.hoja(
            compromiso.entrada(sales, e.pk.bytes, bytes(e.contenido), varios=len(e.pacientes) > 1)
        )
        for e in Evento.objects.order_by("transaccion", "id")
    ]


def test_a_seal_is_the_tree_of_what_was_committed() -> None:
    paciente, otro = uuid4(), uuid4()
    anexar(3, paciente)
    anexar(2, paciente, otro)
    anexar(1)
    primero = sellador.sellar(ahora=AHORA)
    assert primero is not None
    assert (primero.eventos, primero.checkpoint.tamano) == (6, 6)
    bitacora.anexar(sueltos(700, otro))
    tamanos = [s.checkpoint.tamano for s in sellador.sellar_todo(ahora=AHORA, lote=256)]
    assert tamanos == [262, 518, 706]
    assert sellador.sellar(ahora=AHORA) is None
    hojas = hojas_esperadas()
    for tamano in (6, *tamanos):
        publicado = pruebas.checkpoint(tamano)
        assert publicado is not None
        assert publicado.checkpoint.raiz == merkle.raiz(hojas[:tamano])
        nota = Nota.leer(publicado.nota)
        assert nota.firmada_por(publicado.llaves)
        assert Checkpoint.leer(nota.texto) == publicado.checkpoint
    with pruebas.instantanea() as log:
        assert log is not None
        for evento in Evento.objects.order_by("transaccion", "id")[::97]:
            probado = log.evento(evento.pk, para=None)
            assert probado is not None
            hoja = merkle.hoja(probado.apertura.entrada)
            raiz = merkle.raiz_por_inclusion(hoja, probado.indice, 706, probado.camino)
            assert raiz == log.publicado.checkpoint.raiz
        for antes in (6, 262, 518):
            camino = log.consistencia(antes)
            merkle.comprobar_consistencia(
                antes, merkle.raiz(hojas[:antes]), 706, merkle.raiz(hojas), camino
            )


def test_what_is_not_committed_waits_and_what_began_after_it_too(
    base_de_pruebas: BaseDePruebas,
) -> None:
    anexar(2)
    abierta = psycopg.connect(base_de_pruebas.url())
    try:
        insertar, valores = bitacora.insercion(sueltos(1))
        abierta.execute(insertar, valores)
        anexar(3)
        primero = sellador.sellar(ahora=AHORA)
        assert primero is not None
        assert primero.eventos == 2
        assert sellador.sellar(ahora=AHORA) is None
        abierta.commit()
    finally:
        abierta.close()
    segundo = sellador.sellar(ahora=AHORA)
    assert segundo is not None
    assert segundo.eventos == 4
    assert verificar(procesos=1).hallazgos == []


def test_the_order_is_that_of_numbers_and_not_of_their_digits(
    base_de_pruebas: BaseDePruebas,
) -> None:
    """Transactions 999 and 1000, wherever the counter is."""
    ((ahora_va,),) = bitacora.consultar("SELECT pg_current_xact_id()::text", [])
    with sellada.como_superusuario(base_de_pruebas):
        for transaccion in (9, 10, 99, 100, 101):
            anexar(1)
            sellada.alterar(
                f"UPDATE auditoria_evento SET transaccion = '{transaccion}'::xid8 "
                f"WHERE transaccion = pg_current_xact_id()"
            )
        with sentencias.cursor() as cursor:
            valores = ["0", str(UUID(int=0)), 100]
            filas = cursor.execute(sellador._POR_SELLAR, valores, binary=True).fetchall()
    assert [fila[-1] for fila in filas] == ["9", "10", "99", "100", "101"]
    assert int(ahora_va) > 101


def test_two_sealers_do_not_make_two_logs() -> None:
    bitacora.anexar(sueltos(3_000))

    def sellar(_: int) -> int:
        try:
            return sum(s.eventos for s in sellador.sellar_todo(ahora=AHORA, lote=100))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as hilos:
        assert sum(hilos.map(sellar, range(4))) <= 3_000
    list(sellador.sellar_todo(ahora=AHORA))
    assert verificar(procesos=1).hallazgos == []
    filas = bitacora.consultar(
        "SELECT max(tamano), sum(tamano - anterior) FROM auditoria_sello", []
    )
    assert filas[0][0] == filas[0][1] == 3_000


@pytest.mark.parametrize("donde", ["_guardar_subarboles", "_asentar_en_mapa", "_firmantes"])
def test_cut_anywhere_it_is_as_if_it_had_not_begun(
    donde: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bitacora.anexar(sueltos(300, uuid4()))

    def cortar(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as corte:
        corte.setattr(sellador, donde, cortar)
        with pytest.raises(KeyboardInterrupt):
            sellador.sellar(ahora=AHORA)
    for tabla in ("sello", "subarbol", "piezademapa", "llavedesello"):
        assert bitacora.consultar(f"SELECT count(*) FROM auditoria_{tabla}", []) == [(0,)]
    assert sellador.sellar(ahora=AHORA) is not None
    assert verificar(procesos=1).hallazgos == []


def test_a_new_key_is_brought_in_by_the_old_one() -> None:
    anexar(2)
    sellador.sellar(ahora=AHORA)
    anexar(2)
    call_command("sellar_bitacora", "--rotar-llave", verbosity=0)
    anexar(2)
    sellador.sellar(ahora=AHORA)
    (_, vieja, _), (_, nueva, desde) = llaves.generaciones()
    assert desde == 2
    firmas = {
        tamano: [f.id for f in Nota.leer(nota).firmas]
        for tamano, nota in bitacora.consultar("SELECT tamano, nota FROM auditoria_sello", [])
    }
    assert firmas == {2: [vieja.id], 4: [vieja.id, nueva.id], 6: [nueva.id]}
    assert verificar(procesos=1).hallazgos == []


def test_a_counter_that_went_back_is_said_and_not_sealed_over() -> None:
    """A logical backup restored in a new cluster: its transactions would sort before the log's."""
    anexar(1)
    insertar, valores = bitacora.insercion(sueltos(1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (xid,) = cursor.fetchone()
    sellador.sellar(ahora=AHORA)
    with connection.cursor() as cursor:
        cursor.execute(insertar, valores)
    original = sellador._ULTIMO
    try:
        sellador._ULTIMO = f"SELECT 1::bigint, '{xid + 10**6}', '{UUID(int=0)}'::uuid"
        with pytest.raises(ContadorRetrocedido):
            sellador.sellar(ahora=AHORA)
        with pytest.raises(CommandError, match="pg_resetwal"):
            call_command("sellar_bitacora", verbosity=0)
    finally:
        sellador._ULTIMO = original


def test_clean_under_concurrent_writing_and_in_several_processes() -> None:
    """Writers, a sealer and the verifier at once: nothing is ever reported."""
    pacientes = [uuid4() for _ in range(5)]
    anexar(3, *pacientes[:2])
    sellador.sellar(ahora=AHORA)
    alto = False

    def escribir(paciente: UUID) -> None:
        while not alto:
            anexar(3, paciente)
            bitacora.anexar(sueltos(4, paciente, pacientes[0]))
            time.sleep(0.02)  # or the log would outgrow a hundred verifications
        connection.close()

    def sellar() -> None:
        while not alto:
            list(sellador.sellar_todo(ahora=AHORA, lote=64))
        connection.close()

    with ThreadPoolExecutor(4) as hilos:
        trabajos = [hilos.submit(escribir, p) for p in pacientes[1:4]]
        trabajos.append(hilos.submit(sellar))
        try:
            for vuelta in range(LIMPIAS):
                informe = verificar(procesos=2 if vuelta == 0 else 1)
                halladas = Counter(h.clase for h in informe.hallazgos)
                assert halladas == {}, (vuelta, informe)
            assert informe.sellos > 1
        finally:
            alto = True
        for trabajo in trabajos:
            trabajo.result()


def test_an_interrupted_verification_goes_on_from_where_it_was(tmp_path: Path) -> None:
    bitacora.anexar(sueltos(600, uuid4()))
    list(sellador.sellar_todo(ahora=AHORA, lote=100))
    ruta = tmp_path / "estado"
    with pytest.MonkeyPatch.context() as lento:
        lento.setattr("auditoria.verificacion.corrida.TRAMO", 100)
        lento.setattr("auditoria.verificacion.corrida._CADA", -1)

        def cortar(que: str, hechos: int, de: int) -> None:
            if hechos >= 400:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            verificar(procesos=1, avisar=cortar, estado=Estado(ruta))
        guardado = Estado(ruta).leer()
        assert guardado is not None
        assert guardado.tamano == 300
        vistos: list[int] = []
        informe = verificar(
            procesos=1, avisar=lambda q, n, de: vistos.append(n), estado=Estado(ruta)
        )
        assert informe.hallazgos == []
        assert vistos[0] == 400
        assert not ruta.exists()
    ruta.write_bytes(b"x" * 64)
    assert Estado(ruta).leer() is None


def test_the_command_says_what_differs_and_fails(
    base_de_pruebas: BaseDePruebas, capsys: pytest.CaptureFixture[str]
) -> None:
    anexar(5)
    call_command("sellar_bitacora", verbosity=0)
    call_command("verificar_bitacora", "--procesos", "1", "--desde-cero")
    assert "Íntegra" in capsys.readouterr().out
    with sellada.como_superusuario(base_de_pruebas):
        sellada.alterar(
            "DELETE FROM auditoria_evento WHERE id = (SELECT min(id::text)::uuid "
            "FROM auditoria_evento)"
        )
        with pytest.raises(CommandError, match="NO está íntegra"):
            call_command("verificar_bitacora", "--procesos", "1", "--desde-cero")
    assert Clase.EVENTO_FALTANTE in capsys.readouterr().out


def test_the_application_cannot_change_a_seal() -> None:
    anexar(1)
    sellador.sellar(ahora=AHORA)
    for orden in (
        "UPDATE auditoria_sello SET nota = ''",
        "DELETE FROM auditoria_sello",
        "TRUNCATE auditoria_subarbol",
        "UPDATE auditoria_cofirma SET tamano = 0",
        "DELETE FROM auditoria_llavedesello",
    ):
        with pytest.raises(Exception, match=r"denied|permiso"), connection.cursor() as cursor:
            cursor.execute(orden)


def test_a_seal_says_when() -> None:
    anexar(1)
    sellado = sellador.sellar(ahora=AHORA + timedelta(hours=1))
    assert sellado is not None
    assert sellado.checkpoint.momento == "2026-11-23T17:00:00+00:00"
