"""Conditions on what exists: ``If-None-Exist``, conditional updates and deletes, references by
search. What a client cannot see does not exist for them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from auditoria import bitacora
from ece import fhir
from ece.nucleo import fichas
from ece.nucleo.acceso import Actor
from interoperabilidad.fhir import consulta, ejecucion
from interoperabilidad.fhir.busqueda import Hallado
from interoperabilidad.fhir.errores import ErrorFhir

_POR_BUSQUEDA = re.compile(r"(?P<tipo>[A-Z][A-Za-z]+)\?(?P<consulta>.+)", re.DOTALL)


class CondicionCumplida(Exception):
    """Somebody wrote, meanwhile, what a condition asked not to exist; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Condicion:
    """A search that must find nothing when what hangs from it is written."""

    tipo: str
    consulta: str

    @property
    def turno(self) -> int:
        """The lock that all who write under the same condition wait for."""
        return fichas.ficha("condicion", f"{self.tipo}?{self.consulta}")


def hallar(actor: Actor, tipo: str, criterios: str, *, ahora: datetime) -> Hallado | None:
    """The one resource that the search finds. Raises `ErrorFhir` 412 when there are several, 400
    when nothing is asked."""
    pares = [
        (clave, valor)
        for clave, valor in parse_qsl(criterios.lstrip("?"), keep_blank_values=True)
        if valor and clave not in ("_format", "_pretty")
    ]
    if not pares:
        raise ErrorFhir(400, "required", "Una condición lleva al menos un criterio.")
    plan = consulta.compilar(tipo, pares, estricto=True)
    if plan.resumen or plan.claves or plan.despues or plan.incluir or plan.incluir_inverso:
        raise ErrorFhir(400, "invalid", "Una condición sólo lleva criterios de búsqueda.")
    plan.cuenta = 2
    hallados = ejecucion.ejecutar(actor, plan, ahora=ahora).hallados
    if len(hallados) > 1:
        raise ErrorFhir(412, "multiple-matches", f"{tipo}?{criterios}: hay más de uno.")
    return hallados[0] if hallados else None


def vigilar(
    actor: Actor, condiciones: Iterable[Condicion], *, ahora: datetime
) -> Callable[[], None] | None:
    """What is to run inside the transaction that writes: one at a time, and looking again.

    It raises `CondicionCumplida`. None where there are no conditions.
    """
    ordenadas = sorted(set(condiciones), key=lambda c: c.turno)
    if not ordenadas:
        return None

    def antes() -> None:
        for condicion in ordenadas:
            bitacora.consultar("SELECT pg_advisory_xact_lock(%s)::text", [condicion.turno])
        for condicion in ordenadas:
            if hallar(actor, condicion.tipo, condicion.consulta, ahora=ahora) is not None:
                raise CondicionCumplida(condicion.tipo)

    return antes


def resolver(actor: Actor, *, ahora: datetime) -> Callable[[str], str]:
    """From a reference by search (``Patient?identifier=…``) to the literal one; others as they are.

    What finds nothing and what is out of reach raise the same `ErrorFhir` 412.
    """
    resueltas: dict[str, str] = {}

    def literal(referencia: str) -> str:
        partes = _POR_BUSQUEDA.fullmatch(referencia) if "?" in referencia else None
        if partes is None or partes["tipo"] not in fhir.tipos_de_recurso():
            return referencia
        if referencia not in resueltas:
            hallado = hallar(actor, partes["tipo"], partes["consulta"], ahora=ahora)
            if hallado is None:
                raise ErrorFhir(412, "not-found", f"{referencia} no existe o no está a su alcance.")
            resueltas[referencia] = f"{hallado.fila.tipo}/{hallado.fila.id}"
        return resueltas[referencia]

    return literal
