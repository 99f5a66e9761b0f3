"""What the server measures of itself: requests by route, never by address (addresses name people).

Also lets go of a database connection that died between two requests: a dead socket is readable,
which costs one system call to know, where asking the server would cost a round trip.
"""

import select
import time
from collections.abc import Callable

from django.db import connections
from django.http import HttpRequest, HttpResponse
from prometheus_client import Histogram

_DURACION = Histogram(
    "ece_peticion_segundos",
    "Server time of a request, by route.",
    ["ruta", "metodo", "estado"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)


_METODOS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Observacion:
    """The outermost middleware."""

    def __init__(self, responder: Callable[[HttpRequest], HttpResponse]) -> None:
        self._responder = responder

    def __call__(self, request: HttpRequest) -> HttpResponse:
        inicio = time.perf_counter()
        soltar_conexiones_muertas()
        respuesta = self._responder(request)
        ruta = request.resolver_match.route if request.resolver_match else ""
        metodo = request.method if request.method in _METODOS else "otro"
        _DURACION.labels(ruta, metodo, respuesta.status_code).observe(time.perf_counter() - inicio)
        return respuesta


def soltar_conexiones_muertas() -> None:
    """Close each idle connection whose server went away, so that the request opens another."""
    for conexion in connections.all(initialized_only=True):
        nativa = conexion.connection
        if nativa is None or conexion.in_atomic_block:
            continue
        if nativa.closed:
            conexion.close()
            continue
        sondeo = select.poll()
        sondeo.register(nativa.fileno(), select.POLLIN)
        if sondeo.poll(0):
            conexion.close()
