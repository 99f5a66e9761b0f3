"""FHIRPath Patch: a Parameters resource that says what to change, and where (R4 fhirpatch.html)."""

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ece.fhir import camino
from ece.fhir.definiciones import cargar, elecciones, variantes
from ece.fhir.parches import OPERACIONES, ParcheInvalido, limpio

LARGO = 400
_FUNCION = re.compile(r"(\w+)\s*\(")
_ADMITIDAS = frozenset(
    {"where", "exists", "not", "empty", "first", "ofType", "as", "is", "extension", "hasValue"}
    | {"and", "or", "xor", "implies"}
)
"""Functions that only narrow: with the others, or going back to the root, a short path could
multiply what it walks until nothing else is served."""
_ULTIMO = re.compile(
    r"^(?P<padre>.*?)\.?(?P<nombre>[A-Za-z_]\w*)(?P<cual>\[\d+\]|\.(first|where|ofType|as)\(.*\))?$",
    re.DOTALL,
)


def aplicar(recurso: dict[str, Any], parametros: dict[str, Any]) -> dict[str, Any]:
    """A patched copy. Raises `ParcheInvalido`, with nothing changed."""
    partes = parametros.get("parameter", [])
    if not isinstance(partes, list) or not 0 < len(partes) <= OPERACIONES:
        raise ParcheInvalido(f"se esperan entre una y {OPERACIONES} operaciones")
    nuevo = deepcopy(recurso)
    for numero, parte in enumerate(partes):
        try:
            _operar(nuevo, _argumentos(parte))
        except ParcheInvalido as error:
            raise ParcheInvalido(f"operación {numero}: {error}") from None
    resultado: dict[str, Any] = limpio(nuevo)
    return resultado


def _argumentos(parte: Any) -> dict[str, Any]:
    """name -> what was given; for ``value``, the whole part."""
    if not isinstance(parte, dict) or parte.get("name") != "operation":
        raise ParcheInvalido("se espera un parámetro operation")
    argumentos: dict[str, Any] = {}
    for dentro in parte.get("part", ()):
        nombre = dentro.get("name")
        if nombre == "value":
            argumentos["value"] = dentro
            continue
        dados = [v for c, v in dentro.items() if c.startswith("value")]
        if len(dados) != 1:
            raise ParcheInvalido(f"{nombre}: falta su valor")
        argumentos[str(nombre)] = dados[0]
    return argumentos


def _valor(parte: dict[str, Any], tipo: str) -> tuple[str, Any]:
    """(type suffix, value): of a value[x], or the element of `tipo` that its parts make."""
    for clave, valor in parte.items():
        if clave in variantes("value"):
            return clave.removeprefix("value"), deepcopy(valor)
    if "resource" in parte:
        return "", deepcopy(parte["resource"])
    definido = cargar().tipos.get(tipo)
    objeto: dict[str, Any] = {}
    for dentro in parte.get("part", ()):
        nombre = str(dentro.get("name", ""))
        elemento = definido.elementos.get(nombre) if definido else None
        if elemento is None:
            raise ParcheInvalido(f"value: {nombre!r} no es de {tipo or 'ese elemento'}")
        sufijo, valor = _valor(dentro, elemento.tipos[0])
        clave = nombre + sufijo if elemento.eleccion else nombre
        if elemento.muchos:
            objeto.setdefault(clave, []).append(valor)
        else:
            objeto[clave] = valor
    if not objeto:
        raise ParcheInvalido("value: falta su valor")
    return "", objeto


@dataclass(frozen=True, slots=True)
class _Sitio:
    """A member of an object and, in a list, the position that is meant."""

    padre: dict[str, Any]
    clave: str
    indice: int | None

    @property
    def valor(self) -> Any:
        contenido = self.padre[self.clave]
        return contenido if self.indice is None else contenido[self.indice]

    def poner(self, sufijo: str, valor: Any) -> None:
        if self.indice is not None:
            self.padre[self.clave][self.indice] = valor
            return
        nombre = next((n for n, m in elecciones().items() if self.clave in m), "")
        if not nombre or self.clave == nombre:
            self.padre[self.clave] = valor
            return
        del self.padre[self.clave]
        self.padre[nombre + sufijo] = valor

    def quitar(self) -> None:
        if self.indice is None:
            del self.padre[self.clave]
            self.padre.pop("_" + self.clave, None)
        else:
            del self.padre[self.clave][self.indice]


def _operar(recurso: dict[str, Any], argumentos: dict[str, Any]) -> None:
    ruta, clase = str(argumentos.get("path", "")), argumentos.get("type")
    if not ruta or len(ruta) > LARGO:
        raise ParcheInvalido("path: falta, o es demasiado largo")
    if "%" in ruta or not _ADMITIDAS.issuperset(_FUNCION.findall(ruta)):
        admitidas = ", ".join(sorted(_ADMITIDAS))
        raise ParcheInvalido(f"path: sólo admite {admitidas}, sin variables")
    match clase:
        case "add":
            _agregar(recurso, ruta, argumentos)
        case "insert":
            indice, lugar = _entero(argumentos, "index"), _lista(recurso, ruta)
            lista = lugar.padre[lugar.clave]
            if indice > len(lista):
                raise ParcheInvalido("index: fuera de la lista")
            lista.insert(indice, _dado(argumentos, _tipo_del_sitio(recurso, lugar))[1])
        case "delete":
            for sitio in _sitios(recurso, ruta, admite_ninguno=True):
                sitio.quitar()
        case "replace":
            (sitio,) = _sitios(recurso, ruta)
            sitio.poner(*_dado(argumentos, _tipo_del_sitio(recurso, sitio)))
        case "move":
            lugar = _lista(recurso, ruta)
            lista = lugar.padre[lugar.clave]
            origen, destino = (_entero(argumentos, n) for n in ("source", "destination"))
            if not (origen < len(lista) and destino < len(lista)):
                raise ParcheInvalido("source o destination: fuera de la lista")
            lista.insert(destino, lista.pop(origen))
        case _:
            raise ParcheInvalido(f"{clase!r} no es una operación de FHIRPath Patch")


def _dado(argumentos: dict[str, Any], tipo: str) -> tuple[str, Any]:
    if "value" not in argumentos:
        raise ParcheInvalido("falta value")
    return _valor(argumentos["value"], tipo)


def _entero(argumentos: dict[str, Any], nombre: str) -> int:
    valor = argumentos.get(nombre)
    if not isinstance(valor, int) or isinstance(valor, bool) or valor < 0:
        raise ParcheInvalido(f"{nombre}: se espera un entero")
    return valor


def _agregar(recurso: dict[str, Any], ruta: str, argumentos: dict[str, Any]) -> None:
    nodos = [n for n in _evaluar(recurso, ruta) if isinstance(n, dict)]
    nombre = argumentos.get("name")
    if len(nodos) != 1 or not isinstance(nombre, str) or not nombre.isidentifier():
        raise ParcheInvalido("add: path debe hallar un solo elemento, y name decir qué agregarle")
    (nodo,) = nodos
    definido = cargar().tipos.get(_tipo_de(recurso, nodo, recurso["resourceType"]))
    elemento = definido.elementos.get(nombre) if definido else None
    if elemento is None:
        raise ParcheInvalido(f"add: {nombre!r} no es de ese elemento")
    sufijo, valor = _dado(argumentos, elemento.tipos[0])
    if elemento.eleccion:
        if any(clave in variantes(nombre) for clave in nodo):
            raise ParcheInvalido(f"{nombre}[x] ya tiene un valor")
        nodo[nombre + sufijo] = valor
    elif elemento.muchos:
        nodo.setdefault(nombre, []).append(valor)
    elif nombre in nodo:
        raise ParcheInvalido(f"{nombre} ya tiene un valor")
    else:
        nodo[nombre] = valor


def _tipo_de(nodo: Any, buscado: dict[str, Any], tipo: str) -> str:
    """The type of the object `buscado` inside `nodo`, which is of `tipo`; empty if not there."""
    if nodo is buscado:
        return tipo
    if not isinstance(nodo, dict):
        return ""
    definido = cargar().tipos.get(nodo.get("resourceType", tipo))
    for nombre, elemento in definido.elementos.items() if definido else ():
        for uno in elemento.tipos:
            clave = nombre + uno[0].upper() + uno[1:] if elemento.eleccion else nombre
            valor = nodo.get(clave)
            for dentro in valor if isinstance(valor, list) else [valor]:
                if hallado := _tipo_de(dentro, buscado, uno):
                    return hallado
    return ""


def _tipo_del_sitio(recurso: dict[str, Any], sitio: _Sitio) -> str:
    definido = cargar().tipos.get(_tipo_de(recurso, sitio.padre, recurso["resourceType"]))
    elemento = definido.elementos.get(sitio.clave) if definido else None
    return elemento.tipos[0] if elemento else ""


def _lista(recurso: dict[str, Any], ruta: str) -> _Sitio:
    sitios = _sitios(recurso, ruta, de_lista=True)
    if len({id(s.padre) for s in sitios}) != 1 or sitios[0].indice is None:
        raise ParcheInvalido(f"{ruta!r} no es una lista")
    return sitios[0]


def _sitios(
    recurso: dict[str, Any], ruta: str, *, admite_ninguno: bool = False, de_lista: bool = False
) -> list[_Sitio]:
    """Where what `ruta` finds lies: one place, unless a whole list is meant."""
    partes = _ULTIMO.match(ruta)
    if partes is None or not partes["padre"]:
        raise ParcheInvalido(f"{ruta!r} no señala un elemento")
    nombre = partes["nombre"]
    hallados = _evaluar(recurso, ruta)
    sitios = []
    for padre in _evaluar(recurso, partes["padre"]):
        if not isinstance(padre, dict):
            continue
        for clave in [c for c in padre if c == nombre or c in variantes(nombre)]:
            contenido = padre[clave]
            if not isinstance(contenido, list):
                if any(_es(contenido, h) for h in hallados):
                    sitios.append(_Sitio(padre, clave, None))
                continue
            indice = partes["cual"] or ""
            for numero, uno in enumerate(contenido):
                pedido = indice.startswith("[") and int(indice[1:-1]) != numero
                if not pedido and any(_es(uno, h) for h in hallados):
                    sitios.append(_Sitio(padre, clave, numero))
    if de_lista and sitios:
        return sitios
    cuantos = max(len(sitios), len(hallados))
    if cuantos > 1 or not (sitios or admite_ninguno):
        raise ParcheInvalido(f"{ruta!r} halla {cuantos} elementos, y se espera uno")
    return sitios


def _es(uno: Any, hallado: Any) -> bool:
    """The very object; primitives, by their value."""
    if isinstance(uno, dict | list) or isinstance(hallado, dict | list):
        return uno is hallado
    return type(uno) is type(hallado) and bool(uno == hallado)


def _evaluar(recurso: dict[str, Any], ruta: str) -> list[Any]:
    try:
        # Not the cached compiler: what others write is not remembered for ever.
        funcion = camino.compilar.__wrapped__(ruta)
        return funcion([recurso], {"%resource": recurso, "%context": recurso})
    except camino.ExpresionNoSoportada:
        raise ParcheInvalido(f"{ruta!r} no es FHIRPath que se entienda") from None
    except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError):
        raise ParcheInvalido(f"{ruta!r} no se puede evaluar en este recurso") from None
