"""Exports as what a system asked for: begun, looked at, deleted, forgotten.

A file holds no datum of anybody: it is the list of the versions that the decision let be seen when
it was written, sealed under the key of the export. What they say is read when the file is
delivered, by a decision of that moment (`entregas`), and nothing is left behind when it is deleted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento import decision
from ece.nucleo import efimeras
from ece.nucleo.acceso import Actor
from ece.nucleo.efimeras import Efimera
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.masivo import pedidos, trabajos
from interoperabilidad.masivo.pedidos import Pedido
from interoperabilidad.models import EstadoDeTrabajo, Exportacion, TramoDeExportacion

USO = "exportacion"
ACTIVAS = 4
"""Exports that a system may have under way at once."""
MARGEN = timedelta(seconds=5)
"""How much before it was asked for an export says that it was: who writes takes the time first."""


@dataclass(frozen=True, slots=True)
class Archivo:
    """A file of an export: `cuantos` resources, when it was written."""

    tipo: str
    numero: int
    cuantos: int


def pedir(actor: Actor, pedido: Pedido, *, ahora: datetime) -> UUID:
    """Begin an export. Raises `AccesoDenegado`, `ErrorFhir`."""
    decision.alcanzar(
        actor,
        Permiso.RECURSO_LEER,
        motivo="exportacion",
        ahora=ahora,
        detalle={"interaccion": "$export"},
    )
    propias = Exportacion.objects.filter(cliente=actor.id, estado=EstadoDeTrabajo.PENDIENTE)
    if propias.count() >= ACTIVAS:
        raise ErrorFhir(429, "throttled", "Espere a que terminen las exportaciones que pidió.")
    id_ = uuid7()
    nueva = Exportacion(
        id=id_,
        cliente=actor.id,
        llave=efimeras.envuelta(USO, id_),
        creado_at=ahora,
        proximo_at=ahora,
    )
    nueva.pedido = llave(nueva).sellar(id_, pedido.json())
    ((nueva.transaccion,),) = bitacora.consultar(
        "SELECT pg_snapshot_xmax(pg_current_snapshot())::text", []
    )
    with transaction.atomic():
        nueva.save(force_insert=True)
        asentar(nueva.id, actor, TipoDeEvento.EXPORTACION_PEDIDA, ahora)
    return id_


def llave(exportacion: Exportacion) -> Efimera:
    return Efimera(USO, exportacion.id, bytes(exportacion.llave))


def pedido(exportacion: Exportacion) -> Pedido:
    return pedidos.de_json(llave(exportacion).abrir(exportacion.id, exportacion.pedido))


def propia(actor: Actor, id: UUID, *, ahora: datetime) -> Exportacion:
    """The export, for the system that asked for it and nobody else. Raises `ErrorFhir` 404."""
    return trabajos.propio(Exportacion, actor, id, ahora=ahora, llamado="La exportación")


def archivos(exportacion: Exportacion) -> list[Archivo]:
    """The files of a finished export, in order."""
    filas = (
        TramoDeExportacion.objects.filter(exportacion=exportacion)
        .values_list("tipo", "archivo")
        .annotate(total=Sum("cuantos"))
        .order_by("tipo", "archivo")
    )
    return [Archivo(*fila) for fila in filas]


@transaction.atomic
def borrar(actor: Actor, id: UUID, *, ahora: datetime) -> None:
    """Stop it, if it goes on, and destroy it with its key. Raises `ErrorFhir` 404."""
    exportacion = propia(actor, id, ahora=ahora)
    exportacion.delete()
    asentar(id, actor, TipoDeEvento.EXPORTACION_BORRADA, ahora)


def olvidar_vencidas(*, ahora: datetime) -> int:
    """Destroy those whose time has come; how many rows there were."""
    return Exportacion.objects.filter(caduca_at__lte=ahora).delete()[0]


def caduca(ahora: datetime) -> datetime:
    return ahora + timedelta(hours=settings.ECE_MASIVO_HORAS)


def asentar(id: UUID, actor: Actor, tipo: TipoDeEvento, ahora: datetime, **detalle: object) -> None:
    """What befell an export, as an event."""
    evento = NuevoEvento(
        tipo=tipo,
        resultado=Resultado.HECHO,
        actor=actor,
        momento=ahora,
        detalle={"trabajo": str(id), **detalle},
    )
    bitacora.anexar([evento])
