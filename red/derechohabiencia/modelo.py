"""What is asked and answered about a right to care, whatever the other side speaks. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Recurso = dict[str, Any]

SISTEMA_DE_CONECTOR = "urn:ece:derechohabiencia:conector"


class ConectorCallado(Exception):
    """It does not answer, or what it answers is not an answer."""


@dataclass(frozen=True, slots=True)
class Pregunta:
    """Who it is about, and the day it is asked for."""

    curp: str = field(repr=False)
    nss: str = field(repr=False)
    dia: date


@dataclass(frozen=True, slots=True)
class Vigencia:
    """The answer. `vigente` None: the other side does not know the person."""

    vigente: bool | None
    numero: str = field(default="", repr=False)
    plan: str = ""
    hasta: date | None = None
    dicho: str = ""


def a_recurso(
    vigencia: Vigencia, *, conector: str, nombre: str, paciente: str, ahora: datetime
) -> Recurso:
    """The answer as it is kept: a CoverageEligibilityResponse (R4)."""
    momento = ahora.isoformat(timespec="milliseconds")
    dichos = {
        True: "Vigente",
        False: "No vigente",
        None: "No la conocen",
    }
    seguro: Recurso = {"coverage": {"display": vigencia.numero or nombre}}
    if vigencia.vigente is not None:
        seguro["inforce"] = vigencia.vigente
    if vigencia.hasta:
        seguro["benefitPeriod"] = {"end": vigencia.hasta.isoformat()}
    if vigencia.plan:
        seguro["item"] = [{"category": {"text": "Atención médica"}, "name": vigencia.plan}]
    return {
        "resourceType": "CoverageEligibilityResponse",
        "identifier": [{"system": SISTEMA_DE_CONECTOR, "value": conector}],
        "status": "active",
        "purpose": ["validation"],
        "patient": {"reference": f"Patient/{paciente}"},
        "servicedDate": ahora.date().isoformat(),
        "created": momento,
        "request": {"display": "Consulta de derechohabiencia"},
        "outcome": "complete",
        "disposition": vigencia.dicho or dichos[vigencia.vigente],
        "insurer": {"display": nombre},
        "insurance": [seguro],
    }


def de_recurso(recurso: Recurso) -> Vigencia:
    """The inverse, also of what another system answers in FHIR. Raises `ConectorCallado`."""
    if recurso.get("resourceType") != "CoverageEligibilityResponse":
        raise ConectorCallado("no contesta con un CoverageEligibilityResponse")
    try:
        seguro: Recurso = next(iter(recurso.get("insurance", ())), {})
        hasta = seguro.get("benefitPeriod", {}).get("end", "")[:10]
        renglon: Recurso = next(iter(seguro.get("item", ())), {})
        vigente = seguro.get("inforce")
        return Vigencia(
            vigente if isinstance(vigente, bool) else None,
            str(seguro.get("coverage", {}).get("display", ""))[:60],
            str(renglon.get("name", ""))[:120],
            date.fromisoformat(hasta) if hasta else None,
            str(recurso.get("disposition", ""))[:300],
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise ConectorCallado("contesta algo que no se entiende") from error
