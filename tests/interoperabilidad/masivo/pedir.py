"""A client of Bulk Data, nothing but HTTP, and the worker's hands."""

import gzip
import json
from typing import Any
from uuid import UUID

from django.test import Client

from interoperabilidad.masivo import exportador, importador

ESPERAR = {"HTTP_PREFER": "respond-async"}


def pedir(http: Client, camino: str, **cabeceras: Any) -> str:
    """Kick off; the path to ask at."""
    respuesta = http.get(f"/fhir/{camino}", **{**ESPERAR, **cabeceras})
    assert respuesta.status_code == 202, respuesta.content
    return str(respuesta["Content-Location"]).partition("testserver")[2]


def trabajar(donde: str) -> None:
    """What the worker does, until there is nothing left to do."""
    id_ = UUID(donde.rpartition("/")[2])
    atender = exportador.atender if "$export" in donde else importador.atender
    for _ in range(50):
        if not atender(id_):
            return


def exportar(http: Client, camino: str, **cabeceras: Any) -> dict[str, Any]:
    """The manifest of an export, from beginning to end."""
    donde = pedir(http, camino, **cabeceras)
    trabajar(donde)
    respuesta = http.get(donde)
    assert respuesta.status_code == 200, respuesta.content
    manifiesto: dict[str, Any] = respuesta.json()
    return manifiesto


def bajar(http: Client, manifiesto: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """type -> what its files hold."""
    recursos: dict[str, list[dict[str, Any]]] = {}
    for archivo in manifiesto["output"]:
        camino = archivo["url"].partition("testserver")[2]
        respuesta = http.get(camino, HTTP_ACCEPT_ENCODING="gzip")
        assert respuesta.status_code == 200, respuesta.content
        assert respuesta["Content-Type"] == "application/fhir+ndjson"
        datos = gzip.decompress(b"".join(respuesta.streaming_content))
        leidos = [json.loads(linea) for linea in datos.splitlines()]
        recursos.setdefault(archivo["type"], []).extend(leidos)
    return recursos


def ids(recursos: dict[str, list[dict[str, Any]]]) -> set[str]:
    return {r["id"] for suyos in recursos.values() for r in suyos}
