"""FHIR XML in and out, driven by the published definitions (R4 xml.html).

A resource is the same structure that its JSON is; `leer` and `escribir` undo one another, but for
the way a narrative quotes its attributes.
"""

import html.entities
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from ece.fhir.definiciones import cargar, tipos_de_recurso
from ece.fhir.json import JsonInvalido, numero
from ece.fhir.narrativa import ESPACIO as XHTML

ESPACIO = "http://hl7.org/fhir"
_EN_ATRIBUTO = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_IMPOSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTIDAD = re.compile(r"&(\w+);")
_DE_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ENTEROS = frozenset({"integer", "positiveInt", "unsignedInt"})
_ENTERO = re.compile(r"-?(0|[1-9]\d{0,17})", re.ASCII).fullmatch


class XmlInvalido(Exception):
    """The bytes are not a resource in FHIR XML; the message says why."""


@dataclass(frozen=True, slots=True)
class _Campo:
    """A member of a type: its JSON name, its type, whether it repeats."""

    clave: str
    tipo: str
    muchos: bool
    primitivo: bool


@cache
def _campos(tipo: str) -> dict[str, _Campo]:
    """Members of `tipo` in the order they are written; attributes of the element left out."""
    definido = cargar().tipos[tipo]
    primitivos = cargar().primitivos
    campos: dict[str, _Campo] = {}
    for nombre, elemento in definido.elementos.items():
        if (nombre == "id" and not definido.recurso) or (tipo == "Extension" and nombre == "url"):
            continue
        for uno in elemento.tipos:
            clave = nombre + uno[0].upper() + uno[1:] if elemento.eleccion else nombre
            campos[clave] = _Campo(clave, uno, elemento.muchos, uno in primitivos)
    return campos


def escribir(recurso: dict[str, Any], *, bonito: bool = False) -> bytes:
    """The bytes of a valid resource. Raises `XmlInvalido` for what no type has."""
    partes: list[str] = []
    try:
        _recurso(recurso, partes, f' xmlns="{ESPACIO}"')
    except (KeyError, AttributeError, TypeError) as error:
        raise XmlInvalido(f"no se puede escribir en XML: {error}") from error
    cuerpo = "".join(partes).encode()
    if bonito:
        cuerpo = etree.tostring(_arbol(cuerpo), encoding="utf-8", pretty_print=True)
    return b'<?xml version="1.0" encoding="UTF-8"?>' + cuerpo


def _recurso(recurso: dict[str, Any], partes: list[str], espacio: str = "") -> None:
    tipo = recurso["resourceType"]
    partes.append(f"<{tipo}{espacio}>")
    _miembros(recurso, tipo, partes)
    partes.append(f"</{tipo}>")


def _miembros(nodo: dict[str, Any], tipo: str, partes: list[str]) -> None:
    for clave, campo in _campos(tipo).items():
        valor, gemelo = nodo.get(clave), nodo.get("_" + clave)
        if valor is None and gemelo is None:
            continue
        if not campo.muchos:
            _uno(campo, valor, gemelo, partes)
            continue
        for uno, suyo in zip_longest(valor or (), gemelo or ()):
            _uno(campo, uno, suyo, partes)


def _uno(campo: _Campo, valor: Any, gemelo: Any, partes: list[str]) -> None:
    if campo.tipo == "xhtml":
        partes.append(_div(valor))
    elif campo.primitivo:
        _primitivo(campo.clave, valor, gemelo or {}, partes)
    elif campo.tipo == "Resource":
        partes.append(f"<{campo.clave}>")
        _recurso(valor, partes)
        partes.append(f"</{campo.clave}>")
    else:
        atributos = _atributo("id", valor.get("id"))
        if campo.tipo == "Extension":
            atributos += _atributo("url", valor.get("url"))
        partes.append(f"<{campo.clave}{atributos}>")
        _miembros(valor, campo.tipo, partes)
        partes.append(f"</{campo.clave}>")


def _primitivo(clave: str, valor: Any, gemelo: dict[str, Any], partes: list[str]) -> None:
    atributos = _atributo("id", gemelo.get("id"))
    if isinstance(valor, bool):
        valor = "true" if valor else "false"
    atributos += _atributo("value", valor)
    if "extension" not in gemelo:
        partes.append(f"<{clave}{atributos}/>")
        return
    partes.append(f"<{clave}{atributos}>")
    _miembros({"extension": gemelo["extension"]}, "Element", partes)
    partes.append(f"</{clave}>")


def _atributo(nombre: str, valor: Any) -> str:
    if valor is None:
        return ""
    return f" {nombre}={quoteattr(_IMPOSIBLE.sub(chr(0xFFFD), str(valor)), _EN_ATRIBUTO)}"


def _div(texto: str) -> str:
    """The narrative as XML: entities that only HTML knows become their characters."""

    def nombrada(hallada: re.Match[str]) -> str:
        nombre = hallada[1]
        if nombre in _DE_XML:
            return hallada[0]
        return html.entities.html5.get(nombre + ";", f"&amp;{nombre};")

    limpio = _IMPOSIBLE.sub(chr(0xFFFD), _ENTIDAD.sub(nombrada, texto.strip()))
    try:
        _arbol(limpio.encode())
    except XmlInvalido:  # HTML that is no XML: as its own parser understands it
        hecho = etree.fromstring(limpio, etree.HTMLParser())
        div = None if hecho is None else hecho.find(".//div")
        if div is None:
            raise XmlInvalido("la narrativa no es XHTML") from None
        limpio = str(etree.tostring(div, encoding="unicode", method="xml", with_tail=False))
    return limpio


def leer(datos: bytes) -> dict[str, Any]:
    """The resource that `datos` hold. Raises `XmlInvalido`."""
    try:
        return _leer_recurso(_arbol(datos))
    except RecursionError as error:
        raise XmlInvalido("está demasiado anidado") from error


def _arbol(datos: bytes) -> Any:
    lector = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        raiz = etree.fromstring(datos, lector)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlInvalido(f"no es XML válido: {error}") from error
    if raiz.getroottree().docinfo.doctype:
        raise XmlInvalido("no se admite DOCTYPE")
    return raiz


def _leer_recurso(elemento: Any) -> dict[str, Any]:
    nombre = etree.QName(elemento)
    if nombre.namespace != ESPACIO or nombre.localname not in tipos_de_recurso():
        raise XmlInvalido(f"{nombre.localname!r} no es un recurso de FHIR R4 en {ESPACIO}")
    return {"resourceType": nombre.localname, **_leer_miembros(elemento, nombre.localname)}


def _leer_miembros(elemento: Any, tipo: str) -> dict[str, Any]:
    if (elemento.text or "").strip():
        raise XmlInvalido(f"{tipo}: hay texto suelto")
    nodo: dict[str, Any] = {}
    definido = cargar().tipos[tipo]
    admitidos = {"url"} if tipo == "Extension" else set()
    if not definido.recurso:
        admitidos.add("id")
    for atributo, valor in elemento.attrib.items():
        if atributo in admitidos:
            nodo[atributo] = valor
        elif not atributo.startswith("{"):
            raise XmlInvalido(f"{tipo}: el atributo {atributo!r} no es de FHIR R4")
    campos = _campos(tipo)
    for hijo in _hijos(elemento, tipo):
        nombre = etree.QName(hijo)
        campo = campos.get(nombre.localname)
        suyo = XHTML if campo is not None and campo.tipo == "xhtml" else ESPACIO
        if campo is None or nombre.namespace != suyo:
            raise XmlInvalido(f"{tipo}.{nombre.localname}: elemento desconocido en FHIR R4")
        _poner(nodo, campo, hijo, tipo)
    return nodo


def _hijos(elemento: Any, tipo: str) -> Iterator[Any]:
    for hijo in elemento:
        if not isinstance(hijo.tag, str):
            raise XmlInvalido(f"{tipo}: no se admiten entidades")
        if (hijo.tail or "").strip():
            raise XmlInvalido(f"{tipo}: hay texto suelto")
        yield hijo


def _poner(nodo: dict[str, Any], campo: _Campo, hijo: Any, tipo: str) -> None:
    clave, gemelo = campo.clave, None
    if campo.tipo == "xhtml":
        valor: Any = etree.tostring(hijo, encoding="unicode", with_tail=False)
    elif campo.primitivo:
        valor, gemelo = _leer_primitivo(hijo, campo, f"{tipo}.{clave}")
    elif campo.tipo == "Resource":
        dentro = list(_hijos(hijo, tipo))
        if len(dentro) != 1:
            raise XmlInvalido(f"{tipo}.{clave}: se espera un recurso")
        valor = _leer_recurso(dentro[0])
    else:
        valor = _leer_miembros(hijo, campo.tipo)
    if not campo.muchos:
        if clave in nodo or "_" + clave in nodo:
            raise XmlInvalido(f"{tipo}.{clave}: se espera un solo valor")
        if valor is not None:
            nodo[clave] = valor
        if gemelo:
            nodo["_" + clave] = gemelo
        return
    lista = nodo.setdefault(clave, [])
    lista.append(valor)
    if campo.primitivo:
        _emparejar(nodo, clave, gemelo)


def _emparejar(nodo: dict[str, Any], clave: str, gemelo: dict[str, Any] | None) -> None:
    """Keep the list of ids and extensions of a repeating primitive as long as its values."""
    lista, suyos = nodo[clave], nodo.get("_" + clave)
    if gemelo is None and suyos is None:
        return
    if suyos is None:
        suyos = nodo["_" + clave] = [None] * (len(lista) - 1)
    suyos.append(gemelo)


def _leer_primitivo(hijo: Any, campo: _Campo, lugar: str) -> tuple[Any, dict[str, Any] | None]:
    atributos = dict(hijo.attrib)
    texto = atributos.pop("value", None)
    if not atributos.keys() <= {"id"}:
        raise XmlInvalido(f"{lugar}: sólo admite los atributos value e id")
    gemelo: dict[str, Any] = dict(atributos)
    extensiones = list(_hijos(hijo, lugar))
    if any(etree.QName(e).text != f"{{{ESPACIO}}}extension" for e in extensiones):
        raise XmlInvalido(f"{lugar}: sólo admite extensiones")
    if extensiones:
        gemelo["extension"] = [_leer_miembros(e, "Extension") for e in extensiones]
    return _valor(texto, campo.tipo, lugar), gemelo or None


def _valor(texto: str | None, tipo: str, lugar: str) -> Any:
    """The JSON value of an attribute; what does not fit stays text, for validation to tell."""
    if texto is None:
        return None
    if tipo == "boolean" and texto in ("true", "false"):
        return texto == "true"
    if tipo in _ENTEROS and _ENTERO(texto):
        return int(texto)
    if tipo == "decimal":
        try:
            return numero(texto)
        except JsonInvalido as error:
            raise XmlInvalido(f"{lugar}: {error}") from error
    return texto
