"""Validation of any R4 resource against the published definitions (R4 validation.html).

Cardinality, types, primitive formats, choice types, required bindings, reference targets, unknown
elements and the invariants of error severity. Every problem carries its FHIRPath location.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from ece.fhir import camino, narrativa
from ece.fhir.definiciones import Elemento, cargar, tipos_de_recurso
from ece.fhir.reglas import en_espanol

PROFUNDIDAD = 60
PROBLEMAS = 100


@dataclass(frozen=True, slots=True)
class Problema:
    """`ubicacion` is FHIRPath; `codigo`, an OperationOutcome issue type; `mensaje`, what to do."""

    ubicacion: str
    codigo: str
    mensaje: str


_DIRECCIONES = frozenset({"uri", "url", "canonical"})


@dataclass(frozen=True, slots=True)
class _Campo:
    """A JSON member of a type: the element it belongs to and the one type it has here."""

    elemento: Elemento
    nombre: str
    tipo: str
    valores: dict[str, frozenset[str]] | None
    codigos: frozenset[str] | None
    """Of `valores`, those that a bare code may be."""
    primitivo: Callable[[Any], bool] | None
    basta: Callable[[Any], bool] | None
    """For what is simple and most frequent: a value that passes needs no further look."""


@dataclass(frozen=True, slots=True)
class _Forma:
    """What a type asks of a node, ready to be walked."""

    campos: dict[str, _Campo]
    obligatorios: tuple[tuple[str, frozenset[str]], ...]
    """Label of each mandatory element and the members, any of which is enough."""
    invariantes: tuple[tuple[str, camino.Funcion], ...]
    """What each asks, and its test."""
    recurso: bool


_ENTEROS = {
    "integer": (-(2**31), 2**31 - 1),
    "positiveInt": (1, 2**31 - 1),
    "unsignedInt": (0, 2**31 - 1),
}
_LIMITE_DE_TEXTO = 1024 * 1024
# the published expression is exponential on what does not match
_BASE64 = re.compile(
    r"\s*+(?:[0-9a-zA-Z+/]{4}\s*+)*+(?:[0-9a-zA-Z+/]{2}[0-9a-zA-Z+/=]=\s*+)?"
).fullmatch
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _primitivo(tipo: str) -> Callable[[Any], bool] | None:
    """A check of the JSON value of a primitive type; None for complex types."""
    patrones = cargar().primitivos
    if tipo not in patrones:
        return None
    if tipo == "boolean":
        return lambda v: isinstance(v, bool)
    if tipo == "decimal":
        return lambda v: isinstance(v, int | Decimal) and not isinstance(v, bool)
    if tipo in _ENTEROS:
        minimo, maximo = _ENTEROS[tipo]
        return lambda v: isinstance(v, int) and not isinstance(v, bool) and minimo <= v <= maximo
    if tipo in ("string", "markdown"):
        return _es_texto
    if tipo == "xhtml":
        return lambda v: isinstance(v, str) and narrativa.es_valida(v)
    if tipo == "base64Binary":
        return lambda v: isinstance(v, str) and bool(v) and _BASE64(v) is not None
    patron = r"[^\s]+" if tipo in _DIRECCIONES else patrones[tipo]
    # No string of FHIR's has control characters (R4 datatypes.html, string), nor its kin.
    cumple = re.compile(patron.replace(r"[^\s]", r"[^\s\x00-\x1f]")).fullmatch
    if tipo in ("date", "dateTime", "instant"):
        return lambda v: isinstance(v, str) and cumple(v) is not None and _dia_existe(v)
    return lambda v: isinstance(v, str) and cumple(v) is not None


def _es_texto(valor: Any) -> bool:
    return (
        isinstance(valor, str)
        and (valor.isprintable() or _CONTROL.search(valor) is None)
        and bool(valor)
        and not valor.isspace()
        and len(valor) <= _LIMITE_DE_TEXTO
    )


_DIAS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _dia_existe(fecha: str) -> bool:
    if len(fecha) < 10:
        return True
    anio, mes, dia = int(fecha[:4]), int(fecha[5:7]), int(fecha[8:10])
    bisiesto = anio % 4 == 0 and (anio % 100 != 0 or anio % 400 == 0)
    return dia <= _DIAS[mes - 1] and ((mes, dia) != (2, 29) or bisiesto)


def _uno_de(codigos: frozenset[str]) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, str) and v in codigos


_LITERAL = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*:\S+"  # absolute
    r"|(?P<tipo>[A-Z][A-Za-z]*)"
    r"(/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?|\?\S+)"  # or conditional
).fullmatch


def _bien_citado(referencia: str) -> bool:
    """Whether a literal reference is an address, or names a resource of R4."""
    partes = _LITERAL(referencia)
    return partes is not None and (partes["tipo"] is None or partes["tipo"] in tipos_de_recurso())


def _miembros(nombre: str, elemento: Elemento) -> dict[str, str]:
    """JSON members of an element, and the type each one has."""
    if not elemento.eleccion:
        return {nombre: elemento.tipos[0]}
    return {nombre + tipo[0].upper() + tipo[1:]: tipo for tipo in elemento.tipos}


@cache
def _forma(tipo: str) -> _Forma:
    es_recurso = tipo in tipos_de_recurso()
    campos: dict[str, _Campo] = {}
    obligatorios: list[tuple[str, frozenset[str]]] = []
    for nombre, elemento in cargar().tipos[tipo].elementos.items():
        conjunto = cargar().valores.get(elemento.valores, {})
        valores = {s: frozenset(c) for s, c in conjunto.items()} or None
        miembros = _miembros(nombre, elemento)
        for clave, uno in miembros.items():
            uno = "id" if nombre == "id" and es_recurso else uno  # published as a string
            comprobar = _primitivo(uno)
            con_codigos = valores is not None and uno == "code"
            codigos = frozenset(c for v in conjunto.values() for c in v) if con_codigos else None
            simple = not (elemento.muchos or elemento.eleccion or uno in _DIRECCIONES)
            basta = (_uno_de(codigos) if codigos else comprobar) if simple else None
            campos[clave] = _Campo(elemento, nombre, uno, valores, codigos, comprobar, basta)
        if elemento.minimo > 0:
            marca = nombre + "[x]" if elemento.eleccion else nombre
            obligatorios.append((marca, frozenset(miembros) | {"_" + m for m in miembros}))
    return _Forma(campos, tuple(obligatorios), _invariantes(tipo), es_recurso)


def _invariantes(tipo: str) -> tuple[tuple[str, camino.Funcion], ...]:
    """What each invariant asks, and its test; those checked by hand are left out."""
    return tuple(
        (en_espanol(invariante), camino.compilar(invariante.expresion))
        for invariante in cargar().tipos[tipo].invariantes
        if invariante.clave not in _A_MANO
    )


_A_MANO = frozenset(
    {"ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "ref-1", "txt-1", "txt-2"}
)


class _Visita:
    """One walk over one resource."""

    def __init__(self, recurso: dict[str, Any]) -> None:
        self.recurso = recurso
        self.problemas: list[Problema] = []
        self.contenidos: set[str] = set()
        self.citados: set[str] = set()

    def anotar(self, ubicacion: str, codigo: str, mensaje: str) -> None:
        if len(self.problemas) < PROBLEMAS:
            self.problemas.append(Problema(ubicacion, codigo, mensaje))

    def de_recurso(self, recurso: Any, ubicacion: str, *, dentro: bool = False) -> None:
        if not isinstance(recurso, dict):
            self.anotar(ubicacion, "structure", "se espera un recurso (un objeto JSON)")
            return
        tipo = recurso.get("resourceType")
        if not isinstance(tipo, str) or tipo not in tipos_de_recurso():
            donde = ubicacion or "resourceType"
            self.anotar(donde, "structure", f"resourceType {tipo!r} no es un recurso de FHIR R4")
            return
        ubicacion = ubicacion or tipo
        anterior, citados, contenidos = self.recurso, self.citados, self.contenidos
        if not dentro:
            self.recurso, self.citados = recurso, set()
            lista = recurso.get("contained")
            propios = lista if isinstance(lista, list) else []
            self.contenidos = {str(c.get("id")) for c in propios if isinstance(c, dict)}
        self.de_tipo(recurso, tipo, ubicacion, 0)
        if not dentro:
            self._contenidos(recurso, ubicacion)
            self.recurso, self.citados, self.contenidos = anterior, citados, contenidos

    def _contenidos(self, recurso: dict[str, Any], ubicacion: str) -> None:
        lista = recurso.get("contained")
        if not isinstance(lista, list):
            return
        for numero, contenido in enumerate(lista):
            if not isinstance(contenido, dict):
                continue
            lugar = f"{ubicacion}.contained[{numero}]"
            if "contained" in contenido:
                self.anotar(lugar, "invariant", "dom-2: un recurso contenido no contiene otros")
            meta = contenido.get("meta")
            if isinstance(meta, dict) and meta.keys() & {"versionId", "lastUpdated"}:
                self.anotar(lugar + ".meta", "invariant", "dom-4: un contenido no lleva versión")
            if isinstance(meta, dict) and "security" in meta:
                self.anotar(lugar + ".meta", "invariant", "dom-5: un contenido no lleva etiquetas")
            if str(contenido.get("id")) not in self.citados and not _cita_al_contenedor(contenido):
                self.anotar(lugar, "invariant", "dom-3: nada cita este recurso contenido")

    def de_tipo(self, nodo: dict[str, Any], tipo: str, ubicacion: str, hondura: int) -> None:
        if hondura > PROFUNDIDAD:
            self.anotar(ubicacion, "too-long", "demasiados niveles anidados")
            return
        if not nodo:
            self.anotar(ubicacion, "invariant", "ele-1: un elemento vacío se omite")
            return
        forma = _forma(tipo)
        campos = forma.campos
        elegidos: dict[str, str] = {}
        for clave, valor in nodo.items():
            campo = campos.get(clave)
            if campo is None:
                if clave != "resourceType" or not forma.recurso:
                    self._sin_campo(nodo, clave, valor, campos, ubicacion, hondura)
                continue
            if campo.basta is not None and campo.basta(valor):
                continue
            lugar = f"{ubicacion}.{clave}"
            if campo.elemento.eleccion and elegidos.setdefault(campo.nombre, clave) != clave:
                self.anotar(lugar, "structure", f"{campo.nombre}[x] admite un solo tipo: deje uno")
            if campo.elemento.muchos or isinstance(valor, list):
                self._lista(valor, campo, lugar, nodo.get("_" + clave), hondura)
            else:
                self._uno(valor, campo, lugar, hondura)
        for marca, miembros in forma.obligatorios:
            if miembros.isdisjoint(nodo):
                self.anotar(f"{ubicacion}.{marca}", "required", "falta este elemento obligatorio")
        if tipo == "Extension":
            self._extension(nodo, ubicacion)
        if not forma.invariantes:
            return
        entorno = {"%resource": self.recurso, "%context": nodo}
        for regla, funcion in forma.invariantes:
            try:
                cumple = camino.verdad(funcion([nodo], entorno)) is not False
            except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError):
                continue  # malformed below: already told where
            if not cumple:
                self.anotar(ubicacion, "invariant", regla)

    def _sin_campo(
        self,
        nodo: dict[str, Any],
        clave: str,
        valor: Any,
        campos: dict[str, _Campo],
        ubicacion: str,
        hondura: int,
    ) -> None:
        lugar = f"{ubicacion}.{clave}"
        campo = campos.get(clave[1:]) if clave.startswith("_") else None
        if campo is None or campo.primitivo is None:
            self.anotar(lugar, "structure", "elemento desconocido en FHIR R4")
            return
        partes = valor if isinstance(valor, list) else [valor]
        if isinstance(valor, list) != campo.elemento.muchos:
            self.anotar(lugar, "structure", "no corresponde con la cardinalidad del elemento")
            return
        for numero, parte in enumerate(partes):
            sitio = f"{lugar}[{numero}]" if campo.elemento.muchos else lugar
            if parte is None and campo.elemento.muchos:
                continue
            if not isinstance(parte, dict) or not parte.keys() <= {"id", "extension"}:
                self.anotar(sitio, "structure", "sólo admite id y extension")
            else:
                self.de_tipo(parte, "Element", sitio, hondura + 1)

    def _lista(self, valor: Any, campo: _Campo, lugar: str, gemelo: Any, hondura: int) -> None:
        if not campo.elemento.muchos:
            self.anotar(lugar, "structure", "se espera un solo valor, no una lista")
            return
        if not isinstance(valor, list):
            self.anotar(lugar, "structure", "se espera una lista")
            return
        if not valor:
            self.anotar(lugar, "structure", "una lista vacía se omite")
        for numero, uno in enumerate(valor):
            con_gemelo = isinstance(gemelo, list) and numero < len(gemelo) and gemelo[numero]
            if uno is None and con_gemelo:
                continue
            self._uno(uno, campo, f"{lugar}[{numero}]", hondura)

    def _uno(self, valor: Any, campo: _Campo, lugar: str, hondura: int) -> None:
        if campo.primitivo is not None:
            if not campo.primitivo(valor):
                self.anotar(lugar, "value", _mal_escrito(campo.tipo))
            elif campo.codigos is not None and valor not in campo.codigos:
                self.anotar(lugar, "code-invalid", _fuera_de_catalogo(valor, campo.codigos))
            elif campo.tipo in _DIRECCIONES and valor[0] == "#":
                self.citados.add(valor[1:])
            return
        if campo.tipo == "Resource":
            self.de_recurso(valor, lugar, dentro=campo.nombre == "contained")
            return
        if not isinstance(valor, dict):
            self.anotar(lugar, "structure", f"se espera un objeto {campo.tipo}")
            return
        self.de_tipo(valor, campo.tipo, lugar, hondura + 1)
        if campo.tipo == "Reference":
            self._referencia(valor, campo, lugar)
        elif campo.valores is not None:
            self._codigos(valor, campo.valores, lugar)

    def _codigos(
        self, valor: dict[str, Any], valores: dict[str, frozenset[str]], lugar: str
    ) -> None:
        codigos = valor.get("coding", [valor] if "code" in valor else [])
        if not isinstance(codigos, list):
            return
        propios = [c for c in codigos if isinstance(c, dict)]
        if not any(str(c.get("code")) in valores.get(str(c.get("system")), ()) for c in propios):
            self.anotar(lugar, "code-invalid", "falta un código de su catálogo obligatorio")

    def _referencia(self, valor: dict[str, Any], campo: _Campo, lugar: str) -> None:
        declarado = valor.get("type")
        if isinstance(declarado, str) and not (":" in declarado or declarado in tipos_de_recurso()):
            mensaje = f"{declarado!r} no es un recurso de FHIR R4"
            self.anotar(f"{lugar}.type", "value", mensaje)
            return
        texto = valor.get("reference")
        if not isinstance(texto, str):
            return
        lugar += ".reference"
        if texto.startswith("#"):
            self.citados.add(texto[1:])
            if texto != "#" and texto[1:] not in self.contenidos:
                self.anotar(lugar, "invariant", f"ref-1: {texto} no está en contained")
            return
        if not _bien_citado(texto):
            mensaje = "se espera Tipo/id, una dirección absoluta, urn:uuid:… o #contenido"
            self.anotar(lugar, "value", mensaje)
            return
        tipo = camino.tipo_referido(valor)
        destinos = campo.elemento.destinos
        if tipo and destinos and tipo not in destinos:
            admite = ", ".join(destinos)
            self.anotar(lugar, "value", f"no puede ser {tipo}; admite {admite}")

    def _extension(self, nodo: dict[str, Any], ubicacion: str) -> None:
        con_valor = any(k.startswith(("value", "_value")) for k in nodo)
        if con_valor == ("extension" in nodo):
            self.anotar(ubicacion, "invariant", "ext-1: lleva valor o extensiones, no ambos")


_FORMATOS = {
    "boolean": "true o false, sin comillas",
    "base64Binary": "texto en base64",
    "code": "sin espacios al principio, al final ni dobles",
    "date": "una fecha que exista: AAAA, AAAA-MM o AAAA-MM-DD",
    "dateTime": "AAAA, AAAA-MM, AAAA-MM-DD o AAAA-MM-DDThh:mm:ss con su zona (-06:00 o Z)",
    "decimal": "un número, sin comillas",
    "id": "de 1 a 64 letras sin acento, cifras, guiones o puntos",
    "instant": "AAAA-MM-DDThh:mm:ss con su zona (-06:00 o Z)",
    "integer": "un entero, sin comillas",
    "markdown": "texto que no esté en blanco ni lleve caracteres de control",
    "oid": "urn:oid: y cifras separadas por puntos",
    "positiveInt": "un entero mayor que cero, sin comillas",
    "string": "texto que no esté en blanco ni lleve caracteres de control",
    "time": "hh:mm:ss",
    "unsignedInt": "un entero que no sea negativo, sin comillas",
    "uuid": "urn:uuid: y un UUID en minúsculas",
    "xhtml": "un div de XHTML con texto, con su xmlns y sin contenido activo",
}


def _mal_escrito(tipo: str) -> str:
    return f"no es un {tipo} válido; se espera {_FORMATOS.get(tipo, 'una URI sin espacios')}"


def _fuera_de_catalogo(valor: str, codigos: frozenset[str]) -> str:
    admite = ", ".join(sorted(codigos)) if len(codigos) <= 12 else "uno de su catálogo"
    return f"{valor!r} no está en el catálogo del elemento; use {admite}"


def _cita_al_contenedor(contenido: dict[str, Any]) -> bool:
    return any(n == "#" for n in camino.compilar("descendants()")([contenido], {}))


def validar(recurso: dict[str, Any]) -> list[Problema]:
    """Every problem found (at most `PROBLEMAS`); an empty list means the resource is valid."""
    visita = _Visita(recurso)
    visita.de_recurso(recurso, "")
    return visita.problemas
