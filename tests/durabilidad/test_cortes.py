"""What was acknowledged is on disk: servers and databases killed amid two hundred writes."""

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
    """What a cut left: writes sent, acknowledged, lost, and half written."""

    enviadas: int = 0
    confirmadas: int = 0
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
    """Two hundred requests write at once; amid them PostgreSQL, or the server, is killed."""
    azar = random.Random(corte)
    confirmadas: dict[str, list[str]] = {}
    bastantes, cuantas = threading.Event(), azar.randrange(15, 120)
    salida = threading.Barrier(A_LA_VEZ + 1)

    def escribir(numero: int) -> None:
        marca, paciente = f"{corte}-{numero}", pacientes[numero % len(pacientes)]
        de_varias = numero % 3 == 0
        salida.wait()
        try:
            if de_varias:
                hecha = cliente.post("/fhir", json=transaccion(paciente, marca))
            else:
                hecha = cliente.post("/fhir/Observation", json=observacion(paciente, marca))
        except httpx.TransportError:
            return
        if hecha.is_success:
            cuerpo = hecha.json()
            confirmadas[marca] = (
                [e["response"]["location"].split("/")[-3] for e in cuerpo["entry"]]
                if de_varias
                else [cuerpo["id"]]
            )
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
        tareas = [hilos.submit(escribir, numero) for numero in range(A_LA_VEZ)]
        salida.wait()
        assert bastantes.wait(30), "las escrituras no avanzan"
        (instancia.matar_postgres if postgres else instancia.matar_servidor)()
        for tarea in tareas:
            tarea.result()
    instancia.postgres.arrancar()
    if not postgres:
        instancia.servidor.arrancar()
    assert instancia.servidor.esperar_listo(plazo=60)
    return _saldo(instancia.socio(), corte, confirmadas)


def _saldo(socio: httpx.Client, corte: int, confirmadas: dict[str, list[str]]) -> Saldo:
    saldo = Saldo(A_LA_VEZ, len(confirmadas))
    for marca, ids in confirmadas.items():
        for parte, id_ in enumerate(ids):
            leida = socio.get(f"/Observation/{id_}")
            esperada = marca if len(ids) == 1 else f"{marca}-{parte}"
            if not leida.is_success or leida.json()["identifier"][0]["value"] != esperada:
                saldo.perdidas.append(f"{esperada}: {leida.status_code}")
    # Whoever was not answered may have been written whole, or not at all.
    for numero in range(0, A_LA_VEZ, 3):
        marcas = ",".join(f"{SISTEMA}|{corte}-{numero}-{parte}" for parte in range(ENTRADAS))
        halladas = socio.get(
            "/Observation", params={"identifier": marcas, "_summary": "count"}
        ).json()["total"]
        if halladas not in (0, ENTRADAS):
            saldo.a_medias.append(f"{corte}-{numero}: {halladas} de {ENTRADAS}")
    return saldo


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
        cortar(duradera, pacientes, corte=corte, postgres=bool(corte % 2))
        for corte in range(CORTES)
    ]
    assert not [p for saldo in saldos for p in saldo.perdidas]
    assert not [p for saldo in saldos for p in saldo.a_medias]
    assert int(duradera.postgres.sql(HUERFANOS, base="ece")) == 0
    # The cuts fell amid the writes: some were answered and others were not, nearly every time.
    en_medio = [s for s in saldos if 0 < s.confirmadas < s.enviadas]
    assert len(en_medio) >= CORTES - 3, [s.confirmadas for s in saldos]


def test_the_same_cuts_lose_what_an_asynchronous_commit_promised(tmp_path: Path) -> None:
    """The positive control: were commits not awaited, these cuts would tell."""
    with instalada(
        tmp_path, pacientes=5, synchronous_commit="off", wal_writer_delay="10s"
    ) as floja:
        pacientes = pacientes_de(floja)
        for corte in range(1, 10):
            if cortar(floja, pacientes, corte=corte, postgres=True).perdidas:
                return
    pytest.fail("nine cuts without synchronous commit lost nothing: this test cannot see losses")
