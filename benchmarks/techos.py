"""The ceilings: what the same machine does with nothing of ours in between.

``application`` is a Django project of one view that reads one row of `registros_paciente` by its
key and answers its bytes. `psycopg_a_secas` is the same statement without HTTP.
"""

import multiprocessing
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

UNA_FILA = "SELECT contenido FROM registros_paciente WHERE id = %s"


def psycopg_a_secas(dsn: str, ids: list[UUID], *, segundos: float, conexiones: int) -> float:
    """Prepared point reads a second, `conexiones` at once over two processes."""
    por_proceso = conexiones // 2
    with multiprocessing.get_context("spawn").Pool(2) as grupo:
        hechas = grupo.starmap(_leer, [(dsn, ids, segundos, por_proceso)] * 2)
    return sum(hechas) / segundos


def _leer(dsn: str, ids: list[UUID], segundos: float, conexiones: int) -> int:
    def una(numero: int) -> int:
        hechas = 0
        with psycopg.connect(dsn, autocommit=True) as conexion:
            limite = time.perf_counter() + segundos
            while time.perf_counter() < limite:
                id_ = ids[(hechas + numero) % len(ids)]
                conexion.execute(UNA_FILA, [id_], prepare=True, binary=True).fetchone()
                hechas += 1
        return hechas

    with ThreadPoolExecutor(conexiones) as hilos:
        return sum(hilos.map(una, range(conexiones)))


def _aplicacion() -> Any:
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import connection
    from django.http import HttpResponse
    from django.urls import path
    from psycopg.conninfo import conninfo_to_dict

    datos = conninfo_to_dict(os.environ["BANCO_DSN"])
    settings.configure(
        SECRET_KEY="banco",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=sys.modules[__name__],
        MIDDLEWARE=[],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": datos["dbname"],
                "USER": datos["user"],
                "HOST": datos["host"],
                "CONN_MAX_AGE": None,
            }
        },
    )

    def una_fila(request: "HttpRequest", id: str) -> "HttpResponse":
        with connection.cursor() as cursor:
            cursor.execute(UNA_FILA, [id])
            fila = cursor.fetchone()
        cuerpo = bytes(fila[0]) if fila else b""
        return HttpResponse(cuerpo, headers={"Content-Length": str(len(cuerpo))})

    globals()["urlpatterns"] = [path("<str:id>", una_fila)]
    return get_wsgi_application()


if "BANCO_DSN" in os.environ:
    application = _aplicacion()
