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

PROFUNDIDAD = 60
PROBLEMAS = 100


@dataclass(frozen=True, slots=True)
class Problema:
    """`ubicacion` is FHIRPath; `codigo`, an OperationOutcome issue type; `mensaje`, what to do."""

    ubicacion: str
    codigo: str
    mensaje: str


@dataclass(frozen=True, slots=True)
class _Campo:
    """A JSON member of a type: the element it belongs to and the one type it has here."""

    elemento: Elemento
    nombre: str
    tipo: str
    valores: dict[str, frozenset[str]] | None
    primitivo: Callable[[Any], bool] | None


_ENTEROS = {
    "integer": (-(2**31), 2**31 - 1),
    "positiveInt": (1, 2**31 - 1),
    "unsignedInt": (0, 2**31 - 1),
}
_LIMITE_DE_TEXTO = 1024 * 1024


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
        return lambda v: isinstance(v, str) and bool(v.strip()) and len(v) <= _LIMITE_DE_TEXTO
    if tipo == "xhtml":
        return lambda v: isinstance(v, str) and narrativa.es_valida(v)
    if tipo in ("uri", "url", "canonical"):
        return lambda v: isinstance(v, str) and v != "" and not any(c.isspace() for c in v)
    patron = re.compile(patrones[tipo])
    if tipo in ("date", "dateTime", "instant"):
        return lambda v: isinstance(v, str) and bool(patron.fullmatch(v)) and _dia_existe(v)
    return lambda v: isinstance(v, str) and bool(patron.fullmatch(v))


_DIAS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _dia_existe(fecha: str) -> bool:
    if len(fecha) < 10:
        return True
    anio, mes, dia = int(fecha[:4]), int(fecha[5:7]), int(fecha[8:10])
    bisiesto = anio % 4 == 0 and (anio % 100 != 0 or anio % 400 == 0)
    return dia <= _DIAS[mes - 1] and (mes, dia) != (2, 29) or (mes == 2 and dia == 29 and bisiesto)


@cache
def _campos(tipo: str) -> dict[str, _Campo]:
    campos: dict[str, _Campo] = {}
    for nombre, elemento in cargar().tipos[tipo].elementos.items():
        conjunto = cargar().valores.get(elemento.valores)
        valores = {s: frozenset(c) for s, c in conjunto.items()} if conjunto else None
        for uno in elemento.tipos:
            clave = nombre + uno[0].upper() + uno[1:] if elemento.eleccion else nombre
            comprobar = _ID if nombre == "id" and tipo in tipos_de_recurso() else _primitivo(uno)
            campos[clave] = _Campo(elemento, nombre, uno, valores, comprobar)
    return campos


_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}").fullmatch


@cache
def _obligatorios(tipo: str) -> tuple[tuple[str, Elemento], ...]:
    return tuple((n, e) for n, e in cargar().tipos[tipo].elementos.items() if e.minimo > 0)


@cache
def _invariantes(tipo: str) -> tuple[tuple[str, str, camino.Funcion], ...]:
    """(key, meaning, function); those this library checks by hand, or cannot run, are left out."""
    resultado = []
    for invariante in cargar().tipos[tipo].invariantes:
        if invariante.clave in _A_MANO:
            continue
        try:
            funcion = camino.compilar(invariante.expresion)
        except camino.ExpresionNoSoportada:
            continue
        resultado.append((invariante.clave, invariante.descripcion, funcion))
    return tuple(resultado)


_A_MANO = frozenset({"ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "ref-1", "txt-1", "txt-2"})


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
            contenidos_aqui = [c for c in lista if isinstance(c, dict)] if isinstance(lista, list) else []
            self.contenidos = {c["id"] for c in contenidos_aqui if isinstance(c.get("id"), str)}
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
            if contenido.get("id") not in self.citados and not _cita_al_contenedor(contenido):
                self.anotar(lugar, "invariant", "dom-3: el recurso contenido no se cita en ningún lado")

    def de_tipo(self, nodo: dict[str, Any], tipo: str, ubicacion: str, hondura: int) -> None:
        if hondura > PROFUNDIDAD:
            self.anotar(ubicacion, "too-long", "demasiados niveles anidados")
            return
        if not nodo:
            self.anotar(ubicacion, "invariant", "ele-1: un elemento vacío se omite")
            return
        campos = _campos(tipo)
        elegidos: dict[str, str] = {}
        for clave, valor in nodo.items():
            if clave == "resourceType" and tipo in tipos_de_recurso():
                continue
            campo = campos.get(clave)
            if campo is None:
                self._sin_campo(nodo, clave, valor, campos, ubicacion, hondura)
                continue
            if campo.elemento.eleccion and elegidos.setdefault(campo.nombre, clave) != clave:
                self.anotar(f"{ubicacion}.{clave}", "structure", f"{campo.nombre}[x] admite un solo tipo")
            self._valor(valor, campo, f"{ubicacion}.{clave}", nodo.get("_" + clave), hondura)
        for nombre, elemento in _obligatorios(tipo):
            if not self._presente(nodo, nombre, elemento):
                marca = "[x]" if elemento.eleccion else ""
                self.anotar(f"{ubicacion}.{nombre}{marca}", "required", "falta este elemento obligatorio")
        self._de_la_casa(nodo, tipo, ubicacion)
        entorno = {"%resource": self.recurso, "%context": nodo}
        for clave, descripcion, funcion in _invariantes(tipo):
            try:
                cumple = camino.verdad(funcion([nodo], entorno)) is not False
            except (TypeError, ValueError, AttributeError, KeyError, IndexError):
                continue  # malformed below: already told where
            if not cumple:
                self.anotar(ubicacion, "invariant", f"{clave}: {descripcion}")

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

    def _presente(self, nodo: dict[str, Any], nombre: str, elemento: Elemento) -> bool:
        if not elemento.eleccion:
            return nombre in nodo or "_" + nombre in nodo
        return any(
            nombre + t[0].upper() + t[1:] in nodo or f"_{nombre}{t[0].upper()}{t[1:]}" in nodo
            for t in elemento.tipos
        )

    def _valor(self, valor: Any, campo: _Campo, lugar: str, gemelo: Any, hondura: int) -> None:
        if not campo.elemento.muchos:
            if isinstance(valor, list):
                self.anotar(lugar, "structure", "se espera un solo valor, no una lista")
            else:
                self._uno(valor, campo, lugar, hondura)
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
                self.anotar(lugar, "value", f"no es un {campo.tipo} válido")
            elif campo.valores is not None and campo.tipo == "code":
                if not any(valor in codigos for codigos in campo.valores.values()):
                    self.anotar(lugar, "code-invalid", f"{valor!r} no está en el catálogo del elemento")
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

    def _codigos(self, valor: dict[str, Any], valores: dict[str, frozenset[str]], lugar: str) -> None:
        codigos = valor.get("coding", [valor] if "code" in valor else [])
        if not isinstance(codigos, list):
            return
        propios = [c for c in codigos if isinstance(c, dict)]
        if not any(c.get("code") in valores.get(str(c.get("system")), ()) for c in propios):
            self.anotar(lugar, "code-invalid", "falta un código del catálogo obligatorio del elemento")

    def _referencia(self, valor: dict[str, Any], campo: _Campo, lugar: str) -> None:
        texto = valor.get("reference")
        if not isinstance(texto, str):
            return
        if texto.startswith("#"):
            self.citados.add(texto[1:])
            if texto != "#" and texto[1:] not in self.contenidos:
                self.anotar(f"{lugar}.reference", "invariant", f"ref-1: {texto} no está en contained")
            return
        tipo = camino.tipo_referido(valor)
        destinos = campo.elemento.destinos
        if tipo and destinos and tipo not in destinos:
            admite = ", ".join(destinos)
            self.anotar(f"{lugar}.reference", "value", f"no puede ser {tipo}; admite {admite}")

    def _de_la_casa(self, nodo: dict[str, Any], tipo: str, ubicacion: str) -> None:
        """Invariants checked by hand because they apply everywhere."""
        if tipo != "Extension":
            return
        con_valor = any(k.startswith(("value", "_value")) for k in nodo)
        if con_valor == ("extension" in nodo):
            self.anotar(ubicacion, "invariant", "ext-1: lleva valor o extensiones, no ambos ni ninguno")


def _cita_al_contenedor(contenido: dict[str, Any]) -> bool:
    return any(n == "#" for n in camino.compilar("descendants()")([contenido], {}))


def validar(recurso: dict[str, Any]) -> list[Problema]:
    """Every problem found (at most `PROBLEMAS`); an empty list means the resource is valid."""
    visita = _Visita(recurso)
    visita.de_recurso(recurso, "")
    return visita.problemas
