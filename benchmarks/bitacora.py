"""``python -m benchmarks.bitacora``: what the sealed log costs, on a cluster of its own.

Events are made in the database, by the thousand, as the server writes them: canonical bytes, two
thousand patients, one in twenty about three. Then it seals them all, proves some, and verifies
everything; a create is timed with its event and without it, and so is signing a note. It writes
``docs/bitacora.json``.

Seconds depend on who else uses the machine; the processor's time (ours and PostgreSQL's) does not,
so both are given. ``--eventos 10000000`` takes 12 GB of disk.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.manejador import cpu_de

RAIZ = Path(__file__).resolve().parent.parent
POR_TRANSACCION = 5_000
PACIENTES = 2_000
PRUEBAS = 300
CREACIONES = 1_500
FIRMAS = 25

AJUSTES = {
    "shared_buffers": "1GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
}
_INSERTAR = """
INSERT INTO auditoria_evento (id, momento, tipo, resultado, actor, pacientes, huellas, contenido)
SELECT e.id, e.momento, 'acceso.decidido', 'permitido', e.actor, e.pacientes, '{}', convert_to(
  '{"actor":{"clase":"persona","id":"' || e.actor || '","origen":"10.0.0.7","roles":["medico"]},'
  || '"decision":"' || e.id || '","detalle":{"pagina":"clinica:expediente","permiso":'
  || '"expediente:leer","proposito":"TREAT"},"escritos":[],"fundamento":"atencion","id":"' || e.id
  || '","momento":"' || to_char(e.momento AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
  || '+00:00","pacientes":["' || array_to_string(e.pacientes, '","') || '"],'
  || '"resultado":"permitido","tipo":"acceso.decidido","v":2}', 'UTF8')
FROM (
  SELECT uuidv7() AS id, clock_timestamp() AS momento,
         md5('a' || (g %% 200))::uuid AS actor,
         CASE WHEN g %% 20 = 0
           THEN ARRAY[md5('p' || (g * 7 %% %(pacientes)s))::uuid,
                      md5('p' || (g * 11 %% %(pacientes)s))::uuid,
                      md5('p' || (g * 13 %% %(pacientes)s))::uuid]
           ELSE ARRAY[md5('p' || (g * 7 %% %(pacientes)s))::uuid] END AS pacientes
  FROM generate_series(%(desde)s::bigint, %(hasta)s::bigint) AS g OFFSET 0
) e
"""


def main() -> None:
    opciones = argparse.ArgumentParser(prog="python -m benchmarks.bitacora", description=__doc__)
    opciones.add_argument("--eventos", type=int, default=1_000_000)
    opciones.add_argument("--hogar", type=Path, default=RAIZ / ".local" / "banco" / "bitacora")
    opciones.add_argument("--procesos", type=int, default=os.cpu_count() or 1)
    opciones.add_argument("--salida", type=Path, default=RAIZ / "docs" / "bitacora.json")
    elegido = opciones.parse_args()
    os.environ.update(DJANGO_SETTINGS_MODULE="settings.demo", ECE_HOME=str(elegido.hogar))
    shutil.rmtree(elegido.hogar, ignore_errors=True)
    elegido.hogar.mkdir(parents=True)
    from ece.postgres_embebido import PostgresEmbebido

    postgres = PostgresEmbebido(elegido.hogar / "pg", ajustes=AJUSTES)
    postgres.arrancar()
    try:
        orden = [sys.executable, str(RAIZ / "manage.py"), "migrate", "-v0"]
        subprocess.run(orden, check=True, env={**os.environ, "ECE_BD_ROL": "duena"})
        import django

        django.setup()
        cifras = _medir(elegido.eventos, elegido.procesos, postgres.pid() or 0)
    finally:
        postgres.detener()
    elegido.salida.write_text(json.dumps(cifras, indent=1, ensure_ascii=False) + "\n")
    print(json.dumps(cifras, indent=1, ensure_ascii=False))


class _Gasto:
    """Seconds gone by, and of processor, in this block: ours, our processes' and PostgreSQL's."""

    def __init__(self, postgres: int) -> None:
        self._de = (os.getpid(), postgres)

    def __enter__(self) -> "_Gasto":
        self._inicio, self._cpu = time.perf_counter(), cpu_de(*self._de)
        return self

    def __exit__(self, *_: object) -> None:
        self.segundos = time.perf_counter() - self._inicio
        self.cpu = cpu_de(*self._de) - self._cpu

    def por(self, nombre: str, cuantos: int) -> dict[str, Any]:
        return {
            f"{nombre}_por_segundo": round(cuantos / self.segundos),
            f"{nombre}_us_de_cpu": round(self.cpu / cuantos * 1e6, 2),
        }


def _medir(eventos: int, procesos: int, postgres: int) -> dict[str, Any]:
    from django.utils import timezone

    from auditoria import bitacora
    from auditoria.sello import pruebas, sellador
    from auditoria.verificacion.corrida import verificar

    with _Gasto(postgres) as hacer:
        _llenar(eventos)
    sellados = 0
    with _Gasto(postgres) as sellar:
        for sellado in sellador.sellar_todo(ahora=timezone.now()):
            sellados += sellado.eventos
    ids = [
        fila[0]
        for fila in bitacora.consultar(
            f"SELECT id FROM auditoria_evento TABLESAMPLE SYSTEM (1) ORDER BY random() "
            f"LIMIT {PRUEBAS}",
            [],
        )
    ]
    tiempos = []
    for id_ in ids:
        antes = time.perf_counter()
        with pruebas.instantanea() as log:
            assert log is not None
            assert log.evento(id_, para=None) is not None
        tiempos.append((time.perf_counter() - antes) * 1000)
    with _Gasto(postgres) as verificacion:
        informe = verificar(procesos=procesos, preguntar=False)
    assert informe.limpia, informe.hallazgos[:5]
    con, sin = _creacion()
    return {
        "fecha": date.today().isoformat(),
        "nucleos": os.cpu_count(),
        "eventos": informe.eventos,
        "hacerlos_segundos": round(hacer.segundos, 1),
        **(sellar.por("sellar", sellados) if sellados else {}),
        "prueba_ms_p50": round(statistics.median(tiempos), 2),
        "prueba_ms_p95": round(statistics.quantiles(tiempos, n=20)[-1], 2),
        **verificacion.por("verificar", informe.eventos),
        "verificar_todo_segundos": round(verificacion.segundos, 1),
        "crear_ms_con_evento": round(con, 3),
        "crear_ms_sin_evento": round(sin, 3),
        "evento_por_ciento_de_crear": round((con - sin) / con * 100, 1),
        "firmar_ms_p50": round(_firma(), 1),
    }


def _llenar(cuantos: int) -> None:
    """Events, with the indexes that sealing does not read made at the end."""
    import psycopg

    from ece.nucleo import sentencias

    with psycopg.connect(_url_de_la_duena(), autocommit=True) as duena:
        indices = duena.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'auditoria_evento' "
            "AND indexname IN ('auditoria_evento_pacientes', 'auditoria_evento_actor')"
        ).fetchall()
        for nombre, _ in indices:
            duena.execute(f'DROP INDEX "{nombre}"')
        with sentencias.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")
            for primero in range(0, cuantos, POR_TRANSACCION):
                ultimo = min(primero + POR_TRANSACCION, cuantos) - 1
                valores = {"desde": primero, "hasta": ultimo, "pacientes": PACIENTES}
                cursor.execute(_INSERTAR, valores)
                if sys.stderr.isatty():
                    print(f"\r{ultimo + 1:,}", end="", file=sys.stderr)
            cursor.execute("RESET synchronous_commit")
        for _, definicion in indices:
            duena.execute(definicion)
        duena.execute("VACUUM (ANALYZE) auditoria_evento")


def _creacion() -> tuple[float, float]:
    """Milliseconds (medians) of creating an Observation by its service, and of the same without its
    event: less what making the event takes, and what its statement and its check add."""
    import psycopg
    from django.db import connection

    from auditoria.bitacora import Escrito, NuevoEvento
    from auditoria.tipos import Resultado, TipoDeEvento
    from ece.nucleo.acceso import Actor, Asignado
    from ece.nucleo.roles import Rol
    from ece.nucleo.uuid7 import uuid7
    from interoperabilidad.fhir import escritura
    from interoperabilidad.fhir.escritura import Pedido
    from registros.models import Observacion

    actor = Actor(uuid7(), "cliente", "Banco", (Asignado(Rol.INTEGRACION),))
    ahora = datetime.now(UTC)
    paciente = _paciente(actor, ahora)
    recurso = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": f"Patient/{paciente}"},
        "effectiveDateTime": "2026-11-29T10:00:00-06:00",
        "valueQuantity": {"value": 72, "unit": "/min"},
    }

    def crear() -> None:
        escritura.aplicar(
            actor, [Pedido(dict(recurso))], ahora=ahora, tipo=TipoDeEvento.RECURSO_CREADO
        )

    def evento(registro: Any) -> NuevoEvento:
        registro.acto = uuid7()
        registro.id = uuid7()
        escrito = Escrito("Observation", registro.id, 1, bytes(32), bytes(32))
        return NuevoEvento(
            TipoDeEvento.RECURSO_CREADO, Resultado.HECHO, actor, ahora, (paciente,),
            "institucion.sistema", uuid7(), (escrito,), {}, registro.acto,
        )  # fmt: skip

    total = _mediana(crear, CREACIONES)
    modelo = Observacion(
        id=uuid7(), paciente=paciente, version=1, estado="final", fecha=ahora, autor=actor.id,
        fichas=list(range(24)), etiquetas=[], contenido=os.urandom(600), acto=uuid7(),
        creado_at=ahora, actualizado_at=ahora,
    )  # fmt: skip
    hacer = _mediana(lambda: evento(modelo).fila(), CREACIONES)
    url = _url_de_la_duena()
    with psycopg.connect(url, autocommit=True) as conexion:
        conexion.execute("ALTER TABLE registros_observacion DISABLE TRIGGER ece_evento")
        con_evento, sin_evento = [], []
        try:
            for _ in range(5):
                con_evento.append(
                    _mediana(lambda: _escribir(conexion, evento(modelo), modelo), 300)
                )
                evento(modelo)
                sin_evento.append(_mediana(lambda: _escribir(conexion, None, modelo), 300))
        finally:
            conexion.execute("ALTER TABLE registros_observacion ENABLE TRIGGER ece_evento")
    connection.close()
    anadido = statistics.median(con_evento) - statistics.median(sin_evento) + hacer
    return total, total - anadido


def _firma() -> float:
    """Milliseconds (median) of finishing a note whole: what it cites gathered, declared, sealed in
    two forms with its stamp of time, and kept with its event."""
    from django.utils import timezone

    from registros.catalogos.notas import TIPOS
    from registros.selectors import expediente
    from registros.services import notas
    from tests import elenco
    from tests.registros import firmadas
    from tests.registros.nota_de_ejemplo import contenido_completo

    firmadas.preparar_institucion()
    gente = elenco.reunir()
    paciente = elenco.registrar(gente)
    elenco.en_consulta(gente, paciente)
    acceso = elenco.acceso_de_medica(gente, paciente)
    (encuentro,) = expediente.encuentros_abiertos(acceso)
    contenido, tiempos = contenido_completo(TIPOS["evolucion"]), []
    for _ in range(FIRMAS):
        id_ = notas.redactar(
            acceso, tipo="evolucion", encuentro_id=encuentro.id, ahora=timezone.now()
        )
        antes = time.perf_counter()
        notas.finalizar(acceso, nota_id=id_, contenido=contenido, version=1, ahora=timezone.now())
        tiempos.append((time.perf_counter() - antes) * 1000)
    return statistics.median(tiempos)


def _escribir(conexion: Any, evento: Any, modelo: Any) -> None:
    from auditoria import bitacora
    from auditoria.actos import _insercion, _valores
    from ece.nucleo.uuid7 import uuid7

    if evento is None:
        modelo.id = uuid7()
        conexion.execute(_insercion(type(modelo)), _valores(modelo), prepare=True)
        return
    insertar, valores = bitacora.insercion([evento])
    orden = f"WITH asentados AS ({insertar}) {_insercion(type(modelo))}"
    conexion.execute(orden, [*valores, *_valores(modelo)], prepare=True)


def _paciente(actor: Any, ahora: datetime) -> UUID:
    from consentimiento import decision
    from registros.services import pacientes
    from registros.services.pacientes import Identificacion

    acceso = decision.admitir(actor, ahora=ahora)
    return pacientes.registrar(
        acceso,
        identificacion=Identificacion(
            nombre="Banca", primer_apellido="De Prueba", segundo_apellido="",
            fecha_nacimiento=date(1980, 1, 1), sexo_curp="M", sexo_biologico="femenino",
            sin_curp_motivo="en trámite", entidad_nacimiento="OC", telefono="5555555555",
        ),
        ahora=ahora,
    )  # fmt: skip


def _url_de_la_duena() -> str:
    from django.conf import settings

    assert settings.ECE_POSTGRES is not None
    return settings.ECE_POSTGRES.url("ece_duena")


def _mediana(hacer: Callable[[], object], veces: int) -> float:
    tiempos = []
    for _ in range(veces):
        antes = time.perf_counter()
        hacer()
        tiempos.append((time.perf_counter() - antes) * 1000)
    return statistics.median(tiempos)


if __name__ == "__main__":
    main()
