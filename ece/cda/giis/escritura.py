"""HL7 v3 elements and data types, written."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeAlias

from lxml import etree

from ece.cda.tipos import OID_DE_URI, XSI_TIPO, Recurso
from ece.nucleo.archivos.xml import ESPACIO

Nodo: TypeAlias = etree._Element
CURP, CLUES, CEDULA = (
    "2.16.840.1.113883.4.629",
    "2.16.840.1.113883.4.631",
    "2.16.840.1.113883.3.215.12.18",
)
CIE10 = "2.16.840.1.113883.6.3"
LOINC, SNOMED = "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.96"
ACTO = "2.16.840.1.113883.5.4"
_PROHIBIDOS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def el(nombre: str, *hijos: Nodo | str | None, **atributos: str | None) -> Nodo:
    """An element; children that are None, and attributes that are None or empty, are left out."""
    nodo = etree.Element(f"{{{ESPACIO}}}{nombre}")
    for clave, valor in atributos.items():
        if valor:
            propio = XSI_TIPO if clave == "xsi_type" else clave.rstrip("_")
            nodo.set(propio, limpio(valor))
    for hijo in hijos:
        if isinstance(hijo, str):
            if len(nodo):
                nodo[-1].tail = f"{nodo[-1].tail or ''}{limpio(hijo)}"
            else:
                nodo.text = f"{nodo.text or ''}{limpio(hijo)}"
        elif hijo is not None:
            nodo.append(hijo)
    return nodo


def limpio(texto: str) -> str:
    """Without what XML cannot say."""
    return _PROHIBIDOS.sub(" ", texto)


def nulo(nombre: str, sabor: str = "NI", **atributos: str | None) -> Nodo:
    return el(nombre, **{"nullFlavor": sabor, **atributos})


def ii(raiz: str, extension: str = "", *, nombre: str = "id", autoridad: str = "") -> Nodo:
    return el(nombre, root=raiz, extension=extension, assigningAuthorityName=autoridad)


def ce(nombre: str, codigo: str, sistema: str, dicho: str = "", **mas: str | None) -> Nodo:
    return el(nombre, code=codigo, codeSystem=sistema, displayName=dicho, **mas)


def instante(momento: datetime) -> str:
    """As the guide writes them (aaaammddhhiiss), in the clock `momento` is in."""
    return momento.strftime("%Y%m%d%H%M%S")


def ts(nombre: str, escrita: str) -> Nodo:
    """A TS of a FHIR date or dateTime, with its zone."""
    dicha = re.fullmatch(r"([\d-]{4,10})(?:T([\d:]+)(?:\.\d+)?(Z|[+-]\d\d:\d\d))?", escrita)
    if dicha is None:
        return nulo(nombre, "UNK")
    dia, hora, zona = (parte or "" for parte in dicha.groups())
    zona = zona.replace("Z", "+00:00").replace(":", "")
    return el(nombre, value=f"{dia.replace('-', '')}{hora.replace(':', '')}{zona}")


def ivl(nombre: str, inicio: str, fin: str = "", **mas: str | None) -> Nodo:
    return el(nombre, ts("low", inicio), ts("high", fin) if fin else None, **mas)


def cd(nombre: str, concepto: Recurso, *, cita: str = "", **mas: str | None) -> Nodo:
    """A CD of a CodeableConcept: the first code of a published system, the others as translations;
    `cita` is the ID of its words in the narrative."""
    codigos = [(c, oid) for c in concepto.get("coding", ()) if (oid := _oid(c)) and c.get("code")]
    texto = el("reference", value=f"#{cita}") if cita else concepto.get("text")
    original = el("originalText", texto) if texto is not None else None
    if not codigos:
        return el(nombre, original, nullFlavor="OTH" if original is not None else "NI", **mas)
    (primero, oid), *otros = codigos
    return el(
        nombre,
        original,
        *(ce("translation", c["code"], o, c.get("display", "")) for c, o in otros),
        code=primero["code"],
        codeSystem=oid,
        displayName=primero.get("display") or concepto.get("text", ""),
        **mas,
    )


def _oid(codigo: Recurso) -> str:
    sistema = str(codigo.get("system", ""))
    return OID_DE_URI.get(
        sistema, sistema.removeprefix("urn:oid:") if sistema.startswith("urn:oid:") else ""
    )


def pq(nombre: str, cantidad: Recurso, **mas: str | None) -> Nodo:
    valor: Any = cantidad.get("value")
    if valor is None:
        return nulo(nombre, "NI", **mas)
    unidad = str(cantidad.get("code") or cantidad.get("unit") or "1")
    return el(nombre, value=str(valor), unit=re.sub(r"\s", "_", unidad), **mas)


def telefonos(recurso: Recurso) -> list[Nodo]:
    """The telecom of a Patient or of a contact; NI without any."""
    esquemas = {"phone": "tel:", "email": "mailto:"}
    dichos = [
        el("telecom", value=f"{esquemas[t['system']]}{t['value']}")
        for t in recurso.get("telecom", ())
        if t.get("system") in esquemas and t.get("value")
    ]
    return dichos or [nulo("telecom")]


def nombre_de(completo: str) -> Nodo:
    return el("name", completo) if completo else nulo("name")


def parrafos(textos: Iterable[str]) -> list[Nodo]:
    return [
        el("paragraph", linea)
        for texto in textos
        for linea in (x.strip() for x in texto.splitlines())
        if linea
    ]
