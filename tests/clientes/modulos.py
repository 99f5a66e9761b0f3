"""Packages of npm for the tests, as their lock says: installed once, beside what tests share."""

import fcntl
import hashlib
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.lugares import PRUEBAS

AQUI = Path(__file__).parent
_ARCHIVOS = ("package.json", "package-lock.json", ".npmrc")


@cache
def _instalados() -> str | Path:
    """Where they are, or why not."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "sin node y npm: instálelos para probar con clientes de otros"
    huella = hashlib.sha256(b"".join((AQUI / a).read_bytes() for a in _ARCHIVOS)).hexdigest()[:12]
    carpeta = PRUEBAS / f"npm-{huella}"
    carpeta.mkdir(parents=True, exist_ok=True)
    with (carpeta / ".candado").open("w") as candado:
        fcntl.flock(candado, fcntl.LOCK_EX)
        if not (carpeta / "hecho").exists():
            for archivo in _ARCHIVOS:
                shutil.copy(AQUI / archivo, carpeta)
            hecho = subprocess.run(["npm", "ci"], cwd=carpeta, capture_output=True, text=True)
            if hecho.returncode:
                return f"npm no pudo instalar los clientes: {hecho.stderr[-300:]}"
            (carpeta / "hecho").touch()
    return carpeta


def node_modules() -> Path:
    """The folder of the packages; the test is skipped, saying why, where there can be none."""
    hallados = _instalados()
    if isinstance(hallados, str):
        pytest.skip(hallados)
    return hallados / "node_modules"


def correr(guion: Path, *argumentos: str, segundos: float = 90) -> str:
    """What a script of node printed, its imports looked for among those packages."""
    # Modules (unlike CommonJS) are looked for from where the script is.
    copia = node_modules().parent / guion.name
    shutil.copy(guion, copia)
    for junto in AQUI.glob("_*.mjs"):
        shutil.copy(junto, copia.parent)
    hecho = subprocess.run(
        ["node", str(copia), *argumentos], capture_output=True, text=True, timeout=segundos
    )
    assert hecho.returncode == 0, f"{hecho.stdout[-2000:]}\n{hecho.stderr[-4000:]}"
    return hecho.stdout
