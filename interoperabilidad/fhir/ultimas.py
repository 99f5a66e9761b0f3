"""``Observation/$lastn``: the latest of each thing observed (R4 observation-operation-lastn)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from consentimiento.decision import AccesoDenegado
from ece.nucleo.acceso import Actor
from interoperabilidad.fhir import consulta, paquetes
from interoperabilidad.fhir.busqueda import Busqueda, Hallado
from interoperabilidad.fhir.errores import ErrorFhir
from registros.selectors.recursos import Orden

MAXIMO, FILAS = 100, 5_000


def hallar(
    actor: Actor, pares: Iterable[tuple[str, str]], *, base: str, propio: str, ahora: datetime
) -> bytes:
    """A searchset: of each code, the latest ``max`` (1) of one patient's. Raises `ErrorFhir`."""
    criterios = [par for par in pares if par[0] != "max"]
    plan = consulta.compilar("Observation", criterios, estricto=True)
    if plan.paciente is None:
        raise ErrorFhir(400, "required", "$lastn es de un paciente: dígalo en patient o subject.")
    de_forma = plan.resumen or plan.elementos or plan.orden is not Orden.ID
    if de_forma or plan.claves or plan.incluir or plan.incluir_inverso or plan.despues:
        raise ErrorFhir(400, "not-supported", "$lastn sólo lleva criterios de búsqueda y max.")
    maximo = _maximo(pares)
    busqueda = Busqueda(actor, plan, ahora)
    hallados: list[Hallado] = []
    try:
        prueba = busqueda.prueba()
    except AccesoDenegado as negado:
        if negado.fundamento in ErrorFhir.DEL_CLIENTE:
            raise
    else:
        busqueda.encadenar()
        if not plan.vacio:
            hallados = _ultimas(busqueda.todos(prueba, FILAS), maximo)
    return paquetes.de_busqueda(
        base=base,
        propio=propio,
        siguiente="",
        plan=plan,
        hallados=hallados,
        incluidos=(),
        total=len(hallados),
    )


def _maximo(pares: Iterable[tuple[str, str]]) -> int:
    valor = dict(pares).get("max", "1")
    if not valor.isdecimal() or not 0 < int(valor[:4]) <= MAXIMO:
        raise ErrorFhir(400, "invalid", f"max va de 1 a {MAXIMO}.")
    return int(valor)


def _ultimas(todas: Iterable[tuple[Hallado, dict[str, Any]]], maximo: int) -> list[Hallado]:
    por_codigo: dict[str, list[Hallado]] = defaultdict(list)
    for hallado, recurso in sorted(
        todas, key=lambda par: (par[0].fila.fecha, par[0].fila.id), reverse=True
    ):
        propios = por_codigo[_de_que(recurso.get("code", {}))]
        if len(propios) < maximo:
            propios.append(hallado)
    return [hallado for _, propios in sorted(por_codigo.items()) for hallado in propios]


def _de_que(concepto: dict[str, Any]) -> str:
    """What is observed: its first code or, without any, its words."""
    for codigo in concepto.get("coding", ()):
        if codigo.get("code"):
            return f"{codigo.get('system', '')}|{codigo['code']}"
    return str(concepto.get("text", ""))
