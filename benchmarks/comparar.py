"""What changes cost: the same workloads on two revisions of this code, in turns, in one run.

    python -m benchmarks.comparar REVISION [--pacientes 1000] [--vueltas 5] [--segundos 3]

Each revision seeds and serves a hospital of its own and makes its own requests; only those that
both have are compared. Prints requests a second of both (median of the turns) and their ratio.
"""

import argparse
import contextlib
import pickle
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from benchmarks.banco import RAIZ
from benchmarks.manejador import conducir

Cargas = dict[str, tuple[int, list[bytes]]]
"""Name -> (connections, requests)."""

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
    Path(sys.argv[4]).write_bytes(pickle.dumps(listas))
    print("listo", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def _servida(arbol: Path, *, pacientes: int, hogar: Path, puerto: int) -> Iterator[Cargas]:
    """The workloads of the code in `arbol` while it serves them on `puerto`."""
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
            yield pickle.loads(Path(salida.name).read_bytes())
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
    opciones.add_argument("--puerto", type=int, default=8290)
    opciones.add_argument("--hogar", type=Path, default=RAIZ / ".local" / "banco")
    elegido = opciones.parse_args()
    numero = str(elegido.pacientes)
    de_entonces = elegido.hogar / f"{numero}-{elegido.revision}"
    with contextlib.ExitStack() as pila:
        arbol = pila.enter_context(_arbol_de(elegido.revision))
        lados = [
            (
                puerto,
                pila.enter_context(
                    _servida(raiz, hogar=hogar, puerto=puerto, pacientes=int(numero))
                ),
            )
            for raiz, hogar, puerto in (
                (arbol, de_entonces, elegido.puerto),
                (RAIZ, elegido.hogar / numero, elegido.puerto + 5),
            )
        ]
        print(
            f"| work | {elegido.revision} /s | now /s | now ÷ then |\n| --- | ---: | ---: | ---: |"
        )
        for nombre in [n for n in lados[0][1] if n in lados[1][1]]:
            ritmos: list[list[float]] = [[], []]
            for vuelta in range(elegido.vueltas + 1):
                for lado, (puerto, cargas) in enumerate(lados):
                    conexiones, peticiones = cargas[nombre]
                    medida = conducir(
                        puerto,
                        cycle(peticiones),
                        conexiones=conexiones,
                        segundos=elegido.segundos,
                        espera=range(200, 300),
                        cpu=lambda: 0.0,
                    )
                    if vuelta:  # the first warms both
                        ritmos[lado].append(medida.ritmo)
            antes, ahora = map(statistics.median, ritmos)
            print(f"| {nombre} | {antes:,.0f} | {ahora:,.0f} | {ahora / antes:.2f} |", flush=True)


if __name__ == "__main__":
    main()
