"""``_filter``: a boolean expression over search parameters (R4 search_filter.html, a subset).

``and``, ``or``, ``not(…)`` and parentheses; comparisons ``eq ne gt lt ge le sa eb ap``, of text
``co sw ew`` too, and ``pr`` (is present). Chains and filters inside a parameter are refused.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ece.fhir import terminos
from ece.fhir.criterios import Criterio, CriterioInvalido, criterio
from ece.fhir.parametros import Indice, Parametro, parametros
from ece.fhir.valores import Cadena, Referencia, Token, Uri, Valor

LARGO = 2_000
HONDURA = 20

_SIMBOLO = re.compile(r'\s*(?:(?P<texto>"(?:[^"\\]|\\.)*")|(?P<signo>[()])|(?P<palabra>[^\s()"]+))')
_ORDEN = frozenset({"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"})
_DE_TEXTO: dict[str, Callable[[str, str], bool]] = {
    "co": lambda suyo, buscado: buscado in suyo,
    "sw": str.startswith,
    "ew": str.endswith,
}
_CON_ORDEN = frozenset({"date", "number", "quantity"})
Grupo = tuple[tuple[str, str], ...]
"""(parameter, term): a row must have one of them."""


@dataclass(frozen=True, slots=True)
class Filtro:
    """What the expression asks: rows with a term of every group can match; `coincide` decides."""

    grupos: tuple[Grupo, ...]
    codigos: frozenset[str]
    prueba: Callable[[Sequence[Indice]], bool]

    def coincide(self, encontrados: Sequence[Indice]) -> bool:
        return self.prueba(encontrados)


def filtro(tipo: str, expresion: str) -> Filtro:
    """The filter of `expresion` on resources of `tipo`. Raises `CriterioInvalido`."""
    if len(expresion) > LARGO:
        raise CriterioInvalido(f"_filter: más de {LARGO} caracteres")
    lector = _Lector(tipo, expresion)
    hecho = lector.disyuncion(0)
    if lector.ver():
        raise CriterioInvalido(f"_filter: sobra {lector.ver()!r}")
    return hecho


class _Lector:
    def __init__(self, tipo: str, expresion: str) -> None:
        self.parametros = parametros(tipo)
        self.tipo = tipo
        self.simbolos: list[str] = []
        posicion, fin = 0, len(expresion.rstrip())
        while posicion < fin:
            hallado = _SIMBOLO.match(expresion, posicion)
            if hallado is None:
                raise CriterioInvalido(f"_filter: no se entiende {expresion[posicion:][:20]!r}")
            self.simbolos.append(hallado[0].strip())
            posicion = hallado.end()
        self.i = 0

    def ver(self) -> str:
        return self.simbolos[self.i] if self.i < len(self.simbolos) else ""

    def tomar(self, esperado: str = "") -> str:
        simbolo = self.ver()
        if not simbolo or (esperado and simbolo != esperado):
            raise CriterioInvalido(f"_filter: se espera {esperado or 'algo más'}")
        self.i += 1
        return simbolo

    def disyuncion(self, hondura: int) -> Filtro:
        partes = [self.conjuncion(hondura)]
        while self.ver() == "or":
            self.tomar()
            partes.append(self.conjuncion(hondura))
        return partes[0] if len(partes) == 1 else _alguno(partes)

    def conjuncion(self, hondura: int) -> Filtro:
        partes = [self.termino(hondura)]
        while self.ver() == "and":
            self.tomar()
            partes.append(self.termino(hondura))
        return partes[0] if len(partes) == 1 else _todos(partes)

    def termino(self, hondura: int) -> Filtro:
        if hondura > HONDURA:
            raise CriterioInvalido("_filter: demasiados paréntesis")
        negado = self.ver() == "not" and self.tomar() == "not"
        if negado or self.ver() == "(":
            self.tomar("(")
            dentro = self.disyuncion(hondura + 1)
            self.tomar(")")
            return _no(dentro) if negado else dentro
        return self.comparacion()

    def comparacion(self) -> Filtro:
        codigo, operador, valor = self.tomar(), self.tomar(), self.tomar()
        parametro = self.parametros.get(codigo)
        if parametro is None or codigo in ("_id", "_lastUpdated"):
            raise CriterioInvalido(f"_filter: no se puede filtrar {self.tipo} por {codigo!r}")
        citado = valor.startswith('"')
        return _comparacion(parametro, operador, _sin_comillas(valor) if citado else valor)


def _sin_comillas(valor: str) -> str:
    return re.sub(r"\\(.)", r"\1", valor[1:-1])


def _comparacion(parametro: Parametro, operador: str, valor: str) -> Filtro:
    if operador == "pr":
        if valor not in ("true", "false"):
            raise CriterioInvalido(f"_filter: {parametro.codigo} pr se compara con true o false")
        return _de(criterio(parametro, "missing", "false" if valor == "true" else "true"))
    if operador in _DE_TEXTO:
        return _de(_sobre_texto(parametro, operador, valor))
    if operador not in _ORDEN:
        raise CriterioInvalido(f"_filter: no se admite el operador {operador!r}")
    if parametro.clase in _CON_ORDEN:
        return _de(criterio(parametro, "", f"{operador}{valor}"))
    if operador not in ("eq", "ne"):
        raise CriterioInvalido(f"_filter: {parametro.codigo} no se ordena con {operador}")
    if parametro.clase == "string":
        igual = _de(_sobre_texto(parametro, "eq", valor))
    else:
        igual = _de(criterio(parametro, "", _escapado(valor, parametro)))
    return _no(igual) if operador == "ne" else igual


def _escapado(valor: str, parametro: Parametro) -> str:
    """`valor` so that nothing in it but the bar of a token means anything."""
    signos = r"([,$\\])" if parametro.clase == "token" else r"([,$|\\])"
    return re.sub(signos, r"\\\1", valor)


def _sobre_texto(parametro: Parametro, operador: str, valor: str) -> Criterio:
    buscado = terminos.normalizar(valor)
    if not buscado or parametro.clase in _CON_ORDEN:
        raise CriterioInvalido(f"_filter: {parametro.codigo} {operador}: no se puede comparar")
    comparar = _DE_TEXTO.get(operador, str.__eq__)
    return Criterio(
        parametro.codigo, (), False, lambda v: any(comparar(t, buscado) for t in _textos(v))
    )


def _textos(valor: Valor) -> Iterable[str]:
    match valor:
        case Cadena(texto=texto):
            return (terminos.normalizar(texto),)
        case Token(codigo=codigo):
            return (terminos.normalizar(codigo),)
        case Uri(uri=uri):
            return (terminos.normalizar(uri),)
        case Referencia():
            return (terminos.normalizar(f"{valor.tipo}/{valor.id}"), terminos.normalizar(valor.id))
    return ()


def _de(pedido: Criterio) -> Filtro:
    grupos: tuple[Grupo, ...] = ()
    if pedido.terminos and not pedido.negado:
        grupos = (tuple((pedido.parametro, t) for t in pedido.terminos),)
    return Filtro(grupos, frozenset({pedido.parametro}), pedido.coincide)


def _todos(partes: Sequence[Filtro]) -> Filtro:
    return Filtro(
        tuple(grupo for parte in partes for grupo in parte.grupos),
        frozenset().union(*(parte.codigos for parte in partes)),
        lambda indices: all(parte.prueba(indices) for parte in partes),
    )


def _alguno(partes: Sequence[Filtro]) -> Filtro:
    # Whatever matches has a term of the first group of some part: of their union.
    unidos: tuple[Grupo, ...] = ()
    if all(parte.grupos for parte in partes):
        unidos = (tuple(par for parte in partes for par in parte.grupos[0]),)
    return Filtro(
        unidos,
        frozenset().union(*(parte.codigos for parte in partes)),
        lambda indices: any(parte.prueba(indices) for parte in partes),
    )


def _no(parte: Filtro) -> Filtro:
    return replace(parte, grupos=(), prueba=lambda indices: not parte.prueba(indices))
