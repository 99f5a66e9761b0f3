"""A letter of consent written as FHIR: its text, its Consent, its signatures; it reads no rows."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1, sha256
from uuid import UUID

from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso
from registros.catalogos.cartas import CALIDADES, ELEMENTOS, ESPANOL, SISTEMA, Ambito, TipoDeCarta
from registros.catalogos.notas import SISTEMA_LOINC
from registros.models.base import Recurso
from registros.models.carta import AUSENCIA, CALIDAD, FIRMA, IDENTIDAD, OTORGA, VIGENCIA
from registros.models.documento import HUELLA
from registros.models.paciente import SISTEMA_CURP
from registros.models.tarea import SISTEMA as SISTEMA_TAREA
from registros.services.ordenes import autor

RECABAR = "recabar-consentimiento"
_AMBITO = "http://terminology.hl7.org/CodeSystem/consentscope"
_PARENTESCO = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_FIRMAS = "urn:iso-astm:E1762-95:2013"


@dataclass(frozen=True, slots=True)
class Firma:
    """A full name and its strokes: JSON of [[[x, y, ms, pressure], …], …]; empty if typed.

    `curp`, of who is not the patient and is to sign with their e.firma besides.
    """

    nombre: str
    trazos: str = ""
    curp: str = ""


@dataclass(frozen=True, slots=True)
class QuienDecide:
    """Who signs: in what quality (a key of `CALIDADES`), and how it was known who they are.

    `ausencia` is why it is not the person, nor somebody nearer.
    """

    firma: Firma
    calidad: str
    identificacion: str
    ausencia: str = ""


_ENCABEZADOS = {
    "paciente": "Paciente",
    "medico": "Médico que informa y recaba",
    "idioma": "Idioma en que se explicó",
    "interprete": "Intérprete",
    "urgencia": "Por qué no pudo decidir la persona, ni quien decida por ella",
}


_ORDEN = (
    *("institucion", "establecimiento", "titulo", "lugar", "paciente", "acto", "urgencia"),
    *("objetivos", "beneficios", "riesgos", "alternativas", "contingencias"),
    *("medico", "idioma", "interprete"),
)


def texto(carta: TipoDeCarta, contenido: Mapping[str, str]) -> str:
    """The exact text, a block a thing: its heading, and what is said."""
    bloques = [
        (_ENCABEZADOS.get(c) or ELEMENTOS[c].titulo, " ".join(contenido[c].split()))
        for c in _ORDEN
        if contenido.get(c)
    ]
    plazo = f"{carta.dias} días desde que se firma. " if carta.dias else ""
    bloques += [("Fundamento", carta.base), ("Vigencia", f"{plazo}{carta.termina}")]
    return "\n\n".join(f"{titulo}\n{dicho}" for titulo, dicho in bloques)


def consentimiento(acceso: Acceso, carta: TipoDeCarta, texto: str, ahora: datetime) -> Recurso:
    bytes_ = texto.encode()
    institucion = identidad.institucion()
    return {
        "resourceType": "Consent",
        "status": "proposed",
        "scope": {"coding": [{"system": _AMBITO, "code": carta.ambito.value}]},
        "category": [
            {
                "coding": [
                    {"system": SISTEMA_LOINC, "code": "59284-0"},
                    {"system": SISTEMA, "code": carta.clave, "display": carta.titulo},
                ],
                "text": carta.titulo,
            }
        ],
        "patient": {"reference": f"Patient/{acceso.paciente}"},
        "dateTime": instante(ahora),
        "organization": [{"display": institucion.nombre if institucion else "—"}],
        "sourceAttachment": {
            "extension": [{"url": HUELLA, "valueString": sha256(bytes_).hexdigest()}],
            "contentType": "text/plain; charset=utf-8",
            "language": ESPANOL,
            "data": base64.b64encode(bytes_).decode(),
            "size": len(bytes_),
            # FHIR R4 fixes SHA-1 for this element; the digest that counts is the extension.
            "hash": base64.b64encode(sha1(bytes_, usedforsecurity=False).digest()).decode(),
            "title": carta.titulo,
            "creation": instante(ahora),
        },
        "policyRule": {"text": carta.base},
    }


def decidido(acceso: Acceso, recurso: Recurso, quien: QuienDecide, ahora: datetime) -> Recurso:
    """The letter with who decided, how they were known, and their signature."""
    calidad = CALIDADES[quien.calidad]
    propia = calidad.clave == "paciente"
    referencia: Recurso = {
        "reference": f"Patient/{acceso.paciente}" if propia else "#otorgante",
        "display": quien.firma.nombre,
    }
    decidido = {
        **recurso,
        "dateTime": instante(ahora),
        "performer": [referencia],
        "verification": [
            {"verified": True, "verifiedWith": referencia, "verificationDate": instante(ahora)}
        ],
        "extension": [
            *recurso.get("extension", ()),
            {"url": CALIDAD, "valueCode": calidad.clave},
            {"url": IDENTIDAD, "valueString": quien.identificacion},
            firma_de(OTORGA, ahora, referencia, quien.firma),
        ],
    }
    if not propia:
        codigo = {"system": _PARENTESCO, "code": calidad.parentesco}
        decidido["contained"] = [
            {
                "resourceType": "RelatedPerson",
                "id": "otorgante",
                "patient": {"reference": f"Patient/{acceso.paciente}"},
                "name": [{"text": quien.firma.nombre}],
                "relationship": [{"coding": [codigo], "text": calidad.titulo}],
            }
        ]
    if quien.ausencia:
        decidido["extension"].append({"url": AUSENCIA, "valueString": quien.ausencia})
    return decidido


def firma_de(clase: str, ahora: datetime, quien: Recurso, firma: Firma) -> Recurso:
    """The strokes with their time and pressure, or the name that was typed as a signature."""
    datos = json.dumps(json.loads(firma.trazos)) if firma.trazos else firma.nombre
    if firma.curp:
        quien = {**quien, "identifier": {"system": SISTEMA_CURP, "value": firma.curp}}
    valor: Recurso = {
        "type": [{"system": _FIRMAS, "code": clase}],
        "when": ahora.isoformat(timespec="milliseconds"),
        "who": quien,
    }
    if datos:
        valor["sigFormat"] = "application/json" if firma.trazos else "text/plain"
        valor["data"] = base64.b64encode(datos.encode()).decode()
    return {"url": FIRMA, "valueSignature": valor}


def tarea(acceso: Acceso, carta: TipoDeCarta, acuerdo: UUID, ahora: datetime) -> Recurso:
    return {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "priority": "urgent",
        "code": {
            "coding": [
                {"system": SISTEMA_TAREA, "code": RECABAR},
                {"system": SISTEMA, "code": carta.clave},
            ]
        },
        "focus": {"reference": f"Consent/{acuerdo}"},
        "for": {"reference": f"Patient/{acceso.paciente}"},
        "description": f"Recabar el consentimiento: {carta.titulo}",
        "authoredOn": instante(ahora),
        "requester": autor(acceso),
        "owner": autor(acceso),
    }


def periodo(desde: datetime, hasta: datetime | None) -> Recurso:
    return {"start": instante(desde), **({"end": instante(hasta)} if hasta else {})}


def con_vigencia(recurso: Recurso, ambito: Ambito, periodo: Recurso) -> Recurso:
    """The letter with the period in which it holds, in place of the one it had."""
    if ambito is not Ambito.PRIVACIDAD:
        return {**recurso, "provision": {"period": periodo}}
    otras = [e for e in recurso.get("extension", ()) if e["url"] != VIGENCIA]
    return {**recurso, "extension": [*otras, {"url": VIGENCIA, "valuePeriod": periodo}]}


def instante(momento: datetime) -> str:
    return momento.isoformat(timespec="seconds")
