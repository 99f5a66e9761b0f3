"""``python -m benchmarks.masivo``: resources a second of a Bulk Data export, from asking to having.

A hospital of its own under ``.local/banco-masivo``. Writing an export (which versions, of whom) and
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

ESPERAR = {"Prefer": "respond-async"}


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
    opciones.add_argument("--pacientes", type=int, default=1_000)
    opciones.add_argument("--vueltas", type=int, default=3)
    opciones.add_argument("--corrientes", type=int, default=2)
    opciones.add_argument("--puerto", type=int, default=8080)
    opciones.add_argument("--hogar", type=Path, default=banco.RAIZ / ".local" / "banco-masivo")
    o = opciones.parse_args()
    with banco.abierto(o.pacientes, hogar=o.hogar, puerto=o.puerto) as hospital:
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
