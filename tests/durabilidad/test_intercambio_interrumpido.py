"""Exports and notifications under kill -9 of who does them: nothing is lost, nothing is twice.

``ECE_INTERCAMBIO_CORTES`` says how many times it is killed (1 by default).
"""

import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from ece.demo.servidor import Orden
from ece.postgres_embebido import APLICACION
from tests.instancia import Instancia
from tests.interoperabilidad.socios import paciente
from tests.interoperabilidad.suscripciones.receptor import escuchando, suscripcion
from tests.interoperabilidad.test_rest import observacion

CORTES = int(os.environ.get("ECE_INTERCAMBIO_CORTES", "1"))
PACIENTES = 700


@pytest.fixture
def trabajador(duradera: Instancia) -> Iterator[Orden]:
    hecho = Orden(duradera.hogar, "intercambio", entorno=duradera.entorno, salida=duradera._salida)
    yield hecho
    hecho.detener()


def cortar(orden: Orden) -> None:
    os.killpg(orden.pid, signal.SIGKILL)
    orden.detener()


def test_a_killed_export_goes_on_where_it_was(duradera: Instancia, trabajador: Orden) -> None:
    socio = duradera.socio()
    entrada = {"resource": paciente(), "request": {"method": "POST", "url": "Patient"}}
    paquete = {"resourceType": "Bundle", "type": "transaction", "entry": [entrada] * PACIENTES}
    fhir_json = {"Content-Type": "application/fhir+json"}
    socio.post("", content=json.dumps(paquete), headers=fhir_json).raise_for_status()
    esperar = {"Prefer": "respond-async"}
    donde = socio.get("/$export?_type=Patient", headers=esperar).headers["Content-Location"]
    id_ = UUID(donde[-36:])
    a_medias = 0
    with psycopg.connect(duradera.postgres.url(APLICACION, "ece"), autocommit=True) as base:

        def avance() -> tuple[int, str]:
            consulta = "SELECT hechos, estado FROM interoperabilidad_exportacion WHERE id = %s"
            fila = base.execute(consulta, [id_]).fetchone()
            assert fila is not None
            return fila

        for _ in range(CORTES):
            antes, _estado = avance()
            trabajador.arrancar()
            limite = time.monotonic() + 60
            while avance()[0] == antes and avance()[1] == "pendiente":
                assert time.monotonic() < limite, "la exportación no avanza"
                time.sleep(0.002)
            cortar(trabajador)
            a_medias += avance()[1] == "pendiente"
        assert a_medias, "no murió a la mitad"
        trabajador.arrancar()
        limite = time.monotonic() + 60
        while (respuesta := socio.get(donde)).status_code == 202:
            assert time.monotonic() < limite, "la exportación no termina"
            time.sleep(0.1)
    vistos = [
        json.loads(linea)["id"]
        for archivo in respuesta.json()["output"]
        for linea in socio.get(archivo["url"]).text.splitlines()
    ]
    cuantos = int(duradera.postgres.sql("SELECT count(*) FROM registros_paciente", base="ece"))
    assert len(vistos) == len(set(vistos)) == cuantos


def test_a_killed_sender_loses_and_repeats_nothing(duradera: Instancia, trabajador: Orden) -> None:
    socio = duradera.socio()
    fhir_json = {"Content-Type": "application/fhir+json"}
    quien = socio.post("/Patient", content=json.dumps(paciente()), headers=fhir_json).json()["id"]
    escritas: list[str] = []
    alto = threading.Event()

    def escribe() -> None:
        while not alto.is_set():
            hecha = socio.post("/Observation", content=observacion(quien), headers=fhir_json)
            escritas.append(hecha.json()["id"])
            time.sleep(0.1)

    with escuchando() as receptor:
        pedida = suscripcion(receptor, filtro=f"Observation?patient=Patient/{quien}")
        socio.post("/Subscription", content=json.dumps(pedida), headers=fhir_json)
        hilo = threading.Thread(target=escribe)
        hilo.start()
        for _ in range(CORTES):
            trabajador.arrancar()
            vistos, limite = len(receptor.recibidos), time.monotonic() + 60
            while len(receptor.recibidos) < vistos + 5:
                assert time.monotonic() < limite, "no avisa"
                time.sleep(0.01)
            time.sleep(random.uniform(0, 0.2))
            cortar(trabajador)
        alto.set()
        hilo.join(60)
        trabajador.arrancar()
        limite = time.monotonic() + 60
        while len(receptor.aplicados) < len(escritas):
            assert time.monotonic() < limite, (len(receptor.aplicados), len(escritas))
            time.sleep(0.05)
        time.sleep(1.5)
        aplicados = dict(receptor.aplicados)
    assert sorted(aplicados) == list(range(1, len(escritas) + 1))
    focos = [aplicados[n]["focus"]["reference"].rpartition("/")[2] for n in sorted(aplicados)]
    assert focos == escritas
