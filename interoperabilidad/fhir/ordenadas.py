"""Pages sorted by what no column says: the matches are opened, sorted, and cut after a row."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ece import fhir
from ece.fhir import CriterioInvalido
from ece.fhir.valores import Cadena, Cantidad, Fecha, Numero, Referencia, Token, Uri
from ece.nucleo.acceso import Acceso, Alcance
from interoperabilidad.fhir import cursores
from interoperabilidad.fhir.busqueda import Busqueda, Hallado, Resultado
from interoperabilidad.fhir.consulta import ORDENES
from interoperabilidad.fhir.plan import Clave
from registros.selectors import recursos

ORDENABLES = 5_000
"""Matches that may be opened to be sorted."""

_Fila = tuple[Hallado, dict[str, Any]]


def pagina(busqueda: Busqueda, prueba: Acceso | Alcance) -> Resultado:
    """The page after the cursor. What lacks a key comes last; equals go by id.

    Raises `ErrorFhir` when there is too much to sort.
    """
    plan = busqueda.plan
    filas = list(busqueda.todos(prueba, ORDENABLES))
    total, sobra = len(filas), None
    if plan.despues is not None:
        sobra = plan.despues[1]
        if all(h.fila.id != sobra for h, _ in filas):
            # It no longer matches: its place is still known, to whoever may still see it.
            filas += _la_de_antes(busqueda, sobra)
    filas = ordenar(filas, plan.claves)
    if sobra is not None:
        lugar = next((n for n, (h, _) in enumerate(filas) if h.fila.id == sobra), None)
        if lugar is None:
            raise CriterioInvalido(cursores.ROTO)
        filas = filas[lugar + 1 :]
    hallados = [hallado for hallado, _ in filas[: plan.cuenta]]
    siguiente = ""
    if len(filas) > plan.cuenta:
        siguiente = cursores.empacar("", hallados[-1].fila.id)
    return Resultado(hallados=hallados, siguiente=siguiente, total=total)


def _la_de_antes(busqueda: Busqueda, id: UUID) -> list[_Fila]:
    fila = recursos.sellado(busqueda.plan.tipo, id)
    return [(h, fhir.json.leer(h.json)) for h in busqueda.abrir([fila] if fila else [])]


def ordenar(filas: list[_Fila], claves: tuple[Clave, ...]) -> list[_Fila]:
    """`filas` by the first key, those that tie by the second…, the last by id."""
    filas = sorted(filas, key=lambda fila: fila[0].fila.id)
    for clave in reversed(claves):
        con = [(valor, fila) for fila in filas if (valor := _valor(fila, clave)) is not None]
        ausentes = [fila for fila in filas if _valor(fila, clave) is None]
        con.sort(key=lambda par: par[0], reverse=clave.descendente)
        filas = [fila for _, fila in con] + ausentes
    return filas


def _valor(fila: _Fila, clave: Clave) -> Any:
    """The least of its values, or the greatest when it goes down (R4 search.html 3.1.1.5.1)."""
    hallado, recurso = fila
    if columna := ORDENES.get(clave.codigo):
        return getattr(hallado.fila, columna)
    valores = [
        comparable
        for indice in fhir.indices(recurso, de=frozenset({clave.codigo}))
        if indice.parametro == clave.codigo
        and (comparable := _COMPARABLES[type(indice.valor)](indice.valor)) is not None
    ]
    elegir = max if clave.descendente else min
    return elegir(valores, default=None)


_PRIMERO = datetime.min.replace(tzinfo=UTC)
_COMPARABLES: dict[type, Callable[[Any], Any]] = {
    Token: lambda v: v.codigo or v.texto or None,
    Cadena: lambda v: fhir.normalizar(v.texto),
    Fecha: lambda v: v.desde or _PRIMERO,
    Referencia: lambda v: f"{v.tipo}/{v.id}" if v.id else v.url or None,
    Cantidad: lambda v: v.valor,
    Numero: lambda v: v.valor,
    Uri: lambda v: v.uri,
}
