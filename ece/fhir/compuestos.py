"""Composite search parameters: several values of one and the same node (R4 search.html)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ece.fhir import camino
from ece.fhir.criterios import Criterio, CriterioInvalido, criterio, separar
from ece.fhir.definiciones import ParametroPublicado, cargar
from ece.fhir.parametros import Indice, Parametro, alternativas, parametros
from ece.fhir.valores import Conversor, conversor

_CRUZADOS = frozenset({("DocumentReference", "relationship")})
"""Published with the definitions of its parts the other way round."""

Funcion = Callable[[list[Any], Mapping[str, Any]], list[Any]]


@dataclass(frozen=True, slots=True)
class _Parte:
    """One value of the tuple: the parameter it is written as, and where it is in the node."""

    parametro: Parametro
    funcion: Funcion
    convertir: Conversor


@dataclass(frozen=True, slots=True)
class Compuesto:
    """A composite parameter of one type."""

    codigo: str
    url: str
    expresion: str
    nodos: Funcion
    partes: tuple[_Parte, ...]
    definiciones: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CriterioCompuesto:
    """What a composite asks: a row has one token of each of some group; `coincide` settles it.

    `grupos` are (parameter, terms): all of them are needed (with several alternatives, none is).
    """

    compuesto: Compuesto
    grupos: tuple[tuple[str, tuple[str, ...]], ...]
    alternativas: tuple[tuple[Criterio, ...], ...]

    def coincide(self, recurso: dict[str, Any]) -> bool:
        entorno = {"%resource": recurso}
        nodos = self.compuesto.nodos([recurso], entorno)
        return any(
            all(
                pedido.coincide(
                    Indice(parte.parametro.codigo, valor)
                    for hallado in parte.funcion([nodo], entorno)
                    for valor in parte.convertir(hallado)
                )
                for parte, pedido in zip(self.compuesto.partes, pedidos, strict=True)
            )
            for nodo in nodos
            for pedidos in self.alternativas
        )


@cache
def compuestos(tipo: str) -> Mapping[str, Compuesto]:
    """code -> composite, for those that R4 publishes for `tipo` and whose parts are known."""
    hallados = {}
    for publicado in cargar().parametros.get(tipo, ()):
        if publicado.clase == "composite" and (compuesto := _compuesto(tipo, publicado)):
            hallados[publicado.codigo] = compuesto
    return hallados


def _compuesto(tipo: str, publicado: ParametroPublicado) -> Compuesto | None:
    por_url = {parametro.url: parametro for parametro in parametros(tipo).values()}
    definiciones = list(publicado.componentes)
    if (tipo, publicado.codigo) in _CRUZADOS:
        (una, de_una), (otra, de_otra) = definiciones
        definiciones = [(otra, de_una), (una, de_otra)]
    if any(url not in por_url for url, _ in definiciones):
        return None
    expresion = " | ".join(alternativas(publicado, tipo))
    partes = tuple(
        _Parte(por_url[url], camino.compilar(donde), conversor(por_url[url].clase))
        for url, donde in definiciones
    )
    return Compuesto(
        publicado.codigo,
        publicado.url,
        expresion,
        camino.compilar(expresion),
        partes,
        tuple(definiciones),
    )


def criterio_compuesto(compuesto: Compuesto, crudo: str) -> CriterioCompuesto:
    """The criterion of ``code=a$b,c$d``. Raises `CriterioInvalido`."""
    pedidas = []
    for alternativa in separar(crudo, ","):
        valores = separar(alternativa, "$")
        if len(valores) != len(compuesto.partes) or not all(valores):
            cuantos = len(compuesto.partes)
            raise CriterioInvalido(f"{compuesto.codigo}: se esperan {cuantos} valores unidos por $")
        pares = zip(compuesto.partes, valores, strict=True)
        pedidas.append(tuple(criterio(parte.parametro, "", valor) for parte, valor in pares))
    grupos: tuple[tuple[str, tuple[str, ...]], ...] = ()
    if len(pedidas) == 1:
        grupos = tuple((c.parametro, c.terminos) for c in pedidas[0] if c.terminos)
    return CriterioCompuesto(compuesto, grupos, tuple(pedidas))
