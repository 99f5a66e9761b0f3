"""What may import what: the contracts hold, and a view that reaches for a model breaks them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RAIZ = Path(__file__).resolve().parents[2]
PAQUETES = (
    "ece",
    "registros",
    "consentimiento",
    "auditoria",
    "red",
    "interoperabilidad",
    "settings",
)
LINT = Path(sys.executable).with_name("lint-imports")


@pytest.fixture
def copia(tmp_path: Path) -> Path:
    """The sources, to be spoiled."""
    for paquete in PAQUETES:
        shutil.copytree(
            RAIZ / paquete, tmp_path / paquete, ignore=shutil.ignore_patterns("*.json*", "*.pyc")
        )
    shutil.copy(RAIZ / "pyproject.toml", tmp_path)
    return tmp_path


def revisar(raiz: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT, "--no-cache"], cwd=raiz, capture_output=True, text=True)


def test_the_contracts_hold() -> None:
    revision = revisar(RAIZ)
    assert revision.returncode == 0, revision.stdout


@pytest.mark.parametrize(
    ("archivo", "linea", "contrato"),
    [
        (
            "ece/web/clinica/views/hoy.py",
            "from registros.models import Paciente",
            "A view never sees a model class",
        ),
        (
            "interoperabilidad/fhir/vistas.py",
            "from auditoria.models import Evento",
            "A view never sees a model class",
        ),
        (
            "ece/web/clinica/paneles.py",
            "from ece.nucleo import cifrado",
            "Only the guarded rows touch the cipher",
        ),
        (
            "registros/selectors/expediente.py",
            "from registros.services import notas",
            "Inside the record, verbs over questions over nouns over catalogues",
        ),
        (
            "ece/nucleo/llavero.py",
            "from consentimiento import decision",
            "Everything points down",
        ),
    ],
)
def test_an_import_that_goes_around_is_refused(
    copia: Path, archivo: str, linea: str, contrato: str
) -> None:
    with (copia / archivo).open("a", encoding="utf-8") as fuente:
        fuente.write(f"\n{linea}\n")
    revision = revisar(copia)
    assert revision.returncode != 0
    assert f"{contrato} BROKEN" in revision.stdout, revision.stdout
