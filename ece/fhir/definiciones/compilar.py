"""Compile the published definitions into `r4.json.gz`.

``python -m ece.fhir.definiciones.compilar STRUCTURES FOLDER``, both of R4 as published (CC0).
STRUCTURES holds one StructureDefinition a file; FOLDER, ``valuesets.json``,
``v3-codesystems.json``, ``search-parameters.json``, ``compartmentdefinition-patient.json``. They
are apart because the bundles of structures that circulate with the latter are mixed with elements
of later versions and of their distributors. What is not of version 4.0.1 is left out.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from ece.fhir.definiciones import Definiciones, Elemento, Invariante, ParametroPublicado, Tipo

_VERSION = "4.0.1"
_ERRATAS = {"app-4": ("'no-show'", "'noshow'")}  # the status has never been written otherwise
_PERFIL = "http://hl7.org/fhir/StructureDefinition/"
_FHIRPATH = "http://hl7.org/fhirpath/System."
_REGEX = "http://hl7.org/fhir/StructureDefinition/regex"


def _entradas(carpeta: Path, nombre: str) -> list[dict[str, Any]]:
    return [e["resource"] for e in json.loads((carpeta / nombre).read_text())["entry"]]


class _Valores:
    """Value sets that can be enumerated whole; the others are left unchecked."""

    def __init__(self, carpeta: Path) -> None:
        self.conjuntos: dict[str, Any] = {}
        self.sistemas: dict[str, Any] = {}
        for archivo in ("valuesets.json", "v3-codesystems.json"):
            for recurso in _entradas(carpeta, archivo):
                destino = self.conjuntos if recurso["resourceType"] == "ValueSet" else self.sistemas
                destino[recurso.get("url", "")] = recurso

    def expandir(self, url: str) -> dict[str, tuple[str, ...]] | None:
        """system -> codes, or None when the set cannot be enumerated."""
        conjunto = self.conjuntos.get(url.split("|")[0])
        if conjunto is None or "compose" not in conjunto or "exclude" in conjunto["compose"]:
            return None
        codigos: dict[str, set[str]] = {}
        for parte in conjunto["compose"].get("include", ()):
            if "filter" in parte:
                return None
            for otro in parte.get("valueSet", ()):
                anidado = self.expandir(otro)
                if anidado is None:
                    return None
                for sistema, valores in anidado.items():
                    codigos.setdefault(sistema, set()).update(valores)
            if "system" not in parte:
                continue
            if "concept" in parte:
                lista = [concepto["code"] for concepto in parte["concept"]]
            else:
                lista = self.todos(parte["system"])
            if not lista:
                return None
            codigos.setdefault(parte["system"], set()).update(lista)
        return {sistema: tuple(sorted(valores)) for sistema, valores in codigos.items()}

    def todos(self, sistema: str) -> list[str]:
        return [concepto["code"] for concepto in self._conceptos(sistema)]

    def _conceptos(self, sistema: str) -> list[dict[str, Any]]:
        definido = self.sistemas.get(sistema, {})
        if definido.get("content") != "complete":
            return []
        resultado: list[dict[str, Any]] = []
        pendientes = list(definido.get("concept", ()))
        while pendientes:
            concepto = pendientes.pop()
            resultado.append(concepto)
            pendientes.extend(concepto.get("concept", ()))
        return resultado

    def titulos(self, usados: dict[str, Any]) -> dict[str, dict[str, str]]:
        """system -> code -> display, of the codes that the sets in use name."""
        propios: dict[str, set[str]] = {}
        for conjunto in usados.values():
            for sistema, codigos in conjunto.items():
                propios.setdefault(sistema, set()).update(codigos)
        hallados: dict[str, dict[str, str]] = {}
        for sistema in sorted(propios):
            titulos = {
                c["code"]: c["display"]
                for c in self._conceptos(sistema)
                if c["code"] in propios[sistema] and c.get("display")
            }
            if titulos:
                hallados[sistema] = dict(sorted(titulos.items()))
        return hallados


def _codigo(tipo: dict[str, Any]) -> str:
    for extension in tipo.get("extension", ()):
        if extension["url"].endswith("structuredefinition-fhir-type"):
            return str(extension.get("valueUrl", extension.get("valueUri")))
    return str(tipo["code"])


def _tipos(
    estructura: dict[str, Any], valores: _Valores, usados: dict[str, Any]
) -> dict[str, Tipo]:
    elementos: dict[str, dict[str, Elemento]] = {}
    invariantes: dict[str, tuple[Invariante, ...]] = {}
    raiz = estructura["type"]
    for elemento in estructura["snapshot"]["element"]:
        camino = elemento["path"]
        propias = tuple(
            Invariante(c["key"], _corregida(c["key"], c["expression"]), c["human"])
            for c in elemento.get("constraint", ())
            if c["severity"] == "error" and c.get("expression") and c["key"] not in ("ele-1",)
        )
        if camino == raiz:
            elementos[raiz], invariantes[raiz] = {}, propias
            continue
        padre, _, nombre = camino.rpartition(".")
        if elemento["max"] == "0":
            continue
        if "contentReference" in elemento:
            tipos = [elemento["contentReference"].lstrip("#")]
        else:
            tipos = [_codigo(t) for t in elemento.get("type", ())]
        if tipos in (["BackboneElement"], ["Element"]) and any(
            e["path"].startswith(camino + ".") for e in estructura["snapshot"]["element"]
        ):
            tipos = [camino]
            elementos[camino], invariantes[camino] = {}, propias
        elif propias and tipos and not tipos[0].startswith(("Reference", "http")):
            # invariants stated on a typed element, beyond those of its own type, go to the parent
            corto = nombre.removesuffix("[x]")
            invariantes[padre] += tuple(
                Invariante(i.clave, f"{corto}.all({i.expresion})", i.descripcion)
                for i in propias
                if i.clave.split("-")[0] in ("org", "ras", "imm")
            )
        destinos = tuple(
            sorted(
                {
                    perfil.removeprefix(_PERFIL)
                    for t in elemento.get("type", ())
                    if t["code"] == "Reference"
                    for perfil in t.get("targetProfile", ())
                }
                - {"Resource"}
            )
        )
        enlace = elemento.get("binding", {})
        conjunto = ""
        if enlace.get("strength") == "required":
            url = enlace["valueSet"].split("|")[0]
            if url not in usados:
                usados[url] = valores.expandir(url)
            if usados[url]:
                conjunto = url
        eleccion = nombre.endswith("[x]")
        elementos[padre][nombre.removesuffix("[x]")] = Elemento(
            tipos=tuple(
                t.removeprefix(_FHIRPATH).lower() if t.startswith(_FHIRPATH) else t for t in tipos
            ),
            minimo=elemento["min"],
            muchos=elemento["max"] != "1",
            destinos=destinos,
            valores=conjunto,
            eleccion=eleccion,
            resumen=elemento.get("isSummary", False),
        )
    return {
        nombre: Tipo(e, invariantes[nombre], estructura["kind"] == "resource" and nombre == raiz)
        for nombre, e in elementos.items()
    }


def _corregida(clave: str, expresion: str) -> str:
    return expresion.replace(*_ERRATAS[clave]) if clave in _ERRATAS else expresion


def _primitivos(estructuras: list[dict[str, Any]]) -> dict[str, str]:
    regex: dict[str, str] = {}
    for estructura in estructuras:
        if estructura.get("kind") != "primitive-type":
            continue
        for elemento in estructura["snapshot"]["element"]:
            if not elemento["path"].endswith(".value"):
                continue
            for extension in elemento["type"][0].get("extension", ()):
                if extension["url"] == _REGEX:
                    regex[estructura["name"]] = extension["valueString"]
        regex.setdefault(estructura["name"], "")
    return regex


def compilar(estructuras_en: Path, carpeta: Path) -> Definiciones:
    valores = _Valores(carpeta)
    usados: dict[str, Any] = {}
    leidas = [json.loads(a.read_text()) for a in sorted(estructuras_en.glob("*.json"))]
    estructuras = [e for e in leidas if e.get("fhirVersion") == _VERSION]
    tipos: dict[str, Tipo] = {}
    for estructura in estructuras:
        normal = estructura.get("derivation") != "constraint" and (
            not estructura.get("abstract") or estructura["type"] == "Element"
        )
        if estructura["kind"] in ("resource", "complex-type") and normal:
            tipos.update(_tipos(estructura, valores, usados))
    parametros: dict[str, list[ParametroPublicado]] = {}
    for recurso in _entradas(carpeta, "search-parameters.json"):
        if recurso["version"] != _VERSION:
            continue
        for base in recurso["base"]:
            parametros.setdefault(base, []).append(
                ParametroPublicado(
                    recurso["code"],
                    recurso["type"],
                    recurso.get("expression", ""),
                    recurso["url"],
                    tuple(recurso.get("target", ())),
                    tuple((c["definition"], c["expression"]) for c in recurso.get("component", ())),
                )
            )
    compartimento = json.loads((carpeta / "compartmentdefinition-patient.json").read_text())
    usados = {url: v for url, v in usados.items() if v}
    return Definiciones(
        primitivos=_primitivos(estructuras),
        tipos=tipos,
        valores=usados,
        titulos=valores.titulos(usados),
        parametros={base: tuple(lista) for base, lista in parametros.items()},
        compartimento={
            r["code"]: tuple(r["param"]) for r in compartimento["resource"] if r.get("param")
        },
    )


if __name__ == "__main__":
    # Members in the order they are published in: it is the order of XML.
    cuerpo = msgspec.json.encode(compilar(Path(sys.argv[1]), Path(sys.argv[2])))
    Path(__file__).with_name("r4.json.gz").write_bytes(gzip.compress(cuerpo, 9, mtime=0))
