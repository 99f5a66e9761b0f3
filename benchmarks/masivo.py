"""``python -m benchmarks.masivo``: resources a second of a Bulk Data export, from asking to having.

A hospital of its own under ``.local/banco-masivo``, each of whose patients is given, once,
`--observaciones` besides what they come with. Writing an export (which versions, of whom) and
delivering it (deciding again, opening, sending) are measured apart and together; the files are
downloaded ``--corrientes`` at a time, in gzip, and their lines counted. CPU is of the worker, the
server and PostgreSQL together: on a machine that does something else it says more than the clock.
"""

import argparse
import os
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.demo")

from benchmarks import banco
from benchmarks.banco import Banco
from benchmarks.manejador import cpu_de
from ece.demo.servidor import Orden

CATEGORIA = "http://terminology.hl7.org/CodeSystem/observation-category"
ESPERAR = {"Prefer": "respond-async"}


def colmar(hospital: Banco, cuantas: int) -> None:
    """Give each patient their observations, unless they have them already."""
    sello = hospital.hogar / "colmada"
    if sello.exists() or not cuantas:
        return
    cabeceras = {"Authorization": hospital.ficha_de_acceso()}
    with httpx.Client(base_url=hospital.base, headers=cabeceras, timeout=600) as cliente:
        direccion: str | None = "/fhir/Patient?_count=500&_elements=id"
        while direccion:
            pagina = cliente.get(direccion).json()
            for entrada in pagina["entry"]:
                hecha = cliente.post("/fhir", json=_mediciones(entrada["resource"]["id"], cuantas))
                hecha.raise_for_status()
            siguen = [e["url"] for e in pagina["link"] if e["relation"] == "next"]
            direccion = siguen[0] if siguen else None
    sello.touch()


def _mediciones(paciente: str, cuantas: int) -> dict[str, object]:
    entradas = [
        {
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "category": [{"coding": [{"system": CATEGORIA, "code": "vital-signs"}]}],
                "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
                "subject": {"reference": f"Patient/{paciente}"},
                "effectiveDateTime": f"2026-10-{1 + n % 30:02}T10:{n % 60:02}:00-06:00",
                "valueQuantity": {"value": 60 + n % 60, "unit": "/min"},
            },
            "request": {"method": "POST", "url": "Observation"},
        }
        for n in range(cuantas)
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entradas}


def escribir(cliente: httpx.Client) -> tuple[dict[str, str], list[str]]:
    """(what was answered, addresses of the files) of a whole export."""
    donde = cliente.get("/$export", headers=ESPERAR).headers["Content-Location"]
    while (respuesta := cliente.get(donde)).status_code == httpx.codes.ACCEPTED:
        time.sleep(0.05)
    respuesta.raise_for_status()
    return {"donde": donde}, [archivo["url"] for archivo in respuesta.json()["output"]]


def bajar(cliente: httpx.Client, url: str) -> tuple[int, int]:
    """(lines, bytes) of a file, as they came: whoever receives it pays for what it does with it."""
    descompresor, lineas, octetos = zlib.decompressobj(wbits=31), 0, 0
    with cliente.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as respuesta:
        respuesta.raise_for_status()
        for parte in respuesta.iter_raw():
            claro = descompresor.decompress(parte)
            lineas, octetos = lineas + claro.count(b"\n"), octetos + len(claro)
    return lineas, octetos


def medir(hospital: Banco, orden: Orden, corrientes: int) -> str:
    """A line of figures."""

    def cpu() -> float:
        postgres = int(hospital.postgres.pid() or 0)
        return cpu_de(hospital.servidor.pid, postgres) + cpu_de(orden.pid)

    cabeceras = {"Authorization": hospital.ficha_de_acceso()}
    base = f"{hospital.base}/fhir"
    with httpx.Client(base_url=base, headers=cabeceras, timeout=600) as cliente:
        antes, inicio = cpu(), time.perf_counter()
        dicho, archivos = escribir(cliente)
        escrito, a_medias = time.perf_counter() - inicio, cpu()
        inicio = time.perf_counter()
        with ThreadPoolExecutor(corrientes) as hilos:
            bajados = list(hilos.map(lambda url: bajar(cliente, url), archivos))
        entregado, despues = time.perf_counter() - inicio, cpu()
        cliente.delete(dicho["donde"])
    total, octetos = sum(b[0] for b in bajados), sum(b[1] for b in bajados)
    return (
        f"{total:,} resources, {octetos / 1e6:.0f} MB: written {total / escrito:,.0f}/s, "
        f"delivered {total / entregado:,.0f}/s, both {total / (escrito + entregado):,.0f}/s; "
        f"CPU {1e6 * (a_medias - antes) / total:.0f} + {1e6 * (despues - a_medias) / total:.0f} "
        "microseconds each"
    )


def main() -> None:
    opciones = argparse.ArgumentParser(description=__doc__)
    opciones.add_argument("--pacientes", type=int, default=300)
    opciones.add_argument("--observaciones", type=int, default=100)
    opciones.add_argument("--vueltas", type=int, default=3)
    opciones.add_argument("--corrientes", type=int, default=2)
    opciones.add_argument("--puerto", type=int, default=8080)
    opciones.add_argument("--hogar", type=Path, default=banco.RAIZ / ".local" / "banco-masivo")
    o = opciones.parse_args()
    with banco.abierto(o.pacientes, hogar=o.hogar, puerto=o.puerto) as hospital:
        colmar(hospital, o.observaciones)
        orden = Orden(
            o.hogar, "intercambio", entorno={"ECE_HOME": str(o.hogar), "PORT": str(o.puerto)}
        )
        orden.arrancar()
        try:
            for _ in range(o.vueltas):
                print(medir(hospital, orden, o.corrientes), flush=True)
        finally:
            orden.detener()


if __name__ == "__main__":
    main()
