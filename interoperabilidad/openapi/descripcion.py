"""The whole description, and its bytes as they are served."""

import hashlib
from functools import cache, lru_cache
from typing import Any

from ece import fhir
from interoperabilidad.fhir import capacidades
from interoperabilidad.openapi import de_fhir, de_lo_demas, parametros, piezas, recursos
from interoperabilidad.openapi.piezas import Pieza

_AQUI = "http://aqui.invalid"


@lru_cache(maxsize=4)
def publicada(raiz: str) -> tuple[bytes, str]:
    """As it is served at `raiz`, and its digest: written once, and kept for a few names that the
    server is called by."""
    escrita = _plantilla().replace(_AQUI.encode(), raiz.rstrip("/").encode())
    return escrita, hashlib.sha256(escrita).hexdigest()[:32]


@cache
def _plantilla() -> bytes:
    return fhir.json.escribir(descripcion(f"{_AQUI}/"))


def descripcion(raiz: str) -> dict[str, Any]:
    """OpenAPI 3.1 of the server at `raiz`."""
    esquemas, propios = de_lo_demas.componentes()
    caminos: dict[str, Pieza] = {}
    declarada = capacidades.declaracion(f"{raiz}fhir")
    for camino, metodo, operacion in (*de_fhir.caminos(declarada), *de_lo_demas.caminos()):
        caminos.setdefault(camino, {})[metodo] = operacion
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ECE",
            "version": capacidades.VERSION,
            "summary": "Expediente clínico electrónico: lo que otros sistemas piden.",
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": raiz.rstrip("/")}],
        "security": [{"smart": []}],
        "paths": caminos,
        "components": {
            "schemas": {**recursos.todos(), **esquemas},
            "parameters": {**parametros.todos(), **propios},
            "responses": piezas.fallidas(),
            "securitySchemes": de_lo_demas.seguridad(raiz),
        },
    }
