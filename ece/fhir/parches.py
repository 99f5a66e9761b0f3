"""JSON Patch on a resource (RFC 6902; R4 http.html 3.1.0.8)."""

import re
from copy import deepcopy
from typing import Any

from ece.fhir.json import escribir

OPERACIONES = 1_000
COPIADO = 4 * 1024 * 1024
"""Bytes that all the copies of a patch may add: doubling has an end."""

_INDICE = re.compile(r"0|[1-9]\d{0,5}", re.ASCII).fullmatch


class ParcheInvalido(Exception):
    """The patch cannot be applied to this resource; the message says which operation and why."""


def aplicar(recurso: dict[str, Any], operaciones: Any) -> dict[str, Any]:
    """A patched copy. Raises `ParcheInvalido`, with nothing changed."""
    if not isinstance(operaciones, list) or len(operaciones) > OPERACIONES:
        raise ParcheInvalido(f"se espera una lista de hasta {OPERACIONES} operaciones")
    documento = _Documento(deepcopy(recurso))
    try:
        for numero, operacion in enumerate(operaciones):
            try:
                documento.operar(operacion)
            except ParcheInvalido as error:
                raise ParcheInvalido(f"operación {numero}: {error}") from None
        nuevo = limpio(documento.raiz)
    except RecursionError:
        raise ParcheInvalido("hay algo demasiado anidado") from None
    if not isinstance(nuevo, dict):
        raise ParcheInvalido("el resultado no es un recurso")
    return nuevo


def limpio(nodo: Any) -> Any:
    """`nodo` without the objects and lists that were left empty, which FHIR does not write."""
    if isinstance(nodo, dict):
        return {c: v for c, v in ((c, limpio(v)) for c, v in nodo.items()) if v not in ({}, [])}
    if isinstance(nodo, list):
        return [v for v in map(limpio, nodo) if v not in ({}, [])]
    return nodo


class _Documento:
    def __init__(self, raiz: dict[str, Any]) -> None:
        self.raiz: Any = raiz
        self.copiado = 0

    def operar(self, operacion: Any) -> None:
        if not isinstance(operacion, dict):
            raise ParcheInvalido("se espera un objeto")
        camino = _partes(operacion.get("path"))
        match operacion.get("op"):
            case "add":
                self.poner(camino, _valor(operacion))
            case "remove":
                self.quitar(camino)
            case "replace":
                if camino:
                    self.quitar(camino)
                self.poner(camino, _valor(operacion))
            case "move":
                origen = _partes(operacion.get("from"))
                if camino[: len(origen)] == origen and camino != origen:
                    raise ParcheInvalido("no se puede mover algo dentro de sí mismo")
                self.poner(camino, self.quitar(origen))
            case "copy":
                self.poner(camino, self._copia(_partes(operacion.get("from"))))
            case "test":
                if not _iguales(self.leer(camino), _valor(operacion)):
                    raise ParcheInvalido(f"{operacion['path']!r} no tiene el valor que se esperaba")
            case otra:
                raise ParcheInvalido(f"{otra!r} no es una operación de RFC 6902")

    def _copia(self, camino: list[str]) -> Any:
        original = self.leer(camino)
        self.copiado += len(escribir(original))
        if self.copiado > COPIADO:
            raise ParcheInvalido("las copias hacen demasiado grande el recurso")
        return deepcopy(original)

    def leer(self, camino: list[str]) -> Any:
        nodo = self.raiz
        for parte in camino:
            if isinstance(nodo, dict) and parte in nodo:
                nodo = nodo[parte]
            elif isinstance(nodo, list) and _INDICE(parte) and int(parte) < len(nodo):
                nodo = nodo[int(parte)]
            else:
                raise ParcheInvalido(f"no existe {'/' + '/'.join(camino)!r}")
        return nodo

    def poner(self, camino: list[str], valor: Any) -> None:
        if not camino:
            self.raiz = valor
            return
        padre, ultima = self.leer(camino[:-1]), camino[-1]
        if isinstance(padre, dict):
            padre[ultima] = valor
        elif isinstance(padre, list) and ultima == "-":
            padre.append(valor)
        elif isinstance(padre, list) and _INDICE(ultima) and int(ultima) <= len(padre):
            padre.insert(int(ultima), valor)
        else:
            raise ParcheInvalido(f"no se puede poner nada en {'/' + '/'.join(camino)!r}")

    def quitar(self, camino: list[str]) -> Any:
        if not camino:
            raise ParcheInvalido("no se quita el recurso entero")
        valor = self.leer(camino)
        padre = self.leer(camino[:-1])
        del padre[camino[-1] if isinstance(padre, dict) else int(camino[-1])]
        return valor


def _partes(camino: Any) -> list[str]:
    """The steps of a JSON Pointer (RFC 6901)."""
    if not isinstance(camino, str) or (camino and camino[0] != "/"):
        raise ParcheInvalido(f"{camino!r} no es un JSON Pointer")
    return [p.replace("~1", "/").replace("~0", "~") for p in camino.split("/")[1:]]


def _valor(operacion: dict[str, Any]) -> Any:
    if "value" not in operacion:
        raise ParcheInvalido("falta value")
    return deepcopy(operacion["value"])


def _iguales(a: Any, b: Any) -> bool:
    """Equality of JSON, in which true is not 1 and the order of members does not count."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_iguales(v, b[c]) for c, v in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_iguales, a, b))
    return bool(a == b)
