"""What a search asks: terms to narrow with, and the exact test on the content (R4 search.html)."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from typing import Protocol

from ece.fhir import terminos
from ece.fhir.definiciones import tipos_de_recurso
from ece.fhir.json import EXPONENTE
from ece.fhir.parametros import Indice, Parametro
from ece.fhir.valores import (
    Cadena,
    Cantidad,
    Fecha,
    Numero,
    Referencia,
    Token,
    Uri,
    Valor,
    intervalo,
)

Prueba = Callable[[Valor], bool]
_ESCAPE = re.compile(r"\\([,$|\\])")
_FECHA = re.compile(
    r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)
_CIFRA = re.compile(r"[+-]?\d{1,100}(\.\d{1,100})?([eE][+-]?\d{1,4})?", re.ASCII)
_AMPLIO = Context(prec=2 * EXPONENTE + 300)
_PREFIJO = re.compile(r"^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[-+\d])")


class Terminologia(Protocol):
    """What sets of codes and hierarchies are known to whoever searches; None: it is not known."""

    def conjunto(self, url: str) -> Mapping[str, Collection[str]] | None:
        """system -> codes of a value set."""

    def descendientes(self, sistema: str, codigo: str) -> Collection[str] | None:
        """The codes that `codigo` subsumes, itself among them."""

    def ascendientes(self, sistema: str, codigo: str) -> Collection[str] | None:
        """The codes that subsume `codigo`, itself among them."""


class CriterioInvalido(Exception):
    """The search value or its modifier cannot be understood; the message says why."""


@dataclass(frozen=True, slots=True)
class Criterio:
    """One parameter of a search.

    A row can match only if it has one of `terminos` (empty: any row can); when `exacto`, having one
    is enough, else `coincide` decides on the indices of the opened content. `negado` asks for the
    rows that do not.
    """

    parametro: str
    terminos: tuple[str, ...]
    exacto: bool
    prueba: Prueba
    negado: bool = False
    ausente: bool | None = None

    def coincide(self, encontrados: Iterable[Indice]) -> bool:
        propios = [i.valor for i in encontrados if i.parametro == self.parametro]
        if self.ausente is not None:
            return (not propios) == self.ausente
        return any(map(self.prueba, propios)) != self.negado


@dataclass(frozen=True, slots=True)
class _Alternativa:
    terminos: tuple[str, ...]
    exacto: bool
    prueba: Prueba


MODIFICADORES: Mapping[str, tuple[str, ...]] = {
    "token": ("missing", "not", "text", "in", "not-in", "above", "below", "of-type"),
    "string": ("missing", "exact", "contains"),
    "reference": ("missing", "type", "identifier"),
    "uri": ("missing", "above", "below"),
    "date": ("missing",),
    "number": ("missing",),
    "quantity": ("missing",),
}
"""What each class of parameter admits (``type`` is the name of a resource type)."""

PREFIJOS = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
"""Before the values of dates, numbers and quantities."""

_DE_TERMINOLOGIA = frozenset({"in", "not-in", "above", "below"})


def criterio(
    parametro: Parametro, modificador: str, crudo: str, *, terminologia: Terminologia | None = None
) -> Criterio:
    """The criterion of ``code:modificador=crudo``. Raises `CriterioInvalido`.

    ``:in``, ``:not-in``, ``:above`` and ``:below`` of a token ask `terminologia`.
    """
    if modificador == "missing":
        if crudo not in ("true", "false"):
            raise CriterioInvalido(f"{parametro.codigo}:missing se compara con true o false")
        return Criterio(parametro.codigo, (), False, lambda v: True, ausente=crudo == "true")
    negado = modificador in ("not", "not-in")
    if negado and parametro.clase != "token":
        raise CriterioInvalido(f"{parametro.codigo}: :{modificador} sólo se usa con token")
    leer = _LECTORES.get(parametro.clase)
    if leer is None:
        raise CriterioInvalido(f"{parametro.codigo}: no se puede buscar por {parametro.clase}")
    partes = separar(crudo, ",")
    if not all(partes):
        raise CriterioInvalido(f"{parametro.codigo}: falta un valor")
    if parametro.clase == "token" and modificador in _DE_TERMINOLOGIA:
        alternativas = [_de_codigos(parametro, modificador, p, terminologia) for p in partes]
    else:
        propio = "" if modificador == "not" else modificador
        alternativas = [leer(parametro, propio, parte) for parte in partes]
    # A set without codes finds nothing: it is told by its test.
    estrecha = all(a.terminos for a in alternativas)
    exacto = all(a.exacto for a in alternativas)
    pruebas = [a.prueba for a in alternativas]
    return Criterio(
        parametro.codigo,
        tuple(t for a in alternativas for t in a.terminos) if estrecha else (),
        exacto and estrecha,
        lambda valor: any(prueba(valor) for prueba in pruebas),
        negado,
    )


def separar(crudo: str, signo: str) -> list[str]:
    """`crudo` cut at each `signo` that is not escaped, escapes kept."""
    return [p.group(1) for p in re.finditer(rf"(?:^|\{signo})((?:\\.|[^\\{signo}]|\\$)*)", crudo)]


def _limpio(texto: str) -> str:
    return _ESCAPE.sub(r"\1", texto)


def _sin_modificador(parametro: Parametro, modificador: str) -> None:
    if modificador:
        raise CriterioInvalido(f"{parametro.codigo}: no admite el modificador :{modificador}")


def _token(parametro: Parametro, modificador: str, crudo: str) -> _Alternativa:
    if modificador == "text":
        buscado = terminos.normalizar(_limpio(crudo))
        return _Alternativa(
            (), False,
            lambda v: isinstance(v, Token) and buscado in terminos.normalizar(v.texto),
        )  # fmt: skip
    partes = [_limpio(p) for p in separar(crudo, "|")]
    if modificador == "of-type":
        return _de_tipo(parametro, partes)
    _sin_modificador(parametro, modificador)
    if len(partes) > 2 or not any(partes):
        raise CriterioInvalido(f"{parametro.codigo}: se espera código o sistema|código")
    if len(partes) == 1:
        codigo = partes[0]
        return _Alternativa(
            (terminos.sin_barras(codigo),),
            True,
            lambda v: isinstance(v, Token) and v.codigo == codigo,
        )
    sistema, codigo = partes
    implicitos = [c for c in parametro.sistemas.get(sistema, ()) if codigo in ("", c)]
    con_sistema = f"{terminos.sin_barras(sistema)}|{terminos.sin_barras(codigo)}"
    return _Alternativa(
        (con_sistema, *(f"|{terminos.sin_barras(c)}" for c in implicitos)),
        True,
        lambda v: (
            isinstance(v, Token)
            and (v.sistema == sistema or (not v.sistema and v.codigo in implicitos))
            and (not codigo or v.codigo == codigo)
        ),
    )


def _de_codigos(
    parametro: Parametro, modificador: str, crudo: str, terminologia: Terminologia | None
) -> _Alternativa:
    """A token that is one of a set of codes, or above or below one in its hierarchy."""
    texto = _limpio(crudo)
    codigos: Mapping[str, Collection[str]] | None = None
    if modificador in ("in", "not-in"):
        codigos = terminologia.conjunto(texto) if terminologia else None
    else:
        sistema, _, codigo = texto.rpartition("|")
        if not sistema:
            raise CriterioInvalido(f"{parametro.codigo}:{modificador} espera sistema|código")
        hallados = None
        if terminologia is not None:
            buscar = "descendientes" if modificador == "below" else "ascendientes"
            hallados = getattr(terminologia, buscar)(sistema, codigo)
        codigos = None if hallados is None else {sistema: hallados}
    if codigos is None:
        raise CriterioInvalido(f"{parametro.codigo}:{modificador}: no se conoce {texto!r}")
    pares = {(s, c) for s, propios in codigos.items() for c in propios}
    sin_sistema = {c for s, c in pares if c in parametro.sistemas.get(s, ())}
    return _Alternativa(
        (
            *(f"{terminos.sin_barras(s)}|{terminos.sin_barras(c)}" for s, c in sorted(pares)),
            *(f"|{terminos.sin_barras(c)}" for c in sorted(sin_sistema)),
        ),
        True,
        lambda v: (
            isinstance(v, Token)
            and ((v.sistema, v.codigo) in pares or (not v.sistema and v.codigo in sin_sistema))
        ),
    )


def _de_tipo(parametro: Parametro, partes: list[str]) -> _Alternativa:
    """``:of-type``: an identifier by the system and code of its type, and its value."""
    if len(partes) != 3 or not all(partes):
        raise CriterioInvalido(f"{parametro.codigo}:of-type espera sistema|código|valor")
    tipo, valor = (partes[0], partes[1]), partes[2]
    return _Alternativa(
        (terminos.sin_barras(valor),),
        False,
        lambda v: isinstance(v, Token) and v.codigo == valor and tipo in v.tipos,
    )


def _cadena(parametro: Parametro, modificador: str, crudo: str) -> _Alternativa:
    texto = _limpio(crudo)
    normal = terminos.normalizar(texto)
    if not normal:
        raise CriterioInvalido(f"{parametro.codigo}: falta un valor")
    if modificador == "exact":
        return _Alternativa(
            (f"={texto}",), True, lambda v: isinstance(v, Cadena) and v.texto == texto
        )
    if modificador == "contains":
        return _Alternativa(
            (), False,
            lambda v: isinstance(v, Cadena) and normal in terminos.normalizar(v.texto),
        )  # fmt: skip
    _sin_modificador(parametro, modificador)
    prefijos = terminos.prefijos_de(normal)
    return _Alternativa(
        tuple(prefijos[-1:]),
        prefijos[-1:] == [normal],
        lambda v: isinstance(v, Cadena) and terminos.normalizar(v.texto).startswith(normal),
    )


def _referencia(parametro: Parametro, modificador: str, crudo: str) -> _Alternativa:
    if modificador == "identifier":
        return _logica(parametro, [_limpio(p) for p in separar(crudo, "|")])
    texto = _limpio(crudo)
    if modificador in tipos_de_recurso():
        texto = f"{modificador}/{texto.removeprefix(modificador + '/')}"
    else:
        _sin_modificador(parametro, modificador)
    tipo, _, id_ = texto.rpartition("/")
    if tipo in tipos_de_recurso():
        return _Alternativa(
            (texto,), True,
            lambda v: isinstance(v, Referencia) and (v.tipo, v.id) == (tipo, id_),
        )  # fmt: skip
    return _Alternativa(
        (texto,), True,
        lambda v: isinstance(v, Referencia) and texto in (v.id, v.url),
    )  # fmt: skip


def _logica(parametro: Parametro, partes: list[str]) -> _Alternativa:
    """``:identifier``: a reference by the business identifier of its target."""
    if len(partes) > 2 or not partes[-1]:
        raise CriterioInvalido(f"{parametro.codigo}:identifier espera valor o sistema|valor")
    valor = partes[-1]
    if len(partes) == 1:
        return _Alternativa(
            (f"i:{terminos.sin_barras(valor)}",), True,
            lambda v: isinstance(v, Referencia) and v.identificador[1] == valor,
        )  # fmt: skip
    return _Alternativa(
        (f"i:{terminos.sin_barras(partes[0])}|{terminos.sin_barras(valor)}",), True,
        lambda v: isinstance(v, Referencia) and v.identificador == (partes[0], valor),
    )  # fmt: skip


def _uri(parametro: Parametro, modificador: str, crudo: str) -> _Alternativa:
    texto = _limpio(crudo)
    if modificador == "below":
        return _Alternativa((), False, lambda v: isinstance(v, Uri) and v.uri.startswith(texto))
    if modificador == "above":
        cortes = [i for i, letra in enumerate(texto) if letra == "/"]
        sobre = {texto, *(texto[:i] for i in cortes), *(texto[: i + 1] for i in cortes)} - {""}
        return _Alternativa(
            tuple(sorted(sobre)), True, lambda v: isinstance(v, Uri) and v.uri in sobre
        )
    _sin_modificador(parametro, modificador)
    return _Alternativa((texto,), True, lambda v: isinstance(v, Uri) and v.uri == texto)


def _con_prefijo(crudo: str) -> tuple[str, str]:
    encontrado = _PREFIJO.match(crudo)
    return (encontrado.group(), crudo[2:]) if encontrado else ("eq", crudo)


def rango_de_fecha(crudo: str) -> tuple[str, datetime, datetime]:
    """(prefix, start, end) of a date value. Raises `CriterioInvalido`."""
    prefijo, texto = _con_prefijo(crudo)
    texto = texto.replace(" ", "+")  # a plus sign that nobody encoded
    try:
        if not _FECHA.fullmatch(texto):
            raise ValueError(texto)
        desde, hasta = intervalo(texto)
    except (ValueError, OverflowError) as error:
        raise CriterioInvalido(f"{crudo!r} no es una fecha de FHIR (AAAA-MM-DD)") from error
    return prefijo, desde, hasta


def _fecha(parametro: Parametro, modificador: str, crudo: str) -> _Alternativa:
    _sin_modificador(parametro, modificador)
    prefijo, desde, hasta = rango_de_fecha(crudo)
    margen = (hasta - desde) + timedelta(days=1)
    antes, despues = max(desde, terminos.PRIMERO) - margen, min(hasta, terminos.ULTIMO) + margen
    prueba = _PRUEBAS_DE_FECHA[prefijo](desde, hasta, margen)
    ventana = {
        "eq": (desde, hasta),
        "ap": (antes, despues),
        "gt": (hasta, terminos.ULTIMO),
        "ge": (desde, terminos.ULTIMO),
        "sa": (hasta, terminos.ULTIMO),
        "lt": (terminos.PRIMERO, desde),
        "le": (terminos.PRIMERO, hasta),
        "eb": (terminos.PRIMERO, desde),
    }.get(prefijo)
    return _Alternativa(tuple(_nodos(*ventana)) if ventana else (), False, prueba)


def _nodos(desde: datetime, hasta: datetime) -> Iterable[str]:
    """Terms that a value overlapping the window must have at least one of."""
    buscados = {terminos.ABIERTO}
    desde, hasta = max(desde, terminos.PRIMERO), min(hasta, terminos.ULTIMO)
    for nodo in terminos.cubrir(desde, hasta) if desde < hasta else ():
        buscados.update((f"C:{nodo}", f"A:{nodo}"))
        buscados.update(f"C:{ancestro}" for ancestro in terminos.ascendientes(nodo))
    return sorted(buscados)


def _de_fecha(comparar: Callable[[datetime, datetime], bool]) -> Prueba:
    minimo, maximo = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    return lambda v: isinstance(v, Fecha) and comparar(v.desde or minimo, v.hasta or maximo)


_PRUEBAS_DE_FECHA: dict[str, Callable[[datetime, datetime, timedelta], Prueba]] = {
    "eq": lambda d, h, m: _de_fecha(lambda a, b: d <= a and b <= h),
    "ne": lambda d, h, m: _de_fecha(lambda a, b: not (d <= a and b <= h)),
    "gt": lambda d, h, m: _de_fecha(lambda a, b: b > h),
    "ge": lambda d, h, m: _de_fecha(lambda a, b: b > h or (d <= a and b <= h)),
    "lt": lambda d, h, m: _de_fecha(lambda a, b: a < d),
    "le": lambda d, h, m: _de_fecha(lambda a, b: a < d or (d <= a and b <= h)),
    "sa": lambda d, h, m: _de_fecha(lambda a, b: a >= h),
    "eb": lambda d, h, m: _de_fecha(lambda a, b: b <= d),
    "ap": lambda d, h, m: _de_fecha(lambda a, b: a - h < m and d - b < m),
}


def _cifra(parametro: Parametro, crudo: str) -> tuple[str, Decimal, Decimal]:
    """(prefix, number, half a unit of its last digit)."""
    prefijo, texto = _con_prefijo(crudo)
    if not _CIFRA.fullmatch(texto):
        raise CriterioInvalido(f"{parametro.codigo}: {crudo!r} no es un número")
    valor = Decimal(texto)
    if abs(valor.adjusted()) > EXPONENTE:
        raise CriterioInvalido(f"{parametro.codigo}: {crudo!r} excede el exponente admisible")
    return prefijo, valor, Decimal((0, (5,), int(valor.as_tuple().exponent) - 1))


def _comparar(prefijo: str, valor: Decimal, medio: Decimal) -> Callable[[Decimal], bool]:
    """Numbers match within the precision they were asked with (R4 search.html, number)."""
    if prefijo == "ap":
        medio = _AMPLIO.divide(abs(valor), Decimal(10))
    menor, mayor = _AMPLIO.subtract(valor, medio), _AMPLIO.add(valor, medio)
    return {
        "eq": lambda n: menor <= n < mayor,
        "ap": lambda n: menor <= n <= mayor,
        "ne": lambda n: not menor <= n < mayor,
        "gt": lambda n: n > valor,
        "sa": lambda n: n > valor,
        "lt": lambda n: n < valor,
        "eb": lambda n: n < valor,
        "ge": lambda n: n >= valor,
        "le": lambda n: n <= valor,
    }[prefijo]


def _numero(parametro: Parametro, modificador: str, crudo: str) -> _Alternativa:
    _sin_modificador(parametro, modificador)
    cumple = _comparar(*_cifra(parametro, crudo))
    return _Alternativa(("+",), False, lambda v: isinstance(v, Numero) and cumple(v.valor))


def _cantidad(parametro: Parametro, modificador: str, crudo: str) -> _Alternativa:
    _sin_modificador(parametro, modificador)
    cifra, *unidad = (_limpio(p) for p in separar(crudo, "|"))
    if len(unidad) not in (0, 2):
        raise CriterioInvalido(f"{parametro.codigo}: se espera número|sistema|unidad")
    cumple = _comparar(*_cifra(parametro, cifra))
    sistema, codigo = unidad or ("", "")

    def prueba(v: Valor) -> bool:
        if not isinstance(v, Cantidad) or not cumple(v.valor):
            return False
        if sistema:
            return v.sistema == sistema and v.codigo == codigo
        return not codigo or codigo in (v.codigo, v.unidad)

    return _Alternativa((f"u:{codigo}",) if codigo else ("+",), False, prueba)


_LECTORES: dict[str, Callable[[Parametro, str, str], _Alternativa]] = {
    "token": _token,
    "string": _cadena,
    "reference": _referencia,
    "uri": _uri,
    "date": _fecha,
    "number": _numero,
    "quantity": _cantidad,
}
