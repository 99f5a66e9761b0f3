"""Observations found by what they measure, however long the record is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ece import fhir
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models.base import ANULADO, Recurso
from registros.selectors import recursos
from registros.selectors.recursos import Consulta, Orden

LIMITE = 200


@dataclass(frozen=True, slots=True)
class Medida:
    """A figure, in the unit it was recorded with."""

    fecha: datetime
    valor: Decimal
    unidad: str


def observaciones(
    acceso: Acceso, *codigos: str, limite: int = LIMITE
) -> list[tuple[datetime, Recurso]]:
    """(instant, Observation) of those coded with any of `codigos` (``system|code``), also in their
    components, newest first; those entered in error left out."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    tokens = tuple(fichas.ficha("Observation.combo-code", codigo) for codigo in codigos)
    consulta = Consulta(tipo="Observation", fichas=(tokens,), orden=Orden.FECHA_DESC, limite=limite)
    abiertas = recursos.abrir_todos({acceso.paciente: acceso}, recursos.buscar(acceso, consulta))
    return [(fila.fecha, fhir.json.leer(json)) for fila, json in abiertas if fila.estado != ANULADO]


def cifras(acceso: Acceso, codigo: str, *, limite: int = LIMITE) -> list[Medida]:
    """The figures recorded under ``system|code``, newest first."""
    return [
        Medida(fecha, Decimal(str(cantidad["value"])), cantidad.get("unit", ""))
        for fecha, recurso in observaciones(acceso, codigo, limite=limite)
        for cantidad in _cantidades(recurso, codigo)
    ]


def _cantidades(recurso: Recurso, codigo: str) -> Iterator[Recurso]:
    for medido in (recurso, *recurso.get("component", ())):
        if "value" in medido.get("valueQuantity", {}) and codigo in claves(medido):
            yield medido["valueQuantity"]


def quien(recurso: Recurso) -> str:
    """Who measured or asked."""
    autor: Recurso = next(iter(recurso.get("performer", ())), {})
    return str(autor.get("display", ""))


def claves(medido: Recurso) -> set[str]:
    """What an Observation or a component is coded with, as ``system|code``."""
    return {f"{c.get('system', '')}|{c.get('code', '')}" for c in medido["code"].get("coding", ())}


def componente(recurso: Recurso, codigo: str) -> Recurso:
    """The first component coded ``system|code``, or an empty one."""
    return next(iter(componentes(recurso, codigo)), {})


def componentes(recurso: Recurso, codigo: str) -> Iterable[Recurso]:
    return (c for c in recurso.get("component", ()) if codigo in claves(c))
