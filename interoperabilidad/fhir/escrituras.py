"""The interactions that change one resource, each one call: what was done, as a client is told."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Actor
from interoperabilidad.fhir import condiciones, escritura, pedidos
from interoperabilidad.fhir.busqueda import Hallado
from interoperabilidad.fhir.condiciones import Condicion, CondicionCumplida
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.fhir.escritura import Pedido
from interoperabilidad.fhir.pedidos import Parche
from registros.services.recursos import Escrita, RecursoInexistente

INTENTOS = 3


@dataclass(frozen=True, slots=True)
class Hecho:
    """A version, and whether it is a new resource's."""

    tipo: str
    id: UUID
    version: int
    actualizado_at: datetime
    json: bytes = field(repr=False)
    nuevo: bool


def crear(actor: Actor, recurso: dict[str, Any], si_no_existe: str, *, ahora: datetime) -> Hecho:
    """Create; with a condition, only if it finds nothing (else, what it finds)."""
    if not si_no_existe:
        return _escribir(actor, Pedido(recurso), TipoDeEvento.RECURSO_CREADO, ahora)
    tipo = str(recurso["resourceType"])
    for _ in range(INTENTOS):
        hallado = condiciones.hallar(actor, tipo, si_no_existe, ahora=ahora)
        if hallado is not None:
            return _hallado(hallado)
        try:
            return _escribir(
                actor,
                Pedido(recurso),
                TipoDeEvento.RECURSO_CREADO,
                ahora,
                [Condicion(tipo, si_no_existe)],
            )
        except CondicionCumplida:
            continue
    raise _disputado()


def actualizar(
    actor: Actor, recurso: dict[str, Any], id: UUID, *, version: int, ahora: datetime
) -> Hecho:
    """The successor of `version` (0: of whatever is there). Raises `ErrorFhir` 405 for none."""
    pedido = Pedido(recurso, id, version)
    try:
        return _escribir(actor, pedido, TipoDeEvento.RECURSO_ACTUALIZADO, ahora)
    except RecursoInexistente:
        raise pedidos.sin_id_de_cliente(pedido.tipo) from None


def actualizar_si(
    actor: Actor,
    tipo: str,
    recurso: dict[str, Any],
    criterios: str,
    *,
    version: int,
    ahora: datetime,
) -> Hecho:
    """Update what the condition finds; create when it finds nothing. Raises `ErrorFhir` 412."""
    for _ in range(INTENTOS):
        pedido, propias = pedidos.de_actualizacion_condicional(
            actor, tipo, recurso, criterios, version=version, ahora=ahora
        )
        evento = TipoDeEvento.RECURSO_CREADO if propias else TipoDeEvento.RECURSO_ACTUALIZADO
        try:
            return _escribir(actor, pedido, evento, ahora, propias)
        except CondicionCumplida:
            continue
    raise _disputado()


def parchar(
    actor: Actor, tipo: str, id: UUID, parche: Parche, *, version: int, ahora: datetime
) -> Hecho:
    pedido = pedidos.de_parche(actor, tipo, id, parche, version=version, ahora=ahora)
    return _escribir(actor, pedido, TipoDeEvento.RECURSO_ACTUALIZADO, ahora)


def borrar(actor: Actor, tipo: str, id: UUID, *, version: int, ahora: datetime) -> Hecho | None:
    """Enter in error; None if it already was. Raises `ErrorFhir` 405 for what cannot be."""
    pedido = pedidos.de_borrado(actor, tipo, id, version=version, ahora=ahora)
    if pedido is None:
        return None
    return _escribir(actor, pedido, TipoDeEvento.RECURSO_ANULADO, ahora)


def _escribir(
    actor: Actor,
    pedido: Pedido,
    tipo: TipoDeEvento,
    ahora: datetime,
    propias: Iterable[Condicion] = (),
) -> Hecho:
    antes = condiciones.vigilar(actor, propias, ahora=ahora)
    (escrita,) = escritura.aplicar(actor, [pedido], ahora=ahora, tipo=tipo, antes=antes)
    return _de(escrita)


def _de(escrita: Escrita) -> Hecho:
    return Hecho(
        escrita.tipo,
        escrita.id,
        escrita.version,
        escrita.actualizado_at,
        escrita.json,
        escrita.version == 1,
    )


def _hallado(hallado: Hallado) -> Hecho:
    fila = hallado.fila
    return Hecho(fila.tipo, fila.id, fila.version, fila.actualizado_at, hallado.json, False)


def _disputado() -> ErrorFhir:
    return ErrorFhir(409, "conflict", "Otros escriben lo que se pide que no exista; reintente.")
