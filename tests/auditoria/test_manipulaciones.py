"""What a superuser may do to the log and the record, and how each of it is named. None goes unseen.

Every alteration is made by PostgreSQL's superuser with the triggers off, in a transaction that is
undone at the end; the verification reads what that transaction sees.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test.utils import override_settings

from auditoria import bitacora, notas
from auditoria.notas import COFIRMA, Checkpoint, Firmante, Nota
from auditoria.sello import estampas, llaves, sellador
from auditoria.verificacion.corrida import Informe, verificar
from auditoria.verificacion.hallazgos import Clase
from ece.identidad import confianza
from ece.nucleo import sentencias
from ece.nucleo.firma import tiempo
from tests.auditoria import sellada
from tests.auditoria.sellada import Escena, alterar
from tests.conftest import BaseDePruebas
from tests.elenco import AHORA, reunir
from tests.firma import autoridades as con
from tests.registros import firmadas

pytestmark = pytest.mark.django_db(transaction=True)

TESTIGO = Firmante("aliado.example/testigo", Ed25519PrivateKey.generate(), COFIRMA)
EVENTO = "auditoria_evento"
# One of the events in the middle of the second seal, of one patient.
UNO = f"""(SELECT id FROM {EVENTO} WHERE tipo = 'acceso.decidido' AND cardinality(pacientes) = 1
  AND (transaccion, id) > (SELECT transaccion, evento FROM auditoria_sello ORDER BY tamano LIMIT 1)
  ORDER BY transaccion, id OFFSET 6 LIMIT 1)"""
SEGUNDO = f"""(SELECT id FROM {EVENTO} WHERE (transaccion, id) >
  (SELECT transaccion, id FROM {EVENTO} WHERE id = {UNO})
  ORDER BY transaccion, id OFFSET 3 LIMIT 1)"""
COLUMNAS = "id, momento, tipo, resultado, actor, pacientes, huellas, contenido, transaccion"
ALERGIA = "registros_alergia"
HISTORIA = "registros_historia"
ULTIMO = "(SELECT max(tamano) FROM auditoria_sello)"
MEDIO = "(SELECT tamano FROM auditoria_sello ORDER BY tamano OFFSET 1 LIMIT 1)"


@dataclass(frozen=True)
class Caso:
    """What is done (SQL, or something to call) and by which name it must be told."""

    nombre: str
    hecho: str | Callable[[], None]
    clases: tuple[Clase, ...]


def sql(nombre: str, orden: str, *clases: Clase) -> Caso:
    return Caso(nombre, orden, clases)


def _nota_de(tamano: str) -> tuple[int, Checkpoint]:
    ((nota, size),) = bitacora.consultar(
        f"SELECT nota, tamano FROM auditoria_sello WHERE tamano = {tamano}", []
    )
    return size, Checkpoint.leer(Nota.leer(nota).texto)


def _poner_nota(tamano: int, nota: str) -> None:
    with sentencias.cursor() as cursor:
        cursor.execute("UPDATE auditoria_sello SET nota = %s WHERE tamano = %s", [nota, tamano])
        assert cursor.rowcount == 1


def _otra_llave() -> None:
    """A seal signed by a key of the intruder's, put in the place of ours."""
    ajeno = Firmante(llaves.origen(), Ed25519PrivateKey.generate())
    tamano, checkpoint = _nota_de(ULTIMO)
    _poner_nota(tamano, notas.firmar(checkpoint.texto, [ajeno]))


def _llave_suplantada() -> None:
    ajeno = Firmante(llaves.origen(), Ed25519PrivateKey.generate())
    with sentencias.cursor() as cursor:
        cursor.execute("UPDATE auditoria_llavedesello SET vkey = %s", [ajeno.verificadora.vkey])
        filas = cursor.execute("SELECT tamano, nota FROM auditoria_sello").fetchall()
    for tamano, nota in filas:
        _poner_nota(tamano, notas.firmar(Nota.leer(nota).texto, [ajeno]))


def _firmar_otra(**cambios: object) -> Callable[[], None]:
    """The stolen log key signs another last checkpoint."""

    def hacer() -> None:
        tamano, c = _nota_de(ULTIMO)
        otro = Checkpoint(
            c.origen,
            cambios.get("tamano", c.tamano),  # type: ignore[arg-type]
            cambios.get("raiz", c.raiz),  # type: ignore[arg-type]
            cambios.get("mapa", c.mapa),  # type: ignore[arg-type]
            c.momento,
        )
        _poner_nota(tamano, notas.firmar(otro.texto, [llaves.firmante(c.origen, 1)]))

    return hacer


def _sin_un_sello(*, desde: int) -> None:
    for tabla in ("auditoria_subarbol", "auditoria_piezademapa", "auditoria_cofirma"):
        alterar_si_hay(f"DELETE FROM {tabla}")
    alterar_si_hay(f"DELETE FROM auditoria_sello WHERE tamano > {desde}")


def alterar_si_hay(orden: str) -> None:
    with sentencias.cursor() as cursor:
        cursor.execute(orden)


def _llave_robada() -> None:
    """An event is taken out, and the whole log sealed and signed again with the real keys."""
    alterar(f"DELETE FROM {EVENTO} WHERE id = {UNO}")
    _resellar()


def _otra_autoridad() -> None:
    _, nota = bitacora.consultar(
        "SELECT s.tamano, s.nota FROM auditoria_sello s JOIN auditoria_estampa USING (tamano)", []
    )[0]
    falso = tiempo.sellar(con.de_tiempo(con.autoridad("Otra", 13)), nota.encode())
    with sentencias.cursor() as cursor:
        cursor.execute("UPDATE auditoria_estampa SET token = %s", [falso])


def _historia_reescrita() -> None:
    """The same with an event changed, its columns too."""
    alterar(
        f"UPDATE {EVENTO} SET resultado = 'denegado', contenido = convert_to(replace(convert_from("
        f"contenido, 'UTF8'), '\"permitido\"', '\"denegado\"'), 'UTF8') WHERE id = {UNO}"
    )
    _resellar()


def _respaldo_viejo() -> None:
    """All that happened after the second seal is gone, and the tables agree with one another."""
    corte = f"(SELECT transaccion, evento FROM auditoria_sello WHERE tamano = {MEDIO})"
    alterar(f"DELETE FROM {EVENTO} WHERE (transaccion, id) > {corte}")
    _resellar()


def _resellar() -> None:
    """What the sealer does, all over again, in the intruder's transaction."""
    _sin_un_sello(desde=0)
    with sentencias.cursor() as cursor:
        filas = cursor.execute(
            f"SELECT {sellador.las_hojas.COLUMNAS}, transaccion::text AS xid FROM {EVENTO} "
            "ORDER BY transaccion, id",
            binary=True,
        ).fetchall()
        sellador.asentar(cursor, filas, anterior=0, ahora=AHORA)


CASOS = [
    # events
    sql(
        "an event's bytes",
        f"UPDATE {EVENTO} SET contenido = convert_to(replace(convert_from(contenido, 'UTF8'), "
        f"'atencion', 'titular1'), 'UTF8') WHERE id = {UNO}",
        Clase.EVENTO_ALTERADO,
    ),
    sql(
        "one byte of an event",
        f"UPDATE {EVENTO} SET contenido = set_byte(contenido, 9, 32) WHERE id = {UNO}",
        Clase.EVENTO_ALTERADO,
    ),
    sql(
        "an event's bytes emptied",
        f"UPDATE {EVENTO} SET contenido = '' WHERE id = {UNO}",
        Clase.EVENTO_ALTERADO,
    ),
    *(
        sql(
            f"an event's {columna}",
            f"UPDATE {EVENTO} SET {columna} = {valor} WHERE id = {UNO}",
            Clase.EVENTO_CONTRADICHO,
        )
        for columna, valor in (
            ("momento", "momento - interval '1 microsecond'"),
            ("tipo", "'sesion.iniciada'"),
            ("resultado", "'denegado'"),
            ("actor", "gen_random_uuid()"),
        )
    ),
    sql(
        "an event's patient",
        f"UPDATE {EVENTO} SET pacientes = ARRAY[gen_random_uuid()] WHERE id = {UNO}",
        Clase.EVENTO_CONTRADICHO,
        Clase.MAPA_ALTERADO,
    ),
    sql(
        "an event hidden from its patient",
        f"UPDATE {EVENTO} SET pacientes = '{{}}' WHERE id = {UNO}",
        Clase.EVENTO_CONTRADICHO,
        Clase.MAPA_ALTERADO,
    ),
    sql(
        "one patient of several hidden",
        f"UPDATE {EVENTO} SET pacientes = pacientes[1:1] WHERE cardinality(pacientes) = 2",
        Clase.EVENTO_CONTRADICHO,
        Clase.EVENTO_ALTERADO,
    ),
    sql(
        "an event's digests",
        f"UPDATE {EVENTO} SET huellas = ARRAY[sha256('otra')] WHERE tipo = 'alergia.registrada'",
        Clase.EVENTO_CONTRADICHO,
    ),
    sql(
        "an event's digests emptied",
        f"UPDATE {EVENTO} SET huellas = '{{}}' WHERE tipo = 'alergia.cambiada'",
        Clase.EVENTO_CONTRADICHO,
    ),
    sql("an event dropped", f"DELETE FROM {EVENTO} WHERE id = {UNO}", Clase.EVENTO_FALTANTE),
    sql(
        "the first event dropped",
        f"DELETE FROM {EVENTO} WHERE id = (SELECT id FROM {EVENTO} "
        "ORDER BY transaccion, id LIMIT 1)",
        Clase.EVENTO_FALTANTE,
    ),
    sql(
        "the last event dropped",
        f"DELETE FROM {EVENTO} WHERE id = (SELECT evento FROM auditoria_sello "
        f"WHERE tamano = {ULTIMO})",
        Clase.EVENTO_FALTANTE,
    ),
    sql(
        "every event of a patient dropped",
        f"DELETE FROM {EVENTO} WHERE pacientes = (SELECT pacientes FROM {EVENTO} WHERE id = {UNO})",
        Clase.EVENTO_FALTANTE,
    ),
    sql(
        "an event inserted into the past",
        f"INSERT INTO {EVENTO} ({COLUMNAS}) SELECT gen_random_uuid(), momento, tipo, resultado, "
        f"actor, pacientes, huellas, contenido, transaccion FROM {EVENTO} WHERE id = {UNO}",
        Clase.EVENTO_INTRUSO,
    ),
    sql(
        "an event before the first",
        f"INSERT INTO {EVENTO} ({COLUMNAS}) SELECT gen_random_uuid(), momento, tipo, resultado, "
        f"actor, '{{}}', '{{}}', contenido, '1'::xid8 FROM {EVENTO} WHERE id = {UNO}",
        Clase.EVENTO_INTRUSO,
    ),
    sql(
        "an event's id",
        f"UPDATE {EVENTO} SET id = gen_random_uuid() WHERE id = {UNO}",
        Clase.EVENTO_INTRUSO,
        Clase.EVENTO_ALTERADO,
        Clase.EVENTO_CONTRADICHO,
    ),
    sql(
        "two events reordered",
        f"UPDATE {EVENTO} e SET transaccion = o.transaccion FROM {EVENTO} o "
        f"WHERE (e.id, o.id) IN (({UNO}, {SEGUNDO}), ({SEGUNDO}, {UNO}))",
        Clase.EVENTO_REORDENADO,
    ),
    sql(
        "an event moved to another seal",
        f"UPDATE {EVENTO} SET transaccion = (SELECT max(transaccion) FROM {EVENTO}) "
        f"WHERE id = {UNO}",
        Clase.EVENTO_FALTANTE,
    ),
    sql(
        "two events' bytes swapped",
        f"UPDATE {EVENTO} e SET contenido = o.contenido FROM {EVENTO} o "
        f"WHERE (e.id, o.id) IN (({UNO}, {SEGUNDO}), ({SEGUNDO}, {UNO}))",
        Clase.EVENTO_ALTERADO,
    ),
    # seals
    sql(
        "a seal's text",
        f"UPDATE auditoria_sello SET nota = 'nada' WHERE tamano = {MEDIO}",
        Clase.SELLO_ALTERADO,
    ),
    sql(
        "a seal in another's place",
        f"UPDATE auditoria_sello SET nota = (SELECT nota FROM auditoria_sello WHERE tamano = "
        f"{MEDIO}) WHERE tamano = {ULTIMO}",
        Clase.SELLO_ALTERADO,
    ),
    sql(
        "a seal's instant",
        f"UPDATE auditoria_sello SET nota = replace(nota, '2026-', '2025-') WHERE tamano = {MEDIO}",
        Clase.SELLO_SIN_FIRMA,
    ),
    sql(
        "a seal without its signature",
        f"UPDATE auditoria_sello SET nota = regexp_replace(nota, '— .*', '— x AAAAAAAA') || E'\\n' "
        f"WHERE tamano = {MEDIO}",
        Clase.SELLO_SIN_FIRMA,
        Clase.SELLO_ALTERADO,
    ),
    Caso("a seal signed by an intruder", _otra_llave, (Clase.SELLO_SIN_FIRMA,)),
    Caso("the log's public key replaced", _llave_suplantada, (Clase.LLAVE_AJENA,)),
    sql(
        "a leaf of a seal",
        f"UPDATE auditoria_sello SET hojas = set_byte(hojas, 3, 255 - get_byte(hojas, 3)) "
        f"WHERE tamano = {MEDIO}",
        Clase.EVENTO_ALTERADO,
    ),
    sql(
        "a seal's leaves cut short",
        f"UPDATE auditoria_sello SET hojas = substring(hojas FROM 33) WHERE tamano = {MEDIO}",
        Clase.SELLO_ALTERADO,
    ),
    sql(
        "a seal in the middle dropped",
        f"DELETE FROM auditoria_sello WHERE tamano = {MEDIO}",
        Clase.SELLO_FALTANTE,
    ),
    sql(
        "the last seal dropped",
        f"DELETE FROM auditoria_sello WHERE tamano = {ULTIMO}",
        Clase.RETROCESO,
    ),
    sql(
        "where a seal ends",
        f"UPDATE auditoria_sello SET transaccion = '9'::xid8 WHERE tamano = {MEDIO}",
        Clase.SELLO_ALTERADO,
    ),
    Caso("another root, signed with the stolen key", _firmar_otra(raiz=bytes(32)),
         (Clase.ARBOL_ALTERADO,)),
    Caso("another map, signed with the stolen key", _firmar_otra(mapa=b"m" * 32),
         (Clase.MAPA_ALTERADO,)),
    Caso("another size, signed with the stolen key", _firmar_otra(tamano=7),
         (Clase.SELLO_ALTERADO,)),
    sql("a subtree's root", "UPDATE auditoria_subarbol SET raiz = sha256('x')",
        Clase.ARBOL_ALTERADO),
    sql("a subtree dropped", "DELETE FROM auditoria_subarbol", Clase.ARBOL_ALTERADO),
    sql(
        "a patient's count in the map",
        "UPDATE auditoria_piezademapa SET contenido = set_byte(contenido, 39, "
        "get_byte(contenido, 39) - 1) WHERE nivel = 4",
        Clase.MAPA_ALTERADO,
    ),
    sql("a piece of the map dropped", "DELETE FROM auditoria_piezademapa WHERE nivel = 4",
        Clase.MAPA_ALTERADO),
    sql(
        "a patient put into the map",
        "INSERT INTO auditoria_piezademapa (nivel, indice, contenido) "
        "VALUES (4, 70000, sha256('x'))",
        Clase.MAPA_ALTERADO,
    ),
    # versions
    *(
        sql(
            f"a version's {que}",
            f"UPDATE {ALERGIA} SET {cambio}",
            Clase.VERSION_ALTERADA,
        )
        for que, cambio in (
            ("bytes", "contenido = set_byte(contenido, 40, 255 - get_byte(contenido, 40))"),
            ("author", "autor = gen_random_uuid()"),
            ("date", "fecha = fecha - interval '1 day'"),
            ("patient", "paciente = gen_random_uuid()"),
            ("state", "estado = 'entered-in-error'"),
            ("instant", "actualizado_at = actualizado_at + interval '1 second'"),
            ("visit", "encuentro = gen_random_uuid()"),
            ("labels", "etiquetas = ARRAY[1]"),
            ("event", f"acto = {UNO}"),
        )
    ),
    sql(
        "a version's number",
        f"UPDATE {ALERGIA} SET version = 7",
        Clase.VERSION_INTRUSA,
        Clase.VERSION_FALTANTE,
    ),
    sql("a record dropped", f"DELETE FROM {ALERGIA}", Clase.VERSION_FALTANTE),
    sql(
        "a record put in",
        f"INSERT INTO {ALERGIA} SELECT (jsonb_populate_record(a, jsonb_build_object('id', "
        f"gen_random_uuid()))).* FROM {ALERGIA} a",
        Clase.VERSION_INTRUSA,
    ),
    sql(
        "two records' bytes swapped (a signature moved to another)",
        "UPDATE registros_paciente p SET contenido = o.contenido FROM registros_paciente o "
        "WHERE p.id <> o.id",
        Clase.VERSION_ALTERADA,
    ),
    sql(
        "a patient's identity summary",
        "UPDATE registros_paciente SET resumen = set_byte(resumen, 0, 255 - get_byte(resumen, 0))",
        Clase.VERSION_ALTERADA,
    ),
    sql(
        "a superseded version's bytes",
        f"UPDATE {HISTORIA} SET contenido = set_byte(contenido, 9, 255 - get_byte(contenido, 9))",
        Clase.VERSION_ALTERADA,
    ),
    sql(
        "a superseded version's author",
        f"UPDATE {HISTORIA} SET columnas = jsonb_set(columnas, '{{autor}}', "
        "to_jsonb(gen_random_uuid()::text))",
        Clase.VERSION_ALTERADA,
    ),
    sql(
        "a superseded version's patient",
        f"UPDATE {HISTORIA} SET paciente = gen_random_uuid()",
        Clase.VERSION_ALTERADA,
    ),
    sql(
        "a superseded version's summary",
        f"UPDATE {HISTORIA} SET resumen = '' WHERE tipo = 'Patient'",
        Clase.VERSION_ALTERADA,
    ),
    sql("a superseded version dropped", f"DELETE FROM {HISTORIA}", Clase.VERSION_FALTANTE),
    sql(
        "a superseded version put in",
        f"INSERT INTO {HISTORIA} (tipo, registro, version, paciente, estado, contenido, resumen, "
        "columnas, acto, creado_at, actualizado_at) SELECT tipo, registro, 99, paciente, estado, "
        f"contenido, resumen, columnas, acto, creado_at, actualizado_at FROM {HISTORIA}",
        Clase.VERSION_INTRUSA,
    ),
    sql(
        "the current version gone back to the superseded one",
        f"UPDATE {ALERGIA} a SET contenido = h.contenido, version = 1, acto = h.acto "
        f"FROM {HISTORIA} h WHERE h.registro = a.id",
        Clase.VERSION_FALTANTE,
        Clase.VERSION_ALTERADA,
    ),
    # what the database enforces
    sql(
        "a trigger switched off",
        f"ALTER TABLE {ALERGIA} DISABLE TRIGGER ece_evento",
        Clase.GUARDA_AUSENTE,
    ),
    sql("a trigger dropped", f"DROP TRIGGER ece_sin_borrado ON {EVENTO}", Clase.GUARDA_AUSENTE),
    sql(
        "a trigger's function replaced",
        "CREATE OR REPLACE FUNCTION ece_con_evento() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RETURN NULL; END'",
        Clase.GUARDA_AUSENTE,
    ),
    sql(
        "a trigger off, a version changed, and on again",
        f"ALTER TABLE {ALERGIA} DISABLE TRIGGER ALL; UPDATE {ALERGIA} SET autor = "
        f"gen_random_uuid(); ALTER TABLE {ALERGIA} ENABLE TRIGGER ALL",
        Clase.VERSION_ALTERADA,
    ),
    sql("the application may update events", f"GRANT UPDATE ON {EVENTO} TO ece_app",
        Clase.GUARDA_AUSENTE),
    sql(
        "a sequence rewound",
        f"SELECT setval(pg_get_serial_sequence('{HISTORIA}', 'id'), 1)",
        Clase.SECUENCIA_RETROCEDIDA,
    ),
    # witnesses
    sql(
        "a witness's line",
        "UPDATE auditoria_cofirma SET renglones = ARRAY[replace(renglones[1], 'aliado', 'otro')]",
        Clase.TESTIGO_CONTRADICE,
    ),
    sql(
        "a witness's line moved to another seal",
        f"UPDATE auditoria_cofirma SET tamano = {MEDIO}",
        Clase.TESTIGO_CONTRADICE,
    ),
    sql(
        "a time stamp moved to another seal",
        f"UPDATE auditoria_estampa SET tamano = {MEDIO}",
        Clase.TESTIGO_CONTRADICE,
    ),
    sql(
        "a time stamp's instant",
        "UPDATE auditoria_estampa SET token = overlay(token PLACING convert_to('2020', 'UTF8') "
        "FROM position('\\x180f'::bytea IN token) + 2)",
        Clase.TESTIGO_CONTRADICE,
    ),
    Caso("a time stamp by an authority of the intruder's", _otra_autoridad,
         (Clase.TESTIGO_CONTRADICE,)),
    Caso("the log key stolen, an event dropped, all signed again", _llave_robada,
         (Clase.TESTIGO_CONTRADICE, Clase.RETROCESO)),
    Caso("the log key stolen, an event changed, all signed again", _historia_reescrita,
         (Clase.TESTIGO_CONTRADICE,)),
    Caso("an old backup restored", _respaldo_viejo, (Clase.RETROCESO,)),
]  # fmt: skip


@pytest.fixture
def escena(base_de_pruebas: BaseDePruebas, tmp_path: Path) -> Iterator[Escena]:
    testigo = f"https://aliado.example {TESTIGO.verificadora.vkey}"
    with override_settings(
        ECE_BITACORA_ARCHIVO=str(tmp_path / "checkpoints.jsonl"), ECE_TESTIGOS=[testigo]
    ):
        montada = sellada.montar(reunir())
        firmadas.preparar_institucion()
        autoridad = confianza.autoridad_de_tiempo()
        assert estampas.estampar(autoridad, cada=timedelta(), ahora=AHORA)
        tamano, checkpoint = _nota_de(ULTIMO)
        with sentencias.cursor() as cursor:
            cursor.execute(
                "INSERT INTO auditoria_cofirma (tamano, testigo, renglones) VALUES (%s, %s, %s)",
                [tamano, TESTIGO.nombre, [TESTIGO.renglon(checkpoint.texto, segundos=1)]],
            )
        yield montada


def revisar() -> Informe:
    return verificar(procesos=1, preguntar=False)


def test_every_alteration_is_named(escena: Escena, base_de_pruebas: BaseDePruebas) -> None:
    """One setting for all: each alteration is undone before the next."""
    assert len(CASOS) >= 40
    assert revisar().hallazgos == []
    mal: dict[str, object] = {}
    for caso in CASOS:
        with sellada.como_superusuario(base_de_pruebas):
            if isinstance(caso.hecho, str):
                alterar(caso.hecho)
            else:
                caso.hecho()
            informe = revisar()
        halladas = {h.clase for h in informe.hallazgos}
        if not halladas & set(caso.clases):
            mal[caso.nombre] = informe.hallazgos[:5]
    assert mal == {}
    # a sequence is not undone with its transaction
    adelante = f"SELECT setval(pg_get_serial_sequence('{HISTORIA}', 'id'), 100)"
    base_de_pruebas.postgres.sql(adelante, base=base_de_pruebas.nombre)
    assert revisar().hallazgos == []
