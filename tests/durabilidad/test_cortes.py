"""What was acknowledged is on disk: servers and databases killed amid two hundred writes."""

import itertools
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import httpx
import pytest

from ece import fhir
from tests.instancia import Instancia, instalada

A_LA_VEZ = 200
CORTES = 26
ENTRADAS = 3
LOTE = 100
"""Observations asked for at a time."""
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
    bastantes, cuantas = threading.Event(), azar.randrange(15, 60)
    numeros = itertools.count()
    salida = threading.Barrier(A_LA_VEZ + 1)

    autorizada = instancia.socio().headers["Authorization"]

    def escribir() -> None:
        # One connection each: a shared pool of two hundred costs more than what it carries.
        cliente = HTTPConnection("127.0.0.1", instancia.servidor.puerto, timeout=30)
        salida.wait()
        while True:
            numero = next(numeros)
            enviadas.add(numero)
            paciente = pacientes[numero % len(pacientes)]
            ids = _escribir(cliente, autorizada, corte, numero, paciente)
            if ids is None:
                cliente.close()
                return
            confirmadas[numero] = ids
            if len(confirmadas) >= cuantas:
                bastantes.set()

    with ThreadPoolExecutor(A_LA_VEZ) as hilos:
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


def _escribir(
    cliente: HTTPConnection, autorizada: str, corte: int, numero: int, paciente: str
) -> list[str] | None:
    """The ids of what was acknowledged: of one Observation, or of a whole transaction."""
    marca = f"{corte}-{numero}"
    varias = _es_de_varias(numero)
    cuerpo = transaccion(paciente, marca) if varias else observacion(paciente, marca)
    cabeceras = {"Authorization": autorizada, "Content-Type": "application/fhir+json"}
    try:
        cliente.request(
            "POST",
            "/fhir" if varias else "/fhir/Observation",
            fhir.json.escribir(cuerpo),
            cabeceras,
        )
        hecha = cliente.getresponse()
        leido = hecha.read()
    except (HTTPException, OSError):
        return None
    if hecha.status not in (200, 201):
        return None
    recurso = fhir.json.leer(leido)
    if varias:
        return [entrada["response"]["location"].split("/")[-3] for entrada in recurso["entry"]]
    return [recurso["id"]]


def _es_de_varias(numero: int) -> bool:
    return numero % 5 == 0


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
    dudosas = sorted(filter(_es_de_varias, enviadas - confirmadas.keys()))
    for numero, partes in _partes_de(socio, corte, dudosas).items():
        if partes not in (0, ENTRADAS):
            saldo.a_medias.append(f"{corte}-{numero}: {partes} de {ENTRADAS}")
    return saldo


def _partes_de(socio: httpx.Client, corte: int, numeros: list[int]) -> Counter[int]:
    """transaction -> how many of its entries are there."""
    halladas: Counter[int] = Counter()
    for inicio in range(0, len(numeros), LOTE // ENTRADAS):
        marcas = [
            f"{SISTEMA}|{corte}-{numero}-{parte}"
            for numero in numeros[inicio : inicio + LOTE // ENTRADAS]
            for parte in range(ENTRADAS)
        ]
        for marca in _marcas(socio, {"identifier": ",".join(marcas), "_count": str(LOTE)}).values():
            halladas[int(marca.split("-")[1])] += 1
    return halladas


def _leer(socio: httpx.Client, ids: list[str]) -> dict[str, str]:
    """id -> its mark, of those that are there."""
    leidas = {}
    for inicio in range(0, len(ids), LOTE):
        lote = ids[inicio : inicio + LOTE]
        leidas |= _marcas(socio, {"_id": ",".join(lote), "_count": str(LOTE)})
    return leidas


def _marcas(socio: httpx.Client, busqueda: dict[str, str]) -> dict[str, str]:
    hallado = socio.post("/Observation/_search", data=busqueda)
    hallado.raise_for_status()
    recursos = [entrada["resource"] for entrada in hallado.json().get("entry", ())]
    return {recurso["id"]: recurso["identifier"][0]["value"] for recurso in recursos}


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
        cortar(duradera, pacientes, corte=corte, postgres=bool(corte % 5))
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
