"""How many Observations a second one core reads, validates, indexes and turns into terms.

``python benchmarks/fhir_validacion.py [--segundos 3] [--vueltas 3] [FILE.ndjson|FILE.json.gz …]``
Without files, an Observation of blood pressure of our own is used. Prints the median of the rounds.
"""

import argparse
import gzip
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ece import fhir

PROPIA = b"""{"resourceType":"Observation","id":"019abc00-0000-7000-8000-000000000001",
"meta":{"versionId":"1","lastUpdated":"2026-01-05T10:00:00.000Z"},"status":"final",
"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category",
"code":"vital-signs","display":"Signos vitales"}]}],
"code":{"coding":[{"system":"http://loinc.org","code":"85354-9","display":"Blood pressure"}],
"text":"Presi\xc3\xb3n arterial"},
"subject":{"reference":"Patient/019abc00-0000-7000-8000-0000000000aa"},
"encounter":{"reference":"Encounter/019abc00-0000-7000-8000-0000000000bb"},
"effectiveDateTime":"2026-01-05T09:58:00-06:00","issued":"2026-01-05T10:00:00.000-06:00",
"component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},
"valueQuantity":{"value":128.0,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},
"valueQuantity":{"value":82,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}"""


def _cargar(archivos: list[Path]) -> list[bytes]:
    observaciones = [] if archivos else [PROPIA]
    for archivo in archivos:
        datos = archivo.read_bytes()
        if archivo.suffix == ".gz":
            datos = gzip.decompress(datos)
        lineas = datos.splitlines() if ".ndjson" in archivo.name else [datos]
        for linea in filter(None, lineas):
            recurso = fhir.json.leer(linea)
            propios = [e.get("resource", {}) for e in recurso.get("entry", ())] or [recurso]
            observaciones += [
                fhir.json.escribir(r) for r in propios if r.get("resourceType") == "Observation"
            ]
    return observaciones


def _ritmo(hacer: Callable[[Any], object], con: list[Any], segundos: float) -> float:
    hechos, inicio = 0, time.process_time()
    while True:
        for uno in con:
            hacer(uno)
        hechos += len(con)
        gastado = time.process_time() - inicio
        if gastado >= segundos:
            return hechos / gastado


def _indexar(recurso: dict[str, Any]) -> list[str]:
    return [t for indice in fhir.indices(recurso) for t in fhir.terminos(indice)]


def _todo(recurso: dict[str, Any]) -> list[str]:
    if problemas := fhir.validar(recurso):
        raise SystemExit(f"not a valid Observation: {problemas}")
    return _indexar(recurso)


def main() -> None:
    opciones = argparse.ArgumentParser(description=__doc__)
    opciones.add_argument("archivos", nargs="*", type=Path)
    opciones.add_argument("--segundos", type=float, default=3.0)
    opciones.add_argument("--vueltas", type=int, default=3)
    elegido = opciones.parse_args()
    crudas = _cargar(elegido.archivos)
    leidas = [fhir.json.leer(cruda) for cruda in crudas]
    for recurso in leidas:
        _todo(recurso)  # compile what is compiled once
    casos: dict[str, tuple[Callable[[Any], object], list[Any]]] = {
        "read JSON": (fhir.json.leer, crudas),
        "validate": (fhir.validar, leidas),
        "index and terms": (_indexar, leidas),
        "validate, index and terms": (_todo, leidas),
    }
    segundos = elegido.segundos / len(casos)
    ritmos: dict[str, list[float]] = {nombre: [] for nombre in casos}
    for _ in range(elegido.vueltas):  # interleaved: a busy moment touches all alike
        for nombre, (hacer, con) in casos.items():
            ritmos[nombre].append(_ritmo(hacer, con, segundos))
    print(f"{len(leidas)} Observations, medians of {elegido.vueltas} rounds, one core")
    for nombre, cifras in ritmos.items():
        print(f"{nombre:28} {statistics.median(cifras):10,.0f}/s")


if __name__ == "__main__":
    main()
