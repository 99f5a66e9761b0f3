"""A new master key while a hospital works: cut off twice, nobody refused, no key left on disk.

``ECE_ROTACION_PACIENTES=10000`` runs it at the size that the project promises.
"""

import json
import os
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest

from ece.nucleo.llavero import ProveedorEnMemoria, _contexto
from tests.durabilidad.rastros import Rastreador, de_intercambio
from tests.durabilidad.test_cortes import observacion
from tests.instancia import RAIZ, Instancia, instalada

PACIENTES = int(os.environ.get("ECE_ROTACION_PACIENTES", "20"))
TANDA = max(2, PACIENTES // 20)
PAUSA = 0.0 if PACIENTES > 20 else 0.3
"""Seconds between requests: a small run leaves the processor to the rest of the suite."""
LLAVES = "registros_llavedepaciente"


@pytest.fixture
def hospital(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instancia]:
    if PACIENTES <= 20:
        yield request.getfixturevalue("duradera")
        return
    with instalada(tmp_path / "grande", pacientes=PACIENTES) as instancia:
        yield instancia


@dataclass
class Carga:
    """What people asked meanwhile, and what was not answered as it should."""

    hechas: int = 0
    fallas: list[str] = field(default_factory=list)


@contextmanager
def trabajando(instancia: Instancia, pacientes: list[str]) -> Iterator[Carga]:
    """Records read and written, and patients registered, without rest, by four at once."""
    carga, alto = Carga(), threading.Event()

    def trabajar(numero: int) -> None:
        try:
            with instancia.socio() as socio:
                vuelta = numero
                while not alto.is_set():
                    paciente = pacientes[vuelta * 7 % len(pacientes)]
                    _exigir(carga, socio.get(f"/Patient/{paciente}"))
                    _exigir(carga, socio.get("/Observation", params={"patient": paciente}))
                    nueva = observacion(paciente, f"rotacion-{vuelta}")
                    _exigir(carga, socio.post("/Observation", json=nueva))
                    if vuelta % 5 == 0:
                        _exigir(carga, socio.post("/Patient", json=_persona(vuelta)))
                    vuelta += 4
                    alto.wait(PAUSA)
        except Exception as error:
            carga.fallas.append(repr(error))

    hilos = [threading.Thread(target=trabajar, args=(n,)) for n in range(4)]
    for hilo in hilos:
        hilo.start()
    try:
        yield carga
    finally:
        alto.set()
        for hilo in hilos:
            hilo.join()


def _exigir(carga: Carga, respuesta: httpx.Response) -> None:
    carga.hechas += 1
    if not respuesta.is_success:
        carga.fallas.append(f"{respuesta.request.method} {respuesta.url}: {respuesta.status_code}")


def _persona(numero: int) -> dict[str, object]:
    """Somebody new, whose keys are made amid the rotation."""
    return {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:prueba:rotacion", "value": f"{time.time_ns()}-{numero}"}],
        "name": [{"family": f"Rotada{numero}", "given": ["Persona"]}],
        "birthDate": "1980-05-05",
        "gender": "female",
    }


def cortada(instancia: Instancia, *orden: str, tras: int) -> None:
    """`rotar_llaves`, killed once it has gone past `tras` patients and waits for the next one."""
    with psycopg.connect(instancia.postgres.url("postgres", "ece"), autocommit=True) as mirador:
        with psycopg.connect(instancia.postgres.url("postgres", "ece")) as candado:
            elegido = f"(SELECT id FROM {LLAVES} ORDER BY id OFFSET %s LIMIT 1)"
            candado.execute(f"SELECT 1 FROM {LLAVES} WHERE id = {elegido} FOR UPDATE", [tras])
            proceso = subprocess.Popen(
                [sys.executable, RAIZ / "manage.py", *orden],
                env={**os.environ, **instancia.entorno},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            espera = (
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                f"AND query LIKE 'UPDATE \"{LLAVES}\"%'"
            )
            for _ in range(3_000):
                if proceso.poll() is not None:
                    assert proceso.stderr is not None
                    pytest.fail(proceso.stderr.read().decode()[-2000:])
                if mirador.execute(espera).fetchone() != (0,):
                    break
                time.sleep(0.02)
            else:
                pytest.fail("no llegó al paciente que se le cerró")
            proceso.kill()
            proceso.communicate()
        hechas = cuantas(mirador, "k2")
        assert 0 < hechas < cuantas(mirador)
        assert hechas >= tras - TANDA


def cuantas(conexion: "psycopg.Connection[tuple[int]]", kek: str = "%") -> int:
    orden = f"SELECT count(*) FROM {LLAVES} WHERE kek LIKE %s"
    return int((conexion.execute(orden, [kek]).fetchone() or (0,))[0])


def abiertas(instancia: Instancia, archivo: dict[str, dict[str, str]]) -> dict[UUID, list[bytes]]:
    """Every patient's keys, opened as whoever holds the key file would."""
    keks = {nombre: b64decode(kek) for nombre, kek in archivo["keks"].items()}
    proveedor = ProveedorEnMemoria(keks=keks, actual=min(keks), raiz_indices=bytes(32))
    halladas: dict[UUID, list[bytes]] = {}
    with psycopg.connect(instancia.postgres.url("postgres", "ece")) as conexion:
        orden = f"SELECT paciente, version, kek, clinica, identidad FROM {LLAVES}"
        for paciente, version, kek, clinica, identidad in conexion.execute(orden):
            halladas[paciente] = [
                proveedor.desenvolver(
                    bytes(cerrada), kek=kek, contexto=_contexto(paciente, version, clase)
                )
                for clase, cerrada in (("clinica", clinica), ("identidad", identidad))
            ]
    return halladas


def pacientes_de(instancia: Instancia) -> list[str]:
    with psycopg.connect(instancia.postgres.url("postgres", "ece")) as conexion:
        filas = conexion.execute("SELECT paciente::text FROM registros_paciente").fetchall()
    return [fila[0] for fila in filas]


def test_rotated_under_load_and_cut_off_twice(
    hospital: Instancia, capsys: pytest.CaptureFixture[str]
) -> None:
    ruta = hospital.hogar / "llavero.json"
    antes = json.loads(ruta.read_text())
    assert set(antes["keks"]) == {"k1"}
    pacientes = pacientes_de(hospital)
    total = len(pacientes)
    tanda = ("--tanda", str(TANDA))
    inicio = time.monotonic()
    with trabajando(hospital, pacientes) as carga:
        cortada(hospital, "rotar_llaves", *tanda, tras=total // 3)
        cortada(hospital, "rotar_llaves", "--continuar", *tanda, tras=2 * total // 3)
        hospital.manage("rotar_llaves", "--continuar", *tanda)
        # What another process wrapped in the two seconds before it saw the new file.
        hospital.manage("rotar_llaves", "--continuar", *tanda)
        durante = json.loads(ruta.read_text())
        hospital.manage("rotar_llaves", "--retirar", "k1")
    with capsys.disabled():
        if total > 20:
            segundos = time.monotonic() - inicio
            sys.stdout.write(f"\n{total} pacientes, {carga.hechas} peticiones, {segundos:.0f} s\n")
    assert carga.fallas == []
    assert carga.hechas > 20
    assert set(json.loads(ruta.read_text())["keks"]) == {"k2"}

    # Opened anew, by servers that remember nothing.
    hospital.servidor.detener()
    hospital.servidor.arrancar()
    assert hospital.servidor.esperar_listo(plazo=60)
    with hospital.socio() as socio:
        for paciente in pacientes[:: max(1, total // 50)]:
            assert socio.get(f"/Patient/{paciente}").is_success

    llaves = abiertas(hospital, durante)
    assert len(llaves) > total
    secretos = [dek for par in llaves.values() for dek in par]
    secretos += [b64decode(kek) for kek in durante["keks"].values()]
    rastreador = Rastreador(secretos)
    hospital.postgres.sql("CHECKPOINT")
    escrito = [*hospital.hogar.rglob("*"), *hospital.postgres.raiz.rglob("*")]
    archivos = {r for r in escrito if r.is_file() and not r.is_symlink()} | set(de_intercambio())
    assert rastreador.en(archivos, salvo=[ruta]) == set()
    # Nor is the old one in the file of the new one; and the search would have found it.
    assert Rastreador([b64decode(antes["keks"]["k1"])]).en([ruta]) == set()
    assert rastreador.en([ruta]) == {str(ruta)}
    hospital.manage("verificar_bitacora")
