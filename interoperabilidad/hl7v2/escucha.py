"""The MLLP listener: connections in, acknowledgements out, and one writer for all of them.

Each connection gives one message at a time and waits for its acknowledgement, as MLLP does; what
arrives meanwhile by the others is kept together, in one transaction. A sender that is faster than
the disk waits: nothing is read from it until what it sent is kept.
"""

import asyncio
import contextlib
import hashlib
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.utils import timezone
from psycopg import OperationalError as PsycopgOperationalError

from interoperabilidad.hl7v2 import (
    acuses,
    buzon,
    consultas,
    examen,
    interlocutores,
    juegos,
    medidas,
)
from interoperabilidad.hl7v2.acuses import Rechazo
from interoperabilidad.hl7v2.buzon import Constancia
from interoperabilidad.hl7v2.examen import Examen
from interoperabilidad.hl7v2.interlocutores import Directorio, Origen
from interoperabilidad.hl7v2.marco import Desenmarcador, MarcoRoto, enmarcar

T = TypeVar("T")
LOTE = 200
TROZO = 64 * 1024
PESADO = 128 * 1024
"""Bytes from which a message is looked at in a thread, so that the others do not wait for it."""


@dataclass(frozen=True, slots=True)
class Limites:
    """`mensaje` in bytes; the rest in seconds, but for how many connections at once."""

    mensaje: int
    conexiones: int = 256
    por_direccion: int = 64
    ociosa: float = 3600
    a_medias: float = 30
    escritura: float = 30


class Escucha:
    """Listens until it is told to end; `directorio` is refreshed as it works."""

    def __init__(self, limites: Limites, *, tls: ssl.SSLContext | None = None) -> None:
        self._limites = limites
        self._tls = tls
        self._directorio = Directorio()
        self._cola: list[tuple[Examen, asyncio.Future[Constancia]]] = []
        self._hay = asyncio.Event()
        self._escritor = ThreadPoolExecutor(1, thread_name_prefix="hl7-buzon")
        self._otros = ThreadPoolExecutor(4, thread_name_prefix="hl7")
        self._por_direccion: dict[str, int] = {}
        self._conexiones: set[asyncio.Task[None]] = set()
        self.puerto = 0

    async def escuchar(
        self, anfitrion: str, puerto: int, *, alto: asyncio.Event, listo: Callable[[], None]
    ) -> None:
        """Serve until `alto` is set; `listo` is called when it accepts connections."""
        await self._refrescar()
        servidor = await asyncio.start_server(
            self._atender, anfitrion, puerto, ssl=self._tls, limit=TROZO, backlog=256
        )
        self.puerto = servidor.sockets[0].getsockname()[1]
        tareas = [
            asyncio.create_task(self._guardar_siempre()),
            asyncio.create_task(self._refrescar_siempre()),
        ]
        listo()
        try:
            async with servidor:
                espera = asyncio.create_task(alto.wait())
                await asyncio.wait([espera, *tareas], return_when=asyncio.FIRST_COMPLETED)
                servidor.close()
                for conexion in self._conexiones:
                    conexion.cancel()
                await asyncio.gather(*self._conexiones, return_exceptions=True)
        finally:
            for tarea in tareas:
                tarea.cancel()
            self._escritor.shutdown()
            self._otros.shutdown()

    async def _refrescar(self) -> None:
        bucle = asyncio.get_running_loop()
        self._directorio = await bucle.run_in_executor(
            self._escritor, _con_base, interlocutores.directorio
        )

    async def _refrescar_siempre(self) -> None:
        while True:
            await asyncio.sleep(interlocutores.VIDA_SEGUNDOS)
            with contextlib.suppress(DatabaseError, InterfaceError):
                await self._refrescar()

    async def _guardar_siempre(self) -> None:
        """Keep what waits, as many as there are; who sent it learns when it is on disk."""
        bucle = asyncio.get_running_loop()
        while True:
            await self._hay.wait()
            lote, self._cola = self._cola[:LOTE], self._cola[LOTE:]
            if not self._cola:
                self._hay.clear()
            examenes = [e for e, _ in lote]
            try:
                constancias = await bucle.run_in_executor(
                    self._escritor,
                    _con_base,
                    lambda: buzon.guardar(examenes),  # noqa: B023
                )
            except Exception as error:
                for _, futuro in lote:
                    if not futuro.done():
                        futuro.set_exception(error)
                continue
            for (_, futuro), constancia in zip(lote, constancias, strict=True):
                if not futuro.done():
                    futuro.set_result(constancia)

    async def _atender(self, lector: asyncio.StreamReader, salida: asyncio.StreamWriter) -> None:
        tarea = asyncio.current_task()
        assert tarea is not None
        direccion = str((salida.get_extra_info("peername") or ("",))[0])
        abiertas = self._por_direccion.get(direccion, 0)
        lleno = len(self._conexiones) >= self._limites.conexiones
        if lleno or abiertas >= self._limites.por_direccion:
            salida.close()
            return
        self._conexiones.add(tarea)
        self._por_direccion[direccion] = abiertas + 1
        medidas.CONEXIONES.inc()
        try:
            origen = Origen("mllp", direccion, _certificado(salida))
            await self._conversar(lector, salida, origen)
        except (OSError, TimeoutError, asyncio.CancelledError, ssl.SSLError):
            pass  # whoever left will send again what was not acknowledged
        finally:
            medidas.CONEXIONES.dec()
            self._conexiones.discard(tarea)
            self._por_direccion[direccion] -= 1
            if not self._por_direccion[direccion]:
                del self._por_direccion[direccion]
            salida.close()

    async def _conversar(
        self, lector: asyncio.StreamReader, salida: asyncio.StreamWriter, origen: Origen
    ) -> None:
        desenmarcador = Desenmarcador(limite=self._limites.mensaje)
        empezo = 0.0
        while True:
            plazo = self._limites.ociosa
            if desenmarcador.a_medias:
                empezo = empezo or time.monotonic()
                plazo = max(0.01, empezo + self._limites.a_medias - time.monotonic())
            datos = await asyncio.wait_for(lector.read(TROZO), plazo)
            if not datos:
                return
            try:
                completos = desenmarcador.recibir(datos)
            except MarcoRoto as error:
                await self._enviar(salida, _de_marco_roto(str(error)))
                return
            for mensaje in completos:
                empezo = 0.0
                respuesta, sigue = await self._responder(mensaje, origen)
                if respuesta:
                    await self._enviar(salida, respuesta)
                if not sigue:
                    return

    async def _enviar(self, salida: asyncio.StreamWriter, respuesta: bytes) -> None:
        salida.write(enmarcar(respuesta))
        await asyncio.wait_for(salida.drain(), self._limites.escritura)

    async def _responder(self, datos: bytes, origen: Origen) -> tuple[bytes, bool]:
        """(answer, whether the conversation goes on)."""
        inicio = time.perf_counter()
        examen_ = await self._examinar(datos, origen)
        try:
            futuro: asyncio.Future[Constancia] = asyncio.get_running_loop().create_future()
            self._cola.append((examen_, futuro))
            self._hay.set()
            constancia = await futuro
            if examen_.es_consulta:
                respuesta = await self._en_hilo(lambda: consultas.responder(examen_, constancia))
            elif examen_.se_acusa():
                respuesta = buzon.acuse_de(examen_, constancia)
            else:
                respuesta = b""
            acuse = constancia.rechazo.acuse if constancia.rechazo else "AA"
        except Exception:
            respuesta, acuse = buzon.sin_guardar(examen_), "AE"
        medidas.RECIBIDOS.labels(origen.canal, examen_.familia or "otra", acuse).inc()
        medidas.ACUSE.observe(time.perf_counter() - inicio)
        return respuesta, examen_.ficha is not None

    async def _examinar(self, datos: bytes, origen: Origen) -> Examen:
        def mirar() -> Examen:
            return examen.examinar(
                datos, origen=origen, directorio=self._directorio, momento=timezone.now()
            )

        if len(datos) < PESADO:
            return mirar()
        return await asyncio.get_running_loop().run_in_executor(self._otros, mirar)

    async def _en_hilo(self, hacer: Callable[[], bytes]) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self._otros, _con_base, hacer)


def _con_base(hacer: Callable[[], T]) -> T:
    """`hacer` in a thread of ours, once more if the database had gone away meanwhile."""
    try:
        return hacer()
    except (OperationalError, InterfaceError, PsycopgOperationalError):
        connections.close_all()
        return hacer()


def _certificado(salida: asyncio.StreamWriter) -> str:
    """The SHA-256 of the client's certificate, which TLS has verified."""
    enchufe = salida.get_extra_info("ssl_object")
    binario = enchufe.getpeercert(binary_form=True) if enchufe is not None else None
    return hashlib.sha256(binario).hexdigest() if binario else ""


def _de_marco_roto(texto: str) -> bytes:
    ahora = timezone.now()
    nadie = Examen(b"", Origen("mllp"), ahora)
    rechazo = Rechazo("AR", "100", "marco", texto)
    return juegos.codificar(
        acuses.acuse(None, id=nadie.id, momento=ahora, rechazo=rechazo), "utf-8"
    )
