"""FHIRPath, the part that R4's invariants and search parameters use, compiled to closures.

An expression becomes a function from a list of nodes and an environment to a list of nodes. Names
of choice elements (``value``) find whatever type is present (``valueQuantity``). `resolve()` looks
only at the type a reference names, which is all those expressions ask of it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from ece.fhir.definiciones import elecciones, tipos_de_recurso, variantes

Nodos = list[Any]
Entorno = Mapping[str, Any]
Funcion = Callable[[Nodos, Entorno], Nodos]

_SIMBOLO = re.compile(
    r"\s*(?:(?P<texto>'(?:[^'\\]|\\.)*')|(?P<numero>\d+(?:\.\d+)?)|(?P<nombre>[A-Za-z_][\w]*|`[^`]+`)"
    r"|(?P<variable>[%$]\w+)|(?P<operador><=|>=|!=|[=<>|+\-*/&().,\[\]{}]))"
)
_FUERZA = {
    "implies": 1,
    "or": 2,
    "xor": 2,
    "and": 3,
    "in": 4,
    "contains": 4,
    "=": 5,
    "!=": 5,
    "<": 6,
    ">": 6,
    "<=": 6,
    ">=": 6,
    "|": 7,
    "is": 8,
    "as": 8,
    "+": 9,
    "-": 9,
    "&": 9,
}


class ExpresionNoSoportada(Exception):
    """The expression uses what this engine does not have."""


@dataclass(frozen=True, slots=True)
class _Resuelto:
    """What is known of the target of a reference: its type."""

    tipo: str


def hijos(nodo: Any, nombre: str) -> Nodos:
    """The values of element `nombre` of `nodo`, choice types included."""
    if not isinstance(nodo, dict):
        return []
    valor = nodo.get(nombre)
    if valor is None:
        posibles = variantes(nombre)
        for clave in nodo:
            if clave in posibles:
                valor = nodo[clave]
                break
        if valor is None:
            return []
    return valor if isinstance(valor, list) else [valor]


def _elemento(nombre: str) -> Funcion:
    if nombre in elecciones():
        return lambda nodos, entorno: [
            valor for nodo in nodos for valor in hijos(nodo, nombre) if valor is not None
        ]

    def evaluar(nodos: Nodos, entorno: Entorno) -> Nodos:
        encontrados: Nodos = []
        for nodo in nodos:
            valor = nodo.get(nombre) if isinstance(nodo, dict) else None
            if isinstance(valor, list):
                encontrados.extend(v for v in valor if v is not None)
            elif valor is not None:
                encontrados.append(valor)
        return encontrados

    return evaluar


def verdad(nodos: Nodos) -> bool | None:
    """A collection as a boolean: None when empty, True for a single non-boolean."""
    if not nodos:
        return None
    return nodos[0] if isinstance(nodos[0], bool) else True


def _bool(valor: bool | None) -> Nodos:
    return [] if valor is None else [valor]


class _Lector:
    """A Pratt parser that builds closures directly."""

    def __init__(self, expresion: str) -> None:
        self.expresion = expresion
        self.simbolos: list[tuple[str, str]] = []
        self.elegibles: dict[Funcion, tuple[str, Funcion | None]] = {}
        """Functions that end in a choice element: its name, and what comes before it."""
        posicion = 0
        while posicion < len(expresion.rstrip()):
            encontrado = _SIMBOLO.match(expresion, posicion)
            if encontrado is None:
                raise ExpresionNoSoportada(expresion)
            self.simbolos.append((str(encontrado.lastgroup), encontrado.group().strip()))
            posicion = encontrado.end()
        self.i = 0

    def ver(self) -> str:
        return self.simbolos[self.i][1] if self.i < len(self.simbolos) else ""

    def tomar(self, esperado: str = "") -> str:
        simbolo = self.ver()
        if not simbolo or (esperado and simbolo != esperado):
            raise ExpresionNoSoportada(self.expresion)
        self.i += 1
        return simbolo

    def leer(self, fuerza: int = 0) -> Funcion:
        izquierda = self._postfijos(self._atomo())
        while (operador := self.ver()) in _FUERZA and _FUERZA[operador] > fuerza:
            self.tomar()
            if operador in ("is", "as"):
                izquierda = self._de_tipo(izquierda, self._tipo(), operador)
            else:
                izquierda = _binario(operador, izquierda, self.leer(_FUERZA[operador]))
        return izquierda

    def _tipo(self) -> str:
        nombre = self.tomar()
        while self.ver() == ".":
            self.tomar()
            nombre = self.tomar()
        return nombre

    def _atomo(self) -> Funcion:
        clase, simbolo = self.simbolos[self.i] if self.i < len(self.simbolos) else ("", "")
        if simbolo == "(":
            self.tomar()
            dentro = self.leer()
            self.tomar(")")
            return dentro
        if simbolo == "{":
            self.tomar()
            self.tomar("}")
            return lambda nodos, entorno: []
        self.tomar()
        if clase == "texto":
            literal = re.sub(r"\\(.)", r"\1", simbolo[1:-1].replace("\\n", "\n"))
            return lambda nodos, entorno: [literal]
        if clase == "numero":
            numero = Decimal(simbolo)
            return lambda nodos, entorno: [numero]
        if clase == "variable":
            return _variable(simbolo)
        if simbolo in ("true", "false"):
            valor = simbolo == "true"
            return lambda nodos, entorno: [valor]
        if clase != "nombre":
            raise ExpresionNoSoportada(self.expresion)
        return self._nombre(simbolo.strip("`"), None)

    def _postfijos(self, funcion: Funcion) -> Funcion:
        while self.ver() in (".", "["):
            if self.tomar() == "[":
                indice = int(self.tomar())
                self.tomar("]")
                funcion = _indice(funcion, indice)
            else:
                funcion = self._nombre(self.tomar().strip("`"), funcion)
        return funcion

    def _nombre(self, nombre: str, antes: Funcion | None) -> Funcion:
        if self.ver() == "(":
            self.tomar()
            if nombre in ("is", "as", "ofType"):
                tipo = self._tipo()
                self.tomar(")")
                return self._de_tipo(antes or _este, tipo, nombre)
            argumentos: list[Funcion] = []
            while self.ver() != ")":
                argumentos.append(self.leer())
                if self.ver() == ",":
                    self.tomar()
            self.tomar(")")
            return _llamada(antes or _este, nombre, argumentos, self.expresion)
        if antes is None and nombre in tipos_de_recurso():
            return lambda nodos, entorno: [
                n for n in nodos if isinstance(n, dict) and n.get("resourceType") == nombre
            ]
        if antes is None and nombre in ("Resource", "DomainResource"):
            return _este
        funcion = _tras(antes, _elemento(nombre))
        if nombre in elecciones():
            self.elegibles[funcion] = (nombre, antes)
        return funcion

    def _de_tipo(self, funcion: Funcion, tipo: str, operador: str) -> Funcion:
        """Types of choice elements are in the name of the JSON member; others, in the value."""
        if funcion not in self.elegibles:
            return _de_tipo(funcion, tipo, operador)
        nombre, antes = self.elegibles[funcion]
        del_tipo = _tras(antes, _alguno_de(miembros_de_tipo(nombre, tipo)))
        if operador != "is":
            return del_tipo
        return lambda nodos, entorno: (
            [bool(del_tipo(nodos, entorno))] if funcion(nodos, entorno) else []
        )


_SUBTIPOS = {"uri": ("uri", "canonical", "url", "oid", "uuid")}
"""A type, and those that R4 derives from it and a choice may have."""


def miembros_de_tipo(nombre: str, tipo: str) -> tuple[str, ...]:
    """The JSON members of choice element `nombre` whose value is of `tipo`."""
    return tuple(nombre + t[0].upper() + t[1:] for t in _SUBTIPOS.get(tipo, (tipo,)))


def _alguno_de(miembros: tuple[str, ...]) -> Funcion:
    if len(miembros) == 1:
        return _elemento(miembros[0])
    elementos = [_elemento(miembro) for miembro in miembros]
    return lambda nodos, entorno: [v for e in elementos for v in e(nodos, entorno)]


def _este(nodos: Nodos, entorno: Entorno) -> Nodos:
    return nodos


def _tras(antes: Funcion | None, paso: Funcion) -> Funcion:
    """`paso` on what `antes` finds."""
    if antes is None or antes is _este:
        return paso
    return lambda nodos, entorno: paso(antes(nodos, entorno), entorno)


def _variable(nombre: str) -> Funcion:
    if nombre == "$this":
        return _este
    if nombre == "%ucum":
        return lambda nodos, entorno: ["http://unitsofmeasure.org"]
    clave = "%resource" if nombre == "%rootResource" else nombre
    return lambda nodos, entorno: [entorno[clave]] if clave in entorno else []


def _indice(funcion: Funcion, indice: int) -> Funcion:
    return lambda nodos, entorno: funcion(nodos, entorno)[indice : indice + 1]


_PRIMITIVOS: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda v: isinstance(v, bool),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "decimal": lambda v: isinstance(v, int | Decimal) and not isinstance(v, bool),
    "uri": lambda v: isinstance(v, str),
    "canonical": lambda v: isinstance(v, str),
    "url": lambda v: isinstance(v, str),
    "dateTime": lambda v: isinstance(v, str) and v[:4].isdigit(),
    "date": lambda v: isinstance(v, str) and v[:4].isdigit(),
}
_FORMAS = {
    "CodeableConcept": ("coding", "text"),
    "Quantity": ("value", "code", "unit"),
    "Age": ("value", "code", "unit"),
    "Range": ("low", "high"),
    "Period": ("start", "end"),
    "Reference": ("reference", "identifier", "display"),
}


def _es(nodo: Any, tipo: str) -> bool:
    if isinstance(nodo, _Resuelto):
        return nodo.tipo == tipo
    if isinstance(nodo, dict):
        if tipo in tipos_de_recurso():
            return nodo.get("resourceType") == tipo
        if "resourceType" in nodo:
            return False
        return any(clave in nodo for clave in _FORMAS.get(tipo, ()))
    simple = tipo[0].lower() + tipo[1:]
    return simple in _PRIMITIVOS and _PRIMITIVOS[simple](nodo)


def _de_tipo(antes: Funcion, tipo: str, operador: str) -> Funcion:
    if operador == "is":
        return lambda nodos, entorno: [_es(n, tipo) for n in antes(nodos, entorno)[:1]]
    return lambda nodos, entorno: [n for n in antes(nodos, entorno) if _es(n, tipo)]


def _binario(operador: str, a: Funcion, b: Funcion) -> Funcion:
    def logico(nodos: Nodos, entorno: Entorno) -> Nodos:
        x = verdad(a(nodos, entorno))
        if operador == "and" and x is False:
            return [False]
        if operador == "or" and x is True:
            return [True]
        if operador == "implies" and x is False:
            return [True]
        y = verdad(b(nodos, entorno))
        if operador == "and":
            return [False] if y is False else _bool(None if x is None or y is None else True)
        if operador == "or":
            return [True] if y is True else _bool(None if x is None or y is None else False)
        if operador == "implies":
            return [True] if y is True else _bool(None if x is None or y is None else False)
        return _bool(None if x is None or y is None else x != y)

    def comparacion(nodos: Nodos, entorno: Entorno) -> Nodos:
        x, y = a(nodos, entorno), b(nodos, entorno)
        if not x or not y:
            return []
        if operador == "=":
            return [iguales(x, y)]
        if operador == "!=":
            return [not iguales(x, y)]
        return _orden(operador, x[0], y[0])

    def conjunto(nodos: Nodos, entorno: Entorno) -> Nodos:
        x, y = a(nodos, entorno), b(nodos, entorno)
        if operador == "|":
            return _distintos(x + y)
        if operador == "in":
            return [all(any(_igual(v, w) for w in y) for v in x)] if x else []
        if operador == "contains":
            return [any(_igual(v, w) for v in x for w in y)] if y else []
        if operador == "&":
            return ["".join(str(v) for v in x[:1]) + "".join(str(v) for v in y[:1])]
        if not x or not y:
            return []
        if isinstance(x[0], str):
            return [x[0] + y[0]]
        return [x[0] + y[0] if operador == "+" else x[0] - y[0]]

    if operador in ("and", "or", "xor", "implies"):
        return logico
    return comparacion if operador in ("=", "!=", "<", ">", "<=", ">=") else conjunto


def _numero(valor: Any) -> Any:
    return Decimal(valor) if isinstance(valor, int) and not isinstance(valor, bool) else valor


def _igual(a: Any, b: Any) -> bool:
    return bool(_numero(a) == _numero(b))


def iguales(a: Nodos, b: Nodos) -> bool:
    return len(a) == len(b) and all(map(_igual, a, b))


def _distintos(nodos: Nodos) -> Nodos:
    unicos: Nodos = []
    simples: set[Any] = set()  # a catalogue has thousands of codes
    for nodo in nodos:
        if isinstance(nodo, str):
            if nodo not in simples:
                simples.add(nodo)
                unicos.append(nodo)
        elif not any(_igual(nodo, otro) for otro in unicos):
            unicos.append(nodo)
    return unicos


def _orden(operador: str, a: Any, b: Any) -> Nodos:
    if isinstance(a, dict) and isinstance(b, dict):  # quantities of the same unit
        if a.get("code") != b.get("code") or "value" not in a or "value" not in b:
            return []
        a, b = a["value"], b["value"]
    if isinstance(a, str) and isinstance(b, str):
        largo = min(len(a), len(b))
        if a[:largo] == b[:largo] and len(a) != len(b):  # different precision: unknown
            return []
    a, b = _numero(a), _numero(b)
    if type(a) is not type(b):
        return []
    return [{"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operador]]


def _hijos(nodo: Any) -> Nodos:
    if not isinstance(nodo, dict):
        return []
    return [v for x in nodo.values() for v in (x if isinstance(x, list) else [x])]


def _descendientes(nodo: Any) -> Nodos:
    resultado: Nodos = []
    pendientes = [nodo]
    while pendientes:
        nuevos = _hijos(pendientes.pop())
        resultado.extend(nuevos)
        pendientes.extend(nuevos)
    return resultado


def _resolver(nodos: Nodos, entorno: Entorno) -> Nodos:
    return [
        _Resuelto(tipo)
        for nodo in nodos
        if (tipo := tipo_referido(nodo) or _tipo_contenido(nodo, entorno))
    ]


def _tipo_contenido(referencia: Any, entorno: Entorno) -> str:
    """The type of the contained resource that ``#id`` names, or an empty string."""
    destino = referencia.get("reference") if isinstance(referencia, dict) else None
    if not isinstance(destino, str) or not destino.startswith("#"):
        return ""
    for contenido in hijos(entorno.get("%resource"), "contained"):
        if isinstance(contenido, dict) and contenido.get("id") == destino[1:]:
            return str(contenido.get("resourceType", ""))
    return ""


def tipo_referido(referencia: Any) -> str:
    """The resource type that a Reference names, or an empty string."""
    if not isinstance(referencia, dict):
        return ""
    partes = str(referencia.get("reference", "")).split("/_history/")[0].split("/")
    if len(partes) >= 2 and partes[-2] in tipos_de_recurso():
        return partes[-2]
    return str(referencia.get("type", ""))


def _existe(n: Nodos, e: Entorno, criterio: Funcion | None) -> Nodos:
    if criterio is None:
        return [bool(n)]
    return [any(verdad(criterio([v], e)) is True for v in n)]


_SIN_ARGUMENTOS: dict[str, Callable[[Nodos], Nodos]] = {
    "empty": lambda n: [not n],
    "not": lambda n: _bool(None if verdad(n) is None else not verdad(n)),
    "hasValue": lambda n: [len(n) == 1 and not isinstance(n[0], dict)],
    "count": lambda n: [Decimal(len(n))],
    "first": lambda n: n[:1],
    "tail": lambda n: n[1:],
    "isDistinct": lambda n: [len(_distintos(n)) == len(n)],
    "allFalse": lambda n: [all(v is False for v in n)],
    "children": lambda n: [v for x in n for v in _hijos(x)],
    "descendants": lambda n: [v for x in n for v in _descendientes(x)],
    "toInteger": lambda n: [Decimal(str(v)) for v in n if str(v).lstrip("-").isdigit()],
    "toString": lambda n: [str(v) for v in n],
}


def _llamada(antes: Funcion, nombre: str, args: list[Funcion], expresion: str) -> Funcion:
    if nombre == "trace":
        return antes
    if nombre == "resolve":
        return lambda nodos, entorno: _resolver(antes(nodos, entorno), entorno)
    if nombre in _SIN_ARGUMENTOS and not args:
        simple = _SIN_ARGUMENTOS[nombre]
        return lambda nodos, entorno: simple(antes(nodos, entorno))
    if nombre == "exists":
        criterio = args[0] if args else None
        return lambda nodos, entorno: _existe(antes(nodos, entorno), entorno, criterio)
    if nombre == "iif" and len(args) in (2, 3):
        return _si(antes, *args)
    if nombre == "replaceMatches" and len(args) == 2:
        return _reemplazo(antes, *args)
    con_uno = _CON_ARGUMENTO.get(nombre)
    if con_uno is None or len(args) != 1:
        raise ExpresionNoSoportada(f"{nombre}: {expresion}")
    return lambda nodos, entorno: con_uno(antes(nodos, entorno), entorno, args[0], nodos)


def _si(
    antes: Funcion, condicion: Funcion, entonces: Funcion, si_no: Funcion | None = None
) -> Funcion:
    def evaluar(nodos: Nodos, entorno: Entorno) -> Nodos:
        foco = antes(nodos, entorno)
        if verdad(condicion(foco, entorno)) is True:
            return entonces(foco, entorno)
        return si_no(foco, entorno) if si_no else []

    return evaluar


def _reemplazo(antes: Funcion, patron: Funcion, nuevo: Funcion) -> Funcion:
    return lambda nodos, entorno: [
        re.sub(patron(nodos, entorno)[0], nuevo(nodos, entorno)[0], str(v))
        for v in antes(nodos, entorno)[:1]
    ]


def _texto(funcion: Callable[[str, str], Any]) -> Callable[..., Nodos]:
    def evaluar(n: Nodos, e: Entorno, f: Funcion, fuera: Nodos) -> Nodos:
        argumento = f(fuera, e)
        if not n or not argumento:
            return []
        return [funcion(str(n[0]), str(argumento[0]))]

    return evaluar


_CON_ARGUMENTO: dict[str, Callable[[Nodos, Entorno, Funcion, Nodos], Nodos]] = {
    "where": lambda n, e, f, _: [v for v in n if verdad(f([v], e)) is True],
    "select": lambda n, e, f, _: [w for v in n for w in f([v], e)],
    "all": lambda n, e, f, _: [all(verdad(f([v], e)) is True for v in n)],
    "combine": lambda n, e, f, fuera: n + f(fuera, e),
    "intersect": lambda n, e, f, fuera: [
        v for v in _distintos(n) if any(_igual(v, w) for w in f(fuera, e))
    ],
    "startsWith": _texto(str.startswith),
    "contains": _texto(lambda s, t: t in s),
    "matches": _texto(lambda s, t: re.search(t, s) is not None),
    "substring": lambda n, e, f, fuera: [str(n[0])[int(f(fuera, e)[0]) :]] if n else [],
    "extension": lambda n, e, f, fuera: [
        x for v in n for x in hijos(v, "extension") if x.get("url") == f(fuera, e)[0]
    ],
}


@cache
def compilar(expresion: str) -> Funcion:
    """The function of `expresion`. Raises `ExpresionNoSoportada`."""
    lector = _Lector(expresion)
    funcion = lector.leer()
    if lector.ver():
        raise ExpresionNoSoportada(expresion)
    return funcion
