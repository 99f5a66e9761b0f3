"""Creating and updating, one resource or many: whose it is, who may, and the act that writes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece import fhir
from ece.nucleo.acceso import INSTITUCIONAL, Acceso, Actor
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.fhir import definiciones, provision
from interoperabilidad.fhir.errores import ErrorFhir
from registros.selectors import recursos as selectores
from registros.services import recursos
from registros.services.recursos import Escrita, Escritura

Recurso = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pedido:
    """One resource to write. `completo` is its fullUrl, which others in the bundle may cite.

    `version` is what If-Match demands (0: whatever is there), None for a new resource.
    """

    recurso: Recurso = field(repr=False)
    id: UUID = field(default_factory=uuid7)
    version: int | None = None
    completo: str = ""

    @property
    def tipo(self) -> str:
        return str(self.recurso.get("resourceType", ""))


def validos(pedidos: Iterable[Pedido]) -> None:
    """Raise `ErrorFhir` naming every problem of every resource."""
    problemas = [
        fhir.Problema(
            f"{p.completo or p.tipo}: {problema.ubicacion}", problema.codigo, problema.mensaje
        )
        if p.completo
        else problema
        for p in pedidos
        for problema in fhir.validar(p.recurso)
    ]
    if problemas:
        raise ErrorFhir(422, "invalid", "El recurso no es válido.", problemas=problemas)


def aplicar(
    actor: Actor,
    pedidos: Sequence[Pedido],
    *,
    ahora: datetime,
    tipo: TipoDeEvento,
    citas: Mapping[str, str] | None = None,
    literal: Callable[[str], str] | None = None,
    antes: Callable[[], None] | None = None,
) -> list[Escrita]:
    """Write all of `pedidos` or none. Raises `ErrorFhir` and what `recursos.escribir` raises.

    `citas` are fullUrls of what is not written because it was there; `literal` answers references
    by search; `antes` is for `recursos.escribir`.
    """
    try:
        return _aplicar(actor, pedidos, ahora, tipo, citas or {}, literal, antes)
    except (AttributeError, KeyError, TypeError):
        # Rules look into a resource before it is validated, which is once, as it is sealed: what
        # they stumble on is malformed, and told as such.
        validos(pedidos)
        raise


def _aplicar(
    actor: Actor,
    pedidos: Sequence[Pedido],
    ahora: datetime,
    tipo: TipoDeEvento,
    citas: Mapping[str, str],
    literal: Callable[[str], str] | None,
    antes: Callable[[], None] | None,
) -> list[Escrita]:
    resueltos = _con_referencias(pedidos, citas, literal)
    if any(p.tipo == "Binary" for p in resueltos):
        suyos = provision.con_su_paciente([(p.id, p.recurso) for p in resueltos])
        resueltos = [replace(p, recurso=r) for p, r in zip(resueltos, suyos, strict=True)]
    if settings.ECE_FHIR_CREAR_CON_PUT:
        resueltos = [_tal_vez_nuevo(p) for p in resueltos]
    nuevos = {p.id for p in resueltos if p.tipo == "Patient" and p.version is None}
    duenos = [_dueno(p) for p in resueltos]
    accesos = _accesos(actor, set(duenos), nuevos, ahora)
    escrituras = []
    for pedido, dueno in zip(resueltos, duenos, strict=True):
        acceso = accesos.get(dueno)
        if acceso is None:
            raise ErrorFhir(
                422,
                "not-found",
                f"{pedido.tipo}: Patient/{dueno} no existe o no está a su alcance.",
            )
        escrituras.append(Escritura(acceso, pedido.recurso, pedido.id, _version(pedido, acceso)))
    return recursos.escribir(escrituras, ahora=ahora, tipo=tipo, antes=antes)


def _tal_vez_nuevo(pedido: Pedido) -> Pedido:
    """A PUT of an id that nobody has creates it, where the installation lets clients choose ids."""
    if pedido.version == 0 and selectores.sellado(pedido.tipo, pedido.id) is None:
        return replace(pedido, version=None)
    return pedido


def _version(pedido: Pedido, acceso: Acceso) -> int | None:
    """The version to succeed; a resource that moved to another patient, or that is withheld from
    who writes it, is refused as one that does not exist."""
    if pedido.version != 0:
        return pedido.version
    actual = selectores.sellado(pedido.tipo, pedido.id)
    if actual is None or actual.paciente != acceso.paciente:
        raise recursos.RecursoInexistente(str(pedido.id))
    if not selectores.visible(acceso, actual):
        raise recursos.RecursoInexistente(str(pedido.id))
    return actual.version


def _con_referencias(
    pedidos: Sequence[Pedido], citas: Mapping[str, str], literal: Callable[[str], str] | None
) -> list[Pedido]:
    """`pedidos` with references to one another's fullUrl, and those by search, made literal."""
    mapa = dict(citas)
    for pedido in pedidos:
        if pedido.completo:
            mapa[pedido.completo] = f"{pedido.tipo}/{pedido.id}"
    if not mapa and literal is None:
        return list(pedidos)
    cambiar = _cambiador(mapa, literal)
    return [replace(p, recurso=fhir.sustituir_referencias(p.recurso, cambiar)) for p in pedidos]


def _cambiador(
    mapa: Mapping[str, str], literal: Callable[[str], str] | None
) -> Callable[[str], str]:
    def cambiar(referencia: str) -> str:
        hallada = mapa.get(referencia)
        if hallada is not None or literal is None:
            return hallada or referencia
        return literal(referencia)

    return cambiar


def _dueno(pedido: Pedido) -> UUID:
    """The compartment `pedido` is to be kept in."""
    if pedido.tipo == "Patient":
        return pedido.id
    if pedido.tipo in definiciones.APARTE:
        raise ErrorFhir(422, "not-supported", f"{pedido.tipo} se pide en /fhir/{pedido.tipo}.")
    if sujeto := fhir.sujeto_sin_resolver(pedido.recurso):
        raise ErrorFhir(
            422, "not-found", f"{pedido.tipo}: no se sabe de qué paciente es ({sujeto})."
        )
    suyo = fhir.en_compartimento(pedido.tipo) or pedido.tipo == "Binary"
    pacientes = fhir.pacientes_de(pedido.recurso) if suyo else []
    for referencia in pacientes:
        try:
            return UUID(referencia.partition("/")[2])
        except ValueError:
            raise ErrorFhir(
                422, "not-found", f"{pedido.tipo}: {referencia} no existe o no está a su alcance."
            ) from None
    return INSTITUCIONAL


def _accesos(
    actor: Actor, duenos: set[UUID], nuevos: set[UUID], ahora: datetime
) -> dict[UUID, Acceso]:
    accesos = {
        nuevo: decision.admitir(actor, paciente=nuevo, ahora=ahora) for nuevo in sorted(nuevos)
    }
    if INSTITUCIONAL in duenos:
        accesos[INSTITUCIONAL] = decision.abrir_directorio(
            actor, Permiso.DIRECTORIO_ESCRIBIR, ahora=ahora
        )
    conocidos = sorted(duenos - nuevos - {INSTITUCIONAL})
    if len(conocidos) == 1:
        acceso = decision.abrir_paciente(actor, conocidos[0], Permiso.RECURSO_ESCRIBIR, ahora=ahora)
        accesos[acceso.paciente] = acceso
    elif conocidos:
        accesos |= decision.abrir_pacientes(
            actor, conocidos, Permiso.RECURSO_ESCRIBIR, ahora=ahora, comprobar=True
        )
    return accesos
