"""The resources that others published, when the folder that holds them lies beside the project."""

import gzip
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ece import fhir

CARPETA = Path(__file__).resolve().parents[3] / "shared" / "data"
hacen_falta = pytest.mark.skipif(
    not CARPETA.is_dir(), reason="needs ../shared/data (published R4 examples and Synthea bundles)"
)


@cache
def ejemplos() -> dict[str, dict[str, Any]]:
    """file name -> official R4 example."""
    carpeta = CARPETA / "fhir-r4-examples"
    return {a.name: fhir.json.leer(a.read_bytes()) for a in sorted(carpeta.glob("*.json"))}


@cache
def paquetes() -> tuple[dict[str, Any], ...]:
    """Synthea's transaction bundles."""
    carpeta = CARPETA / "synthea-r4"
    return tuple(fhir.json.leer(gzip.decompress(a.read_bytes())) for a in sorted(carpeta.glob("*")))


def de_synthea() -> list[dict[str, Any]]:
    return [entrada["resource"] for paquete in paquetes() for entrada in paquete["entry"]]
