"""Reading: one resource, one version, a search page, a whole record."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from consentimiento import decision
from ece import fhir
from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Permiso
from interoperabilidad.fhir import consulta, cursores, ejecucion, paquetes
from interoperabilidad.fhir.errores import ErrorFhir, no_encontrado
from registros.selectors import recursos, versiones
from registros.selectors.recursos import Sellado

PAGINA_DE_EXPEDIENTE = 1_000


@dataclass(frozen=True, slots=True)
class Leido:
    fila: Sellado
    json: bytes = field(repr=False)


def leer(actor: Actor, tipo: str, id: UUID, *, ahora: datetime) -> Leido:
    """The current version. Raises `AccesoDenegado`."""
    acceso, fila = decision.abrir_registro(
        actor, tipo=tipo, id=id, permiso=Permiso.RECURSO_LEER, ahora=ahora
    )
    return Leido(fila, recursos.abrir(acceso, fila))


def leer_version(actor: Actor, tipo: str, id: UUID, version: int, *, ahora: datetime) -> Leido:
    """One version, current or superseded."""
    acceso, actual = decision.abrir_registro(
        actor,
        tipo=tipo,
        id=id,
        permiso=Permiso.RECURSO_LEER,
        ahora=ahora,
        detalle={"interaccion": "vread", "pedida": version},
    )
    if actual.version == version:
        return Leido(actual, recursos.abrir(acceso, actual))
    hallada = versiones.version(acceso, tipo=tipo, id=id, numero=version)
    if hallada is None:
        raise no_encontrado(f"{tipo}/{id}/_history/{version}")
    return Leido(*hallada)


def buscar(
    actor: Actor,
    tipo: str,
    pares: Iterable[tuple[str, str]],
    *,
    base: str,
    estricto: bool,
    ahora: datetime,
    paciente: UUID | None = None,
) -> bytes:
    """A searchset Bundle; `paciente` limits it to a compartment."""
    pares = list(pares)
    plan = consulta.compilar(tipo, pares, estricto=estricto, paciente=paciente)
    resultado = ejecucion.ejecutar(actor, plan, ahora=ahora)
    camino = f"{base}/{tipo}" if paciente is None else f"{base}/Patient/{paciente}/{tipo}"
    propios = [par for par in pares if par[0] != "_cursor"]
    siguiente = ""
    if resultado.siguiente:
        siguiente = f"{camino}?{urlencode([*propios, ('_cursor', resultado.siguiente)])}"
    return paquetes.de_busqueda(
        base=base,
        propio=f"{camino}?{urlencode(pares)}" if pares else camino,
        siguiente=siguiente,
        plan=plan,
        hallados=resultado.hallados,
        incluidos=resultado.incluidos,
        total=resultado.total,
    )


def expediente(
    actor: Actor, paciente: UUID, *, base: str, cursor: str, tipos: str, ahora: datetime
) -> bytes:
    """``Patient/$everything``: the whole compartment, in pages of `PAGINA_DE_EXPEDIENTE`.

    Raises `AccesoDenegado`, `ErrorFhir` 400 for a type that is not one of R4's.
    """
    pedidos = tipos.split(",") if tipos else None
    if pedidos is not None and not fhir.tipos_de_recurso().issuperset(pedidos):
        raise ErrorFhir(400, "invalid", "_type es de tipos de R4, con comas.")
    acceso = decision.abrir_paciente(
        actor,
        paciente,
        Permiso.RECURSO_LEER,
        ahora=ahora,
        detalle={"interaccion": "$everything"},
    )
    filas = recursos.compartimento(
        acceso,
        tipos=pedidos,
        despues=cursores.leer_cursor(cursor) if cursor else None,
        limite=PAGINA_DE_EXPEDIENTE + 1,
    )
    visibles = filas[:PAGINA_DE_EXPEDIENTE]
    siguiente = ""
    if len(filas) > PAGINA_DE_EXPEDIENTE:
        cursor = cursores.escribir_cursor(recursos.Orden.ID, visibles[-1])
        extra = {"_cursor": cursor} | ({"_type": tipos} if tipos else {})
        siguiente = f"{base}/Patient/{paciente}/$everything?{urlencode(extra)}"
    pares = recursos.abrir_todos({paciente: acceso}, visibles)
    return paquetes.de_compartimento(base, pares, siguiente)
