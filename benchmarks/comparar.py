"""What changes cost: the same workloads on two revisions of this code, in turns, in one run.

    python -m benchmarks.comparar REVISION [--pacientes 1000] [--vueltas 5] [--segundos 3]
        [--solo WORD]

Each revision seeds and serves a hospital of its own and makes its own requests; only those that
both have are compared. Prints requests a second of both (median of the turns) and their ratio, and
the same of the processor's time that a request takes (server and PostgreSQL), which depends less on
who else uses the machine: 0.90 is a ninth more of it.
"""

import argparse
import contextlib
import pickle
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from benchmarks.banco import RAIZ
from benchmarks.manejador import Medida, conducir, cpu_de

Cargas = dict[str, tuple[int, list[bytes]]]
"""Name -> (connections, requests)."""


@dataclass(frozen=True, slots=True)
class Lado:
    """A revision that is being served."""

    puerto: int
    cargas: Cargas
    procesos: tuple[int, int]

    def cpu(self) -> float:
        """CPU seconds of its server and its PostgreSQL so far."""
        return cpu_de(*self.procesos)


_SERVIR = """
import pickle, sys
from pathlib import Path
from benchmarks import banco, cargas
pacientes, hogar, puerto = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
with banco.abierto(pacientes, hogar=hogar, puerto=puerto) as hospital:
    listas = {
        carga.nombre: (carga.conexiones, carga.peticiones)
        for carga in cargas.preparar(hospital)
        if isinstance(carga.peticiones, list)
    }
    procesos = hospital.servidor.pid, int(hospital.postgres.pid())
    Path(sys.argv[4]).write_bytes(pickle.dumps((listas, procesos)))
    print("listo", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def _servida(arbol: Path, *, pacientes: int, hogar: Path, puerto: int) -> Iterator[Lado]:
    """The code in `arbol` while it serves its workloads on `puerto`."""
    with tempfile.NamedTemporaryFile() as salida:
        orden = [sys.executable, "-c", _SERVIR, str(pacientes), str(hogar), str(puerto)]
        proceso = subprocess.Popen(
            [*orden, salida.name], cwd=arbol, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert proceso.stdin is not None
        assert proceso.stdout is not None
        try:
            if not any(linea.strip() == b"listo" for linea in proceso.stdout):
                raise SystemExit(f"{arbol} did not serve")
            yield Lado(puerto, *pickle.loads(Path(salida.name).read_bytes()))
        finally:
            proceso.stdin.close()
            proceso.wait()


@contextlib.contextmanager
def _arbol_de(revision: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as hogar:
        arbol = Path(hogar) / "arbol"
        git = ["git", "-C", str(RAIZ), "worktree"]
        subprocess.run([*git, "add", "-q", "--detach", str(arbol), revision], check=True)
        try:
            yield arbol
        finally:
            subprocess.run([*git, "remove", "--force", str(arbol)], check=True)


def main() -> None:
    opciones = argparse.ArgumentParser(description=__doc__)
    opciones.add_argument("revision")
    opciones.add_argument("--pacientes", type=int, default=1_000)
    opciones.add_argument("--vueltas", type=int, default=5)
    opciones.add_argument("--segundos", type=float, default=3.0)
    opciones.add_argument("--solo", default="", help="only the workloads whose name has this")
    opciones.add_argument("--puerto", type=int, default=8290)
    opciones.add_argument("--hogar", type=Path, default=RAIZ / ".local" / "banco")
    elegido = opciones.parse_args()
    numero = str(elegido.pacientes)
    de_entonces = elegido.hogar / f"{numero}-{elegido.revision}"
    with contextlib.ExitStack() as pila:
        arbol = pila.enter_context(_arbol_de(elegido.revision))
        lados = [
            pila.enter_context(_servida(raiz, hogar=hogar, puerto=puerto, pacientes=int(numero)))
            for raiz, hogar, puerto in (
                (arbol, de_entonces, elegido.puerto),
                (RAIZ, elegido.hogar / numero, elegido.puerto + 5),
            )
        ]
        print(
            f"| work | {elegido.revision} /s | now /s | now ÷ then "
            f"| {elegido.revision} CPU ms | now CPU ms | then ÷ now |\n"
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
        )
        comunes = [n for n in lados[0].cargas if n in lados[1].cargas]
        for nombre in [n for n in comunes if elegido.solo in n]:
            medidas: list[list[Medida]] = [[], []]
            for vuelta in range(elegido.vueltas + 1):
                for propias, lado in zip(medidas, lados, strict=True):
                    conexiones, peticiones = lado.cargas[nombre]
                    medida = conducir(
                        lado.puerto,
                        cycle(peticiones),
                        conexiones=conexiones,
                        segundos=elegido.segundos,
                        espera=range(200, 300),
                        cpu=lado.cpu,
                    )
                    if vuelta:  # the first warms both
                        propias.append(medida)
            antes, ahora = (statistics.median(m.ritmo for m in propias) for propias in medidas)
            costaba, cuesta = (
                statistics.median(m.cpu_por_peticion * 1000 for m in propias) for propias in medidas
            )
            print(
                f"| {nombre} | {antes:,.0f} | {ahora:,.0f} | {ahora / antes:.2f} "
                f"| {costaba:.2f} | {cuesta:.2f} | {costaba / cuesta:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
