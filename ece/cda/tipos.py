"""HL7 v3 data types (II, TS, CD, PQ) as FHIR's, by the maps of C-CDA on FHIR; and back for OIDs."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from ece.nucleo.archivos.xml import ESPACIO

Recurso = dict[str, Any]
NS = {"h": ESPACIO}
XSI_TIPO = "{http://www.w3.org/2001/XMLSchema-instance}type"
URI_DE_OID: dict[str, str] = {
    "2.16.840.1.113883.6.1": "http://loinc.org",
    "2.16.840.1.113883.6.96": "http://snomed.info/sct",
    "2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "2.16.840.1.113883.12.292": "http://hl7.org/fhir/sid/cvx",
    "2.16.840.1.113883.6.3": "http://hl7.org/fhir/sid/icd-10",
    "2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
    "2.16.840.1.113883.6.103": "http://hl7.org/fhir/sid/icd-9-cm",
    "2.16.840.1.113883.6.73": "http://www.whocc.no/atc",
    "2.16.840.1.113883.6.69": "http://hl7.org/fhir/sid/ndc",
    "2.16.840.1.113883.4.9": "http://fdasis.nlm.nih.gov",
    "2.16.840.1.113883.6.8": "http://unitsofmeasure.org",
    "2.16.840.1.113883.4.1": "http://hl7.org/fhir/sid/us-ssn",
    "2.16.840.1.113883.5.83": (
        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    ),
}
OID_DE_URI = {uri: oid for oid, uri in URI_DE_OID.items()}
_TS = re.compile(
    r"(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.\d{1,6})?)?)?)?)?)?"
    r"([+-]\d{4})?"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def primero(nodo: etree._Element | None, camino: str) -> etree._Element | None:
    """The first element at `camino` (steps of the v3 namespace written ``h:``), or None."""
    if nodo is None:
        return None
    return nodo.find(camino, NS)


def todos(nodo: etree._Element | None, camino: str) -> list[etree._Element]:
    return [] if nodo is None else nodo.findall(camino, NS)


def atributo(nodo: etree._Element | None, nombre: str) -> str:
    return "" if nodo is None else str(nodo.get(nombre, "")).strip()


def palabras(nodo: etree._Element | None) -> str:
    """The words inside, in one line."""
    if nodo is None:
        return ""
    dichas = "".join(str(parte) for parte in nodo.itertext(etree.Element))
    return " ".join(_CONTROL.sub(" ", dichas).split())


def primeras_palabras(nodo: etree._Element, largo: int = 1_000) -> str:
    """The same, no more than `largo` characters and without reading the rest."""
    partes: list[str] = []
    reunido = 0
    for parte in nodo.itertext(etree.Element):
        partes.append(str(parte)[:largo])
        reunido += len(partes[-1])
        if reunido >= 4 * largo:
            break
    return " ".join(_CONTROL.sub(" ", "".join(partes)).split())[:largo]


def sistema(oid: str) -> str:
    return URI_DE_OID.get(oid, f"urn:oid:{oid}") if oid else ""


def identificador(ii: etree._Element | None) -> Recurso:
    """An Identifier of an II: its root is the system or, alone, the value; {} without a root."""
    raiz, extension = atributo(ii, "root"), atributo(ii, "extension")
    if not raiz:
        return {}
    if extension:
        return {"system": sistema(raiz), "value": extension}
    clase = (
        "uuid"
        if re.fullmatch(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", raiz)
        else "oid"
    )
    valor = raiz.lower() if clase == "uuid" else raiz
    return {"system": "urn:ietf:rfc:3986", "value": f"urn:{clase}:{valor}"}


def fecha(escrita: str) -> str:
    """A FHIR dateTime of a TS; a time without its zone is left at its day. Empty if it is none."""
    hallada = _TS.fullmatch(escrita.strip())
    if hallada is None:
        return ""
    anio, mes, dia, hora, minuto, segundo, zona = hallada.groups()
    dicha = "-".join(parte for parte in (anio, mes, dia) if parte)
    if not (1 <= int(mes or 1) <= 12 and 1 <= int(dia or 1) <= 31 and int(anio)):
        return ""
    if not (minuto and zona):
        return dicha
    if int(hora) > 23 or int(minuto) > 59 or int(segundo or 0) > 59 or int(zona[1:3]) > 14:
        return dicha
    return f"{dicha}T{hora}:{minuto}:{segundo or '00'}{zona[:3]}:{zona[3:]}"


def intervalo(nodo: etree._Element | None) -> tuple[str, str]:
    """(beginning, end) of an IVL_TS or a TS, as FHIR dateTimes; empty what is not said."""
    puntual = fecha(atributo(nodo, "value"))
    inicio = fecha(atributo(primero(nodo, "h:low"), "value"))
    return inicio or puntual, fecha(atributo(primero(nodo, "h:high"), "value"))


def concepto(cd: etree._Element | None, texto: str = "") -> Recurso:
    """A CodeableConcept of a CD with its translations; `texto` when its own words are nowhere."""
    if cd is None:
        return {"text": texto} if texto else {}
    codigos = []
    for uno in (cd, *todos(cd, "h:translation")):
        clave, oid = atributo(uno, "code"), atributo(uno, "codeSystem")
        if clave and not re.search(r"^\s|\s$|\s\s", clave) and sistema(oid):
            codigo = {"system": sistema(oid), "code": clave}
            if dicho := atributo(uno, "displayName"):
                codigo["display"] = dicho
            codigos.append(codigo)
    dicho = (
        texto
        or atributo(cd, "displayName")
        or palabras(primero(cd, "h:originalText"))
        or next((c["display"] for c in codigos if "display" in c), "")
    )
    return {
        **({"coding": codigos} if codigos else {}),
        **({"text": dicho} if dicho else {}),
    }


def cantidad(pq: etree._Element | None) -> Recurso:
    """A Quantity of a PQ; {} when it gives no figure."""
    valor, unidad = atributo(pq, "value"), atributo(pq, "unit")
    try:
        cifra = Decimal(valor)
    except InvalidOperation:
        return {}
    if not cifra.is_finite() or len(valor) > 30 or abs(cifra.adjusted()) > 15:
        return {}
    if not unidad or unidad == "1":
        return {"value": cifra}
    return {
        "value": cifra,
        "unit": unidad,
        "system": "http://unitsofmeasure.org",
        "code": unidad,
    }


def dia(escrito: str) -> str:
    """The day of a FHIR dateTime; empty of what is not known to the day."""
    return escrito[:10] if len(escrito) >= 10 else ""
