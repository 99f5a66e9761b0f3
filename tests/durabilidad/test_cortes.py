"""What was acknowledged is on disk: servers and databases killed amid two hundred writes."""

import itertools
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.instancia import Instancia, instalada

A_LA_VEZ = 200
CORTES = 26
ENTRADAS = 4
SISTEMA = "urn:prueba:corte"


@dataclass
class Saldo:
    """What a cut left: writes acknowledged, cut off, lost, and half written."""

    confirmadas: int = 0
    cortadas: int = 0
    perdidas: list[str] = field(default_factory=list)
    a_medias: list[str] = field(default_factory=list)


def observacion(paciente: str, marca: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "identifier": [{"system": SISTEMA, "value": marca}],
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": f"Patient/{paciente}"},
        "effectiveDateTime": "2026-11-20T10:00:00-06:00",
        "valueQuantity": {"value": 72, "unit": "/min"},
    }


def transaccion(paciente: str, marca: str) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "resource": observacion(paciente, f"{marca}-{parte}"),
                "request": {"method": "POST", "url": "Observation"},
            }
            for parte in range(ENTRADAS)
        ],
    }


def cortar(instancia: Instancia, pacientes: list[str], *, corte: int, postgres: bool) -> Saldo:
    """Two hundred write at once, without rest, until PostgreSQL, or the server, is killed."""
    azar = random.Random(corte)
    confirmadas: dict[int, list[str]] = {}
    enviadas: set[int] = set()
    bastantes, cuantas = threading.Event(), azar.randrange(15, 120)
    numeros = itertools.count()
    salida = threading.Barrier(A_LA_VEZ + 1)

    def escribir() -> None:
        salida.wait()
        while True:
            numero = next(numeros)
            enviadas.add(numero)
            ids = _escribir(cliente, corte, numero, pacientes[numero % len(pacientes)])
            if ids is None:
                return
            confirmadas[numero] = ids
            if len(confirmadas) >= cuantas:
                bastantes.set()

    with (
        httpx.Client(
            base_url=instancia.url,
            headers=instancia.socio().headers,
            limits=httpx.Limits(max_connections=A_LA_VEZ),
            timeout=30,
        ) as cliente,
        ThreadPoolExecutor(A_LA_VEZ) as hilos,
    ):
        tareas = [hilos.submit(escribir) for _ in range(A_LA_VEZ)]
        salida.wait()
        assert bastantes.wait(30), "las escrituras no avanzan"
        (instancia.matar_postgres if postgres else instancia.matar_servidor)()
        for tarea in tareas:
            tarea.result()
    instancia.postgres.arrancar()
    if not postgres:
        instancia.servidor.arrancar()
    assert instancia.servidor.esperar_listo(plazo=60)
    return _saldo(instancia.socio(), corte, enviadas, confirmadas)


def _escribir(cliente: httpx.Client, corte: int, numero: int, paciente: str) -> list[str] | None:
    """The ids of what was acknowledged: of one Observation, or of a whole transaction."""
    marca = f"{corte}-{numero}"
    try:
        if _es_de_varias(numero):
            hecha = cliente.post("/fhir", json=transaccion(paciente, marca))
        else:
            hecha = cliente.post("/fhir/Observation", json=observacion(paciente, marca))
    except httpx.TransportError:
        return None
    if not hecha.is_success:
        return None
    cuerpo = hecha.json()
    if _es_de_varias(numero):
        return [entrada["response"]["location"].split("/")[-3] for entrada in cuerpo["entry"]]
    return [cuerpo["id"]]


def _es_de_varias(numero: int) -> bool:
    return numero % 3 == 0


def _saldo(
    socio: httpx.Client, corte: int, enviadas: set[int], confirmadas: dict[int, list[str]]
) -> Saldo:
    saldo = Saldo(len(confirmadas), len(enviadas) - len(confirmadas))
    leidas = _leer(socio, [id_ for ids in confirmadas.values() for id_ in ids])
    for numero, ids in confirmadas.items():
        for parte, id_ in enumerate(ids):
            esperada = f"{corte}-{numero}" + (f"-{parte}" if _es_de_varias(numero) else "")
            if leidas.get(id_) != esperada:
                saldo.perdidas.append(f"{esperada}: {leidas.get(id_)}")
    # Whoever was not answered may have been written whole, or not at all.
    for numero in filter(_es_de_varias, enviadas - confirmadas.keys()):
        marcas = ",".join(f"{SISTEMA}|{corte}-{numero}-{parte}" for parte in range(ENTRADAS))
        halladas = socio.get(
            "/Observation", params={"identifier": marcas, "_summary": "count"}
        ).json()["total"]
        if halladas not in (0, ENTRADAS):
            saldo.a_medias.append(f"{corte}-{numero}: {halladas} de {ENTRADAS}")
    return saldo


def _leer(socio: httpx.Client, ids: list[str]) -> dict[str, str]:
    """id -> its mark, of those that are there."""
    leidas = {}
    for inicio in range(0, len(ids), 100):
        lote = ids[inicio : inicio + 100]
        hallado = socio.get("/Observation", params={"_id": ",".join(lote), "_count": len(lote)})
        hallado.raise_for_status()
        recursos = [entrada["resource"] for entrada in hallado.json().get("entry", ())]
        leidas |= {recurso["id"]: recurso["identifier"][0]["value"] for recurso in recursos}
    return leidas


def pacientes_de(instancia: Instancia) -> list[str]:
    entradas = instancia.socio().get("/Patient", params={"_count": 20}).json()["entry"]
    return [entrada["resource"]["id"] for entrada in entradas]


HUERFANOS = """
SELECT count(*) FROM registros_observacion o
WHERE NOT EXISTS (SELECT 1 FROM auditoria_evento e WHERE e.id = o.acto)
"""


def test_nothing_acknowledged_is_lost_and_nothing_is_half_written(duradera: Instancia) -> None:
    pacientes = pacientes_de(duradera)
    saldos = [
        cortar(duradera, pacientes, corte=corte, postgres=bool(corte % 3))
        for corte in range(CORTES)
    ]
    assert not [p for saldo in saldos for p in saldo.perdidas]
    assert not [p for saldo in saldos for p in saldo.a_medias]
    assert int(duradera.postgres.sql(HUERFANOS, base="ece")) == 0
    # Every cut fell amid writes: some had been answered, and others never were.
    assert all(saldo.confirmadas and saldo.cortadas for saldo in saldos), saldos


def test_the_same_cuts_lose_what_an_asynchronous_commit_promised(tmp_path: Path) -> None:
    """The positive control: were commits not awaited, these cuts would tell."""
    with instalada(
        tmp_path, pacientes=20, synchronous_commit="off", wal_writer_delay="10s"
    ) as floja:
        pacientes = pacientes_de(floja)
        for corte in range(1, 10):
            if cortar(floja, pacientes, corte=corte, postgres=True).perdidas:
                return
    pytest.fail("nine cuts without synchronous commit lost nothing: this test cannot see losses")
