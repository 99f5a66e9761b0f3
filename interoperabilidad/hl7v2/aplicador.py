"""Takes messages from the inbox and applies them, each patient's in the order they came.

The inbox is in partitions by patient; a process holds some of them (an advisory lock each) and is
the only one that applies what they have, one by one. A process that ends lets go of its own.
"""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import Error, InterfaceError, OperationalError, connections, transaction
from django.utils import timezone
from psycopg import OperationalError as PsycopgOperationalError

from auditoria import bitacora
from auditoria.actos import VersionEnConflicto
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo import sentencias, sobres
from interoperabilidad.hl7v2 import aplicacion, buzon, er7, interlocutores, juegos, medidas, salida
from interoperabilidad.hl7v2.aplicacion import Pendiente
from interoperabilidad.hl7v2.hallazgo import Espera
from interoperabilidad.hl7v2.interlocutores import Directorio
from interoperabilidad.models import PARTICIONES, Estado

LOTE = 100
INTENTOS = 3
BUSCA_CADA = 2.0
"""Seconds between looking for partitions that nobody holds any more."""
CANDADO = 0x4845_4C37
"""First half of the advisory locks of the partitions."""
_registro = logging.getLogger("ece.hl7v2")
_CORTE = (OperationalError, InterfaceError, PsycopgOperationalError)


class YaAplicado(Exception):
    """Somebody else changed the state of the message; nothing was written."""


@dataclass(frozen=True, slots=True)
class _Fila:
    orden: int
    id: UUID
    interlocutor: UUID
    familia: str
    clave: int | None
    contenido: bytes
    intentos: int
    corrige: int | None
    dispensa: str


def aplicar_siempre(alto: threading.Event, *, cuota: int = PARTICIONES, cada: float = 0.2) -> None:
    """Hold up to `cuota` partitions and apply what comes to them, until `alto` is set."""
    while not alto.is_set():
        try:
            mias, mirado = list[int](), 0.0
            while not alto.is_set():
                if len(mias) < cuota and time.monotonic() > mirado:
                    mias, mirado = _tomar(mias, cuota), time.monotonic() + BUSCA_CADA
                if not aplicar_lote(mias):
                    alto.wait(cada)
        except (*_CORTE, Error) as error:
            # By name only: a message of the database may quote a value.
            _registro.error("aplicación interrumpida (%s); se reintenta", type(error).__name__)
            alto.wait(1)
        finally:
            connections.close_all()  # which lets go of the partitions


def _tomar(mias: list[int], cuota: int) -> list[int]:
    """The partitions that are ours, and those that nobody held until now, up to `cuota`."""
    tomadas = list(mias)
    for particion in range(PARTICIONES):
        if len(tomadas) == cuota:
            break
        if particion not in tomadas:
            orden = "SELECT pg_try_advisory_lock(%s, %s)"
            if bitacora.consultar(orden, [CANDADO, particion])[0][0]:
                tomadas.append(particion)
    return tomadas


def aplicar_lote(particiones: Sequence[int] | None = None) -> int:
    """Apply what is next of `particiones` (None: all, when nobody else does); how many were taken.

    Raises the errors of a database that does not answer.
    """
    filas = _siguientes(particiones if particiones is not None else range(PARTICIONES))
    directorio = interlocutores.directorio() if filas else Directorio()
    for fila in filas:
        _aplicar(fila, directorio)
    return len(filas)


def _siguientes(particiones: Sequence[int] | range) -> list[_Fila]:
    """In order. A merge waits for what came before of the record that ends, in its own partition,
    and what comes after it there waits for the merge."""
    filas = bitacora.consultar(
        "SELECT m.orden, m.id, m.interlocutor_id, m.familia, m.clave, m.contenido, m.intentos, "
        "m.corrige, m.dispensa FROM interoperabilidad_mensajerecibido m "
        "WHERE m.estado = 'recibido' AND m.particion = ANY(%s::smallint[]) "
        "AND (m.clave_previa IS NULL OR NOT EXISTS ("
        "  SELECT FROM interoperabilidad_mensajerecibido p "
        "  WHERE p.estado = 'recibido' AND p.clave = m.clave_previa AND p.orden < m.orden)) "
        "AND NOT EXISTS (SELECT FROM interoperabilidad_mensajerecibido p "
        "  WHERE p.estado = 'recibido' AND p.clave_previa IS NOT NULL "
        "  AND p.clave_previa = m.clave AND p.orden < m.orden) "
        f"ORDER BY m.orden LIMIT {LOTE}",
        [bitacora.arreglo(particiones)],
    )
    return [_Fila(*fila) for fila in filas]


def _aplicar(fila: _Fila, directorio: Directorio) -> None:
    ahora = timezone.now()
    ficha = directorio.de(fila.interlocutor)
    try:
        if ficha is None:
            raise Espera("remitente", "El remitente dejó de estar registrado o activo.")
        datos = sobres.abrir_octetos(buzon.USO, fila.id, fila.contenido)
        texto, _codec = juegos.decodificar(datos, por_omision=ficha.juego)
        mensaje = er7.leer(texto)
        orden = fila.corrige or fila.orden
        pendiente = Pendiente(orden, ficha, mensaje, datos, fila.dispensa)

        def marcar(paciente: UUID, original: UUID, hay_nuevo: bool) -> None:
            _marcar(fila, paciente, original, ahora)
            if hay_nuevo and fila.clave is not None:
                _despertar(fila.clave)
            salida.encolar_acuse(ficha.id, mensaje, fila.id, ahora=ahora)

        for intento in range(INTENTOS):
            try:
                aplicacion.aplicar(pendiente, ahora=ahora, marcar=marcar)
                break
            except VersionEnConflicto:  # somebody wrote the same record meanwhile
                if intento == INTENTOS - 1:
                    raise
        medidas.APLICADOS.labels(fila.familia, "aplicado").inc()
    except _CORTE:
        raise
    except YaAplicado:
        return
    except Exception as error:
        _no_aplicado(fila, error, ahora)


def _marcar(fila: _Fila, paciente: UUID, original: UUID, ahora: datetime) -> None:
    """In the act that writes: applied, and its content (which the record has) erased here."""
    with sentencias.cursor() as cursor:
        hecho = cursor.execute(
            "UPDATE interoperabilidad_mensajerecibido SET estado = %s, contenido = NULL, "
            "detalle = NULL, motivo = '', paciente = %s, original = %s, atendido_at = %s "
            "WHERE orden = %s AND estado = %s",
            [Estado.APLICADO.value, paciente, original, ahora, fila.orden, Estado.RECIBIDO.value],
            prepare=True,
        )
        if hecho.rowcount != 1:
            raise YaAplicado(str(fila.orden))


def _despertar(clave: int) -> None:
    """What waited for this patient, or for an order of theirs, is tried again."""
    with sentencias.cursor() as cursor:
        cursor.execute(
            "UPDATE interoperabilidad_mensajerecibido SET estado = 'recibido', motivo = '' "
            "WHERE clave = %s AND estado = 'en-espera' "
            "AND motivo IN ('paciente-desconocido', 'orden-desconocida')",
            [clave],
            prepare=True,
        )


def _no_aplicado(fila: _Fila, error: Exception, ahora: datetime) -> None:
    """Say why it waits for a person; what nobody foresaw is tried a few times first."""
    try:
        motivo, texto = aplicacion.en_palabras(error)
    except Exception:
        _registro.error("%s sin prever al aplicar", type(error).__qualname__)
        if fila.intentos + 1 < INTENTOS:
            with sentencias.cursor() as cursor:
                cursor.execute(
                    "UPDATE interoperabilidad_mensajerecibido SET intentos = intentos + 1 "
                    "WHERE orden = %s",
                    [fila.orden],
                )
            return
        motivo, texto = "fallo", f"Algo falló de nuestro lado ({type(error).__name__})."
    detener(fila.id, fila.orden, motivo, texto, ahora)
    medidas.APLICADOS.labels(fila.familia, "en-espera").inc()


def detener(id: UUID, orden: int, motivo: str, texto: str, ahora: datetime) -> None:
    """Put a message to wait for a person, with the reason and its event."""
    evento = NuevoEvento(
        tipo=TipoDeEvento.MENSAJE_DETENIDO,
        resultado=Resultado.HECHO,
        actor=aplicacion.APLICADOR,
        momento=ahora,
        detalle={"mensaje": str(id), "motivo": motivo[:40]},
    )
    with transaction.atomic(), sentencias.cursor() as cursor:
        cursor.execute(
            "UPDATE interoperabilidad_mensajerecibido SET estado = 'en-espera', motivo = %s, "
            "detalle = %s, atendido_at = %s WHERE orden = %s AND estado = 'recibido'",
            [motivo[:40], sobres.sellar(buzon.USO_DETALLE, id, texto), ahora, orden],
        )
        bitacora.anexar([evento])
