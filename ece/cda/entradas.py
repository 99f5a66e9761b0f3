"""The data of a document's entries as FHIR resources without a patient, by the templates of C-CDA
(R2.1) and by HL7's C-CDA on FHIR maps. What an entry denies, or says of nobody in particular, is
no datum. The narrative is what the author answers for: these are offered, and a person takes them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from lxml import etree

from ece.cda import tipos
from ece.cda.lectura import Documento, Seccion
from ece.cda.tipos import XSI_TIPO, Recurso, atributo, palabras, primero, todos
from ece.nucleo.archivos.xml import ESPACIO

MAXIMOS, EXAMINADAS, OCTETOS = 400, 4_000, 20_000_000
"""Data that are offered; statements, and bytes of them (one inside another counts again), that are
looked into to find them. What is beyond is read in the document alone."""
_CCDA = "2.16.840.1.113883.10.20.22.4."
PROBLEMA, ALERGIA = f"{_CCDA}4", f"{_CCDA}7"
MEDICINA, VACUNA = f"{_CCDA}16", f"{_CCDA}52"
RESULTADO, SIGNO = f"{_CCDA}2", f"{_CCDA}27"
_REACCION, _GRAVEDAD, _CRITICIDAD = f"{_CCDA}9", f"{_CCDA}8", f"{_CCDA}145"
_ESTADO_DE_PROBLEMA, _ESTADO_DE_ALERGIA = f"{_CCDA}6", f"{_CCDA}28"
_TERMINOLOGIA = "http://terminology.hl7.org/CodeSystem"
_CLASES_DE_SUSTANCIA = {
    "416098002": "medication",
    "59037007": "medication",
    "419511003": "medication",
    "414285001": "food",
    "235719002": "food",
    "418471000": "food",
    "426232007": "environment",
}
_INACTIVOS = frozenset({"73425007", "inactive"})
_RESUELTOS = frozenset({"413322009", "resolved"})
_DE_MEDICINA = {
    "active": "active",
    "completed": "completed",
    "aborted": "stopped",
    "suspended": "on-hold",
}


@dataclass(frozen=True, slots=True)
class Dato:
    """Something that may enter the record: `recurso` lacks only its patient and who takes it in.

    `llave` is the same wherever this document, by its id, comes from.
    """

    llave: str
    tipo: str
    seccion: str
    codigo_seccion: str
    recurso: Recurso = field(repr=False)


def datos(documento: Documento) -> list[Dato]:
    """Problems, allergies, medicines, vaccines and results, at most `MAXIMOS`, each once."""
    hallados: dict[str, Dato] = {}
    quedan, vistas = OCTETOS, 0
    for seccion in documento.secciones:
        for nodo in seccion.entradas:
            for plantilla, pieza in _piezas(nodo):
                dicho = etree.tostring(pieza, method="c14n", exclusive=True, with_tail=False)
                quedan, vistas = quedan - len(dicho), vistas + 1
                if quedan < 0 or vistas > EXAMINADAS or len(hallados) >= MAXIMOS:
                    return list(hallados.values())
                recurso = _HACER[plantilla](seccion, nodo, pieza)
                if recurso is None:
                    continue
                tipo = recurso["resourceType"]
                marca = f"{documento.llave}|{tipo}|".encode()
                llave = sha256(marca + dicho).hexdigest()[:40]
                dato = Dato(llave, tipo, seccion.titulo, seccion.codigo, recurso)
                hallados.setdefault(llave, dato)
    return list(hallados.values())


def _piezas(entrada: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """(template, element) of each statement in an entry, itself included."""
    for nodo in entrada.iter(f"{{{ESPACIO}}}observation", f"{{{ESPACIO}}}substanceAdministration"):
        propias = {atributo(t, "root") for t in todos(nodo, "h:templateId")}
        plantilla = next((p for p in _HACER if p in propias), "")
        if plantilla and atributo(nodo, "negationInd") != "true" and _ocurre(nodo):
            yield plantilla, nodo


def _ocurre(nodo: etree._Element) -> bool:
    """Whether it is told as a fact, or prescribed: not a goal, a proposal, a plan."""
    return atributo(nodo, "moodCode") in ("", "EVN", "INT")


def _problema(seccion: Seccion, entrada: etree._Element, nodo: etree._Element) -> Recurso | None:
    codigo = _dicho(seccion, nodo, primero(nodo, "h:value"))
    if not codigo:
        return None
    inicio, fin = tipos.intervalo(primero(nodo, "h:effectiveTime"))
    estado = _estado(nodo, _ESTADO_DE_PROBLEMA)
    if estado in _RESUELTOS or fin:
        clinico = "resolved"
    elif estado in _INACTIVOS or atributo(primero(entrada, "h:statusCode"), "code") == "aborted":
        clinico = "inactive"
    else:
        clinico = "active"
    return {
        "resourceType": "Condition",
        "clinicalStatus": _de_hl7("condition-clinical", clinico),
        "verificationStatus": _de_hl7("condition-ver-status", "confirmed"),
        "category": [_de_hl7("condition-category", "problem-list-item")],
        "code": codigo,
        **({"onsetDateTime": inicio} if inicio else {}),
        **({"abatementDateTime": fin} if fin else {}),
    }


def _alergia(seccion: Seccion, entrada: etree._Element, nodo: etree._Element) -> Recurso | None:
    camino = "h:participant[@typeCode='CSM']/h:participantRole/h:playingEntity"
    sustancia = primero(nodo, camino)
    nombre = palabras(primero(sustancia, "h:name"))
    codigo = _dicho(seccion, nodo, primero(sustancia, "h:code"), nombre, ajeno=True)
    if not codigo:
        return None
    inicio, fin = tipos.intervalo(primero(nodo, "h:effectiveTime"))
    estado = _estado(nodo, _ESTADO_DE_ALERGIA)
    clinico = "resolved" if fin or estado in _RESUELTOS else "active"
    clinico = "inactive" if estado in _INACTIVOS else clinico
    clase = _CLASES_DE_SUSTANCIA.get(atributo(primero(nodo, "h:value"), "code"), "")
    criticidad = atributo(primero(_con(nodo, _CRITICIDAD), "h:value"), "code")
    grave = {"CRITH": "high", "CRITL": "low", "CRITU": "unable-to-assess"}.get(criticidad, "")
    reacciones = [r for n in _todos_con(nodo, _REACCION) if (r := _reaccion(seccion, n))]
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": _de_hl7("allergyintolerance-clinical", clinico),
        "verificationStatus": _de_hl7("allergyintolerance-verification", "confirmed"),
        **({"category": [clase]} if clase else {}),
        **({"criticality": grave} if grave else {}),
        "code": codigo,
        **({"onsetDateTime": inicio} if inicio else {}),
        **({"reaction": reacciones} if reacciones else {}),
    }


def _reaccion(seccion: Seccion, nodo: etree._Element) -> Recurso:
    que = _dicho(seccion, nodo, primero(nodo, "h:value"))
    if not que:
        return {}
    clave = atributo(primero(_con(nodo, _GRAVEDAD), "h:value"), "code")
    gravedad = {"255604002": "mild", "6736007": "moderate", "24484000": "severe"}.get(clave, "")
    return {"manifestation": [que], **({"severity": gravedad} if gravedad else {})}


def _medicina(seccion: Seccion, entrada: etree._Element, nodo: etree._Element) -> Recurso | None:
    producto = primero(nodo, "h:consumable/h:manufacturedProduct/h:manufacturedMaterial")
    nombre = palabras(primero(producto, "h:name"))
    codigo = _dicho(seccion, nodo, primero(producto, "h:code"), nombre, ajeno=True)
    if not codigo:
        return None
    inicio, fin, cada = "", "", ""
    for tiempo in todos(nodo, "h:effectiveTime"):
        clase = str(tiempo.get(XSI_TIPO, "")).rpartition(":")[2]
        if clase == "PIVL_TS":
            cada = _cada(tiempo)
        elif not inicio:
            inicio, fin = tipos.intervalo(tiempo)
    dosis = tipos.cantidad(primero(nodo, "h:doseQuantity"))
    via = tipos.concepto(primero(nodo, "h:routeCode"))
    partes = [_en_palabras(dosis), str(via.get("text", "")), cada]
    escrita = ", ".join(parte for parte in partes if parte)
    como = {
        **({"text": escrita} if escrita else {}),
        **({"route": via} if via else {}),
        **({"doseAndRate": [{"doseQuantity": dosis}]} if dosis else {}),
    }
    periodo = {c: v for c, v in (("start", inicio), ("end", fin)) if v}
    return {
        "resourceType": "MedicationStatement",
        "status": _DE_MEDICINA.get(atributo(primero(nodo, "h:statusCode"), "code"), "unknown"),
        "medicationCodeableConcept": codigo,
        **({"effectivePeriod": periodo} if periodo else {}),
        **({"dosage": [como]} if como else {}),
    }


def _cada(tiempo: etree._Element) -> str:
    periodo = primero(tiempo, "h:period")
    valor, unidad = atributo(periodo, "value"), atributo(periodo, "unit")
    nombres = {"h": "horas", "d": "días", "wk": "semanas", "min": "minutos", "mo": "meses"}
    return f"cada {valor} {nombres[unidad]}" if valor and unidad in nombres else ""


def _vacuna(seccion: Seccion, entrada: etree._Element, nodo: etree._Element) -> Recurso | None:
    producto = primero(nodo, "h:consumable/h:manufacturedProduct/h:manufacturedMaterial")
    codigo = _dicho(seccion, nodo, primero(producto, "h:code"), ajeno=True)
    cuando, _fin = tipos.intervalo(primero(nodo, "h:effectiveTime"))
    if not codigo or not cuando or atributo(nodo, "moodCode") == "INT":
        return None
    lote = palabras(primero(producto, "h:lotNumberText"))[:100]
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": codigo,
        "occurrenceDateTime": cuando,
        "primarySource": False,
        "reportOrigin": {**_de_hl7("immunization-origin", "provider"), "text": "Otro prestador"},
        **({"lotNumber": lote} if lote else {}),
    }


def _medido(categoria: str) -> Callable[..., Recurso | None]:
    def hacer(seccion: Seccion, entrada: etree._Element, nodo: etree._Element) -> Recurso | None:
        codigo = _dicho(seccion, nodo, primero(nodo, "h:code"))
        valor = _valor(primero(nodo, "h:value"))
        cuando, _fin = tipos.intervalo(primero(nodo, "h:effectiveTime"))
        if not cuando:
            cuando, _fin = tipos.intervalo(primero(entrada, "h:effectiveTime"))
        if not codigo or not valor or not cuando:
            return None
        sentidos = [c for n in todos(nodo, "h:interpretationCode") if (c := tipos.concepto(n))]
        rango = palabras(primero(nodo, "h:referenceRange/h:observationRange/h:text"))[:200]
        return {
            "resourceType": "Observation",
            "status": "final",
            "category": [_de_hl7("observation-category", categoria)],
            "code": codigo,
            "effectiveDateTime": cuando,
            **valor,
            **({"interpretation": sentidos} if sentidos else {}),
            **({"referenceRange": [{"text": rango}]} if rango else {}),
        }

    return hacer


def _valor(nodo: etree._Element | None) -> Recurso:
    clase = "" if nodo is None else str(nodo.get(XSI_TIPO, "")).rpartition(":")[2]
    if clase == "PQ":
        return {"valueQuantity": q} if (q := tipos.cantidad(nodo)) else {}
    if clase in ("CD", "CE", "CO"):
        return {"valueCodeableConcept": c} if (c := tipos.concepto(nodo)) else {}
    if clase in ("ST", "ED", "INT", "REAL"):
        dicho = palabras(nodo)[:1_000] or atributo(nodo, "value")
        return {"valueString": dicho} if dicho else {}
    return {}


_HACER: dict[str, Callable[..., Recurso | None]] = {
    PROBLEMA: _problema,
    ALERGIA: _alergia,
    MEDICINA: _medicina,
    VACUNA: _vacuna,
    RESULTADO: _medido("laboratory"),
    SIGNO: _medido("vital-signs"),
}


def _dicho(
    seccion: Seccion,
    nodo: etree._Element,
    cd: etree._Element | None,
    nombre: str = "",
    *,
    ajeno: bool = False,
) -> Recurso:
    """The concept with its words: of the code, of the narrative it points to or of its statement.

    `ajeno`: the statement's own text tells of more than this, and does not name it.
    """
    propio = atributo(primero(cd, "h:originalText/h:reference"), "value")
    texto = nombre or seccion.referido(propio)
    codigo = tipos.concepto(cd, "" if atributo(cd, "displayName") else texto)
    if codigo or ajeno:
        return codigo if codigo else ({"text": texto} if texto else {})
    suyo = atributo(primero(nodo, "h:text/h:reference"), "value")
    texto = seccion.referido(suyo)
    return {"text": texto} if texto else {}


def _estado(nodo: etree._Element, plantilla: str) -> str:
    """The code of the status observation inside, if there is one."""
    return atributo(primero(_con(nodo, plantilla), "h:value"), "code").lower()


def _todos_con(nodo: etree._Element, plantilla: str) -> list[etree._Element]:
    return [
        hijo
        for hijo in todos(nodo, "h:entryRelationship/h:observation")
        if any(atributo(t, "root") == plantilla for t in todos(hijo, "h:templateId"))
    ]


def _con(nodo: etree._Element, plantilla: str) -> etree._Element | None:
    return next(iter(_todos_con(nodo, plantilla)), None)


def _en_palabras(cantidad: Recurso) -> str:
    if not cantidad:
        return ""
    return f"{cantidad['value']} {cantidad.get('unit', '')}".strip()


def _de_hl7(sistema: str, codigo: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{_TERMINOLOGIA}/{sistema}", "code": codigo}]}
