"""Who does imports: some lines at a time, each resource once, with the reason of every refusal.

Where a file is fetched from was given by others: `ece.nucleo.salidas` has the guards.
"""

import gzip
import http.client
import io
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from ece import fhir
from ece.nucleo import salidas
from ece.nucleo.acceso import Actor
from ece.nucleo.salidas import SinRespuesta
from ece.nucleo.uuid7 import uuid7
from interoperabilidad import encargos, importacion
from interoperabilidad.exclusiva import en_exclusiva
from interoperabilidad.fhir.errores import asunto
from interoperabilidad.importacion import Renglon, Suerte
from interoperabilidad.masivo import exportaciones, importaciones
from interoperabilidad.masivo.importaciones import Entrada, Pedido
from interoperabilidad.masivo.pedidos import NDJSON
from interoperabilidad.models import EstadoDeTrabajo, Importacion, RechazosDeImportacion

SEGUNDOS = 20.0
CANDADO = 0x494D_504F
INTENTOS = 6
"""Times that a file is asked for before its import is given up."""


class ArchivoIlegible(Exception):
    """What came is no NDJSON; the message says where."""


def pendientes() -> list[UUID]:
    """Imports that may go on now."""
    filas = bitacora.consultar(
        "SELECT id FROM interoperabilidad_importacion WHERE estado = 'pendiente' "
        "AND proximo_at <= %s ORDER BY proximo_at, id",
        [timezone.now()],
    )
    return [fila[0] for fila in filas]


def atender(id: UUID) -> bool:
    """Go on with an import through one file; whether anything was done."""
    with en_exclusiva(CANDADO, id) as mia:
        fila = Importacion.objects.filter(pk=id, estado=EstadoDeTrabajo.PENDIENTE).first()
        if not mia or fila is None:
            return False
        pedido = importaciones.pedido(fila)
        actor = encargos.actor(fila.cliente, pedido.quien)
        if actor is None:
            _acabar(fila, "El sistema que la pidió ya no está registrado.")
        elif fila.archivo >= len(pedido.entradas):
            with transaction.atomic():
                _acabar(fila, "")
                exportaciones.asentar(
                    id,
                    actor,
                    TipoDeEvento.IMPORTACION_TERMINADA,
                    timezone.now(),
                    tomados=fila.tomados,
                    rechazados=fila.rechazados,
                )
        else:
            _archivo(fila, pedido, actor)
        return True


def _acabar(fila: Importacion, motivo: str) -> None:
    ahora = timezone.now()
    Importacion.objects.filter(pk=fila.id).update(
        estado=EstadoDeTrabajo.FALLIDO if motivo else EstadoDeTrabajo.TERMINADO,
        motivo=motivo,
        terminado_at=ahora,
        caduca_at=exportaciones.caduca(ahora),
    )


def _archivo(fila: Importacion, pedido: Pedido, actor: Actor) -> None:
    entrada = pedido.entradas[fila.archivo]
    try:
        for saltados, lote in _lotes(entrada, fila.renglon):
            if not _lote(fila, pedido, actor, entrada, saltados, lote):
                return  # it was deleted
    except (SinRespuesta, ArchivoIlegible, OSError, EOFError) as error:
        intentos = fila.intentos + 1
        if intentos >= INTENTOS or isinstance(error, ArchivoIlegible):
            motivo = str(error) if isinstance(error, ArchivoIlegible) else "no se pudo traer"
            _acabar(fila, f"input[{fila.archivo}]: {motivo}.")
            return
        espera = timedelta(seconds=2**intentos)
        Importacion.objects.filter(pk=fila.id).update(
            intentos=intentos, proximo_at=timezone.now() + espera
        )
        return
    Importacion.objects.filter(pk=fila.id).update(archivo=fila.archivo + 1, renglon=0, intentos=0)


def _lotes(entrada: Entrada, desde: int) -> Iterator[tuple[int, list[bytes]]]:
    """(line after the last, its lines) of the file, from line `desde` on."""
    lote, numero = list[bytes](), 0
    for numero, linea in enumerate(_lineas(entrada.url), 1):
        if numero > desde and linea.strip():
            lote.append(linea)
        if len(lote) >= importacion.LOTE:
            yield numero, lote
            lote = []
    if lote:
        yield numero, lote


def _lineas(url: str) -> Iterator[bytes]:
    destino = salidas.destino(url)
    conexion = salidas.conectar(destino, segundos=SEGUNDOS)
    try:
        cabeceras = {"Accept": NDJSON, "Accept-Encoding": "gzip"}
        conexion.request("GET", destino.camino, headers=cabeceras)
        respuesta = conexion.getresponse()
        if respuesta.status != 200:
            raise SinRespuesta(f"contesta {respuesta.status}")
        yield from _renglones(respuesta)
    except http.client.HTTPException as error:
        raise SinRespuesta("no contesta") from error
    finally:
        conexion.close()


def _renglones(respuesta: http.client.HTTPResponse) -> Iterator[bytes]:
    flujo: io.BufferedIOBase = respuesta
    if respuesta.headers.get("Content-Encoding") == "gzip":
        flujo = gzip.GzipFile(fileobj=respuesta)
    maximo = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    numero, previa = 0, b""
    while linea := flujo.readline(maximo + 1):
        if numero:
            yield previa
        numero, previa = numero + 1, linea
        if len(linea) > maximo:
            raise ArchivoIlegible(f"el renglón {numero} es demasiado grande")
    # The last line is known to be whole once it is known that nothing was cut.
    if respuesta.length:
        raise SinRespuesta("se cortó")
    if numero:
        yield previa


def _lote(
    fila: Importacion,
    pedido: Pedido,
    actor: Actor,
    entrada: Entrada,
    hasta: int,
    lineas: list[bytes],
) -> bool:
    """Take some lines in and say how far it came; False when the import was deleted."""
    documentos, renglones = [], list[Renglon]()
    for linea in lineas:
        try:
            recurso = fhir.json.leer(linea)
        except fhir.JsonInvalido as error:
            renglones.append(Renglon("", entrada.tipo, Suerte.RECHAZADO, str(error)))
            continue
        if recurso.get("resourceType") != entrada.tipo:
            motivo = f"no es un recurso {entrada.tipo}"
            renglones.append(Renglon("", entrada.tipo, Suerte.RECHAZADO, motivo))
            continue
        documentos.append(("", recurso))
    ahora = timezone.now()
    renglones += importacion.tomar(
        documentos,
        archivo=entrada.url,
        # Of whoever sends it: nobody writes over what another brought.
        origen=f"{actor.id}:{pedido.origen}",
        actor=actor,
        ahora=ahora,
    )
    rechazados = [r for r in renglones if r.suerte is Suerte.RECHAZADO]
    fila.tomados += len(renglones) - len(rechazados)
    fila.rechazados += len(rechazados)
    with transaction.atomic():
        if rechazados:
            _guardar(fila, rechazados)
        return bool(
            Importacion.objects.filter(pk=fila.id, estado=EstadoDeTrabajo.PENDIENTE).update(
                renglon=hasta, tomados=fila.tomados, rechazados=fila.rechazados
            )
        )


def _guardar(fila: Importacion, rechazados: list[Renglon]) -> None:
    id_ = uuid7()
    lineas = (
        fhir.json.escribir(
            {
                "resourceType": "OperationOutcome",
                "issue": [asunto("processing", f"{r.recurso}: {r.motivo}")],
            }
        )
        for r in rechazados
    )
    contenido = importaciones.llave(fila).sellar(id_, b"\n".join(lineas) + b"\n")
    if Importacion.objects.filter(pk=fila.id).exists():
        RechazosDeImportacion(
            id=id_,
            importacion=fila,
            archivo=fila.archivo,
            cuantos=len(rechazados),
            contenido=contenido,
        ).save(force_insert=True)
