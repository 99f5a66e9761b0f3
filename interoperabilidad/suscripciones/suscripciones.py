"""Subscriptions as resources of who asked for them: each system sees its own and no others."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento import decision
from ece import fhir
from ece.nucleo import sobres
from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from interoperabilidad import encargos, sucesos
from interoperabilidad.fhir.errores import ErrorFhir, no_encontrado
from interoperabilidad.fhir.paquetes import instante
from interoperabilidad.models import (
    CursorDeSalida,
    EstadoDeSuscripcion,
    NotificacionFhir,
    SuscripcionFhir,
)
from interoperabilidad.suscripciones import filtros, recurso
from interoperabilidad.suscripciones.paquetes import Estado
from interoperabilidad.suscripciones.recurso import Suscripcion
from interoperabilidad.suscripciones.temas import TEMAS

USO = "suscripcion.fhir"
CUANTAS = 50
"""Subscriptions that a system may have."""
_DE_SU_DUENA = ("requested", "off")
"""States that a system asks for; the others are ours to say."""


@dataclass(frozen=True, slots=True)
class Vista:
    """A subscription, as its owner reads it."""

    id: UUID
    version: int
    actualizada_at: datetime
    recurso: dict[str, Any] = field(repr=False)


def crear(actor: Actor, pedido: dict[str, Any], *, ahora: datetime) -> Vista:
    """Keep a new subscription; a handshake will make it active. Raises `ErrorFhir`,
    `AccesoDenegado`."""
    leida = _leer(actor, pedido, ahora)
    if SuscripcionFhir.objects.filter(cliente=actor.id).count() >= CUANTAS:
        raise ErrorFhir(422, "too-costly", f"Un sistema tiene hasta {CUANTAS} suscripciones.")
    fila = SuscripcionFhir(id=uuid7(), cliente=actor.id, creada_at=ahora)
    _poner(fila, actor, pedido, leida, ahora)
    with transaction.atomic():
        fila.save(force_insert=True)
        sucesos.empezar(CursorDeSalida.DE_SUSCRIPCIONES, ahora=ahora)
        _asentar(fila, actor, TipoDeEvento.SUSCRIPCION_PEDIDA, ahora)
    return vista(fila)


@transaction.atomic
def cambiar(
    actor: Actor, id: UUID, pedido: dict[str, Any], *, version: int, ahora: datetime
) -> Vista:
    """Keep another version, which begins with a handshake again; what is due goes on being due.

    `version` is what If-Match demands (0: whatever is there). Raises `ErrorFhir`.
    """
    fila = _propia(actor, id)
    if version not in (0, fila.version):
        raise ErrorFhir(412, "conflict", f"La versión vigente es la {fila.version}.")
    leida = _leer(actor, pedido, ahora)
    anterior, fila.version = fila.version, fila.version + 1
    _poner(fila, actor, pedido, leida, ahora)
    cambiadas = SuscripcionFhir.objects.filter(pk=id, version=anterior).update(
        version=fila.version,
        estado=fila.estado,
        tema=fila.tema,
        contenido=fila.contenido,
        actualizada_at=ahora,
        termina_at=fila.termina_at,
        latido=fila.latido,
        intentos=0,
        motivo="",
        proximo_at=ahora,
    )
    if not cambiadas:
        raise ErrorFhir(412, "conflict", "Hay una versión más reciente.")
    _asentar(fila, actor, TipoDeEvento.SUSCRIPCION_PEDIDA, ahora)
    return vista(fila)


@transaction.atomic
def borrar(actor: Actor, id: UUID, *, ahora: datetime) -> None:
    """Forget it, with what was still to be told. Raises `ErrorFhir` 404."""
    fila = _propia(actor, id)
    fila.delete()
    _asentar(fila, actor, TipoDeEvento.SUSCRIPCION_RETIRADA, ahora)


def leer(actor: Actor, id: UUID) -> Vista:
    """Raises `ErrorFhir` 404."""
    return vista(_propia(actor, id))


def buscar(actor: Actor, pares: Iterable[tuple[str, str]]) -> list[Vista]:
    """Those of `actor` that match. Raises `ErrorFhir`, `CriterioInvalido`."""
    pasa = filtros.compilar("Subscription", pares)
    filas = SuscripcionFhir.objects.filter(cliente=actor.id).order_by("id")
    return [una for una in map(vista, filas) if pasa(una.recurso)]


def estados(
    actor: Actor, ids: Iterable[UUID] | None, codigos: Iterable[str] | None
) -> list[Estado]:
    """How those of `actor` are doing: all, or of `ids`, or in the states `codigos`."""
    filas = SuscripcionFhir.objects.filter(cliente=actor.id).order_by("id")
    if ids is not None:
        filas = filas.filter(pk__in=list(ids))
    if codigos is not None:
        conocidos = set(codigos).intersection(EstadoDeSuscripcion.values)
        filas = filas.filter(estado__in=conocidos)
    return [estado(fila) for fila in filas]


def estado(fila: SuscripcionFhir) -> Estado:
    return Estado(fila.id, fila.tema, fila.estado, fila.eventos, fila.motivo)


def contados(actor: Actor, id: UUID, desde: int, hasta: int, limite: int) -> list[NotificacionFhir]:
    """What was told to a subscription, by number. Raises `ErrorFhir` 404."""
    filas = NotificacionFhir.objects.filter(
        suscripcion=_propia(actor, id), numero__gte=desde, numero__lte=hasta
    )
    return list(filas.order_by("numero")[:limite])


def abierta(fila: SuscripcionFhir) -> tuple[Suscripcion, Actor | None]:
    """What it asks for, and as whom it is told (None: who asked is not there any more)."""
    dicho = fhir.json.leer(sobres.abrir(USO, fila.id, fila.contenido))
    return recurso.leer(dicho["recurso"]), encargos.actor(fila.cliente, dicho["quien"])


def vista(fila: SuscripcionFhir) -> Vista:
    pedido = fhir.json.leer(sobres.abrir(USO, fila.id, fila.contenido))["recurso"]
    dicho = {
        "resourceType": "Subscription",
        "id": str(fila.id),
        "meta": {
            **pedido.get("meta", {}),
            "versionId": str(fila.version),
            "lastUpdated": instante(fila.actualizada_at),
        },
        **{c: v for c, v in pedido.items() if c not in ("resourceType", "id", "meta", "error")},
        "status": fila.estado,
        **({"error": fila.motivo} if fila.motivo else {}),
    }
    return Vista(fila.id, fila.version, fila.actualizada_at, dicho)


def _propia(actor: Actor, id: UUID) -> SuscripcionFhir:
    fila = SuscripcionFhir.objects.filter(pk=id, cliente=actor.id).first()
    if fila is None:
        raise no_encontrado("La suscripción")
    return fila


def _leer(actor: Actor, pedido: dict[str, Any], ahora: datetime) -> Suscripcion:
    """What it asks for, once it is known that `actor` may ask for anything of the kind."""
    encargos.exigir_sistema(actor)
    leida = recurso.leer(pedido)
    if pedido.get("status") not in _DE_SU_DUENA:
        raise ErrorFhir(422, "business-rule", "Se pide con status requested, o se apaga con off.")
    tipo = leida.tema.tipo
    detalle = {"interaccion": "subscription", "busqueda": tipo}
    decision.alcanzar(
        actor, Permiso.RECURSO_LEER, motivo="suscripcion", ahora=ahora, detalle=detalle
    )
    return leida


def _poner(
    fila: SuscripcionFhir,
    actor: Actor,
    pedido: dict[str, Any],
    leida: Suscripcion,
    ahora: datetime,
) -> None:
    guardado = {"recurso": pedido, "quien": encargos.guardar(actor)}
    fila.contenido = sobres.sellar(USO, fila.id, fhir.json.escribir(guardado).decode())
    fila.estado = EstadoDeSuscripcion(pedido["status"])
    fila.tema = leida.tema.url
    fila.latido = leida.latido
    fila.termina_at = leida.termina
    fila.actualizada_at = fila.proximo_at = ahora
    fila.intentos, fila.motivo = 0, ""


def tipo_de(tema: str) -> str:
    """The R4 type that a topic is of."""
    return TEMAS[tema].tipo


def _asentar(fila: SuscripcionFhir, actor: Actor, tipo: TipoDeEvento, ahora: datetime) -> None:
    evento = NuevoEvento(
        tipo=tipo,
        resultado=Resultado.HECHO,
        actor=actor,
        momento=ahora,
        detalle={"suscripcion": str(fila.id), "tema": fila.tema},
    )
    bitacora.anexar([evento])
