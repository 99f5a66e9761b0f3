import os
from collections.abc import Iterator

import pytest

from tests.instancia import Instancia, instalada

SEGUNDOS_DE_RED = float(os.environ.get("ECE_CORTES_RED", "6"))
"""How long two institutions are cut at random (300 in the campaign)."""


@pytest.fixture(scope="package")
def duradera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instancia]:
    """An installation as it comes: nothing is answered before it is on disk."""
    carpeta = tmp_path_factory.mktemp("duradera")
    with instalada(carpeta, pacientes=20, procesos=2) as instancia:
        yield instancia
