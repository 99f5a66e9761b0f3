"""``make bench``: three interleaved repeats of every workload at each size; medians, ratios, table.

Writes ``docs/performance.md`` and, beside it, ``docs/performance.json`` with every figure.
"""

import argparse
import os
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.demo")

from benchmarks import banco, cargas, informe, techos
from benchmarks.banco import Banco
from benchmarks.cargas import Carga
from benchmarks.manejador import Medida, conducir, cpu_de

RAIZ = banco.RAIZ


@dataclass(slots=True)
class Serie:
    """The repeats of one workload at one size."""

    carga: Carga
    medidas: list[Medida] = field(default_factory=list)

    def mediana(self, cifra: str) -> float:
        return float(statistics.median(getattr(m, cifra) for m in self.medidas))

    def percentil(self, p: float) -> float:
        return statistics.median(m.percentil(p) for m in self.medidas)

    @property
    def errores(self) -> int:
        return sum(m.errores for m in self.medidas)


def medir(hospital: Banco, *, vueltas: int, segundos: float) -> informe.Corrida:
    series = [Serie(carga) for carga in cargas.preparar(hospital)]
    ids = [str(p).split("Patient/")[1].split(" ")[0] for p in series[0].carga.peticiones]
    vista, crudo = Serie(Carga("bare view", _peticiones_sueltas(ids), 0)), []
    for serie in series:  # caches, prepared statements, compiled expressions
        _conducir(hospital, serie.carga, min(2.0, segundos))
    with banco.aplicacion_suelta(
        "benchmarks.techos:application",
        puerto=hospital.puerto + 1,
        hogar=hospital.hogar,
        dsn=hospital.dsn,
    ) as pid:
        for _ in range(vueltas):
            for serie in series:
                serie.medidas.append(_conducir(hospital, serie.carga, segundos))
            vista.medidas.append(
                conducir(
                    hospital.puerto + 1,
                    vista.carga.supply(),
                    conexiones=8,
                    segundos=segundos,
                    espera=range(200, 300),
                    cpu=lambda: cpu_de(pid, int(hospital.postgres.pid())),
                )
            )
            crudo.append(
                techos.psycopg_a_secas(
                    hospital.dsn, [UUID(i) for i in ids], segundos=segundos, conexiones=8
                )
            )
    return informe.Corrida(
        pacientes=hospital.pacientes,
        renglones=[informe.renglon(serie) for serie in series],
        vista=vista.mediana("ritmo"),
        psycopg=statistics.median(crudo),
    )


def _conducir(hospital: Banco, carga: Carga, segundos: float) -> Medida:
    return conducir(
        hospital.puerto,
        carga.supply(),
        conexiones=carga.conexiones,
        segundos=segundos,
        espera=carga.estado,
        cpu=hospital.cpu,
    )


def _peticiones_sueltas(ids: list[str]) -> list[bytes]:
    return [cargas.peticion("GET", f"/{id_}", cabeceras={}) for id_ in ids]


def main() -> None:
    opciones = argparse.ArgumentParser(prog="make bench", description=__doc__)
    opciones.add_argument("--pacientes", type=int, nargs="+", default=[1_000, 100_000])
    opciones.add_argument("--vueltas", type=int, default=3)
    opciones.add_argument("--segundos", type=float, default=5.0)
    opciones.add_argument("--puerto", type=int, default=8190)
    opciones.add_argument("--hogar", type=Path, default=RAIZ / ".local" / "banco")
    opciones.add_argument("--salida", type=Path, default=RAIZ / "docs")
    elegido = opciones.parse_args()
    corridas = []
    for pacientes in elegido.pacientes:
        hogar = elegido.hogar / str(pacientes)
        with banco.abierto(pacientes, hogar=hogar, puerto=elegido.puerto) as hospital:
            corridas.append(medir(hospital, vueltas=elegido.vueltas, segundos=elegido.segundos))
        print(informe.tabla(corridas[-1]))
    informe.escribir(corridas, elegido.salida, vueltas=elegido.vueltas, segundos=elegido.segundos)


if __name__ == "__main__":
    main()
