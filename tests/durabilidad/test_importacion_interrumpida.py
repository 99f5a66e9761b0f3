"""An import that is killed is taken up again, and nothing is in twice."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.instancia import RAIZ, Instancia

OBSERVACIONES = 2_400
CUANTAS = "SELECT count(*) FROM registros_observacion"
VERSIONES = "SELECT count(*) FROM registros_historia"


def escribir(archivo: Path) -> None:
    recursos: list[dict[str, object]] = [
        {"resourceType": "Patient", "id": "p", "name": [{"family": "Robles", "given": ["Inés"]}]}
    ]
    recursos += [
        {
            "resourceType": "Observation",
            "id": f"o{numero}",
            "status": "final",
            "code": {"text": "Peso"},
            "subject": {"reference": "Patient/p"},
            "valueQuantity": {"value": 60 + numero / 100, "unit": "kg"},
        }
        for numero in range(OBSERVACIONES)
    ]
    archivo.write_text("".join(f"{json.dumps(recurso)}\n" for recurso in recursos))


def test_a_killed_import_resumes_without_duplicates(duradera: Instancia, tmp_path: Path) -> None:
    archivo = tmp_path / "muchas.ndjson"
    escribir(archivo)

    def cuenta(consulta: str) -> int:
        return int(duradera.postgres.sql(consulta, base="ece"))

    antes, versiones = cuenta(CUANTAS), cuenta(VERSIONES)
    vistas = antes
    for _ in range(3):
        proceso = subprocess.Popen(
            [sys.executable, RAIZ / "manage.py", "importar_fhir", archivo],
            env={**os.environ, **duradera.entorno},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        limite = time.monotonic() + 60
        while cuenta(CUANTAS) == vistas and proceso.poll() is None:
            assert time.monotonic() < limite, "la importación no avanza"
            time.sleep(0.02)
        proceso.kill()
        proceso.wait()
        vistas = cuenta(CUANTAS)
        assert antes < vistas < antes + OBSERVACIONES, "no murió a la mitad"

    informe = duradera.manage("importar_fhir", str(archivo))
    assert cuenta(CUANTAS) == antes + OBSERVACIONES
    assert f"tomado: {antes + OBSERVACIONES - vistas}\n" in informe
    assert f"ya estaba: {vistas - antes + 1}\n" in informe
    assert "rechazado: 0\n" in informe
    otra = duradera.manage("importar_fhir", str(archivo))
    assert f"ya estaba: {OBSERVACIONES + 1}\n" in otra
    assert cuenta(VERSIONES) == versiones
